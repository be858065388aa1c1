//! What asks a command to end early: a signal, or the end of the standard input that a parent process holds.

use super::{CliError, Result};
use crate::engine::threads;
use crate::machine::signals;
use crate::runs::RunError;
use crate::runs::lock::{Held, take_file};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Builder;

/// A flag that rises with the first signal that asks for the end.
pub fn on_interrupt() -> Result<Arc<AtomicBool>> {
    signals::interrupted().map_err(|e| CliError::Failed(format!("signals can't be caught: {e}")))
}

/// Has `interrupted` rise where the input ends: the parent process wants that, or is gone.
pub fn on_end_of(
    mut input: impl Read + Send + 'static,
    interrupted: &Arc<AtomicBool>,
) -> Result<()> {
    let interrupted = Arc::clone(interrupted);
    let listening = Builder::new().spawn(move || {
        // Also an error ends it: whoever held the other end is not there any more.
        let _ = input.read_to_end(&mut Vec::new());
        interrupted.store(true, Ordering::Relaxed);
    });
    listening.map(drop).map_err(|e| {
        let hint = threads::HINT;
        CliError::Failed(format!(
            "no thread can be started to follow the sweep ({e}); {hint}"
        ))
    })
}

/// Waits for the lock of a file; none where the process is interrupted before.
pub fn wait_for_lock(file: &Path, interrupted: &AtomicBool) -> Result<Option<Held>> {
    while !interrupted.load(Ordering::Relaxed) {
        // This waits a while itself.
        let held = take_file(file).map_err(|e| CliError::from(RunError::io(file, &e)))?;
        if held.is_some() {
            return Ok(held);
        }
    }
    Ok(None)
}
