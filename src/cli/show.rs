//! `show`: all that is known of one run.

use super::format::{self, Format};
use super::output::{Screen, Style};
use super::table::{Cell, Table};
use super::{Exit, Result, cells, eval, json};
use crate::engine::metric::METRICS;
use crate::engine::report::Level;
use crate::experiment::Experiment;
use crate::runs::folder::{disk_bytes, stored};
use crate::runs::{Run, find, flat, now};
use crate::text::figures::{bytes, decimal, duration, figure, moment, thousands};
use std::ffi::OsString;
use std::path::Path;

/// Lines of the console that are shown.
const CONSOLE_LINES: usize = 10;

/// Shows one run: status, metrics, and hyperparameters that differ from the defaults
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A run's folder or name, a unique part of either, `last`, `last-2`, or a path
    run: OsString,
    #[command(flatten)]
    format: Format,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let run = find(runs, &args.run)?;
    if args.format.json {
        out.json(&json::whole(&run, now()))?;
    } else if args.format.csv {
        curves(&run, out)?;
    } else if args.format.markdown {
        out.line(&format!("## {}\n", format::markdown(run.title())))?;
        facts(&run).markdown(out)?;
        for (title, table) in sections(&run) {
            out.line(&format!("\n### {title}\n"))?;
            table.markdown(out)?;
        }
    } else {
        facts(&run).print(out)?;
        for (title, table) in sections(&run) {
            let title = out.paint(Style::Bold, title);
            out.line(&format!("\n{title}"))?;
            table.print(out)?;
        }
    }
    Ok(Exit::Done)
}

/// The tables below the first that have anything to say.
fn sections(run: &Run) -> impl Iterator<Item = (&'static str, Table)> {
    let all = [
        ("metric", metrics(run)),
        ("evaluation", eval::kept(run)),
        ("checkpoint", checkpoints(run)),
        ("differs from the default", changed(run)),
        ("console", console(run)),
    ];
    all.into_iter()
        .filter_map(|(title, table)| Some((title, table?)))
}

/// Every sample of every metric, a record each.
fn curves(run: &Run, out: &mut Screen) -> Result<()> {
    format::record(out, &["metric", "step", "epoch", "elapsed", "at", "value"])?;
    for key in run.series.keys() {
        for s in run.series.curve(key) {
            let numbers = [s.epoch, s.elapsed, s.at, s.value].map(|v| format::number(Some(v)));
            let [epoch, elapsed, at, value] = numbers;
            let step = s.step.to_string();
            format::record(out, &[key.to_owned(), step, epoch, elapsed, at, value])?;
        }
    }
    Ok(())
}

fn facts(run: &Run) -> Table {
    let mut table = Table::default().word("").sentence("");
    let mut fact = |name: &str, value: Cell| table.row(vec![Cell::styled(Style::Dim, name), value]);
    fact("run", Cell::styled(Style::Bold, &run.id));
    if run.title() != run.id {
        fact("name", run.title().into());
    }
    fact("status", cells::status(run.status));
    if let Some(why) = json::reason(run) {
        fact("reason", why.into());
    }
    let experiment = run.experiment.as_ref();
    if let Some(text) = experiment.and_then(|e| flat(e, &run.series)) {
        fact("warning", Cell::styled(Style::Bad, &text));
    }
    if !run.notes.tags.is_empty() {
        fact("tags", run.notes.tags.join(", ").into());
    }
    if !run.notes.note.is_empty() {
        fact("note", run.notes.note.as_str().into());
    }
    if let Some(origin) = &run.origin {
        let (sweep, case, seed) = (origin.title(), &origin.case, origin.seed);
        fact("sweep", format!("{sweep}: {case}, seed {seed}").into());
    }
    fact("epochs", cells::epochs(run).into());
    if let Some((done, all)) = run.series.progress() {
        fact(
            "steps",
            format!("{}/{}", thousands(done), thousands(all)).into(),
        );
    }
    fact("started", moment(run.created).into());
    fact("took", duration(run.series.elapsed()).into());
    if let Some(left) = run.series.eta(now()).filter(|_| run.status.is_live()) {
        fact("left", format!("about {}", duration(left)).into());
    }
    if let Some(begin) = &run.series.begin {
        fact("device", begin.device.as_str().into());
        fact("parameters", thousands(begin.parameters).into());
    }
    if let Some(environment) = &run.environment {
        let machine = format!(
            "{}, {}, {} cores, {}",
            environment.host, environment.cpu, environment.cores, environment.os
        );
        fact("machine", machine.into());
        fact("program", environment.program.as_str().into());
    }
    if run.damaged > 0 {
        fact(
            "damage",
            format!("{} records of its log are lost", run.damaged).into(),
        );
    }
    if run.newer_records() > 0 {
        let text = format!(
            "{} records of its log are from a newer simclr-tui and are left out",
            run.newer_records()
        );
        fact("left out", text.into());
    }
    for gap in &run.series.gaps {
        let text = format!(
            "{} without training before step {}",
            duration(gap.to - gap.from),
            gap.step
        );
        fact("gap", text.into());
    }
    if let Some(text) = room(run) {
        fact("on disk", text.into());
    }
    fact("folder", run.dir.display().to_string().into());
    table
}

fn metrics(run: &Run) -> Option<Table> {
    let mut table = Table::default()
        .text("")
        .number("last")
        .number("best")
        .number("at epoch")
        .word("unit");
    let mut any = false;
    for metric in METRICS {
        let Some(last) = run.series.figure(metric.key) else {
            continue;
        };
        any = true;
        let best = run.series.best(metric.key);
        // Less of a share is noise.
        let value = |value: f64| match metric.unit {
            "%" => decimal(value, 1),
            _ => figure(value),
        };
        table.row(vec![
            match metric.newest() {
                "last" => metric.label.into(),
                figure => format!("{}, {figure}", metric.label).into(),
            },
            value(last).into(),
            best.map_or_else(String::new, |s| value(s.value)).into(),
            best.map_or_else(String::new, |s| decimal(s.epoch, 1))
                .into(),
            metric.unit.into(),
        ]);
    }
    any.then_some(table)
}

/// The checkpoints that lie there now, also those that the log lost.
fn checkpoints(run: &Run) -> Option<Table> {
    let mut table = Table::default().text("").number("step").number("size");
    let stored = stored(&run.dir);
    for (file, size) in &stored {
        let step = json::step_of(run, file);
        let step = step.map_or_else(|| "-".to_owned(), thousands);
        table.row(vec![file.as_str().into(), step.into(), bytes(*size).into()]);
    }
    (!stored.is_empty()).then_some(table)
}

/// What the run takes on disk, its checkpoints apart.
fn room(run: &Run) -> Option<String> {
    let all = disk_bytes(&run.dir).filter(|all| *all > 0)?;
    let sizes: Vec<u64> = stored(&run.dir).into_iter().map(|(_, size)| size).collect();
    let checkpoints = match sizes.as_slice() {
        [] => "no checkpoint".to_owned(),
        [one] => format!("{} in 1 checkpoint", bytes(*one)),
        many => format!("{} in {} checkpoints", bytes(many.iter().sum()), many.len()),
    };
    Some(format!("{}, {checkpoints}", bytes(all)))
}

fn changed(run: &Run) -> Option<Table> {
    let experiment = run.experiment.as_ref()?;
    let differences = Experiment::differences(&[&Experiment::default(), experiment]);
    let mut table = Table::default().word("").text("").text("default");
    for difference in &differences {
        let [default, own] = difference.values.as_slice() else {
            continue;
        };
        table.row(vec![
            difference.path.as_str().into(),
            own.to_string().into(),
            default.to_string().into(),
        ]);
    }
    (!differences.is_empty()).then_some(table)
}

fn console(run: &Run) -> Option<Table> {
    let notes = &run.series.notes;
    let mut table = Table::default().word("").sentence("");
    for (at, note) in notes.iter().skip(notes.len().saturating_sub(CONSOLE_LINES)) {
        let style = if note.level == Level::Warning {
            Style::Bad
        } else {
            Style::Plain
        };
        let text = if note.level == Level::Warning {
            format!("warning: {}", note.text)
        } else {
            note.text.clone()
        };
        table.row(vec![moment(*at).into(), Cell::styled(style, &text)]);
    }
    (!notes.is_empty()).then_some(table)
}
