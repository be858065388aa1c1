//! `eval`: what a run's network is worth: kNN and linear evaluation of h and z, and fine-tuning.

mod report;

use super::interrupt::on_interrupt;
use super::opening::{Stop, watched};
use super::output::{Screen, beside, complain};
use super::table::Table;
use super::{CliError, Exit, Result, experiment_arg};
use crate::cli::assignment::Assignment;
use crate::disk::path::{typed, whole};
use crate::engine::data::{Data, Validation, guess};
use crate::engine::eval::knn::Knn;
use crate::engine::frozen::Space;
use crate::evaluate::{Finetune, Labels, Penalty, Subject, Which, experiment};
use crate::experiment::Experiment;
use crate::machine::signals;
use crate::runs::{Evaluation, Run, find};
use indicatif::{ProgressBar, ProgressStyle};
use report::{report, table};
use serde_json::json;
use std::ffi::OsString;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// Evaluates a run's network on its test images and saves the results, with their protocol, in the run's folder
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Args {
    /// A run's folder or name, a unique part of either, `last`, `last-2`, or a path
    run: OsString,
    /// Linear evaluation only [default: kNN and linear evaluation]; with =sgd also by the paper's SGD on augmented views
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "lbfgs", value_name = "BY")]
    probe: Option<Solver>,
    /// kNN only
    #[arg(long)]
    knn: bool,
    /// Neighbours that vote [default: the run's knn.k]
    #[arg(short, long)]
    k: Option<String>,
    /// Temperature of the votes [default: the run's knn.temperature]
    #[arg(short = 't', long)]
    temperature: Option<String>,
    /// Inverse strength of the probe's L2 penalty, as scikit-learn's C; auto chooses it on a held-out fifth of the labelled images
    #[arg(long, value_name = "C|auto", default_value = "1")]
    c: Penalty,
    /// Instead: trains the whole encoder and a new linear layer on few labels, and beside it the same network from scratch
    #[arg(long, conflicts_with_all = ["probe", "knn", "k", "temperature", "c"])]
    finetune: bool,
    /// Labels to fine-tune with, as many of each class: a share such as 1%, or a number such as 5-per-class
    #[arg(
        long,
        default_value = "10%",
        value_name = "SHARE|N",
        requires = "finetune"
    )]
    labels: Labels,
    /// Passes over the labelled images [default: 60 with at most 5 % of the labels, else 30, but at least 500 steps]
    #[arg(long, value_name = "N", requires = "finetune", value_parser = clap::value_parser!(u32).range(1..))]
    epochs: Option<u32>,
    /// How often to fine-tune, each time with other labelled images, views and new weights
    #[arg(long, value_name = "N", default_value_t = 3, requires = "finetune", value_parser = clap::value_parser!(u32).range(1..))]
    seeds: u32,
    /// Transfer: judges on another data set, of any kind, at the size of the encoder's images
    #[arg(long, value_name = "PATH")]
    on: Option<PathBuf>,
    #[command(flatten)]
    from: Source,
    /// Leaves the run's folder as it is
    #[arg(long)]
    no_save: bool,
    /// Prints JSON, as docs/json.md describes it
    #[arg(long)]
    json: bool,
}

/// What fits a linear classifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Solver {
    /// L-BFGS on h and z of clean images
    Lbfgs,
    /// That, and SGD on h of augmented views
    Sgd,
}

/// Which network, and where it looks at images.
#[derive(Debug, clap::Args)]
pub struct Source {
    /// last, best or a file of the run's checkpoints folder
    #[arg(long, default_value = "last", value_name = "WHICH")]
    pub checkpoint: Which,
    /// Where to compute: auto, cpu, cuda:N or wgpu:N [default: as the run's machine.device]
    #[arg(long)]
    pub device: Option<String>,
    /// Sets where the data are, such as data.path=~/cifar-10-batches-bin
    #[arg(long = "set", value_name = "data.X=VALUE", value_parser = Assignment("data."), hide_possible_values = true)]
    pub set: Vec<String>,
    /// Says how far it is in lines
    #[arg(long, hide = true)]
    pub progress: bool,
}

impl Source {
    /// Opens a run's network and data.
    pub fn open(&self, run: &Run) -> Result<Subject> {
        self.open_on(run, None, &|| false)
    }

    /// The same, on another data set if there is one, unless it is to stop before.
    fn open_on(&self, run: &Run, other: Option<&Path>, stop: &Stop) -> Result<Subject> {
        let mut experiment = experiment(run)?.clone();
        if let Some(path) = other {
            experiment.data = elsewhere(path, &experiment.data)?;
        }
        if let Some(other) = self.set.iter().find(|s| !s.trim().starts_with("data.")) {
            let why =
                format!("--set {other}: what was trained is fixed; only data.* can be set here");
            return Err(CliError::Input(why));
        }
        experiment_arg::assigned(&mut experiment, &self.set)?;
        if let Some(device) = &self.device {
            let set = experiment.set("machine.device", device);
            set.map_err(CliError::Input)?;
        }
        let transfer = other.is_some();
        Ok(watched(self.progress, stop, |watch| {
            Subject::open(run, experiment, &self.checkpoint, transfer, watch)
        })?)
    }
}

/// All of another data set, seen as a run's own is.
fn elsewhere(path: &Path, own: &Data) -> Result<Data> {
    let path = path
        .to_str()
        .ok_or_else(|| CliError::Input(format!("--on {}: the path is no UTF-8", path.display())))?;
    let path = whole(&typed(path));
    Ok(Data {
        source: guess(&path),
        path: path.display().to_string(),
        bank: String::new(),
        test: String::new(),
        validation: Validation::default(),
        train_limit: 0,
        test_limit: 0,
        ..own.clone()
    })
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let found = find(runs, &args.run)?;
    let knn = settings(args, experiment(&found)?)?;
    let (subject, results, ended) = if args.finetune {
        finetuned(args, &found)?
    } else {
        frozen(args, &found, &knn)?
    };
    if args.json {
        let line = json!({ "run": found.id, "evaluations": results });
        out.json(&line)?;
    } else {
        report(&found, &results, out)?;
    }
    if args.no_save {
        return Ok(ended);
    }
    // Printed first: what can't be kept was computed all the same.
    let kept = results.iter().try_for_each(|result| subject.keep(result));
    kept.map(|()| ended).map_err(|e| {
        CliError::Failed(format!(
            "the results above could not be saved in the run's folder: {e}; --no-save leaves it as it is"
        ))
    })
}

/// What was evaluated, its results, and how that ended.
type Evaluated = (Subject, Vec<Evaluation>, Exit);

/// kNN and linear evaluation of the network as it is.
fn frozen(args: &Args, run: &Run, knn: &Knn) -> Result<Evaluated> {
    signals::end_at_once();
    let on = args.on.as_deref();
    let mut subject = args.from.open_on(run, on, &|| false)?;
    subject.judged()?;
    let mut meter = Meter::new(&args.from);
    let spaces = subject.embed(&mut |done, all| meter.at(done, all))?;
    let mut results = Vec::new();
    for space in Space::ALL {
        if args.knn || args.probe.is_none() {
            results.push(subject.knn(&spaces, space, knn)?);
        }
        if args.probe.is_some() || !args.knn {
            let name = space.name();
            meter.say(&format!("fitting a linear classifier to {name}"));
            results.push(subject.probe(&spaces, space, args.c)?);
        }
    }
    if args.probe.is_some() || !args.knn {
        results.extend(subject.few(&spaces, args.c)?);
    }
    if args.probe == Some(Solver::Sgd) {
        meter.begin("fitting by SGD", "steps");
        results.extend(subject.probe_by_sgd(&mut |done, all| {
            meter.at(done, all);
            ControlFlow::Continue(())
        })?);
    }
    meter.end();
    Ok((subject, results, Exit::Done))
}

/// Fine-tuning; an interruption ends it after the step, with the seeds that are done.
fn finetuned(args: &Args, run: &Run) -> Result<Evaluated> {
    let interrupted = on_interrupt()?;
    let stop = || interrupted.load(Ordering::Relaxed);
    let subject = args.from.open_on(run, args.on.as_deref(), &stop)?;
    let mut meter = Meter::new(&args.from);
    meter.begin("fine-tuning", "steps");
    let with = Finetune {
        labels: args.labels,
        epochs: args.epochs.map(|epochs| epochs as usize),
        seeds: args.seeds.into(),
    };
    let results = subject.finetune(&with, &mut |done, all| {
        meter.at(done, all);
        if stop() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    meter.end();
    let results = results?;
    if results.is_empty() {
        complain("stopped before a first seed was done: there is no result");
    }
    let ended = if stop() {
        Exit::Interrupted
    } else {
        Exit::Done
    };
    Ok((subject, results, ended))
}

/// The run's settings of kNN, or those that the arguments give.
fn settings(args: &Args, of: &Experiment) -> Result<Knn> {
    let mut experiment = of.clone();
    for (path, text) in [("knn.k", &args.k), ("knn.temperature", &args.temperature)] {
        if let Some(text) = text {
            experiment.set(path, text).map_err(CliError::Input)?;
        }
    }
    Ok(experiment.knn)
}

/// How far embedding is, on standard error: a bar where that is a terminal, and lines for a program that asks for them.
pub struct Meter {
    bar: ProgressBar,
    lines: bool,
    doing: &'static str,
    told: usize,
}

impl Meter {
    pub fn new(of: &Source) -> Self {
        Self {
            bar: bar("embedding", "images"),
            lines: of.progress,
            doing: "embedding",
            told: 0,
        }
    }

    /// What is done from now on, and in which unit it is counted.
    pub fn begin(&mut self, doing: &'static str, unit: &'static str) {
        self.bar.finish_and_clear();
        self.bar = bar(doing, unit);
        (self.doing, self.told) = (doing, 0);
    }

    pub fn at(&mut self, done: usize, all: usize) {
        self.bar.set_length(all as u64);
        self.bar.set_position(done as u64);
        let percent = 100 * done / all.max(1);
        if self.lines && percent != self.told {
            self.told = percent;
            complain(&format!("{} {percent} %", self.doing));
        }
    }

    fn say(&self, text: &str) {
        beside(&self.bar, text);
        if self.lines {
            complain(text);
        }
    }

    pub fn end(self) {
        self.bar.finish_and_clear();
    }
}

fn bar(doing: &'static str, unit: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {prefix} {eta}");
    let bar = ProgressBar::new(0).with_message(doing).with_prefix(unit);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// The evaluations of a run that are kept, as a table.
pub fn kept(run: &Run) -> Option<Table> {
    let all = Evaluation::all(&run.dir);
    (!all.is_empty()).then(|| table(&all))
}
