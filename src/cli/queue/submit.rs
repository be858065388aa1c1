//! `queue work --slurm`: what waits in the queue becomes jobs of Slurm.

use crate::cli::error::paused;
use crate::cli::output::Screen;
use crate::cli::sweep::{Array, path_text, words};
use crate::cli::{Exit, Result};
use crate::experiment;
use crate::queue::{Claim, Item, Queue};
use crate::sweep::{Plan, Source, own};
use crate::text::shown;
use crate::ui::config::Config;
use std::env;
use std::path::Path;

/// The worker that submits; its name is that of a device.
const SLURM: &str = "slurm";

/// Submits item after item and takes it out of the queue; one that can't be submitted fails.
pub fn main(array: &Array, settings: Option<&Path>, runs: &Path, out: &mut Screen) -> Result {
    let config = Config::read(settings)?;
    let queue = Queue::new(runs);
    if queue.is_paused() {
        out.tell(&paused());
        return Ok(Exit::Done);
    }
    let worker = queue.work(SLURM)?;
    let mut ended = Exit::Done;
    while let Some(claim) = worker.take()? {
        let title = shown(&claim.item.title).into_owned();
        match submitted(&claim, array, (&config, runs)) {
            Ok(answer) => {
                claim.done()?;
                let answer = answer.unwrap_or_else(|| "nothing is left to train".to_owned());
                out.line(&format!("{title}: {answer}"))?;
            }
            Err(why) => {
                let why = why.to_string();
                claim.failed(&why)?;
                out.line(&format!("{title} failed: {}", shown(&why)))?;
                ended = Exit::Failed;
            }
        }
    }
    Ok(ended)
}

/// What Slurm answers; nothing where all is trained.
fn submitted(
    claim: &Claim,
    array: &Array,
    (config, runs): (&Config, &Path),
) -> Result<Option<String>> {
    let item = &claim.item;
    if item.folder.is_dir() {
        // Relative paths of its experiments start there, here and in the jobs.
        let _ = env::set_current_dir(&item.folder);
    }
    let single = item
        .experiment
        .as_deref()
        .map(|text| written(item, text, runs));
    let file = single.transpose()?.unwrap_or_else(|| item.sweep.clone());
    let sweep = Source::open(&file)?.sweep(item.scale.as_deref(), &item.set)?;
    let states = Plan::read(runs)?.states(&sweep, 0);
    let words = words(&file, item.scale.as_deref(), &item.set);
    array.submit(&words, (&sweep, &states), (config, runs))
}

/// Writes a single experiment as a sweep of one case, which jobs can name.
fn written(item: &Item, text: &str, runs: &Path) -> Result<String> {
    let base = experiment::parse(text, "the queue's experiment")?;
    let (name, seed) = (&base.name, base.train.seed);
    let file = |base: &str| {
        format!(
            "// Of an experiment in the queue, for Slurm.\n(\n    format: 1,\n    name: {name:?},\n    base: {base:?},\n    \
             cases: [(name: {name:?}, set: {{}})],\n    seeds: [{seed}],\n)\n"
        )
    };
    let path = own::write(runs, &item.title, &base, file)?;
    path_text(&path)
}
