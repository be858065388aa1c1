//! The files in a tar archive, by their headers: nothing is unpacked, and no name becomes a path.

use crate::disk::untrusted::{self, Links};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use tar::{EntryType, Header};

const BLOCK: u64 = 512;
/// Bytes that a long name, or a list of a file's properties, may have.
const TEXT: u64 = 1 << 16;

const CUT_SHORT: &str = "ends within a file; it is cut short, fetch it again";

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    /// Where its bytes begin in the archive.
    pub at: u64,
    pub bytes: u64,
}

/// An archive that is read from one file to the next.
pub struct Entries {
    file: BufReader<File>,
    at: u64,
    length: u64,
    /// The name, and the size, of the next file where its header has no room for them.
    name: Option<String>,
    size: Option<u64>,
}

impl Entries {
    /// # Errors
    /// A few words, where the archive can't be opened.
    pub fn open(path: &Path) -> Result<Self, String> {
        let file = untrusted::open(path, Links::Follow).map_err(|e| e.to_string())?;
        let length = file.metadata().map_err(|e| e.to_string())?.len();
        Ok(Self {
            file: BufReader::new(file),
            at: 0,
            length,
            name: None,
            size: None,
        })
    }

    /// The next file; `None` at the end.
    ///
    /// # Errors
    /// A few words, where the archive is damaged.
    pub fn next(&mut self) -> Result<Option<Entry>, String> {
        while let Some(header) = self.header()? {
            let at = self.at;
            let bytes = match self.size.take() {
                Some(size) => size,
                None => header.entry_size().map_err(|_| damaged(at))?,
            };
            let end = at.checked_add(bytes).filter(|end| *end <= self.length);
            let end = end.ok_or(CUT_SHORT)?;
            let kind = header.entry_type();
            match kind {
                EntryType::GNULongName => self.name = Some(text(&self.content(bytes)?)),
                EntryType::XHeader => self.properties(bytes)?,
                _ => {}
            }
            self.skip_to(end.next_multiple_of(BLOCK))?;
            if matches!(kind, EntryType::GNULongName | EntryType::XHeader) {
                continue;
            }
            let short = text(&header.path_bytes());
            let name = self.name.take().unwrap_or(short);
            if matches!(kind, EntryType::Regular | EntryType::Continuous) {
                return Ok(Some(Entry { name, at, bytes }));
            }
        }
        Ok(None)
    }

    /// The next header; `None` at the end.
    fn header(&mut self) -> Result<Option<Header>, String> {
        let left = self.length.saturating_sub(self.at);
        if left < BLOCK {
            return match (self.at, left) {
                (0, 0) => Err("is empty".to_owned()),
                (0, _) => Err("is no tar archive".to_owned()),
                (at, _) if at == self.length => Ok(None),
                _ => Err(CUT_SHORT.to_owned()),
            };
        }
        let mut block = [0; BLOCK as usize];
        self.exactly(&mut block)?;
        if block.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        let header = Header::from_byte_slice(&block).clone();
        if header.cksum().ok() != Some(checksum(&block)) {
            return Err(if self.at == BLOCK {
                "is no tar archive; packed ones (.tar.gz) must be unpacked to .tar".to_owned()
            } else {
                damaged(self.at - BLOCK)
            });
        }
        Ok(Some(header))
    }

    fn exactly(&mut self, to: &mut [u8]) -> Result<(), String> {
        self.file.read_exact(to).map_err(|e| unreadable(&e))?;
        self.at += to.len() as u64;
        Ok(())
    }

    /// What a short file at this place holds.
    fn content(&mut self, bytes: u64) -> Result<Vec<u8>, String> {
        if bytes > TEXT {
            return Err(damaged(self.at));
        }
        let mut content = vec![0; bytes as usize];
        self.exactly(&mut content)?;
        Ok(content)
    }

    /// Keeps name and size of the next file, where a list of properties says them: `27 path=NAME` a line.
    fn properties(&mut self, bytes: u64) -> Result<(), String> {
        let list = text(&self.content(bytes)?);
        for line in list.lines() {
            let property = line
                .split_once(' ')
                .and_then(|(_, rest)| rest.split_once('='));
            match property {
                Some(("path", name)) => self.name = Some(name.to_owned()),
                Some(("size", size)) => self.size = size.parse().ok(),
                _ => {}
            }
        }
        Ok(())
    }

    fn skip_to(&mut self, at: u64) -> Result<(), String> {
        // Within what is read ahead, this reads nothing anew.
        let by = i64::try_from(at - self.at).map_err(|_| damaged(self.at))?;
        self.file.seek_relative(by).map_err(|e| unreadable(&e))?;
        self.at = at;
        Ok(())
    }

    /// What a file of the archive holds that was found before, at most so many bytes.
    pub fn text(&mut self, entry: &Entry, most: u64) -> Result<String, String> {
        let mut bytes = Vec::new();
        self.file
            .seek(SeekFrom::Start(entry.at))
            .map_err(|e| unreadable(&e))?;
        let taken = Read::by_ref(&mut self.file).take(entry.bytes.min(most));
        { taken }
            .read_to_end(&mut bytes)
            .map_err(|e| unreadable(&e))?;
        self.file
            .seek(SeekFrom::Start(self.at))
            .map_err(|e| unreadable(&e))?;
        Ok(text(&bytes))
    }
}

/// The sum of a header's bytes, with spaces in place of the sum.
fn checksum(block: &[u8]) -> u32 {
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    sum(&block[..148]) + 8 * 32 + sum(&block[156..])
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .trim_end_matches('\0')
        .to_owned()
}

fn damaged(at: u64) -> String {
    format!("is damaged at byte {at}; fetch it again")
}

fn unreadable(error: &io::Error) -> String {
    format!("can't be read ({error})")
}
