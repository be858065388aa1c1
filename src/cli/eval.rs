//! `eval`: what a run's network is worth: kNN and linear evaluation of h and z.

use super::output::{Screen, Style, beside, complain};
use super::table::{Cell, Table};
use super::{CliError, Exit, Result, experiment_arg};
use crate::cli::assignment::Assignment;
use crate::engine::frozen::Space;
use crate::evaluate::{Subject, Which, experiment};
use crate::experiment::Experiment;
use crate::machine::signals;
use crate::runs::{Evaluation, Run, find};
use crate::text::COMPLAINT;
use crate::text::figures::{decimal, thousands};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::ffi::OsString;
use std::path::Path;

/// Classes up to which the confusion matrix is printed.
const PRINTED: usize = 20;

/// Evaluates a run's network on its test images and saves the results, with their protocol, in the run's folder
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Args {
    /// A run's folder or name, a unique part of either, `last`, `last-2`, or a path
    run: OsString,
    /// Linear evaluation only [default: kNN and linear evaluation]
    #[arg(long)]
    probe: bool,
    /// kNN only
    #[arg(long)]
    knn: bool,
    /// Neighbours that vote [default: the run's knn.k]
    #[arg(short, long)]
    k: Option<String>,
    /// Temperature of the votes [default: the run's knn.temperature]
    #[arg(short = 't', long)]
    temperature: Option<String>,
    /// Inverse strength of the probe's L2 penalty, as scikit-learn's C
    #[arg(long, value_name = "C", default_value_t = 1.0)]
    c: f64,
    #[command(flatten)]
    from: Source,
    /// Leaves the run's folder as it is
    #[arg(long)]
    no_save: bool,
    /// Prints JSON, as docs/json.md describes it
    #[arg(long)]
    json: bool,
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
        let mut experiment = experiment(run)?.clone();
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
        Ok(Subject::open(run, experiment, &self.checkpoint)?)
    }
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let found = find(runs, &args.run)?;
    let knn = settings(args, experiment(&found)?)?;
    if !(args.c.is_finite() && args.c > 0.0) {
        return Err(CliError::Input(format!(
            "--c takes a number above 0, not {}",
            args.c
        )));
    }
    signals::end_at_once();
    let mut subject = args.from.open(&found)?;
    subject.judged()?;
    let mut meter = Meter::new(&args.from);
    let spaces = subject.embed(&mut |done, all| meter.at(done, all))?;
    let mut results = Vec::new();
    for space in Space::ALL {
        if args.knn || !args.probe {
            results.push(subject.knn(&spaces, space, &knn)?);
        }
        if args.probe || !args.knn {
            let name = space.name();
            meter.say(&format!("fitting a linear classifier to {name}"));
            results.push(subject.probe(&spaces, space, args.c)?);
        }
    }
    meter.end();
    if args.json {
        let line = json!({ "run": found.id, "evaluations": results });
        out.json(&line)?;
    } else {
        report(&found, &results, out)?;
    }
    if args.no_save {
        return Ok(Exit::Done);
    }
    // Printed first: what can't be kept was computed all the same.
    let kept = results.iter().try_for_each(|result| subject.keep(result));
    kept.map(|()| Exit::Done).map_err(|e| {
        CliError::Failed(format!(
            "the results above could not be saved in the run's folder: {e}; --no-save leaves it as it is"
        ))
    })
}

/// The run's settings of kNN, or those that the arguments give.
fn settings(args: &Args, of: &Experiment) -> Result<crate::engine::eval::knn::Knn> {
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

fn report(run: &Run, results: &[Evaluation], out: &mut Screen) -> Result<()> {
    let Some(first) = results.first() else {
        return Ok(());
    };
    for note in notes(results) {
        complain(&format!("{COMPLAINT}{note}"));
    }
    let id = out.paint(Style::Bold, &run.id);
    out.line(&format!(
        "{id}  {}, step {}",
        first.checkpoint,
        thousands(first.step)
    ))?;
    out.line(&format!(
        "{} test images; {} labelled ones to vote and to fit\n",
        thousands(first.tested),
        thousands(first.fitted)
    ))?;
    table(results).print(out)?;
    for one in results.iter().filter(|r| r.space == Space::H.name()) {
        out.line(&format!(
            "\n{}",
            out.paint(
                Style::Bold,
                &format!("{} on h, class by class", method(one))
            )
        ))?;
        classes(one).print(out)?;
    }
    Ok(())
}

/// What is to be kept in mind: of all results once, of one with its name.
fn notes(results: &[Evaluation]) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for one in results {
        for note in &one.notes {
            let text = if results.iter().all(|r| r.notes.contains(note)) {
                note.clone()
            } else {
                format!("{} on {}: {note}", method(one), one.space)
            };
            if !told.contains(&text) {
                told.push(text);
            }
        }
    }
    told
}

/// Results in a table, one a row; those with notes are starred.
pub fn table(results: &[Evaluation]) -> Table {
    let five = results.iter().any(|r| r.top5.is_some());
    let mut table = Table::default()
        .word("")
        .word("on")
        .number("top-1 %")
        .number("+-");
    if five {
        table = table.number("top-5 %");
    }
    table = table.number("train %").number("step").text("protocol");
    for r in results {
        let percent =
            |v: Option<f64>| Cell::from(v.map_or_else(String::new, |v| decimal(v * 100.0, 2)));
        let star = if r.notes.is_empty() { "" } else { "*" };
        let mut cells = vec![
            method(r).into(),
            r.space.as_str().into(),
            format!("{}{star}", decimal(r.top1 * 100.0, 2)).into(),
        ];
        cells.push(decimal(r.error() * 100.0, 1).into());
        if five {
            cells.push(percent(r.top5));
        }
        cells.push(percent(r.train_top1));
        cells.push(thousands(r.step).into());
        let notes = r.notes.iter().map(|note| format!("; * {note}"));
        cells.push(format!("{}{}", r.protocol, notes.collect::<String>()).into());
        table.row(cells);
    }
    table
}

fn method(of: &Evaluation) -> &str {
    match of.method.as_str() {
        "knn" => "kNN",
        other => other,
    }
}

/// Accuracy of each class, and what it was taken for: all of it where the classes are few, else the commonest mistake.
fn classes(of: &Evaluation) -> Table {
    let few = of.classes.len() <= PRINTED;
    let name = |k: usize| of.classes.get(k).map_or("?", String::as_str);
    let mut table = Table::default().text("class").number("top-1 %");
    if few {
        for class in &of.classes {
            let short: String = class.chars().take(5).collect();
            table = table.number(&short);
        }
    } else {
        table = table.text("mistaken for");
    }
    for (k, share) in of.per_class.iter().enumerate() {
        let share = share.map_or_else(|| "-".to_owned(), |v| decimal(v * 100.0, 1));
        let mut cells: Vec<Cell> = vec![name(k).into(), share.into()];
        let count = |named: usize| {
            let hit = of
                .confusion
                .iter()
                .find(|(t, n, _)| (*t as usize, *n as usize) == (k, named));
            hit.map_or(0, |(_, _, count)| *count)
        };
        if few {
            cells.extend((0..of.classes.len()).map(|named| match count(named) {
                0 => Cell::styled(Style::Dim, "."),
                n if named == k => Cell::styled(Style::Good, &n.to_string()),
                n => n.to_string().into(),
            }));
        } else {
            let wrong = of
                .confusion
                .iter()
                .filter(|(t, n, _)| *t as usize == k && n != t);
            let worst = wrong.max_by_key(|(_, _, count)| *count);
            cells.push(
                worst
                    .map_or_else(String::new, |(_, n, count)| {
                        format!("{} ({count})", name(*n as usize))
                    })
                    .into(),
            );
        }
        table.row(cells);
    }
    table
}

/// The evaluations of a run that are kept, as a table.
pub fn kept(run: &Run) -> Option<Table> {
    let all = Evaluation::all(&run.dir);
    (!all.is_empty()).then(|| table(&all))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;

    #[test]
    fn what_is_to_be_kept_in_mind_is_told_and_starred() {
        let result = |space: &str, notes: &[&str]| Evaluation {
            method: "probe".to_owned(),
            space: space.to_owned(),
            protocol: "L2".to_owned(),
            top1: 0.5,
            notes: notes.iter().map(|note| (*note).to_owned()).collect(),
            ..Evaluation::default()
        };
        let results = [
            result("h", &["other images"]),
            result("z", &["other images", "no fit"]),
        ];
        assert_eq!(notes(&results), ["other images", "probe on z: no fit"]);
        let text = table(&[result("h", &[]), result("z", &["no fit"])]).as_html();
        text.says("50.00<");
        text.says("50.00*");
        text.says("L2; * no fit");
    }
}
