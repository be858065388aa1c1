//! Runs on disk: one folder each, written by the trainer as it goes and read by any number of viewers.

use thiserror::Error;

/// What can go wrong with runs on disk, as a sentence for the user.
#[derive(Debug, Error)]
pub enum RunError {
    /// A file or folder can't be read or written.
    #[error("{path}: {why}")]
    Io {
        /// Which one.
        path: String,
        /// What stood in the way.
        why: String,
    },
    /// Another process trains this run.
    #[error(
        "run {0} is being trained by another process; it can be watched, but not trained twice"
    )]
    Locked(String),
    /// No run has this name.
    #[error("no run's name starts with {0:?}; `simclr-tui runs` lists them")]
    Unknown(String),
    /// Several runs' names start so.
    #[error("{name:?} could be {}; type more of the name", candidates.join(", "))]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// The runs it could be.
        candidates: Vec<String>,
    },
    /// The folder holds no readable experiment.
    #[error("{0}")]
    Broken(String),
}
