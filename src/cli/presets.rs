//! `presets`: the experiments and sweeps that ship, and their text.

use super::output::Screen;
use super::table::Table;
use super::{CliError, Exit, Result};
use crate::experiment::presets::{PRESETS, find};
use crate::hparam::did_you_mean;
use crate::sweep::included::{self, SWEEPS};
use std::io::Write;

/// Lists the included experiments and sweeps, or prints the text of one
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Prints this one's text, to save as your own file
    name: Option<String>,
}

pub fn main(args: &Args, out: &mut Screen) -> Result {
    let Some(name) = &args.name else {
        let mut table = Table::default().word("preset").sentence("what it is for");
        for preset in PRESETS {
            table.row(vec![preset.name.into(), preset.about.into()]);
        }
        table.print(out)?;
        let mut table = Table::default().word("sweep").sentence("what it is for");
        for sweep in SWEEPS {
            table.row(vec![sweep.name.into(), sweep.about().into()]);
        }
        out.line("")?;
        table.print(out)?;
        return Ok(Exit::Done);
    };
    let sweep = included::find(name).map(|sweep| sweep.text);
    let text = sweep.or(find(name).map(|preset| preset.text));
    let text = text.ok_or_else(|| {
        let names = PRESETS.iter().map(|p| p.name);
        let hint = did_you_mean(name, "", names.chain(SWEEPS.iter().map(|s| s.name)));
        let hint = if hint.is_empty() {
            "; `simclr-tui presets` lists them".to_owned()
        } else {
            hint
        };
        CliError::Input(format!("no preset is named {name:?}{hint}"))
    })?;
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(Exit::Done)
}
