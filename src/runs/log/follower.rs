//! Reading a log while it grows, from this process or another.

use super::Record;
use super::frame::{self, Header, Line, MARK};
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Follows one log: each [`poll`](Self::poll) costs one look at the file's length, and reads only what is new.
#[derive(Clone, Debug)]
pub struct Follower {
    path: PathBuf,
    identity: Option<Identity>,
    /// Bytes read so far, those of `half` among them.
    read: u64,
    /// The beginning of a record whose end is not there yet.
    half: Vec<u8>,
    header: Option<Header>,
    damaged: usize,
    /// Whether the last line was damaged, so that a continuation without a beginning belongs to it.
    amid_damage: bool,
    restarted: bool,
    trouble: Option<String>,
}

/// What tells a file from another that took its place.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Identity(u64, u64, Option<SystemTime>);

impl Follower {
    /// Follows the log at `path`, which need not exist yet.
    #[must_use]
    pub fn open(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            identity: None,
            read: 0,
            half: Vec::new(),
            header: None,
            damaged: 0,
            amid_damage: false,
            restarted: false,
            trouble: None,
        }
    }

    /// The records that were written since the last call.
    pub fn poll(&mut self) -> Vec<Record> {
        self.restarted = false;
        let tail = self.tail();
        self.trouble = tail.as_ref().err().map(ToString::to_string);
        tail.map_or_else(|_| Vec::new(), |bytes| self.take(&bytes))
    }

    /// How many bytes of the log have been read.
    #[must_use]
    pub const fn read(&self) -> u64 {
        self.read
    }

    /// How many records were lost to damage.
    #[must_use]
    pub const fn damaged(&self) -> usize {
        self.damaged
    }

    /// Whether the last poll found another or a shortened file and started over: what came before it is void.
    #[must_use]
    pub const fn restarted(&self) -> bool {
        self.restarted
    }

    /// Why the log could not be read at the last poll; a file that is not there is no trouble.
    #[must_use]
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// The log's format, once its first line was read.
    #[must_use]
    pub fn format(&self) -> Option<u64> {
        self.header.as_ref().map(|h| h.format)
    }

    fn tail(&mut self) -> io::Result<Vec<u8>> {
        let meta = match std::fs::metadata(&self.path) {
            Ok(meta) => meta,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                // What appears here next is another file, even if it is given the same inode.
                if self.identity.is_some() {
                    self.identity = Some(Identity(0, 0, None));
                }
                return Ok(Vec::new());
            }
            Err(e) => return Err(e),
        };
        if self.identity == Some(Identity::of(&meta)) && meta.len() == self.read {
            return Ok(Vec::new());
        }
        let mut file = File::open(&self.path)?;
        self.recognise(&file.metadata()?);
        file.seek(SeekFrom::Start(self.read))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        self.read += bytes.len() as u64;
        Ok(bytes)
    }

    fn recognise(&mut self, meta: &Metadata) {
        let identity = Identity::of(meta);
        if self.identity.is_some_and(|known| known != identity) || meta.len() < self.read {
            *self = Self {
                restarted: true,
                ..Self::open(&self.path)
            };
        }
        self.identity = Some(identity);
    }

    fn take(&mut self, bytes: &[u8]) -> Vec<Record> {
        let Some(end) = bytes.iter().rposition(|b| *b == b'\n') else {
            self.half.extend_from_slice(bytes);
            return Vec::new();
        };
        let mut whole = std::mem::take(&mut self.half);
        whole.extend_from_slice(&bytes[..end]);
        self.half = bytes[end + 1..].to_vec();
        let mut records = Vec::new();
        for line in whole.split(|b| *b == b'\n') {
            self.line(line, &mut records);
        }
        records
    }

    fn line(&mut self, line: &[u8], records: &mut Vec<Record>) {
        if let Some(whole) = frame::parse(line) {
            self.amid_damage = false;
            return self.keep(whole, records);
        }
        if line.is_empty() {
            return;
        }
        let (found, lost) = frame::salvage(line);
        // A line without a beginning is the rest of the damaged one before it, or has lost its own beginning.
        let headless = !line.starts_with(MARK) && found.is_empty() && !self.amid_damage;
        self.damaged += lost + usize::from(headless);
        self.amid_damage = lost > 0 || found.is_empty();
        for whole in found {
            self.keep(whole, records);
        }
    }

    fn keep(&mut self, line: Line, records: &mut Vec<Record>) {
        match line {
            Line::Event(record) => records.push(record),
            Line::Header(header) => self.header = Some(header),
            Line::Unknown => {}
        }
    }
}

impl Identity {
    #[cfg(unix)]
    fn of(meta: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(meta.dev(), meta.ino(), meta.created().ok())
    }
    #[cfg(not(unix))]
    fn of(meta: &Metadata) -> Self {
        Self(1, 1, meta.created().ok())
    }
}
