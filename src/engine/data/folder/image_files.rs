//! Image files of a data set and their classes.

use crate::engine::data::decode;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Image files with their sizes.
pub type Files = Vec<(PathBuf, u64)>;
/// The image files of each class, by the name of its folder.
pub type Classes = BTreeMap<OsString, Files>;

/// Whether a file without an ending is an image by what it holds.
pub fn is_unnamed_image(path: &Path) -> bool {
    path.extension().is_none() && decode::begins(path)
}

/// Whether a file is an image by its ending.
pub fn is_image(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    decode::ENDINGS.iter().any(|e| ending == *e)
}
