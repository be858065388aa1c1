//! What the headers of image files said when a folder was opened before. On a network file system, reading the headers of
//! a million files takes many minutes; asking whether they have changed does not.
//!
//! It lies in the cache folder and may be deleted. It only saves the look: whoever decodes a file checks it anew.

use super::image_files::ImageFile;
use crate::disk::untrusted::Links;
use crate::disk::{self, untrusted};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock};

/// Files from which on it is worth it.
const MANY: usize = 10_000;
/// Bytes that such a file may have.
const MOST: u64 = 1 << 30;
const MARK: &[u8; 8] = b"headers2";

/// The name's hash, size, time and pixels, as the file has them.
type Record = [u8; 32];

/// What is known of image files.
#[derive(Default)]
pub struct Headers {
    root: PathBuf,
    /// Where it is kept; nowhere for small folders.
    file: Option<PathBuf>,
    /// A file's bytes; its records are in the order of the hashes.
    known: RwLock<Vec<u8>>,
    new: Mutex<Vec<Record>>,
}

impl Headers {
    /// What is known of the files in the data set `root`, of which there are so many.
    pub fn of(root: &Path, files: usize) -> Self {
        let folder = directories::ProjectDirs::from("", "", "simclr-tui").filter(|_| files >= MANY);
        folder.map_or_else(Self::default, |dirs| {
            Self::within(&dirs.cache_dir().join("headers"), root)
        })
    }

    fn within(folder: &Path, root: &Path) -> Self {
        let whole = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
        let file = folder.join(format!("{:016x}", hash(&whole)));
        let bytes = untrusted::read(&file, Links::Refuse, MOST).unwrap_or_default();
        Self {
            known: RwLock::new(if is_whole(&bytes) { bytes } else { Vec::new() }),
            file: Some(file),
            root: root.to_owned(),
            new: Mutex::default(),
        }
    }

    /// The pixels of a file, which `check` finds out where they aren't known.
    pub fn pixels(
        &self,
        file: &ImageFile,
        check: impl FnOnce() -> Result<u64, String>,
    ) -> Result<u64, String> {
        let (bytes, modified) = (file.bytes, file.modified);
        if self.file.is_none() || modified == 0 {
            return check();
        }
        let key = hash(file.path.strip_prefix(&self.root).unwrap_or(&file.path));
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let known = find(records(&known), key).map(numbers);
        if let Some([_, was_bytes, was_modified, pixels]) = known
            && (was_bytes, was_modified) == (bytes, modified)
        {
            return Ok(pixels);
        }
        let pixels = check()?;
        let mut record = [0; size_of::<Record>()];
        let numbers = [key, bytes, modified, pixels].map(u64::to_le_bytes);
        record.copy_from_slice(numbers.as_flattened());
        let mut new = self.new.lock().unwrap_or_else(PoisonError::into_inner);
        new.push(record);
        Ok(pixels)
    }

    /// Keeps what is new, and forgets it here. Where that can't be written, it is looked at again next time.
    pub fn keep(&self) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let known = std::mem::take(&mut *known);
        let mut new = self.new.lock().unwrap_or_else(PoisonError::into_inner);
        let mut new = std::mem::take(&mut *new);
        let Some(file) = self.file.as_ref().filter(|_| !new.is_empty()) else {
            return;
        };
        new.sort_unstable_by_key(key);
        let kept = records(&known).iter();
        let kept = kept.filter(|record| find(&new, key(record)).is_none());
        let kept: Vec<Record> = kept.copied().collect();
        drop(known);
        new.extend(kept);
        new.sort_unstable_by_key(key);
        let mut bytes = [MARK, new.as_flattened()].concat();
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        if let Some(folder) = file.parent() {
            let _ = fs::create_dir_all(folder);
        }
        let _ = disk::write_own(file, &bytes);
    }
}

/// Whether these are a file's bytes, and not damaged.
fn is_whole(bytes: &[u8]) -> bool {
    let sum = bytes.split_last_chunk();
    bytes.starts_with(MARK)
        && sum.is_some_and(|(rest, sum)| crc32fast::hash(rest) == u32::from_le_bytes(*sum))
}

/// The records in a file's bytes.
fn records(bytes: &[u8]) -> &[Record] {
    let records = bytes.strip_prefix(MARK).unwrap_or_default();
    records.as_chunks().0
}

/// The record of a key among those that are in its order.
fn find(records: &[Record], wanted: u64) -> Option<&Record> {
    let at = records.binary_search_by_key(&wanted, key).ok()?;
    Some(&records[at])
}

fn key(record: &Record) -> u64 {
    numbers(record)[0]
}

fn numbers(record: &Record) -> [u64; 4] {
    let mut numbers = [0; 4];
    for (number, bytes) in numbers.iter_mut().zip(record.as_chunks().0) {
        *number = u64::from_le_bytes(*bytes);
    }
    numbers
}

fn hash(path: &Path) -> u64 {
    let hash = Sha256::digest(path.as_os_str().as_encoded_bytes());
    hash.first_chunk()
        .map_or(0, |start| u64::from_le_bytes(*start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_header_is_read_again_only_where_its_file_has_changed() {
        let (cache, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let looked = Cell::new(0);
        let look = |bytes, modified, finds: Result<u64, String>| {
            let headers = Headers::within(cache.path(), home.path());
            let path = home.path().join("a.png");
            let file = ImageFile {
                path,
                bytes,
                modified,
            };
            let found = headers.pixels(&file, || {
                looked.set(looked.get() + 1);
                finds
            });
            headers.keep();
            found
        };
        assert_eq!(look(3, 1, Err("damaged".into())), Err("damaged".into()));
        assert_eq!((look(3, 1, Ok(7)), looked.get()), (Ok(7), 2));
        assert_eq!((look(3, 1, Ok(8)), looked.get()), (Ok(7), 2));
        assert_eq!((look(4, 1, Ok(8)), looked.get()), (Ok(8), 3));
        assert_eq!((look(4, 2, Ok(9)), looked.get()), (Ok(9), 4));
        assert_eq!((look(4, 0, Ok(8)), looked.get()), (Ok(8), 5), "unknown");
        let file = fs::read_dir(cache.path())
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
            .path();
        let mut bytes = fs::read(&file).unwrap();
        bytes[12] ^= 1;
        fs::write(&file, bytes).unwrap();
        assert_eq!((look(4, 2, Ok(9)), looked.get()), (Ok(9), 6));
    }
}
