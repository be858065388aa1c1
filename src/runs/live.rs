//! Runs that train on this machine now, found without reading their logs.

use super::environment::host;
use super::lock::{State, look};
use super::names::folders;
use super::{ENVIRONMENT, EXPERIMENT, Environment};
use crate::experiment::{Experiment, file};
use std::path::Path;

/// The experiment of a run in a folder that a process of this machine trains on the device of this name, as experiments name it.
#[must_use]
pub fn trained_on(device: &str, runs: &Path) -> Option<Experiment> {
    // The newest first, which is the likeliest to train.
    let all = folders(runs).unwrap_or_default().into_iter().rev();
    let mut live = all
        .map(|name| runs.join(name))
        .filter(|dir| look(dir) == State::Held);
    live.find_map(|dir| {
        let environment = Environment::load(&dir.join(ENVIRONMENT)).ok()?;
        let experiment = file::stored(&dir.join(EXPERIMENT)).ok()?;
        let same = environment.host == host() && experiment.machine.device == device;
        same.then_some(experiment)
    })
}
