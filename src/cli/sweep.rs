//! `sweep`: trains the experiments of a sweep, and tells what came out.

mod jobs;
mod results;
mod scheduler;

use crate::cli::assignment::Assignment;
pub use jobs::{Array, text as path_text};
pub use results::{Shown, label};
pub use scheduler::Options;

use super::confirm::many;
use super::format::Format;
use super::interrupt::on_interrupt;
use super::opening::{Stop, watched};
use super::output::Screen;
use super::table::{Cell, Table};
use super::{CliError, Exit, Result, cells};
use crate::disk::path::whole;
use crate::engine::data;
use crate::experiment::objections;
use crate::hparam::nearest;
use crate::runs::{Fact, Run, Status, id_of};
use crate::sweep::claim::is_held;
use crate::sweep::{Plan, Results, Source, State, Sweep, Training, at_scale, source};
use jobs::Elsewhere;
use scheduler::Scheduler;
use std::collections::{HashMap, VecDeque};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::Ordering;

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
    #[command(flatten)]
    elsewhere: Elsewhere,
    #[command(flatten)]
    format: Format,
}

/// Which sweep, at which scale, and what its cases are judged by
#[derive(Debug, clap::Args)]
pub struct Which {
    /// A sweep's file, or the name of one that ships (`simclr-tui presets` lists those) or was made in the workbench
    #[arg(value_name = "SWEEP")]
    file: String,
    /// One of the file's scales [default: its first]
    #[arg(long, value_name = "NAME")]
    scale: Option<String>,
    /// Sets a hyperparameter in all cases, such as machine.device=cuda:0
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = Assignment(""), hide_possible_values = true)]
    set: Vec<String>,
    /// What cases are judged by, such as knn.best or loss.last [default: the file's]
    #[arg(long, value_name = "METRIC")]
    metric: Option<String>,
    /// The case that the others are compared with [default: the file's, else the first]
    #[arg(long, value_name = "CASE")]
    baseline: Option<String>,
}

impl Which {
    /// The sweep, and how many trainings it comes to.
    pub fn open(&self, runs: &Path) -> Result<(Sweep, Fact)> {
        let source = Source::find(&self.file, runs)?;
        let mut sweep = source.sweep(self.scale.as_deref(), &self.set)?;
        if let Some(name) = &self.baseline {
            sweep.baseline = Some(case(&sweep, name)?);
        }
        let metric = match &self.metric {
            Some(name) => {
                source::metric(name).map_err(|why| CliError::Input(format!("--metric: {why}")))?
            }
            None => sweep.metric,
        };
        Ok((sweep, metric))
    }
}

impl Which {
    /// What names the sweep on a command line in any folder.
    fn words(&self) -> Result<Vec<String>> {
        let file = Path::new(&self.file);
        let file = if file.exists() {
            jobs::text(&whole(file))?
        } else {
            self.file.clone()
        };
        Ok(words(&file, self.scale.as_deref(), &self.set))
    }
}

/// What names a sweep on a command line.
pub fn words(file: &str, scale: Option<&str>, set: &[String]) -> Vec<String> {
    let scale = scale.iter().flat_map(|scale| ["--scale", scale]);
    let set = set.iter().flat_map(|set| ["--set", set]);
    let all = [file].into_iter().chain(scale).chain(set);
    all.map(str::to_owned).collect()
}

/// The case of this name.
fn case(sweep: &Sweep, name: &str) -> Result<usize> {
    let names = || sweep.cases.iter().map(|case| case.name.as_str());
    names().position(|known| known == name).ok_or_else(|| {
        let near = nearest(name, names());
        let hint = near.map_or_else(String::new, |near| format!("; did you mean {near:?}?"));
        CliError::Input(format!("--baseline: no case is named {name:?}{hint}"))
    })
}

pub fn main(args: &Args, settings: Option<&Path>, runs: &Path, out: &mut Screen) -> Result {
    let (sweep, metric) = args.which.open(runs)?;
    if args.results {
        show(&sweep, metric, args.format, runs, out)?;
        return Ok(Exit::Done);
    }
    if args.format.json || args.format.csv || args.format.markdown {
        let why = "--json, --csv and --markdown need --results";
        return Err(CliError::Input(why.to_owned()));
    }
    let plan = Plan::read(runs)?;
    let round = if args.again { plan.round(&sweep) } else { 0 };
    let states = plan.states(&sweep, round);
    if args.dry_run {
        dry(&sweep, &states, out)?;
        return Ok(Exit::Done);
    }
    let mut words = args.which.words()?;
    if sweep.halving.is_some() && args.jobs > 1 {
        words.extend(["--jobs".to_owned(), args.jobs.to_string()]);
    }
    if args
        .elsewhere
        .hand_over(&words, (&sweep, &states), (settings, runs), out)?
    {
        return Ok(Exit::Done);
    }
    let states = match args.elsewhere.task {
        Some(nth) => match only(nth, states, (&sweep, runs), out)? {
            Some(one) => vec![one],
            None => return Ok(Exit::Done),
        },
        None => states,
    };
    if !many(left(&states).len(), args.yes)? {
        out.line("nothing was trained")?;
        return Ok(Exit::Done);
    }
    let interrupted = on_interrupt()?;
    let options = Options {
        runs,
        round,
        jobs: usize::from(args.jobs),
        queue: None,
        stop: &|| interrupted.load(Ordering::Relaxed),
    };
    let failure = train(&sweep, metric, &states, options, out)?;
    Ok(match failure {
        _ if interrupted.load(Ordering::Relaxed) => Exit::Interrupted,
        None => Exit::Done,
        Some(_) => Exit::Failed,
    })
}

/// The n-th training, unless it is over or another process is at it, which is told.
fn only(
    nth: usize,
    mut states: Vec<(Training, State)>,
    (sweep, runs): (&Sweep, &Path),
    out: &mut Screen,
) -> Result<Option<(Training, State)>> {
    let count = states.len();
    if !(1..=count).contains(&nth) {
        let why =
            format!("--task takes a number from 1 to {count}, not {nth}; --dry-run lists them");
        return Err(CliError::Input(why));
    }
    let (training, state) = states.swap_remove(nth - 1);
    let title = sweep.title(training);
    let over = match &state {
        State::Done(run) => Some(format!("complete: {run}")),
        State::Ended(why) => Some(why.clone()),
        State::Live(dir) => Some(format!("another process trains it: {}", id_of(dir))),
        _ if is_held(runs, &sweep.order(training, 0)) => {
            Some("another process trains it".to_owned())
        }
        _ => None,
    };
    if let Some(how) = over {
        out.tell(&format!("{title}: {how}"));
        return Ok(None);
    }
    Ok(Some((training, state)))
}

/// Trains what is left of a sweep and shows what came out; tells why it is not complete, where it is not.
pub fn train(
    sweep: &Sweep,
    metric: Fact,
    states: &[(Training, State)],
    options: Options,
    out: &mut Screen,
) -> Result<Option<String>> {
    let pending = left(states);
    let single = sweep.run.is_some();
    if !single {
        fits(sweep, &pending, options.stop)?;
        out.tell(&counted(sweep, states));
    }
    let reasons = Scheduler::new(sweep, options, pending).train(out)?;
    let asked = |(one, _): &(Training, State)| states.iter().any(|(known, _)| known == one);
    let now = Plan::read(options.runs)?.states(sweep, options.round);
    let states: Vec<(Training, State)> = now.into_iter().filter(asked).collect();
    if !single {
        // How it went says more than that nobody reads of it.
        let _ = writeln!(out).map_err(CliError::from).and_then(|()| {
            show(sweep, metric, Format::default(), options.runs, out)?;
            missing(sweep, &states, out)
        });
    }
    Ok(failure(sweep, &states, &reasons))
}

/// Shows the results so far.
fn show(sweep: &Sweep, metric: Fact, format: Format, runs: &Path, out: &mut Screen) -> Result<()> {
    let results = Results::gather(sweep, &Plan::read(runs)?, metric);
    Shown::new(sweep, &results).print(format, out)
}

/// Why a sweep is not complete, where it is not, by what its processes and runs say.
fn failure(
    sweep: &Sweep,
    states: &[(Training, State)],
    reasons: &HashMap<Training, String>,
) -> Option<String> {
    let left = left(states);
    let training = *left.front()?;
    let state = &states.iter().find(|(one, _)| *one == training)?.1;
    let logged = match state {
        State::Unfinished(dir, _) => Run::open(dir).series.end.and_then(|end| end.reason),
        _ => None,
    };
    let why = reasons.get(&training).cloned().or(logged);
    let why = why.unwrap_or_else(|| match state {
        State::New => "it was not trained".to_owned(),
        _ => "it was stopped before it was complete".to_owned(),
    });
    if sweep.run.is_some() {
        return Some(why);
    }
    let (left, all, title) = (left.len(), states.len(), sweep.title(training));
    Some(format!(
        "{left} of {all} trainings are not complete; {title}: {why}"
    ))
}

/// The trainings that are not done.
fn left(states: &[(Training, State)]) -> VecDeque<Training> {
    let left = states.iter().filter(|(_, state)| !state.is_over());
    left.map(|(training, _)| *training).collect()
}

/// Refuses a sweep with a case that its data set forbids, before anything is trained.
fn fits(sweep: &Sweep, queue: &VecDeque<Training>, stop: &Stop) -> Result<()> {
    let mut opened: Vec<(data::Data, usize, usize)> = Vec::new();
    for training in queue {
        let case = &sweep.cases[training.case];
        let wanted = &case.experiment.data;
        if !opened.iter().any(|(known, _, _)| known == wanted) {
            let set = watched(false, stop, |watch| data::open_watched(wanted, watch))?;
            opened.push((wanted.clone(), set.train.len(), set.voters()));
        }
        let sizes = opened.iter().find(|(known, _, _)| known == wanted);
        let (train, bank) = sizes.map_or((0, 0), |(_, train, bank)| (*train, *bank));
        let objections = case.experiment.objections_to(train, bank);
        if let Some(why) = objections::line(&objections) {
            let (file, name) = (&sweep.file, &case.name);
            return Err(CliError::Input(format!("{file}: case {name:?}: {why}")));
        }
    }
    Ok(())
}

/// What there is to do, in one line.
fn counted(sweep: &Sweep, states: &[(Training, State)]) -> String {
    let count = |is: fn(&State) -> bool| states.iter().filter(|(_, s)| is(s)).count();
    let done = count(|s| matches!(s, State::Done(_)));
    let unfinished = count(|s| matches!(s, State::Unfinished(..)));
    let ended = count(|s| matches!(s, State::Ended(_)));
    let (cases, seeds) = (sweep.cases.len(), sweep.seeds.len());
    let name = at_scale(&sweep.name, sweep.scale.as_ref());
    let mut line = format!("{name}: {cases} cases");
    if seeds > 1 {
        line.push_str(&format!(" x {seeds} seeds"));
    }
    for (n, words) in [
        (done, "complete already"),
        (unfinished, "to continue"),
        (ended, "cut"),
    ] {
        if n > 0 {
            line.push_str(&format!(", {n} {words}"));
        }
    }
    line
}

/// What would be trained.
fn dry(sweep: &Sweep, states: &[(Training, State)], out: &mut Screen) -> Result<()> {
    let mut table = Table::default().number("task").name("case").number("seed");
    for path in &sweep.varied {
        table = table.text(path);
    }
    table = table.text("status");
    for (nth, (training, state)) in states.iter().enumerate() {
        let name = &sweep.cases[training.case].name;
        let (nth, seed) = ((nth + 1).to_string(), training.seed.to_string());
        let mut row: Vec<Cell> = vec![nth.into(), name.into(), seed.into()];
        for path in &sweep.varied {
            let value = sweep.value(training.case, path);
            row.push(value.map_or_else(String::new, |v| v.to_string()).into());
        }
        row.push(match state {
            State::Done(run) => format!("complete: {run}").into(),
            State::Live(dir) => format!("running: {}", id_of(dir)).into(),
            State::Unfinished(dir, status) => format!("{status}: {}", id_of(dir)).into(),
            State::Ended(why) => why.as_str().into(),
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
            State::Done(_) | State::Ended(_) => continue,
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
