//! The lock on a run: the kernel lets go of it when the trainer dies, however it dies. Other files are locked the same way.
//! For machines that don't see each other's locks, it is a lease too (`lease.rs`).

mod lease;

pub use lease::Lease;

use super::{LOCK, RunError};
use crate::disk::untrusted::{self, Links};
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The lock, until this is dropped.
#[derive(Debug)]
pub struct Held {
    file: Arc<File>,
    /// Whether the file system has locks at all; without them nobody else is kept out.
    pub sure: bool,
}

impl Held {
    /// Whether the file of this name is still the one whose lock this is.
    #[must_use]
    pub fn is(&self, path: &Path) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let id = |meta: std::fs::Metadata| (meta.dev(), meta.ino());
            let own = self.file.metadata().map(id).ok();
            own.is_some() && std::fs::symlink_metadata(path).map(id).ok() == own
        }
        #[cfg(not(unix))]
        {
            // No file is removed there while it is open.
            let _ = &self.file;
            path.exists()
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        lease::end(&self.file);
    }
}

/// Whether a trainer holds the lock of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A trainer lives.
    Held,
    /// No trainer lives.
    Free,
    /// The file system can't say.
    Unknown,
}

/// Takes the lock of a run's folder. On a file system without locks training goes on without one.
///
/// # Errors
/// [`RunError::Locked`] while somebody trains the run.
pub fn take(dir: &Path) -> Result<Held, RunError> {
    let path = dir.join(LOCK);
    let held = take_file(&path).map_err(|e| RunError::io(&path, &e))?;
    held.ok_or_else(|| RunError::Locked(super::id_of(dir)))
}

/// Takes the lock of a file, which is made where it is not there; nothing while somebody holds it, on any machine.
///
/// # Errors
/// When the file can't be opened.
pub fn take_file(path: &Path) -> io::Result<Option<Held>> {
    let file = open(path)?;
    // A viewer that looks at the lock holds it, shared, for an instant: that must not pass for a trainer.
    for _ in 0..40 {
        let sure = match file.try_lock() {
            Ok(()) => true,
            Err(TryLockError::Error(_)) => false,
            Err(TryLockError::WouldBlock) => {
                std::thread::sleep(Duration::from_millis(5));
                continue;
            }
        };
        if Lease::of(&file).is_some_and(|lease| lease.counts(sure)) {
            return Ok(None);
        }
        let file = Arc::new(file);
        lease::begin(&file);
        return Ok(Some(Held { file, sure }));
    }
    Ok(None)
}

/// Waits for the lock of a file that everybody holds only for a moment.
///
/// # Errors
/// When the file can't be opened.
pub fn await_file(path: &Path) -> io::Result<Held> {
    let file = open(path)?;
    let sure = file.lock().is_ok();
    let file = Arc::new(file);
    Ok(Held { file, sure })
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    untrusted::open_own(
        path,
        options.read(true).write(true).create(true).truncate(false),
    )
}

/// Looks at the lock without disturbing whoever holds it, or other viewers.
pub fn look(dir: &Path) -> State {
    look_file(&dir.join(LOCK))
}

/// Looks at the lock of a file.
pub fn look_file(path: &Path) -> State {
    let Ok(file) = untrusted::open(path, Links::Refuse) else {
        return State::Free;
    };
    let free = match file.try_lock_shared() {
        Ok(()) => State::Free,
        Err(TryLockError::WouldBlock) => return State::Held,
        Err(TryLockError::Error(_)) => State::Unknown,
    };
    match Lease::of(&file) {
        Some(lease) if lease.counts(free == State::Free) => State::Held,
        Some(_) => State::Free,
        None => free,
    }
}
