//! Reading a log while it grows, from this process or another.

use super::Record;
use super::frame::{self, Header, Line, MARK};
use crate::disk::untrusted::{self, Links};
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A line that is longer holds no record: nothing of it is kept.
pub(super) const LONGEST: usize = 1 << 20;

/// How much of a log is looked at in one piece.
const PIECE: usize = 1 << 18;

/// A file that is larger is no log: hundred thousand epochs have less to say.
const LARGEST: u64 = 4 << 30;

/// What a log says.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// Another file, or a shortened one, has taken its place: what came before is void.
    Restart,
    /// The next record.
    Record(Record),
}

/// Follows one log: each [`poll`](Self::poll) costs one look at the file's length, and reads only what is new.
#[derive(Clone, Debug)]
pub struct Follower {
    path: PathBuf,
    identity: Option<Identity>,
    /// Bytes read so far, those of `half` among them.
    read: u64,
    /// The beginning of a record whose end is not there yet.
    half: Vec<u8>,
    /// Whether the rest of a line is passed over that is too long for a record.
    overlong: bool,
    header: Option<Header>,
    damaged: usize,
    newer: usize,
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
            overlong: false,
            header: None,
            damaged: 0,
            newer: 0,
            amid_damage: false,
            restarted: false,
            trouble: None,
        }
    }

    /// The records that were written since the last call, all at once.
    pub fn poll(&mut self) -> Vec<Record> {
        let mut records = Vec::new();
        self.each(&mut |news| match news {
            News::Restart => records.clear(),
            News::Record(record) => records.push(record),
        });
        records
    }

    /// Hands on what was written since the last call, record by record: a long log is never in memory as a whole.
    pub fn each(&mut self, hear: &mut dyn FnMut(News)) {
        self.restarted = false;
        let read = self.tail(hear);
        self.trouble = read.err().map(|e| e.to_string());
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

    /// How many records are of kinds that only a newer program knows.
    #[must_use]
    pub const fn newer(&self) -> usize {
        self.newer
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

    fn tail(&mut self, hear: &mut dyn FnMut(News)) -> io::Result<()> {
        let meta = match std::fs::symlink_metadata(&self.path) {
            Ok(meta) => meta,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                // What appears here next is another file, even if it is given the same inode.
                if self.identity.is_some() {
                    self.identity = Some(Identity(0, 0, None));
                }
                return Ok(());
            }
            Err(e) => return Err(e),
        };
        if self.identity == Some(Identity::of(&meta)) && meta.len() == self.read {
            return Ok(());
        }
        let mut file = untrusted::open(&self.path, Links::Refuse)?;
        let meta = file.metadata()?;
        if meta.len() > LARGEST {
            let why = format!("is larger than {LARGEST} bytes, too large for a log");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
        }
        self.recognise(&meta);
        if self.restarted {
            hear(News::Restart);
        }
        file.seek(SeekFrom::Start(self.read))?;
        self.pieces(file.take(LARGEST - self.read), hear)
    }

    fn pieces(&mut self, mut rest: io::Take<File>, hear: &mut dyn FnMut(News)) -> io::Result<()> {
        let mut piece = Vec::new();
        loop {
            piece.clear();
            let read = rest.by_ref().take(PIECE as u64).read_to_end(&mut piece);
            // What came before an error is not read again.
            self.read += piece.len() as u64;
            self.take(&piece, hear);
            if read? == 0 {
                return Ok(());
            }
        }
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

    /// Takes in the next bytes of the file.
    fn take(&mut self, piece: &[u8], hear: &mut dyn FnMut(News)) {
        let mut lines = piece.split(|b| *b == b'\n');
        let last = lines.next_back().unwrap_or_default();
        for end in lines {
            let half = std::mem::take(&mut self.half);
            if std::mem::take(&mut self.overlong) {
                continue;
            }
            if half.is_empty() {
                self.line(end, hear);
            } else if !self.is_overlong(&half, end) {
                self.line(&[&half, end].concat(), hear);
            }
        }
        let half = std::mem::take(&mut self.half);
        if !self.overlong && !self.is_overlong(&half, last) {
            self.half = half;
            self.half.extend_from_slice(last);
        } else {
            self.overlong = true;
        }
    }

    /// Whether a line of these two parts is too long for a record: one that was lost.
    fn is_overlong(&mut self, half: &[u8], more: &[u8]) -> bool {
        let is = half.len() + more.len() > LONGEST;
        self.damaged += usize::from(is);
        self.amid_damage |= is;
        is
    }

    fn line(&mut self, line: &[u8], hear: &mut dyn FnMut(News)) {
        if let Some(whole) = frame::parse(line) {
            self.amid_damage = false;
            return self.keep(whole, hear);
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
            self.keep(whole, hear);
        }
    }

    fn keep(&mut self, line: Line, hear: &mut dyn FnMut(News)) {
        match line {
            Line::Event(record) => hear(News::Record(record)),
            Line::Header(header) => self.header = Some(header),
            Line::Unknown => self.newer += 1,
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
