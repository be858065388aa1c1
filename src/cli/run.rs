//! `run`: trains one experiment without a screen.

use super::child::receive;
use super::experiment_arg::{assigned, named, of_run, optional};
use super::interrupt::on_interrupt;
use super::monitor::{Monitor, Show};
use super::output::Screen;
use super::progress::{JsonLines, People};
use super::{CliError, Exit, Result, background};
use crate::cli::assignment::Assignment;
use crate::disk;
use crate::engine::data::PLACES;
use crate::evaluate::{self, Which};
use crate::experiment::{self, Experiment};
use crate::runs::{CHECKPOINTS, NewRun, Run, RunError, data_from_here, find};
use crate::sweep::{Claim, Plan, State};
use crate::trainer::{self, Command};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// Trains an experiment without a screen; Ctrl-C stops it after the current step, a second Ctrl-C at once
#[derive(Debug, clap::Args)]
pub struct Args {
    /// An experiment file, the name of a preset, or a run whose experiment is trained again
    #[arg(value_name = "FILE", required_unless_present_any = ["resume", "extend", "from_sweep"])]
    experiment: Option<OsString>,
    /// Sets a hyperparameter, such as loss.temperature=0.2
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = Assignment(""), hide_possible_values = true)]
    set: Vec<String>,
    /// Names the experiment, and so its run
    #[arg(long)]
    name: Option<String>,
    /// Where to compute: auto, cpu, cuda:N or wgpu:N
    #[arg(long)]
    device: Option<String>,
    /// Prints JSON lines, as docs/json.md describes them
    #[arg(long)]
    json: bool,
    /// Continues a run that was interrupted, stopped or failed; --device and --set can move it to another device or data folder
    #[arg(long, value_name = "RUN", conflicts_with_all = ["experiment", "name", "epochs"])]
    resume: Option<OsString>,
    /// Trains a finished run for more epochs, as a new run that continues from its last checkpoint
    #[arg(long, value_name = "RUN", conflicts_with_all = ["experiment", "resume"], requires = "epochs")]
    extend: Option<OsString>,
    /// Epochs in all, as --set train.epochs=N; a longer warm-up keeps its share of them
    #[arg(long, value_name = "N")]
    epochs: Option<u64>,
    /// Takes a run over from the process that trains it and leaves the terminal: for the workbench's own use
    #[arg(long, hide = true, requires = "resume")]
    detached: bool,
    /// Trains what standard input says, and stops when that ends: for the use of sweeps and the queue
    #[arg(long, hide = true, conflicts_with_all = ["experiment", "resume", "extend"])]
    from_sweep: bool,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    if args.from_sweep {
        return obey(args, runs, out);
    }
    // Before the training, so that no wrong input gets as far as a run's folder.
    let (command, before) = match &args.resume {
        Some(name) if args.detached => {
            background::detach()?;
            let run = find(runs, name)?;
            (Command::TakeOver(run.dir.clone()), Some(run.dir))
        }
        Some(name) => {
            let run = find(runs, name)?.resumable()?;
            (resumed(&run, args)?, Some(run.dir))
        }
        None => (Command::Train(Box::new(wanted(args, runs)?)), None),
    };
    train(command, before, &*on_interrupt()?, args.json, runs, out)
}

/// Trains what the parent process says: how far that is, is looked up once no other process can change it.
fn obey(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let interrupted = on_interrupt()?;
    let order = receive(&interrupted)?;
    let Some(_claim) = Claim::take(runs, &order)? else {
        return Ok(Exit::Taken);
    };
    let (command, before) = match Plan::read(runs)?.state(&order) {
        State::Done(_) | State::Ended(_) => return Ok(Exit::Done),
        State::Live(_) => return Ok(Exit::Taken),
        State::Unfinished(dir, _) => {
            let dir = Run::open(&dir).resumable()?.dir;
            // On the device, and with as many threads, as is ordered now.
            let command = Command::Resume(dir.clone(), Some(Box::new(order.experiment)));
            (command, Some(dir))
        }
        State::New => (Command::Train(Box::new(order)), None),
    };
    train(command, before, &interrupted, args.json, runs, out)
}

/// Has the trainer obey and shows what happens; `before` is the folder of the run that it goes on with.
fn train(
    command: Command,
    before: Option<PathBuf>,
    interrupted: &AtomicBool,
    json: bool,
    runs: &Path,
    out: &mut Screen,
) -> Result {
    let handle = trainer::spawn(runs.to_owned()).map_err(CliError::Failed)?;
    let mut show: Box<dyn Show + '_> = if json {
        Box::new(JsonLines::new(out))
    } else {
        Box::new(People::new(out))
    };
    let mut monitor = Monitor::new(&handle, interrupted, show.as_mut());
    if let Some(dir) = before {
        monitor = monitor.after(&dir);
    }
    Ok(monitor.train(command))
}

/// The run that the arguments ask for.
fn wanted(args: &Args, runs: &Path) -> Result<NewRun> {
    let (mut experiment, from) = match &args.extend {
        Some(name) => extended(runs, name)?,
        None => named(args.experiment.as_deref().unwrap_or_default(), runs)?,
    };
    let epochs = args.epochs.map(|epochs| epochs.to_string());
    if let Some(epochs) = &epochs {
        optional(&mut experiment.clone(), "train.epochs", "epochs", epochs)?;
    }
    let epochs = epochs.map(|epochs| format!("train.epochs={epochs}"));
    let set: Vec<String> = args.set.iter().cloned().chain(epochs).collect();
    assigned(&mut experiment, &set)?;
    let words = [
        ("name", "name", &args.name),
        ("machine.device", "device", &args.device),
    ];
    for (path, option, word) in words {
        if let Some(word) = word {
            optional(&mut experiment, path, option, word)?;
        }
    }
    Ok(NewRun {
        from,
        ..experiment.into()
    })
}

/// The experiment of a run, going on from where the run is, and its folder.
fn extended(runs: &Path, name: &OsStr) -> Result<(Experiment, Option<PathBuf>)> {
    let run = find(runs, name)?;
    if run.status.is_live() {
        return Err(RunError::Locked(run.id).into());
    }
    let found = evaluate::checkpoint(&run.dir, evaluate::experiment(&run)?, &Which::Last)?;
    let checkpoint = run.dir.join(CHECKPOINTS).join(found.file);
    let checkpoint = disk::path::whole(&checkpoint);
    let dir = run.dir.clone();
    let mut experiment = of_run(run)?;
    experiment.data = data_from_here(&dir, &experiment.data);
    experiment.weights.init.clear();
    experiment.weights.extend = checkpoint.display().to_string();
    Ok((experiment, Some(dir)))
}

/// Going on with a run, elsewhere if the arguments say so.
fn resumed(run: &Run, args: &Args) -> Result<Command> {
    let dir = run.dir.clone();
    if args.set.is_empty() && args.device.is_none() {
        return Ok(Command::Resume(dir, None));
    }
    let own = evaluate::experiment(run)?;
    let mut other = own.clone();
    assigned(&mut other, &args.set)?;
    if let Some(device) = &args.device {
        optional(&mut other, "machine.device", "device", device)?;
    }
    if own.name != other.name {
        return Err(CliError::Input(
            "--set name: a run keeps its name".to_owned(),
        ));
    }
    let differences = Experiment::differences(&[own, &other]);
    let free = |path: &str| {
        experiment::catalogue()
            .iter()
            .any(|f| f.path == path && f.param.free)
    };
    let fixed = differences
        .iter()
        .find(|d| !PLACES.contains(&&*d.path) && !free(&d.path));
    match fixed {
        Some(fixed) => Err(CliError::Input(format!(
            "--set {}: what was trained is fixed; on a resume only data.path, data.bank, data.test, data.validation, data.threads, data.cache and machine.* can be set",
            fixed.path
        ))),
        None => Ok(Command::Resume(dir, Some(Box::new(other)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::{EXPERIMENT, Environment, RunFolder};
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    /// The folder of the run that `run WHAT` would train again.
    fn from(what: &str, runs: &Path) -> Option<PathBuf> {
        let line = Line::parse_from(["run", what]);
        wanted(&line.args, runs).unwrap().from
    }

    #[test]
    fn a_run_is_trained_again_as_that_run_by_its_name_or_its_file() {
        let runs = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(runs.path(), Experiment::default(), &Environment::default());
        let dir = folder.unwrap().dir().to_owned();
        let name = dir.file_name().unwrap().to_str().unwrap();
        for what in [name, dir.join(EXPERIMENT).to_str().unwrap()] {
            assert_eq!(from(what, runs.path()).as_ref(), Some(&dir), "{what}");
        }
        assert_eq!(from("quick", runs.path()), None);
    }

    #[test]
    fn a_training_of_one_epoch_is_not_refused_for_its_warm_up() {
        let runs = tempfile::tempdir().unwrap();
        let train = |more: &[&str]| {
            let line = Line::parse_from([&["run", "quick"], more].concat());
            wanted(&line.args, runs.path()).unwrap().experiment
        };
        // A share of .0665 as the preset has it: 1.33 epochs of 20.
        for more in [["--epochs", "1"], ["--set", "train.epochs=1"]] {
            let short = train(&more);
            assert_eq!((short.train.epochs, short.train.warmup), (1, 0.0665));
            short.check().unwrap();
        }
        // One that fits, and one that was asked for, stay.
        let fits = train(&["--epochs", "2"]).train.warmup;
        assert!((fits - 1.33).abs() < 1e-12, "{fits}");
        let asked = train(&["--epochs", "1", "--set", "train.warmup=1.33"]);
        assert!(asked.check().unwrap_err().contains("longer than training"));
    }
}
