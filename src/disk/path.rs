//! Paths as users write them and as they are told.

use std::path::{Path, PathBuf};

/// The path that a user typed, `~` being home.
#[must_use]
pub fn typed(text: &str) -> PathBuf {
    PathBuf::from(shellexpand::tilde(text.trim()).as_ref())
}

/// The path with all its folders, or as it is where these aren't known.
#[must_use]
pub fn whole(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
