//! Image files of a data set and their classes.

use crate::engine::data::decode;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Image files.
pub type Files = Vec<ImageFile>;
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

/// Whether a file without an ending is an image by what it holds.
pub fn is_unnamed_image(path: &Path) -> bool {
    path.extension().is_none() && decode::begins(path)
}

/// Whether a file is an image by its ending.
pub fn is_image(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    decode::ENDINGS.iter().any(|e| ending == *e)
}
