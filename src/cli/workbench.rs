//! Without a subcommand: the workbench.

use super::{CliError, Result};
use std::path::PathBuf;

/// Opens the workbench, until the user leaves.
pub fn open(_runs: PathBuf, _experiment: Option<PathBuf>, _mouse: bool) -> Result {
    Err(CliError::Failed("this build has no workbench".to_owned()))
}
