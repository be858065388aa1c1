//! What a process of its own is to train: its parent sends it as the first line of the standard input.

use super::interrupt::on_end_of;
use super::{CliError, Result};
use crate::experiment::{self, Experiment, file};
use crate::runs::folder::is_run_name;
use crate::runs::{EXPERIMENT, Origin, Run, Status};
use crate::sweep::{Claim, Plan, State};
use crate::trainer;
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What a process is to train.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// An experiment of a sweep, as a new run or from where its run is.
    Case {
        /// Its text.
        experiment: String,
        /// What the run is to know of its sweep.
        origin: Box<Origin>,
    },
    /// An experiment as the run of this name, from where that is.
    Item {
        /// Its text.
        experiment: String,
        /// The name of the run, which may not be there yet.
        run: String,
    },
}

impl Task {
    /// To train an experiment of a sweep.
    pub fn case(experiment: &Experiment, origin: Origin) -> Self {
        Self::Case {
            experiment: file::to_text(experiment),
            origin: Box::new(origin),
        }
    }

    /// Reads what to train from standard input, and has `interrupted` rise where that ends.
    pub fn receive(interrupted: &Arc<AtomicBool>) -> Result<Self> {
        let mut input = BufReader::new(io::stdin());
        let mut line = String::new();
        let read = input.read_line(&mut line);
        let task = read
            .map_err(|e| e.to_string())
            .and_then(|_| serde_json::from_str(&line).map_err(|e| e.to_string()));
        let task = task.map_err(|why| CliError::Failed(format!("no order from a sweep: {why}")))?;
        on_end_of(input, interrupted)?;
        Ok(task)
    }

    /// Keeps other processes from training the same, and finds out what is left to do.
    pub fn claim(self, runs: &Path) -> Result<Claimed> {
        match self {
            Self::Case { experiment, origin } => case(&experiment, origin, runs),
            Self::Item { experiment, run } => item(&experiment, run, runs),
        }
    }
}

/// What is left to do of a task.
pub enum Claimed {
    /// There is nothing left to do.
    Complete,
    /// Another process is at it.
    Taken,
    /// The trainer obeys, going on with the run in this folder where there is one, and nobody else is at it until the claim is dropped.
    Train(trainer::Command, Option<PathBuf>, Option<Claim>),
}

/// An experiment of a sweep: how it stands is looked up once nobody else can change that.
fn case(text: &str, origin: Box<Origin>, runs: &Path) -> Result<Claimed> {
    let experiment = experiment::parse(text, "the sweep's experiment")
        .map_err(|e| CliError::Failed(e.to_string()))?;
    let Some(claim) = Claim::take(runs, &experiment)? else {
        return Ok(Claimed::Taken);
    };
    let state = Plan::read(runs)?.state(&experiment, origin.round);
    let (command, run) = match state {
        State::Done(_) => return Ok(Claimed::Complete),
        State::Live(_) => return Ok(Claimed::Taken),
        State::Unfinished(dir, _) => resumed(Run::open(&dir).resumable()?, experiment),
        State::New => (trainer::Command::Case(Box::new(experiment), origin), None),
    };
    Ok(Claimed::Train(command, run, Some(claim)))
}

/// A single experiment of the queue, whose run's name was chosen before.
fn item(text: &str, run: String, runs: &Path) -> Result<Claimed> {
    let experiment = experiment::parse(text, "the queue's experiment")
        .map_err(|e| CliError::Input(e.to_string()))?;
    let dir = runs.join(&run);
    if !is_run_name(&run) || !dir.join(EXPERIMENT).is_file() {
        let command = trainer::Command::Named(Box::new(experiment), run);
        return Ok(Claimed::Train(command, None, None));
    }
    let there = Run::open(&dir);
    let same = |own: &Experiment| own.identity() == experiment.identity();
    if there.experiment.as_ref().is_some_and(|own| !same(own)) {
        let why = format!("run {run}, which is to train this item, has another experiment");
        return Err(CliError::Input(why));
    }
    if there.status == Status::Completed {
        return Ok(Claimed::Complete);
    }
    let (command, run) = resumed(there.resumable()?, experiment);
    Ok(Claimed::Train(command, run, None))
}

/// Going on with a run on the device, and with as many threads, as its experiment has now.
fn resumed(run: Run, experiment: Experiment) -> (trainer::Command, Option<PathBuf>) {
    let command = trainer::Command::ResumeWith(run.dir.clone(), Box::new(experiment));
    (command, Some(run.dir))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::{Environment, RunFolder};

    #[test]
    fn an_item_goes_on_with_its_own_run_alone_and_on_the_device_that_it_has_now() {
        let runs = tempfile::tempdir().unwrap();
        let mut experiment = Experiment::default();
        let made = RunFolder::create(runs.path(), &experiment, &Environment::default());
        let run = made.unwrap().id().to_owned();
        let task = |experiment: &Experiment| Task::Item {
            experiment: file::to_text(experiment),
            run: run.clone(),
        };
        experiment.machine.device = "cuda:7".to_owned();
        let claimed = task(&experiment).claim(runs.path()).unwrap();
        let Claimed::Train(trainer::Command::ResumeWith(dir, now), Some(_), None) = claimed else {
            panic!("it is to be gone on with");
        };
        assert_eq!(
            (dir, now.machine.device.as_str()),
            (runs.path().join(&run), "cuda:7")
        );
        experiment.train.seed += 1;
        let why = task(&experiment).claim(runs.path()).err().unwrap();
        assert!(why.to_string().contains("has another experiment"), "{why}");
    }
}
