//! `trash`: deleted runs, and removing them for good.

use super::confirm::agreed;
use super::output::Screen;
use super::table::Table;
use super::{CliError, Exit, Result, json};
use crate::runs::trash::{self, Thrown};
use crate::text::figures::{bytes, moment};
use std::io::{self, IsTerminal};
use std::path::Path;

/// Lists the deleted runs, or removes them for good
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Removes all of them for good, after saying how much that is and asking
    #[arg(long)]
    empty: bool,
    /// Removes without asking
    #[arg(long, requires = "empty")]
    yes: bool,
    /// Prints JSON, as docs/json.md describes it
    #[arg(long, conflicts_with = "empty")]
    json: bool,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let thrown = trash::list(runs)?;
    if args.empty && !args.yes && !thrown.is_empty() && !io::stdin().is_terminal() {
        let why = "nobody can be asked without a terminal; --yes empties the trash without asking";
        return Err(CliError::Input(why.to_owned()));
    }
    let sizes: Vec<u64> = thrown.iter().map(|one| trash::size(&one.dir)).collect();
    if args.json {
        out.json(&as_json(&thrown, &sizes))?;
    } else if thrown.is_empty() {
        out.line("the trash is empty")?;
    } else {
        let printed = table(&thrown, &sizes).print(out);
        // Where they are removed, that nobody reads of it is no reason to stop.
        printed.or_else(|e| if args.empty { Ok(()) } else { Err(e) })?;
    }
    if args.empty {
        trash::sweep(runs);
        if !thrown.is_empty() {
            return empty(&thrown, sizes.iter().sum(), args.yes, out);
        }
    }
    Ok(Exit::Done)
}

fn empty(thrown: &[Thrown], size: u64, yes: bool, out: &mut Screen) -> Result {
    let what = match thrown.len() {
        1 => format!("1 run, {}", bytes(size)),
        n => format!("{n} runs, {}", bytes(size)),
    };
    if !yes && !agreed(&format!("remove {what} for good?"))? {
        out.line("nothing was removed")?;
        return Ok(Exit::Done);
    }
    let mut gone = 0;
    for one in thrown {
        gone += usize::from(!one.destroy()?);
    }
    out.tell(&format!("removed {what}"));
    if gone > 0 {
        out.tell(&format!(
            "{gone} of them had been brought back or removed meanwhile"
        ));
    }
    Ok(Exit::Done)
}

fn table(thrown: &[Thrown], sizes: &[u64]) -> Table {
    let mut table = Table::default().text("run").word("deleted").number("size");
    for (one, size) in thrown.iter().zip(sizes) {
        let row = vec![
            one.full().into(),
            moment(one.at).into(),
            bytes(*size).into(),
        ];
        table.row(row);
    }
    table
}

fn as_json(thrown: &[Thrown], sizes: &[u64]) -> serde_json::Value {
    let each = thrown.iter().zip(sizes);
    let each: Vec<_> = each
        .map(|(one, size)| serde_json::json!({"id": one.id, "dir": one.dir.to_string_lossy(), "deleted": json::number(one.at), "bytes": size}))
        .collect();
    serde_json::json!({"format": 1, "trash": each})
}
