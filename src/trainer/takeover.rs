//! Going on with a run that another process trains: exact resume makes it seamless.

use crate::engine::report::Outcome;
use crate::runs::control::{Request, send, withdraw};
use crate::runs::{Run, RunError, RunFolder};
use std::path::Path;

/// Takes the run's folder from whoever holds it, who writes a checkpoint first. This lasts as long as the current step;
/// if the other process dies meanwhile, the run is taken as it left it.
///
/// # Errors
/// A sentence, when the run ends before it could be taken over.
pub fn folder(dir: &Path) -> Result<RunFolder, String> {
    send(dir, Request::HandOver).map_err(|e| e.to_string())?;
    let taken = loop {
        match RunFolder::resume(dir) {
            Err(RunError::Locked(_)) => {}
            taken => break taken,
        }
    };
    // Nobody took the request of a process whose trainer died: it would be ours to obey.
    let _ = withdraw(dir, Request::HandOver);
    let folder = taken.map_err(|e| e.to_string())?;
    match Run::open(dir).series.end.map(|end| end.outcome) {
        None => Ok(folder),
        Some(Outcome::Completed) => Err("it was completed before it could be taken over".into()),
        Some(Outcome::Stopped) => Err("it was stopped before it could be taken over".into()),
        Some(Outcome::Failed) => Err("it failed before it could be taken over".into()),
    }
}
