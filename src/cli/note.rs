//! `note`: what the user says of a run.

use super::output::{Screen, Style};
use super::table::{Cell, Table};
use super::{Exit, Result};
use crate::runs::{NOTES, Notes, id_of, locate};
use std::ffi::OsString;
use std::path::Path;

/// Names, tags, annotates or archives a run; without options, shows its name, tags and note
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A run's folder or name, a unique part of either, `last`, `last-2`, or a path
    run: OsString,
    /// A name in place of the experiment's; an empty one removes it
    #[arg(long)]
    name: Option<String>,
    /// Adds a tag; can be given several times
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Removes a tag; can be given several times
    #[arg(long, value_name = "TAG")]
    untag: Vec<String>,
    /// A note in place of the old one; an empty one removes it
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Hides the run from lists, except those that include archived runs
    #[arg(long, conflicts_with = "unarchive")]
    archive: bool,
    /// Shows it in all lists again
    #[arg(long)]
    unarchive: bool,
}

impl Args {
    fn changes(&self) -> bool {
        let texts = self.name.is_some() || self.note.is_some();
        let tags = !self.tag.is_empty() || !self.untag.is_empty();
        texts || tags || self.archive || self.unarchive
    }

    fn change(&self, notes: &mut Notes) {
        if let Some(name) = &self.name {
            notes.name.clone_from(name);
        }
        if let Some(note) = &self.note {
            notes.note.clone_from(note);
        }
        notes.tags.retain(|tag| !self.untag.contains(tag));
        notes.tags.extend(self.tag.iter().cloned());
        notes.archived = self.archive || (notes.archived && !self.unarchive);
    }
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let dir = locate(runs, &args.run)?.dir;
    let path = dir.join(NOTES);
    let notes = if args.changes() {
        Notes::edit(&path, |notes| args.change(notes))?
    } else {
        Notes::load(&path)?
    };
    table(&id_of(&dir), &notes).print(out)?;
    Ok(Exit::Done)
}

fn table(id: &str, notes: &Notes) -> Table {
    let mut table = Table::default().word("").sentence("");
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            table.row(vec![Cell::styled(Style::Dim, name), value.into()]);
        }
    };
    fact("run", id);
    fact("name", &notes.name);
    fact("tags", &notes.tags.join(", "));
    fact("note", &notes.note);
    fact("archived", if notes.archived { "yes" } else { "" });
    table
}
