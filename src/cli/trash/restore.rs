//! `trash restore`: brings a run back from the trash.

use crate::cli::confirm::Sure;
use crate::cli::output::Screen;
use crate::cli::{CliError, Exit, Result};
use crate::runs::trash;
use std::ffi::OsString;
use std::path::Path;

/// Brings a run back from the trash: the one named, else the one deleted last
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A deleted run, named as in show
    run: Option<OsString>,
    #[command(flatten)]
    sure: Sure,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let (thrown, exact) = if let Some(name) = &args.run {
        trash::find(runs, name)?
    } else {
        let newest = trash::list(runs)?.into_iter().next();
        let newest = newest.ok_or_else(|| CliError::Input("the trash is empty".to_owned()))?;
        (newest, true)
    };
    let full = thrown.full();
    if !args.sure.means(exact, "bring back", &full)? {
        out.tell("nothing was brought back");
        return Ok(Exit::Done);
    }
    trash::restore(runs, &thrown)?;
    out.tell(&format!("{full} is back"));
    Ok(Exit::Done)
}
