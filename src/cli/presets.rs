//! `presets`: the experiments that ship, and their text.

use super::output::Screen;
use super::table::Table;
use super::{CliError, Exit, Result};
use crate::experiment::presets::{PRESETS, find};
use crate::hparam::nearest;
use std::io::Write;

/// Lists the experiments that ship, or prints the text of one
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Prints this one's text, to be saved as a file of your own
    name: Option<String>,
}

pub fn main(args: &Args, out: &mut Screen) -> Result {
    let Some(name) = &args.name else {
        let mut table = Table::default().word("preset").text("what it is for");
        for preset in PRESETS {
            table.row(vec![preset.name.into(), preset.about.into()]);
        }
        table.print(out)?;
        return Ok(Exit::Done);
    };
    let preset = find(name).ok_or_else(|| {
        let near = nearest(name, PRESETS.iter().map(|p| p.name));
        let hint = near.map_or_else(String::new, |n| format!("; did you mean {n}?"));
        CliError::Input(format!("no preset is named {name:?}{hint}"))
    })?;
    out.write_all(preset.text.as_bytes())?;
    out.flush()?;
    Ok(Exit::Done)
}
