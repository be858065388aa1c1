//! `trash put`: moves runs into the trash.

use crate::cli::confirm::Sure;
use crate::cli::output::Screen;
use crate::cli::{Exit, Result};
use crate::runs::{Found, RunError, locate, trash};
use crate::text::suggest::command;
use std::ffi::OsString;
use std::path::Path;

/// Moves runs to the trash of the runs folder; restore brings them back
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Runs, named as in show
    #[arg(value_name = "RUN", required = true)]
    names: Vec<OsString>,
    #[command(flatten)]
    sure: Sure,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    // All names first: a mistyped one must not leave the others half done.
    let found = args.names.iter().map(|name| locate(runs, name));
    let mut found: Vec<Found> = found.collect::<std::result::Result<_, RunError>>()?;
    // One that was named twice was named in full if it was once.
    found.sort_by(|a, b| a.dir.cmp(&b.dir).then(b.exact.cmp(&a.exact)));
    found.dedup_by(|a, b| a.dir == b.dir);
    let mut meant = Vec::new();
    for run in found {
        if args.sure.means(run.exact, "delete", &run.full)? {
            meant.push(run);
        }
    }
    for run in &meant {
        let id = trash::throw(runs, &run.dir)?.id;
        let back = command(&format!("trash restore {id}"));
        out.tell(&format!("deleted {}; `{back}` brings it back", run.full));
    }
    if meant.is_empty() {
        out.tell("nothing was deleted");
    }
    Ok(Exit::Done)
}
