//! What can be wrong with a sweep.

use crate::experiment::FileError;
use thiserror::Error;

/// Why a sweep can't be trained as it stands: a sentence that names the place.
#[derive(Debug, Error)]
pub enum SweepError {
    /// The file can't be read, or a place in it is wrong.
    #[error("{0}")]
    File(#[from] FileError),
    /// What it comes to makes no sense.
    #[error("{file}: {why}")]
    Senseless {
        /// The file, as the user named it.
        file: String,
        /// What is wrong, and where.
        why: String,
    },
    /// What was asked of it besides makes no sense.
    #[error("{0}")]
    Asked(String),
}
