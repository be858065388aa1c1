//! Why data can't be used.

use std::path::PathBuf;
use thiserror::Error;

/// Why a data set or an image can't be used: a sentence that says what to do.
#[derive(Clone, Debug, Error)]
pub enum DataError {
    /// A file or folder is missing, damaged or of another kind.
    #[error("{}: {why}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// The settings or the data set as a whole allow no training.
    #[error("{0}")]
    Unusable(String),
    /// Whoever watched it wanted no more.
    #[error("opening the data set was stopped")]
    Stopped,
    /// The loader's threads can't deliver.
    #[error("{0}")]
    Loader(String),
}

impl DataError {
    pub(super) fn file(path: impl Into<PathBuf>, why: impl Into<String>) -> Self {
        Self::File {
            path: path.into(),
            why: why.into(),
        }
    }

    pub(super) fn io(path: impl Into<PathBuf>, error: &std::io::Error) -> Self {
        let why = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
            std::io::ErrorKind::PermissionDenied => "can't be read (permission denied)".to_owned(),
            _ => error.to_string(),
        };
        Self::file(path, why)
    }
}
