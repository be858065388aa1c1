//! What asks a command to end early.

use super::{CliError, Result};
use crate::machine::signals;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A flag that rises with the first signal that asks for the end.
pub fn on_interrupt() -> Result<Arc<AtomicBool>> {
    signals::interrupted().map_err(|e| CliError::Failed(format!("signals can't be caught: {e}")))
}
