//! Which experiment a command is given: by file, by preset or by run, and with what is set besides.

use super::output::complain;
use super::{CliError, Result};
use crate::engine::data::Source;
use crate::experiment::presets::{PRESETS, find as preset};
use crate::experiment::{self, Experiment};
use crate::hparam::did_you_mean;
use crate::runs::{ENVIRONMENT, EXPERIMENT, Run, RunError, find};
use crate::sweep::included;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The experiment with this name: a file, a preset, or a run's own, then with the run's folder.
pub fn named(name: &OsStr, runs: &Path) -> Result<(Experiment, Option<PathBuf>)> {
    let path = Path::new(name);
    let file = || experiment::load(path).map_err(CliError::from);
    if path.is_file() {
        return Ok((file()?, run_of(path)));
    }
    if let Some(preset) = name.to_str().and_then(preset) {
        return preset
            .experiment()
            .map(|e| (e, None))
            .map_err(|e| CliError::Failed(e.to_string()));
    }
    match find(runs, name) {
        Ok(run) => {
            let dir = run.dir.clone();
            Ok((of_run(run)?, Some(dir)))
        }
        Err(RunError::Unknown(..)) if path.exists() => Ok((file()?, None)),
        Err(RunError::Unknown(..)) => {
            let name = name.to_string_lossy();
            if included::find(&name).is_some() {
                let why = format!("{name} is a sweep; `simclr-tui sweep {name}` trains it");
                return Err(CliError::Input(why));
            }
            let hint = did_you_mean(&name, "the preset ", PRESETS.iter().map(|p| p.name));
            let why = format!("{name}: there is no such file, preset or run{hint}");
            Err(CliError::Input(why))
        }
        Err(error) => Err(error.into()),
    }
}

/// The folder of the run whose own experiment file this is.
fn run_of(file: &Path) -> Option<PathBuf> {
    let dir = std::path::absolute(file).ok()?.parent()?.to_owned();
    let own = file.file_name()? == EXPERIMENT && dir.join(ENVIRONMENT).is_file();
    own.then_some(dir)
}

/// The experiment of a run, to be trained again.
pub fn of_run(run: Run) -> Result<Experiment> {
    let why = run.broken.unwrap_or_default();
    run.experiment
        .ok_or_else(|| CliError::Input(format!("run {} can't be trained again: {why}", run.id)))
}

/// Where fewer epochs were asked for than the warm-up takes, makes it the same share of the training as before, and says so.
fn shorten_warmup(experiment: &mut Experiment, before: &Experiment) {
    let Some(fits) = experiment.fitting_warmup(before) else {
        return;
    };
    complain(&format!(
        "the warm-up of {} epochs is longer than the training; it takes the same share of it as before: train.warmup={fits}",
        experiment.train.warmup
    ));
    experiment.train.warmup = fits;
}

/// Sets a hyperparameter that has an option of its own.
pub fn optional(experiment: &mut Experiment, path: &str, option: &str, word: &str) -> Result<()> {
    let set = experiment.assign(&format!("{path}={word}"));
    set.map_err(|why| CliError::Input(format!("--{option} {word}: {why}")))
}

/// Applies what `--set` says, in order.
pub fn assigned(experiment: &mut Experiment, assignments: &[String]) -> Result<()> {
    let before = experiment.clone();
    experiment
        .assign_all(assignments)
        .map_err(CliError::Input)?;
    if !assignments.iter().any(|a| a.starts_with("train.warmup=")) {
        shorten_warmup(experiment, &before);
    }
    let mut paths = assignments.iter().filter(|a| a.starts_with("data.path="));
    match paths.next() {
        Some(path)
            if experiment.data.source == Source::Shapes && !experiment.data.path.is_empty() =>
        {
            let why = "the data set is the built-in shapes, which have no path; add --set data.source=folder";
            Err(CliError::Input(format!("--set {path}: {why}")))
        }
        _ => Ok(()),
    }
}
