//! The rows of the history: a run each, but one for all runs of a sweep, which opens, and one for runs that differ in the
//! seed alone where those are folded.

use crate::runs::{Origin, Run, Status};
use crate::ui::shared::Shared;
use std::borrow::Cow;
use std::collections::HashMap;

/// How statuses count: that which asks most for a look stands for a whole sweep.
const PRESSING: [Status; 7] = [
    Status::Running,
    Status::Paused,
    Status::Failed,
    Status::Broken,
    Status::Interrupted,
    Status::Stopped,
    Status::Completed,
];

/// One row.
#[derive(Debug)]
pub struct Row<'a> {
    /// What it stands for; never empty.
    pub runs: Vec<&'a Run>,
    /// The sweep that its runs belong to, where others of it are in the list.
    pub sweep: Option<String>,
    /// Whether it stands for the sweep itself.
    pub heads: bool,
}

impl Row<'_> {
    /// What the cursor remembers of it: the name of its run, which is that of a folder, or `sweep: NAME`, which can't be.
    #[must_use]
    pub fn key(&self) -> Cow<'_, str> {
        match &self.sweep {
            Some(sweep) if self.heads => Cow::Owned(heading(sweep)),
            _ => Cow::Borrowed(&self.runs[0].id),
        }
    }

    /// The run that it is, or the first of those that differ in the seed alone.
    #[must_use]
    pub fn run(&self) -> Option<&Run> {
        self.runs.first().copied().filter(|_| !self.heads)
    }

    /// How its runs stand.
    #[must_use]
    pub fn status(&self) -> Status {
        let has = |status: &&Status| self.runs.iter().any(|run| run.status == **status);
        PRESSING.iter().find(has).copied().unwrap_or(Status::Broken)
    }

    /// How many of its runs stand how: `80 completed, 2 failed`.
    #[must_use]
    pub fn statuses(&self) -> String {
        let count = |status: &Status| self.runs.iter().filter(|run| run.status == *status).count();
        let counts = PRESSING.iter().map(|status| (count(status), status.name()));
        let counts: Vec<String> = counts
            .filter(|(count, _)| *count > 0)
            .map(|(count, name)| format!("{count} {name}"))
            .collect();
        counts.join(", ")
    }
}

fn heading(sweep: &str) -> String {
    format!("sweep: {sweep}")
}

/// Rows for runs, in their order. A sweep stands where its first run would, with its runs below if it is open. With
/// `seeds`, runs that differ in the seed alone are one row.
pub fn rows<'a>(
    runs: Vec<&'a Run>,
    open: impl Fn(&str, &[&Run]) -> bool,
    seeds: bool,
    shared: &'a Shared,
) -> Vec<Row<'a>> {
    let kind = |run: &Run| shared.kind(run).filter(|_| seeds).map(str::to_owned);
    let of_sweep = |run: &Run| run.origin.as_ref().map(Origin::title);
    let mut rows = Vec::new();
    for runs in together(runs, |run| of_sweep(run).map(|s| heading(&s)).or(kind(run))) {
        let sweep = of_sweep(runs[0]).filter(|_| runs.len() > 1);
        let Some(name) = &sweep else {
            rows.push(Row {
                runs,
                sweep,
                heads: false,
            });
            continue;
        };
        let below = if open(name, &runs) {
            runs.clone()
        } else {
            Vec::new()
        };
        let below = together(below, kind).into_iter().map(|runs| Row {
            runs,
            sweep: sweep.clone(),
            heads: false,
        });
        rows.push(Row {
            runs,
            sweep: sweep.clone(),
            heads: true,
        });
        rows.extend(below);
    }
    rows
}

/// Runs of one key together, where the first of them was; those without one alone.
fn together(runs: Vec<&Run>, key: impl Fn(&Run) -> Option<String>) -> Vec<Vec<&Run>> {
    let mut groups: Vec<Vec<&Run>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for run in runs {
        let place = key(run).map(|key| *places.entry(key).or_insert(groups.len()));
        match place.and_then(|place| groups.get_mut(place)) {
            Some(group) => group.push(run),
            None => groups.push(vec![run]),
        }
    }
    groups
}
