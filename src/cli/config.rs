//! `config`: the settings with all their defaults, or where they are read.

use super::output::Screen;
use super::{Exit, Result};
use crate::ui::config::{default_path, template};
use std::io::Write;
use std::path::Path;

/// Prints the settings with all their defaults: theme, symbols, pictures, folder of runs, every key
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Prints only where the settings are read from
    #[arg(long)]
    path: bool,
}

pub fn main(args: &Args, settings: Option<&Path>, out: &mut Screen) -> Result {
    if args.path {
        let path = settings.map_or_else(default_path, Path::to_owned);
        out.line(&path.display().to_string())?;
    } else {
        out.write_all(template().as_bytes())?;
        out.flush()?;
    }
    Ok(Exit::Done)
}
