//! `sweep`: trains the experiments of a sweep, and tells what came out.

mod results;
mod scheduler;

pub use results::{Shown, label};

use super::confirm::many;
use super::format::Format;
use super::interrupt::{on_end_of, on_interrupt, wait_for_lock};
use super::output::Screen;
use super::table::{Cell, Table};
use super::{CliError, Exit, Result, cells};
use crate::engine::data;
use crate::runs::{Fact, Status, id_of};
use crate::sweep::{Plan, Results, Source, State, Sweep, Training, source};
use scheduler::Scheduler;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Trains the experiments of a sweep one after another, continues where it was interrupted, and shows the results
#[derive(Debug, clap::Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// Shows what would be trained, and trains nothing
    #[arg(long)]
    dry_run: bool,
    /// Trains this many at once, each in its own process
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u8).range(1..=64))]
    jobs: u8,
    /// Trains all of it again, even what is complete
    #[arg(long)]
    again: bool,
    /// Trains more than 1,000 experiments without asking
    #[arg(long)]
    yes: bool,
    /// Shows the results so far, and trains nothing
    #[arg(long, conflicts_with_all = ["dry_run", "again"])]
    results: bool,
    /// Waits until it holds the lock of this file, and stops when standard input ends: for the use of the queue
    #[arg(long, hide = true, value_name = "FILE")]
    lock: Option<PathBuf>,
    #[command(flatten)]
    format: Format,
}

/// Which sweep, at which scale, and what its cases are judged by
#[derive(Debug, clap::Args)]
pub struct Which {
    /// A sweep's file, or the name of one that ships; `simclr-tui presets` lists those
    #[arg(value_name = "SWEEP")]
    file: String,
    /// One of the file's scales [default: its first]
    #[arg(long, value_name = "NAME")]
    scale: Option<String>,
    /// Sets a hyperparameter in all cases, such as machine.device=cuda:0
    #[arg(long = "set", value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// What cases are judged by, such as knn.best or loss.last [default: the file's]
    #[arg(long, value_name = "METRIC")]
    metric: Option<String>,
}

impl Which {
    /// The sweep, and how many trainings it comes to.
    pub fn open(&self) -> Result<(Sweep, Fact)> {
        let source = Source::open(&self.file)?;
        let sweep = source.sweep(self.scale.as_deref(), &self.set)?;
        let metric = match &self.metric {
            Some(name) => {
                source::metric(name).map_err(|why| CliError::Input(format!("--metric: {why}")))?
            }
            None => sweep.metric,
        };
        Ok((sweep, metric))
    }
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let (sweep, metric) = args.which.open()?;
    let shown = |out: &mut Screen| {
        let results = Results::gather(&sweep, &Plan::read(runs)?, metric);
        Shown::new(&sweep, &results).print(args.format, out)
    };
    if args.results {
        shown(out)?;
        return Ok(Exit::Done);
    }
    if args.format.json || args.format.csv || args.format.markdown {
        let why = "--json, --csv and --markdown need --results";
        return Err(CliError::Input(why.to_owned()));
    }
    let mut queued = None;
    if let Some(file) = &args.lock {
        let interrupted = on_interrupt()?;
        on_end_of(io::stdin(), &interrupted)?;
        let Some(lock) = wait_for_lock(file, &interrupted)? else {
            return Ok(Exit::Interrupted);
        };
        queued = Some((interrupted, lock));
    }
    let plan = Plan::read(runs)?;
    let round = if args.again { plan.round(&sweep) } else { 0 };
    let states = plan.states(&sweep, round);
    if args.dry_run {
        dry(&sweep, &states, out)?;
        return Ok(Exit::Done);
    }
    let queue: VecDeque<Training> = left(&states);
    if !many(queue.len(), args.yes)? {
        out.line("nothing was trained")?;
        return Ok(Exit::Done);
    }
    fits(&sweep, &queue)?;
    out.tell(&counted(&sweep, &states));
    let (interrupted, _lock) = match queued {
        Some((interrupted, lock)) => (interrupted, Some(lock)),
        None => (on_interrupt()?, None),
    };
    let jobs = usize::from(args.jobs);
    let scheduler =
        Scheduler::new(&sweep, runs, round, jobs, &interrupted, queue).pausing(args.lock.is_some());
    let whole = scheduler.train(out)?;
    let states = Plan::read(runs)?.states(&sweep, round);
    // How it went says more than that nobody reads of it.
    let _ = writeln!(out).map_err(CliError::from).and_then(|()| {
        shown(out)?;
        missing(&sweep, &states, out)
    });
    Ok(match (whole, left(&states).is_empty()) {
        (false, _) => Exit::Interrupted,
        (true, true) => Exit::Done,
        (true, false) => Exit::Failed,
    })
}

/// The trainings that are not done.
fn left(states: &[(Training, State)]) -> VecDeque<Training> {
    let left = states.iter().filter(|(_, s)| !matches!(s, State::Done(_)));
    left.map(|(training, _)| *training).collect()
}

/// Refuses a sweep with a case that its data set forbids, before anything is trained.
fn fits(sweep: &Sweep, queue: &VecDeque<Training>) -> Result<()> {
    let mut opened: Vec<(data::Data, usize, usize)> = Vec::new();
    for training in queue {
        let case = &sweep.cases[training.case];
        let wanted = &case.experiment.data;
        if !opened.iter().any(|(known, _, _)| known == wanted) {
            let set = data::open(wanted).map_err(|e| CliError::Input(e.to_string()))?;
            opened.push((wanted.clone(), set.train.len(), set.voters()));
        }
        let sizes = opened.iter().find(|(known, _, _)| known == wanted);
        let (train, bank) = sizes.map_or((0, 0), |(_, train, bank)| (*train, *bank));
        if let Some(objection) = case.experiment.objections_to(train, bank).first() {
            let (file, name) = (&sweep.file, &case.name);
            return Err(CliError::Input(format!(
                "{file}: case {name:?}: {objection}"
            )));
        }
    }
    Ok(())
}

/// What there is to do, in one line.
fn counted(sweep: &Sweep, states: &[(Training, State)]) -> String {
    let count = |is: fn(&State) -> bool| states.iter().filter(|(_, s)| is(s)).count();
    let done = count(|s| matches!(s, State::Done(_)));
    let unfinished = count(|s| matches!(s, State::Unfinished(..)));
    let (cases, seeds) = (sweep.cases.len(), sweep.seeds.len());
    let scale = sweep
        .scale
        .as_ref()
        .map_or_else(String::new, |s| format!(" at scale {s}"));
    let mut line = format!("{}{scale}: {cases} cases", sweep.name);
    if seeds > 1 {
        line.push_str(&format!(" x {seeds} seeds"));
    }
    for (n, words) in [(done, "complete already"), (unfinished, "to continue")] {
        if n > 0 {
            line.push_str(&format!(", {n} {words}"));
        }
    }
    line
}

/// What would be trained.
fn dry(sweep: &Sweep, states: &[(Training, State)], out: &mut Screen) -> Result<()> {
    let mut table = Table::default().text("case").number("seed");
    for path in &sweep.varied {
        table = table.text(path);
    }
    table = table.text("status");
    for (training, state) in states {
        let name = &sweep.cases[training.case].name;
        let mut row: Vec<Cell> = vec![name.into(), training.seed.to_string().into()];
        for path in &sweep.varied {
            let value = sweep.value(training.case, path);
            row.push(value.map_or_else(String::new, |v| v.to_string()).into());
        }
        row.push(match state {
            State::Done(run) => format!("complete: {run}").into(),
            State::Live(dir) => format!("running: {}", id_of(dir)).into(),
            State::Unfinished(dir, status) => format!("{status}: {}", id_of(dir)).into(),
            State::New => "to train".into(),
        });
        table.row(row);
    }
    table.print(out)?;
    out.line(&counted(sweep, states))?;
    Ok(())
}

/// The trainings that are not done, and how they stand.
fn missing(sweep: &Sweep, states: &[(Training, State)], out: &mut Screen) -> Result<()> {
    let mut table = Table::default().text("").word("").text("");
    let mut any = false;
    for (training, state) in states {
        let (status, run): (Cell, String) = match state {
            State::Done(_) => continue,
            State::Live(dir) => (cells::status(Status::Running), id_of(dir)),
            State::Unfinished(dir, status) => (cells::status(*status), id_of(dir)),
            State::New => ("not trained".into(), String::new()),
        };
        any = true;
        table.row(vec![sweep.title(*training).into(), status, run.into()]);
    }
    if any {
        out.line("\nnot complete; the same command continues them:")?;
        table.print(out)?;
    }
    Ok(())
}
