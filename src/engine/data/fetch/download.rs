//! One file over HTTP, from where an earlier attempt ended.

use super::error::{FetchError, Partial};
use super::watch::{Options, Side, Watch, copy};
use crate::engine::data::catalog::{Known, Remote};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;
use ureq::http::{Response, StatusCode, header};
use ureq::{Agent, Body, Proxy};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(30);

const ENDED: &str = "it ended before the file did";

/// Where the files of a data set come from.
pub struct Server {
    agent: Agent,
    base: String,
}

/// What the server makes of a request.
enum Answer {
    /// The file from its beginning.
    Whole(Response<Body>),
    /// The file from where it was asked for.
    Rest(Response<Body>),
    /// There is nothing beyond what is there.
    Complete,
    /// It answers from another place than asked for, or does not know of so long a file.
    Elsewhere,
}

impl Server {
    pub fn new(known: &Known, options: &Options) -> Self {
        let base = options.mirror.as_deref().unwrap_or(known.base);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_per_read(Some(options.patience))
            .proxy(Proxy::try_from_env().filter(|_| !is_local(base)));
        Self {
            agent: config.build().into(),
            base: base.trim_end_matches('/').to_owned(),
        }
    }

    /// The address of a file.
    pub fn address(&self, remote: &Remote) -> String {
        format!("{}/{}", self.base, remote.file)
    }

    /// Downloads what is missing of a file; what is there already counts as its beginning.
    pub fn download(
        &self,
        remote: &Remote,
        part: &Path,
        watch: &mut dyn Watch,
    ) -> Result<(), FetchError> {
        let disk = |e: io::Error| FetchError::disk(part, &e);
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .read(true)
            .open(part)
            .map_err(disk)?;
        let mut done = file.seek(SeekFrom::End(0)).map_err(disk)?;
        if done >= remote.bytes {
            return Ok(());
        }
        let response = match self.ask(remote, part, done)? {
            Answer::Complete => return Ok(()),
            Answer::Rest(response) => response,
            Answer::Whole(response) => {
                restart(&file, &mut done, watch).map_err(disk)?;
                response
            }
            Answer::Elsewhere => {
                restart(&file, &mut done, watch).map_err(disk)?;
                match self.ask(remote, part, 0)? {
                    Answer::Whole(response) => response,
                    _ => return Err(self.status(remote, part, 0, "what was not asked for")),
                }
            }
        };
        self.receive(response, remote, (part, &mut file, done), watch)
    }

    /// Writes the body behind what is there.
    fn receive(
        &self,
        response: Response<Body>,
        remote: &Remote,
        (part, file, done): (&Path, &mut File, u64),
        watch: &mut dyn Watch,
    ) -> Result<(), FetchError> {
        let length = response.body().content_length();
        let total = length.map_or(remote.bytes, |length| done.saturating_add(length));
        if total > remote.bytes {
            return Err(FetchError::Length {
                address: self.address(remote),
                offered: total,
                wanted: remote.bytes,
                kept: kept(remote, part, done),
            });
        }
        watch.begin(remote.file, done, total);
        // One byte too many is enough to know that it is another file, which the checksum then says.
        let most = remote.bytes.saturating_sub(done) + 1;
        let mut body = response.into_body().into_reader().take(most);
        let written = append(&mut body, file, watch).map_err(|(side, got)| {
            let kept = Partial {
                path: part.to_owned(),
                done: done + got,
                total,
            };
            match side {
                Side::Read(e) => FetchError::Cut {
                    address: self.address(remote),
                    why: words(e),
                    kept,
                },
                Side::Write(e) => full(FetchError::disk(part, &e), &kept),
            }
        })?;
        file.sync_all().map_err(|e| FetchError::disk(part, &e))?;
        if length.is_none() && done + written < remote.bytes {
            // Without a length, only its publisher's tells a cut from the end.
            let (address, why) = (self.address(remote), ENDED.to_owned());
            let kept = kept(remote, part, done + written);
            return Err(FetchError::Cut { address, why, kept });
        }
        Ok(())
    }

    fn ask(&self, remote: &Remote, part: &Path, done: u64) -> Result<Answer, FetchError> {
        let address = self.address(remote);
        let mut request = self.agent.get(&address);
        if done > 0 {
            request = request.header(header::RANGE, format!("bytes={done}-"));
        }
        let response = request.call().map_err(|e| FetchError::Unreachable {
            address,
            why: words(e.into_io()),
            kept: kept(remote, part, done),
        })?;
        let range = response
            .headers()
            .get(header::CONTENT_RANGE)
            .and_then(|range| range.to_str().ok());
        match response.status() {
            StatusCode::OK => Ok(Answer::Whole(response)),
            StatusCode::PARTIAL_CONTENT if done > 0 && starts_at(range, done) => {
                Ok(Answer::Rest(response))
            }
            StatusCode::RANGE_NOT_SATISFIABLE if range == Some(&format!("bytes */{done}")) => {
                Ok(Answer::Complete)
            }
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE if done > 0 => {
                Ok(Answer::Elsewhere)
            }
            status => Err(self.status(remote, part, done, &status.to_string())),
        }
    }

    fn status(&self, remote: &Remote, part: &Path, done: u64, status: &str) -> FetchError {
        FetchError::Status {
            address: self.address(remote),
            status: status.to_owned(),
            kept: kept(remote, part, done),
        }
    }
}

/// Whether the address is of this machine, which no proxy can reach.
fn is_local(base: &str) -> bool {
    let host = base.split("://").nth(1).unwrap_or(base);
    ["localhost", "127.", "[::1]"]
        .iter()
        .any(|local| host.starts_with(local))
}

fn kept(remote: &Remote, part: &Path, done: u64) -> Partial {
    Partial {
        path: part.to_owned(),
        done,
        total: remote.bytes,
    }
}

fn starts_at(range: Option<&str>, done: u64) -> bool {
    range.is_some_and(|range| range.starts_with(&format!("bytes {done}-")))
}

/// Empties the file, since the server sends it from its beginning.
fn restart(file: &File, done: &mut u64, watch: &mut dyn Watch) -> io::Result<()> {
    if *done > 0 {
        watch.note("the server can't continue a file: downloading it from the start");
    }
    *done = 0;
    file.set_len(0)
}

/// Copies the body, and tells how many bytes were written even where it fails.
fn append(
    body: &mut dyn Read,
    file: &mut dyn Write,
    watch: &mut dyn Watch,
) -> Result<u64, (Side, u64)> {
    let mut got = 0;
    let told = &mut |bytes| {
        got += bytes;
        watch.advance(bytes);
    };
    match copy(body, file, told) {
        Ok(()) => Ok(got),
        Err(side) => Err((side, got)),
    }
}

/// A full disk, and what is kept all the same.
fn full(error: FetchError, kept: &Partial) -> FetchError {
    match error {
        FetchError::Disk { path, why } => FetchError::Disk {
            path,
            why: format!("{why}{kept}"),
        },
        other => other,
    }
}

/// What the system says of a connection, in words for people.
fn words(error: io::Error) -> String {
    match ureq::Error::from(error) {
        ureq::Error::HostNotFound => "the server's name can't be resolved".to_owned(),
        ureq::Error::Timeout(_) => "the server doesn't answer".to_owned(),
        ureq::Error::Io(e)
            if matches!(
                e.kind(),
                io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
            ) =>
        {
            "the server doesn't answer".to_owned()
        }
        ureq::Error::Io(e) if e.kind() == io::ErrorKind::UnexpectedEof => ENDED.to_owned(),
        ureq::Error::Io(e) => e.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;

    /// Counts what it is told.
    #[derive(Default)]
    struct Count(u64);

    impl Watch for Count {
        fn begin(&mut self, _: &str, _: u64, _: u64) {}
        fn advance(&mut self, bytes: u64) {
            self.0 += bytes;
        }
        fn note(&mut self, _: &str) {}
    }

    /// A disk with room for so many bytes.
    struct Small(usize);

    impl Write for Small {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0 == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            let taken = bytes.len().min(self.0);
            self.0 -= taken;
            Ok(taken)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_is_a_sentence_that_says_how_to_go_on() {
        let body = vec![7; 300_000];
        let mut count = Count::default();
        let (side, got) =
            append(&mut &body[..], &mut Small(200_000), &mut count).expect_err("full");
        assert_eq!((got, count.0), (3 << 16, 3 << 16));
        let Side::Write(e) = side else {
            panic!("not the disk: {side:?}")
        };
        let kept = Partial {
            path: "d/x.part".into(),
            done: got,
            total: 300_000,
        };
        let text = full(FetchError::disk("d/x.part", &e), &kept).to_string();
        text.begins("d/x.part: the disk is full; make room");
        text.ends("196608 of 300000 bytes are kept in d/x.part");
    }

    #[test]
    fn only_this_machine_is_local() {
        assert!(is_local("http://127.0.0.1:80/x") && is_local("http://localhost:1"));
        assert!(!is_local("https://www.cs.toronto.edu/~kriz"));
    }
}
