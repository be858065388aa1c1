//! What can go wrong with the queue.

use crate::runs::RunError;
use crate::text::suggest::command;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// What can go wrong with the queue, as a sentence for the user.
#[derive(Debug, Error)]
pub enum QueueError {
    /// A file or folder can't be read or written.
    #[error("{0}")]
    Io(RunError),
    /// No item has this name.
    #[error("the queue has no item {0:?}; `{command}` lists them", command = command("queue"))]
    Unknown(String),
    /// A place in the list, or an id of too few digits to tell it from one.
    #[error("items are named by their id, as `{command}` lists it, or at least four letters of it; number {0} may soon be another item", command = command("queue"))]
    Number(String),
    /// Several items' names begin so.
    #[error("{name:?} could be {}; type more of the name", keys.join(", "))]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// The items it could be.
        keys: Vec<String>,
    },
    /// An item that is being trained was to be removed.
    #[error("{0:?} is being trained; `{command}` stops it after its step", command = command("queue remove --stop"))]
    Working(String),
    /// An item that did not fail was to be tried again.
    #[error("{0:?} did not fail; it is waiting for its turn")]
    Sound(String),
    /// The folder in which relative paths start can't be kept.
    #[error(
        "{}: its name isn't UTF-8 text, so the queue can't keep it; add it from another folder", .0.display()
    )]
    Folder(PathBuf),
    /// The item can't be read.
    #[error("{0}; `{command}` removes it", command = command("queue remove"))]
    Broken(String),
    /// The same sweep is in the queue.
    #[error("{title:?} is in the queue already, as {key}; `{command}` lists it", command = command("queue"))]
    Twice {
        /// What it is.
        title: String,
        /// What the other one is named by.
        key: String,
    },
    /// The device has its worker.
    #[error(
        "a worker for device {0} is running already; stop that one first, or give this one another --device"
    )]
    Occupied(String),
    /// Nobody could be kept from training the same.
    #[error(
        "{0}: this file system has no locks, so two workers would train the same item; choose another folder with --runs"
    )]
    NoLocks(String),
}

/// An error of a file or folder.
pub(super) fn io_error(path: &Path) -> impl FnOnce(io::Error) -> QueueError {
    let path = path.to_owned();
    move |e| QueueError::Io(RunError::io(&path, &e))
}

/// No item is called so.
pub(super) fn unknown(id: &str) -> QueueError {
    QueueError::Unknown(id.to_owned())
}
