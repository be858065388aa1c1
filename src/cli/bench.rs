//! `bench`: how fast this program is on this machine, part by part.

mod measurement;
mod scaling;

use super::opening::opened;
use super::output::Screen;
use super::table::Table;
use super::{CliError, Exit, Result, experiment_arg};
use crate::cli::assignment::Assignment;
use crate::engine::bench::{self, Timed};
use crate::engine::device;
use crate::engine::loader::Loader;
use crate::engine::train::{Setup, TrainError};
use crate::experiment::{Experiment, objections};
use crate::machine::heap;
use crate::text::figures::{bytes, decimal, rounded};
use clap::ValueEnum;
use measurement::{Measurement, What};
use scaling::Over;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};

/// Times the program's own parts on this machine: views, batches, training steps, the loss, kNN
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to time [default: all]
    #[arg(value_name = "WHAT")]
    what: Vec<What>,
    /// An experiment file, preset or run that gives sizes and augmentations
    #[arg(long, value_name = "FILE", default_value = "quick")]
    experiment: String,
    /// Sets a hyperparameter, such as model.width=64
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = Assignment(""), hide_possible_values = true)]
    set: Vec<String>,
    /// Timed repetitions
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    times: u32,
    /// Pairs of the loss
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    pairs: u32,
    /// Dimensions of z in the loss
    #[arg(long, value_name = "D", default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    dims: u32,
    /// Queries of kNN
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    queries: u32,
    /// Embeddings in the bank of kNN
    #[arg(long, value_name = "N", default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    bank: u32,
    /// Dimensions of h in kNN
    #[arg(long, value_name = "D", default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    features: u32,
    /// Times it for each of these values, such as train.batch=32,64,128 or threads=1,2; a second one gives the chart more lines
    #[arg(long, value_name = "PATH=V1,V2")]
    over: Vec<Over>,
    /// Draws the result into a .svg, .png or .csv file
    #[arg(long, value_name = "FILE", requires = "over")]
    chart: Option<PathBuf>,
    /// Draws peak memory in place of speed
    #[arg(long, requires = "chart")]
    memory: bool,
    /// Prints JSON, as docs/json.md describes it
    #[arg(long)]
    json: bool,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let (mut experiment, _) = experiment_arg::named(args.experiment.as_ref(), runs)?;
    experiment_arg::assigned(&mut experiment, &args.set)?;
    let all = if args.what.is_empty() {
        What::value_variants()
    } else {
        &args.what
    };
    let every = |experiment: &Experiment| {
        all.iter()
            .map(|what| time(*what, args, experiment))
            .collect::<Result<Vec<_>>>()
    };
    scaling::check(&args.over, &experiment, all, args.chart.as_deref())?;
    let told = scaling::each(&args.over, &experiment, &every)?;
    if args.json {
        let told: Vec<Json> = told.iter().map(Measurement::json).collect();
        out.json(&json!({"format": 1, "benches": told}))?;
    } else {
        table(&told).print(out)?;
    }
    if let Some(file) = &args.chart {
        scaling::chart(&args.over, &told, args.memory, file)?;
    }
    Ok(Exit::Done)
}

fn time(what: What, args: &Args, experiment: &Experiment) -> Result<Measurement> {
    let times = args.times as usize;
    let failed = |error: TrainError| CliError::Failed(error.to_string());
    let sized = |n: u32| n as usize;
    Ok(match what {
        What::Augment | What::Load | What::Step => with_data(what, experiment, times)?,
        What::Loss => {
            let device = device::choose(&experiment.machine.device)?;
            let before = Peak::start();
            let sizes = (sized(args.pairs), sized(args.dims));
            let timed = bench::loss(&experiment.loss, sizes, &device, times).map_err(failed)?;
            before.told("loss", timed)
        }
        What::Knn => {
            let before = Peak::start();
            let sizes = (sized(args.queries), sized(args.bank), sized(args.features));
            let timed = bench::knn(&experiment.knn, sizes, times);
            before.told("knn", timed)
        }
    })
}

fn with_data(what: What, experiment: &Experiment, times: usize) -> Result<Measurement> {
    let data = opened(&experiment.data)?;
    let objections = experiment.objections_to(data.train.len(), data.voters());
    objections::line(&objections).map_or(Ok(()), |why| Err(CliError::Input(why)))?;
    let device = device::choose(&experiment.machine.device)?;
    let loader = Loader::new(experiment.data.threads);
    let setup = Setup {
        experiment,
        data: &data,
        loader: &loader,
        device: &device,
    };
    let before = Peak::start();
    let (name, timed) = match what {
        What::Load => ("load", bench::load(setup, times)),
        What::Step => ("step", bench::step(setup, times)),
        _ => (
            "augment",
            bench::augment(setup, times).map_err(TrainError::from),
        ),
    };
    let timed = timed.map_err(|e| CliError::Failed(e.to_string()))?;
    Ok(before.told(name, timed))
}

fn table(all: &[Measurement]) -> Table {
    let mut table = Table::default()
        .text("what")
        .number("a second")
        .word("")
        .number("slowest")
        .number("fastest")
        .number("ms")
        .number("threads")
        .number("memory")
        .text("");
    for told in all {
        let [median, least, most] = told.seconds();
        let rate = |seconds: f64| round(told.timed.amount / seconds);
        let memory = told.memory.map_or_else(String::new, bytes);
        let over = told.over.as_deref().unwrap_or_default();
        let words: Vec<&str> = [over, told.timed.sizes.as_str()]
            .into_iter()
            .filter(|words| !words.is_empty())
            .collect();
        table.row(vec![
            told.name.into(),
            rate(median).into(),
            told.timed.unit.into(),
            rate(most).into(),
            rate(least).into(),
            decimal(median * 1e3, 2).into(),
            told.timed.threads.to_string().into(),
            memory.into(),
            words.join("; ").into(),
        ]);
    }
    table
}

fn round(rate: f64) -> String {
    if rate < 100.0 {
        decimal(rate, 1)
    } else {
        rounded(rate)
    }
}

/// The memory that the process held before something.
struct Peak(Option<u64>);

impl Peak {
    /// What was kept of earlier work is given back, and its peak forgotten, so that each part is told its own.
    fn start() -> Self {
        heap::give_back();
        // Linux' way to set the peak to what is held now.
        let forgotten = std::fs::write("/proc/self/clear_refs", "5").is_ok();
        Self(peak().filter(|_| forgotten))
    }

    fn told(&self, name: &'static str, timed: Timed) -> Measurement {
        let memory = self
            .0
            .zip(peak())
            .map(|(before, now)| now.saturating_sub(before));
        Measurement {
            memory,
            ..Measurement::new(name, timed)
        }
    }
}

/// Bytes, from Linux' account of the process.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}
