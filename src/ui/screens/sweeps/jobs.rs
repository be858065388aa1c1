//! The jobs of Slurm that train a case or a whole sweep: what is said of them, and what the keys tell them.

use super::{Sweeps, refuse};
use crate::disk::untrusted::{self, Links};
use crate::sweep::slurm::{Job, Order};
use crate::sweep::{Sweep, at_scale};
use crate::text::shown;
use crate::ui::intent::{Intent, Page, Question};
use crate::ui::keymap::sweeps::Action;
use crate::ui::shared::Shared;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Lines of a job's output that are shown, the last ones, and bytes that are read for them.
const LINES: usize = 40;
const END: u64 = 1 << 14;

/// The jobs of a case, or without one that of the whole sweep; those that trained to their end left out.
pub fn of<'a>(sweep: &Sweep, case: Option<usize>, shared: &'a Shared) -> Vec<&'a Job> {
    let name = at_scale(&sweep.name, sweep.scale.as_ref());
    let trainings = sweep.trainings().zip(1..);
    let own = trainings.filter(|(training, _)| Some(training.case) == case);
    let tasks = own
        .map(|(_, nth)| Some(nth))
        .chain(case.is_none().then_some(None));
    let jobs = tasks.filter_map(|task| shared.slurm.of(&name, task));
    jobs.filter(|job| job.state != "completed").collect()
}

/// How they stand: `2 pending (Priority), running on n01`.
pub fn words(jobs: &[&Job]) -> String {
    let mut states: Vec<(String, usize)> = Vec::new();
    for job in jobs {
        let state = match job.why.as_str() {
            "" => job.state.clone(),
            why if why.starts_with('(') => format!("{} {why}", job.state),
            _ if !job.is_queued() => job.state.clone(),
            node => format!("{} on {node}", job.state),
        };
        match states.iter_mut().find(|(known, _)| *known == state) {
            Some((_, count)) => *count += 1,
            None => states.push((state, 1)),
        }
    }
    let words = states.into_iter().map(|(state, count)| match count {
        1 => state,
        n => format!("{n} {state}"),
    });
    words.collect::<Vec<_>>().join(", ")
}

impl Sweeps {
    /// The jobs of the case under the cursor, and that of the whole sweep.
    pub(super) fn jobs<'a>(&self, shared: &'a Shared) -> Vec<&'a Job> {
        match (&self.entry().sweep, self.case) {
            (Ok(sweep), Some(_)) => [self.case, None]
                .into_iter()
                .flat_map(|case| of(sweep, case, shared))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Tells the jobs of the case under the cursor what a key says.
    pub(super) fn of_jobs(act: Action, jobs: &[&Job], runs: &Path) -> Vec<Intent> {
        if act == Action::Output {
            return output(jobs, runs);
        }
        let queued = || jobs.iter().filter(|job| job.is_queued());
        let held = queued().any(|job| job.is_held());
        let (order, ids): (Order, Vec<String>) = match act {
            Action::Pause if held => (Order::Release, ids(queued().filter(|job| job.is_held()))),
            Action::Pause => (
                Order::Hold,
                ids(queued().filter(|job| job.state == "pending")),
            ),
            Action::Remove => (Order::Cancel, ids(queued())),
            _ => (
                Order::Requeue,
                ids(jobs.iter().filter(|job| job.state != "pending")),
            ),
        };
        if ids.is_empty() {
            return refuse(match order {
                Order::Requeue => "its jobs wait already",
                Order::Hold => "none of its jobs waits",
                _ => "its jobs have ended",
            });
        }
        let intent = Intent::Slurm(order, ids.clone());
        let (title, means) = match order {
            Order::Cancel => (
                "cancel its jobs?",
                "A run that trains stops with a checkpoint; a job for it can be submitted again.",
            ),
            Order::Requeue => (
                "requeue its jobs?",
                "A run that trains stops, and resumes when the job runs again.",
            ),
            Order::Hold | Order::Release => return vec![intent],
        };
        vec![Intent::Ask(Question {
            title: title.to_owned(),
            words: vec![format!("{}.", ids.join(", ")), means.to_owned()],
            yes: vec![intent],
        })]
    }
}

fn ids<'a>(jobs: impl Iterator<Item = &'a &'a Job>) -> Vec<String> {
    jobs.map(|job| job.id.clone()).collect()
}

/// The end of what the jobs printed.
fn output(jobs: &[&Job], runs: &Path) -> Vec<Intent> {
    let mut lines = Vec::new();
    for job in jobs {
        let path = job.output(runs);
        lines.push(format!("{}: {}", job.id, path.display()));
        match end_of(&path) {
            Ok(text) => {
                let all: Vec<&str> = text.lines().collect();
                let last = all.iter().skip(all.len().saturating_sub(LINES));
                lines.extend(last.map(|line| shown(line).into_owned()));
            }
            Err(why) => lines.push(why.to_string()),
        }
        lines.push(String::new());
    }
    vec![Intent::Read(Page {
        title: "the last lines of its jobs".to_owned(),
        lines,
    })]
}

fn end_of(path: &Path) -> std::io::Result<String> {
    let mut file = untrusted::open(path, Links::Refuse)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(END)))?;
    let mut bytes = Vec::new();
    file.take(END).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
