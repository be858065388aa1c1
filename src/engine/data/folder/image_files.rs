//! Image files of a data set and their classes. A data set may have a million: their names lie together.

use crate::engine::data::decode;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The image files of each class, by the name of its folder.
pub type Classes = BTreeMap<OsString, Files>;

/// An image file, as the system told of it when it was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImageFile {
    pub path: PathBuf,
    pub bytes: u64,
    /// Nanoseconds since 1970 when it was changed last; 0 where the system doesn't say.
    pub modified: u64,
}

impl ImageFile {
    pub fn new(path: PathBuf, meta: &Metadata) -> Self {
        let since = |time: SystemTime| time.duration_since(UNIX_EPOCH).ok();
        let modified = meta.modified().ok().and_then(since);
        Self {
            path,
            bytes: meta.len(),
            modified: modified.map_or(0, |time| time.as_nanos() as u64),
        }
    }
}

/// Image files in some order.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// The folders that they lie in.
    folders: Vec<PathBuf>,
    /// Their names in the folders, one behind the other.
    names: Vec<u8>,
    all: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    /// Where its name ends; it begins at the end of the one before.
    end: u32,
    folder: u32,
    bytes: u64,
    modified: u64,
}

impl Files {
    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub fn get(&self, i: usize) -> ImageFile {
        let Entry {
            bytes, modified, ..
        } = self.all[i];
        ImageFile {
            path: self.path(i),
            bytes,
            modified,
        }
    }

    pub fn bytes(&self, i: usize) -> u64 {
        self.all[i].bytes
    }

    pub fn path(&self, i: usize) -> PathBuf {
        let begin = i.checked_sub(1).map_or(0, |before| self.all[before].end);
        let begin = begin as usize;
        let Entry { end, folder, .. } = self.all[i];
        self.folders[folder as usize].join(name(&self.names[begin..end as usize]))
    }

    pub fn paths(&self) -> impl Iterator<Item = PathBuf> {
        (0..self.len()).map(|i| self.path(i))
    }

    /// The folders that they lie in, some perhaps more than once.
    pub fn folders(&self) -> impl Iterator<Item = &Path> {
        self.folders.iter().map(PathBuf::as_path)
    }

    pub fn shrink(&mut self) {
        self.names.shrink_to_fit();
        self.all.shrink_to_fit();
    }

    fn push(&mut self, file: &ImageFile) {
        let ImageFile {
            path,
            bytes,
            modified,
        } = file;
        let folder = path.parent().unwrap_or(Path::new(""));
        // Files of a folder follow each other.
        if self.folders.last().is_none_or(|last| last != folder) {
            self.folders.push(folder.to_owned());
        }
        let name = path.file_name().unwrap_or_default();
        self.names.extend_from_slice(name.as_encoded_bytes());
        self.all.push(Entry {
            end: self.names.len() as u32,
            folder: self.folders.len() as u32 - 1,
            bytes: *bytes,
            modified: *modified,
        });
    }
}

#[expect(unsafe_code, reason = "safe conversions exist for some systems only")]
fn name(bytes: &[u8]) -> &OsStr {
    // SAFETY: these are the whole of what `as_encoded_bytes` gave for a name in `push`.
    unsafe { OsStr::from_encoded_bytes_unchecked(bytes) }
}

impl Extend<ImageFile> for Files {
    fn extend<T: IntoIterator<Item = ImageFile>>(&mut self, files: T) {
        files.into_iter().for_each(|file| self.push(&file));
    }
}

impl FromIterator<ImageFile> for Files {
    fn from_iter<T: IntoIterator<Item = ImageFile>>(files: T) -> Self {
        let mut all = Self::default();
        all.extend(files);
        all
    }
}

/// Whether a file without an ending is an image by what it holds.
pub fn is_unnamed_image(path: &Path) -> bool {
    path.extension().is_none() && decode::begins(path)
}

/// Whether a file is an image by its ending.
pub fn is_image(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    decode::ENDINGS.iter().any(|e| ending == *e)
}
