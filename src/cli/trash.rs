//! `trash`: deleted runs, to where they go, from where they come back, and removing them for good.

pub mod put;
pub mod restore;

use super::confirm::agreed;
use super::output::Screen;
use super::table::Table;
use super::{CliError, Exit, Result, json};
use crate::runs::trash::{self, Thrown};
use crate::text::figures::{bytes, moment};
use std::io::{self, IsTerminal};
use std::path::Path;

/// Lists the deleted runs; puts runs there, brings them back, or removes them for good
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    /// As `trash empty`
    #[arg(long, hide = true)]
    empty: bool,
    /// Removes without asking
    #[arg(long, hide = true, requires = "empty")]
    yes: bool,
    /// Prints JSON, as docs/json.md describes it
    #[arg(long, conflicts_with = "empty")]
    json: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Put(put::Args),
    Restore(restore::Args),
    Empty(Empty),
}

/// Deletes everything in the trash for good, after showing its size and asking
#[derive(Debug, clap::Args)]
struct Empty {
    /// Removes without asking
    #[arg(long)]
    yes: bool,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    match &args.command {
        Some(Command::Put(args)) => put::main(args, runs, out),
        Some(Command::Restore(args)) => restore::main(args, runs, out),
        Some(Command::Empty(args)) => empty(args.yes, runs, out),
        None if args.empty => empty(args.yes, runs, out),
        None => list(args.json, runs, out),
    }
}

fn list(json: bool, runs: &Path, out: &mut Screen) -> Result {
    let thrown = trash::list(runs)?;
    let sizes = sizes(&thrown);
    if json {
        out.json(&as_json(&thrown, &sizes))?;
    } else if thrown.is_empty() {
        out.line(NOTHING)?;
    } else {
        table(&thrown, &sizes).print(out)?;
    }
    Ok(Exit::Done)
}

const NOTHING: &str = "the trash is empty";

fn sizes(thrown: &[Thrown]) -> Vec<u64> {
    thrown.iter().map(|one| trash::size(&one.dir)).collect()
}

fn empty(yes: bool, runs: &Path, out: &mut Screen) -> Result {
    let thrown = trash::list(runs)?;
    if !yes && !thrown.is_empty() && !io::stdin().is_terminal() {
        let why = "there is no terminal to ask on; --yes empties the trash without asking";
        return Err(CliError::Input(why.to_owned()));
    }
    let sizes = sizes(&thrown);
    trash::sweep(runs);
    if thrown.is_empty() {
        out.tell(NOTHING);
        return Ok(Exit::Done);
    }
    // That nobody reads of it is no reason to stop.
    let _ = table(&thrown, &sizes).print(out);
    remove(&thrown, sizes.iter().sum(), yes, out)
}

fn remove(thrown: &[Thrown], size: u64, yes: bool, out: &mut Screen) -> Result {
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
            "{gone} of them were brought back or removed in the meantime"
        ));
    }
    Ok(Exit::Done)
}

fn table(thrown: &[Thrown], sizes: &[u64]) -> Table {
    let mut table = Table::default().name("run").word("deleted").number("size");
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
