//! `delete`: moves runs into the trash.

use super::output::Screen;
use super::{Exit, Result};
use crate::runs::{RunError, locate, trash};
use std::path::{Path, PathBuf};

/// Moves runs into the trash of the runs folder; undelete brings them back
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Runs, named as in show
    #[arg(value_name = "RUN", required = true)]
    names: Vec<String>,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    // All names first: a mistyped one must not leave the others half done.
    let found = args.names.iter().map(|name| locate(runs, name));
    let mut dirs: Vec<PathBuf> = found.collect::<std::result::Result<_, RunError>>()?;
    dirs.sort();
    dirs.dedup();
    for dir in dirs {
        let thrown = trash::throw(runs, &dir)?;
        let id = thrown.id;
        out.line(&format!(
            "deleted {id}; `simclr-tui undelete {id}` brings it back"
        ))?;
    }
    Ok(Exit::Done)
}
