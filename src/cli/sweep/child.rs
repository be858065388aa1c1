//! One training of a sweep in a process of its own: what it is told, and a leash that ends it with the sweep.
//!
//! The first line of its standard input says what to train. The rest stays silent; where it ends, the sweep is gone or
//! wants to end, and the training stops after its step with a checkpoint. So no process outlives a sweep, however that dies.

use crate::cli::background::program;
use crate::cli::run::resumable;
use crate::cli::{CliError, Result};
use crate::engine::threads;
use crate::experiment::{self, Experiment, file};
use crate::runs::folder::is_run_name;
use crate::runs::{EXPERIMENT, Origin, Run, Status};
use crate::sweep::{Claim, Plan, State};
use crate::trainer;
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle};

/// What a process is to train.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
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

impl Order {
    /// To train an experiment of a sweep.
    pub fn case(experiment: &Experiment, origin: Origin) -> Self {
        Self::Case {
            experiment: file::to_text(experiment),
            origin: Box::new(origin),
        }
    }

    /// Starts the process that obeys; it lives as long as the leash that comes with it.
    pub fn spawn(&self, runs: &Path, piped: bool) -> io::Result<(Child, ChildStdin)> {
        let stdio = || {
            if piped {
                Stdio::piped()
            } else {
                Stdio::inherit()
            }
        };
        let mut command = program()?;
        command
            .arg("--runs")
            .arg(runs)
            .args(["run", "--from-sweep"])
            .stdout(stdio())
            .stderr(stdio());
        let (child, mut leash) = leashed(&mut command)?;
        self.tell(&mut leash)?;
        Ok((child, leash))
    }

    /// Says what to train.
    pub fn tell(&self, leash: &mut ChildStdin) -> io::Result<()> {
        let line = serde_json::to_string(self).map_err(io::Error::other)?;
        writeln!(leash, "{line}")
    }

    /// Reads what to train from standard input, and has `interrupted` rise where that ends.
    pub fn receive(interrupted: &Arc<AtomicBool>) -> Result<Self> {
        let mut input = BufReader::new(io::stdin());
        let mut line = String::new();
        let read = input.read_line(&mut line);
        let order = read
            .map_err(|e| e.to_string())
            .and_then(|_| serde_json::from_str(&line).map_err(|e| e.to_string()));
        let order =
            order.map_err(|why| CliError::Failed(format!("no order from a sweep: {why}")))?;
        heel(input, interrupted)?;
        Ok(order)
    }

    /// Keeps other processes from training the same, and finds out what is left to do.
    pub fn begin(self, runs: &Path) -> Result<Beginning> {
        match self {
            Self::Case { experiment, origin } => case(&experiment, origin, runs),
            Self::Item { experiment, run } => item(&experiment, run, runs),
        }
    }
}

/// How a process begins with its order.
pub enum Beginning {
    /// There is nothing left to do.
    Complete,
    /// Another process is at it.
    Taken,
    /// The trainer obeys, going on with the run in this folder where there is one, and nobody else is at it until the claim is dropped.
    Train(trainer::Command, Option<PathBuf>, Option<Claim>),
}

/// An experiment of a sweep: how it stands is looked up once nobody else can change that.
fn case(text: &str, origin: Box<Origin>, runs: &Path) -> Result<Beginning> {
    let experiment = experiment::parse(text, "the sweep's experiment")
        .map_err(|e| CliError::Failed(e.to_string()))?;
    let Some(claim) = Claim::take(runs, &experiment)? else {
        return Ok(Beginning::Taken);
    };
    let state = Plan::read(runs)?.state(&experiment, origin.round);
    let (command, run) = match state {
        State::Done(_) => return Ok(Beginning::Complete),
        State::Live(_) => return Ok(Beginning::Taken),
        State::Unfinished(dir, _) => resumed(resumable(Run::open(&dir))?, experiment),
        State::New => (trainer::Command::Case(Box::new(experiment), origin), None),
    };
    Ok(Beginning::Train(command, run, Some(claim)))
}

/// A single experiment of the queue, whose run's name was chosen before.
fn item(text: &str, run: String, runs: &Path) -> Result<Beginning> {
    let experiment = experiment::parse(text, "the queue's experiment")
        .map_err(|e| CliError::Input(e.to_string()))?;
    let dir = runs.join(&run);
    if !is_run_name(&run) || !dir.join(EXPERIMENT).is_file() {
        let command = trainer::Command::Named(Box::new(experiment), run);
        return Ok(Beginning::Train(command, None, None));
    }
    let there = Run::open(&dir);
    let same = |own: &Experiment| own.identity() == experiment.identity();
    if there.experiment.as_ref().is_some_and(|own| !same(own)) {
        let why = format!("run {run}, which was to be that of this item, has another experiment");
        return Err(CliError::Input(why));
    }
    if there.status == Status::Completed {
        return Ok(Beginning::Complete);
    }
    let (command, run) = resumed(resumable(there)?, experiment);
    Ok(Beginning::Train(command, run, None))
}

/// Going on with a run on the device, and with as many threads, as its experiment has now.
fn resumed(run: Run, experiment: Experiment) -> (trainer::Command, Option<PathBuf>) {
    let command = trainer::Command::ResumeWith(run.dir.clone(), Box::new(experiment));
    (command, Some(run.dir))
}

/// Starts a process that lives as long as the leash that comes with it.
pub fn leashed(command: &mut Command) -> io::Result<(Child, ChildStdin)> {
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    let leash = child.stdin.take();
    let leash = leash.ok_or_else(|| io::Error::other("it has no input"))?;
    Ok((child, leash))
}

/// Takes each line that a process prints, in a thread that ends with it and those that it started.
pub fn each_line(
    output: impl Read + Send + 'static,
    mut take: impl FnMut(String) + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    Builder::new().spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while output
            .read_until(b'\n', &mut line)
            .is_ok_and(|read| read > 0)
        {
            // Also what is no UTF-8 is read: a process whose pipe is full would stand still.
            take(String::from_utf8_lossy(&line).trim_end().to_owned());
            line.clear();
        }
    })
}

/// Has `interrupted` rise where the input ends: whoever holds the leash wants that, or is gone.
pub fn heel(mut input: impl Read + Send + 'static, interrupted: &Arc<AtomicBool>) -> Result<()> {
    let interrupted = Arc::clone(interrupted);
    let listening = Builder::new().spawn(move || {
        // Also an error ends it: whoever held the leash is not there any more.
        let _ = input.read_to_end(&mut Vec::new());
        interrupted.store(true, Ordering::Relaxed);
    });
    listening.map(drop).map_err(|e| {
        let hint = threads::HINT;
        CliError::Failed(format!(
            "no thread can be started to obey the sweep ({e}); {hint}"
        ))
    })
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
        let order = |experiment: &Experiment| Order::Item {
            experiment: file::to_text(experiment),
            run: run.clone(),
        };
        experiment.machine.device = "cuda:7".to_owned();
        let begun = order(&experiment).begin(runs.path()).unwrap();
        let Beginning::Train(trainer::Command::ResumeWith(dir, now), Some(_), None) = begun else {
            panic!("it is to be gone on with");
        };
        assert_eq!(
            (dir, now.machine.device.as_str()),
            (runs.path().join(&run), "cuda:7")
        );
        experiment.train.seed += 1;
        let why = order(&experiment).begin(runs.path()).err().unwrap();
        assert!(why.to_string().contains("has another experiment"), "{why}");
    }
}
