//! The turn of a process that trains an item of the queue: it waits until the one before it, whose worker was killed, is
//! through with its last step.

use super::run::on_interrupt;
use super::sweep::heel;
use super::{CliError, Result};
use crate::runs::RunError;
use crate::runs::lock::{Held, take_file};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A turn, until this is dropped.
pub struct Turn {
    /// Rises when the process is to stop.
    pub interrupted: Arc<AtomicBool>,
    held: Option<Held>,
}

impl Turn {
    /// Waits for the lock of a file, until the process is to stop.
    pub fn take(file: &Path, interrupted: Arc<AtomicBool>) -> Result<Self> {
        let mut held = None;
        while held.is_none() && !interrupted.load(Ordering::Relaxed) {
            // This waits a while itself.
            held = take_file(file).map_err(|e| CliError::from(RunError::io(file, &e)))?;
        }
        Ok(Self { interrupted, held })
    }

    /// The same for a process that is to stop when its standard input ends.
    pub fn on_a_leash(file: &Path) -> Result<Self> {
        let interrupted = on_interrupt()?;
        heel(io::stdin(), &interrupted)?;
        Self::take(file, interrupted)
    }

    /// Whether it has come; otherwise the process is to stop.
    pub const fn has_come(&self) -> bool {
        self.held.is_some()
    }
}
