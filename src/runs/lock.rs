//! The lock on a run: the kernel lets go of it when the trainer dies, however it dies.

use super::{LOCK, RunError};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

/// The lock, until this is dropped.
#[derive(Debug)]
pub struct Held(#[expect(dead_code, reason = "holding it is its use")] File);

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
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(false);
    let file = options.open(&path).map_err(|e| RunError::io(&path, &e))?;
    // A viewer that looks at the lock holds it, shared, for an instant: that must not pass for a trainer.
    for _ in 0..40 {
        match file.try_lock() {
            Ok(()) | Err(TryLockError::Error(_)) => return Ok(Held(file)),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
    Err(RunError::Locked(super::id_of(dir)))
}

/// Looks at the lock without disturbing whoever holds it, or other viewers.
pub fn look(dir: &Path) -> State {
    let Ok(file) = File::open(dir.join(LOCK)) else {
        return State::Free;
    };
    match file.try_lock_shared() {
        Ok(()) => State::Free,
        Err(TryLockError::WouldBlock) => State::Held,
        Err(TryLockError::Error(_)) => State::Unknown,
    }
}
