//! `undelete`: brings a run back from the trash.

use super::output::Screen;
use super::{CliError, Exit, Result};
use crate::runs::trash;
use std::path::Path;

/// Brings a run back from the trash: the one named, else the one deleted last
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A deleted run's name or a unique part of it
    run: Option<String>,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let thrown = if let Some(name) = &args.run {
        trash::find(runs, name)?
    } else {
        let newest = trash::list(runs)?.into_iter().next();
        newest.ok_or_else(|| CliError::Input("the trash is empty".to_owned()))?
    };
    trash::restore(runs, &thrown)?;
    out.line(&format!("{} is back", thrown.id))?;
    Ok(Exit::Done)
}
