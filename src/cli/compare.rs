//! `compare`: what differs between runs first, then how they did.

use super::format::{self, Format};
use super::output::{Screen, Style};
use super::table::{Cell, Table};
use super::{CliError, Exit, Result, cells, experiment_arg};
use crate::engine::metric::{METRICS, Metric};
use crate::experiment::{Difference, Experiment};
use crate::export::comparison;
use crate::runs::comparison::{KNN_UNLIKE, Which, common_step, common_time};
use crate::runs::comparison::{
    incomparable_losses, knn_chance, knn_differs_in_kind, losses_differ_in_kind,
};
use crate::runs::{Run, RunError, find, now};
use crate::text::figures::{decimal, duration, figure, thousands};
use crate::text::fit;
use std::ffi::OsString;
use std::path::Path;

/// About as wide as the names of figures are.
const LABEL: usize = 28;

/// Compares runs or experiment files: hyperparameters that differ and, for runs, last and best metrics
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Runs, named as in show; or files and presets, whose hyperparameters are compared
    #[arg(value_name = "RUN|FILE.ron", required = true, num_args = 2..)]
    names: Vec<OsString>,
    /// The run that differences are counted from [default: the first]
    #[arg(long, value_name = "RUN", conflicts_with_all = ["json", "csv"])]
    baseline: Option<OsString>,
    #[command(flatten)]
    format: Format,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let opened = args.names.iter().map(|name| find(runs, name));
    let opened: Vec<Run> = match opened.collect() {
        Ok(opened) => opened,
        Err(RunError::Unknown(..)) => return experiments(args, runs, out),
        Err(why) => return Err(why.into()),
    };
    let each: Vec<&Run> = opened.iter().collect();
    comparable(&each)?;
    if args.format.json {
        out.json(&comparison::json(&each, now()))?;
    } else if args.format.csv {
        for record in comparison::lines(&each, now()) {
            format::record(out, &record)?;
        }
    } else {
        let baseline = baseline(args, &each, runs)?;
        let table = table(&each, baseline, out.width);
        if args.format.markdown {
            table.markdown(out)?;
        } else {
            table.print(out)?;
        }
        for (nth, note) in notes(&each).iter().enumerate() {
            let gap = if nth == 0 { "\n" } else { "" };
            out.line(&format!("{gap}{note}"))?;
        }
    }
    Ok(Exit::Done)
}

/// Compares what differs between experiments, not all of which are runs.
fn experiments(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let named = |name: &OsString| match find(runs, name) {
        Ok(run) => run.experiment.ok_or_else(|| {
            let name = name.to_string_lossy();
            CliError::Input(format!("{name}: its experiment can't be read"))
        }),
        Err(_) => Ok(experiment_arg::named(name, runs)?.0),
    };
    let all = args.names.iter().map(named);
    let all: Vec<Experiment> = all.collect::<Result<_>>()?;
    if args.format.json || args.format.csv || args.baseline.is_some() {
        let why = "--json, --csv and --baseline need runs; files and presets have settings alone";
        return Err(CliError::Input(why.to_owned()));
    }
    let names = args.names.iter().map(|name| name.to_string_lossy());
    let mut table = names.fold(Table::default().text(""), |table, name| table.text(&name));
    let differences = Experiment::differences(&all.iter().collect::<Vec<_>>());
    for difference in &differences {
        let path = Cell::from(difference.path.as_str());
        let cells = std::iter::once(path).chain(values(difference, 0));
        table.row(cells.collect());
    }
    if differences.is_empty() {
        table.row(vec!["(no hyperparameter differs)".into()]);
    }
    if args.format.markdown {
        table.markdown(out)?;
    } else {
        table.print(out)?;
    }
    Ok(Exit::Done)
}

/// The place of the run that differences are counted from.
fn baseline(args: &Args, runs: &[&Run], dir: &Path) -> Result<usize> {
    let Some(name) = &args.baseline else {
        return Ok(0);
    };
    let id = find(dir, name)?.id;
    let at = runs.iter().position(|run| run.id == id);
    at.ok_or_else(|| CliError::Input(format!("--baseline: {id} is not among the runs to compare")))
}

fn comparable(runs: &[&Run]) -> Result<()> {
    for run in runs {
        if run.experiment.is_none() {
            let why = run.broken.as_deref().unwrap_or("it has no experiment");
            let text = format!("run {} can't be compared: {why}", run.id);
            return Err(CliError::Input(text));
        }
    }
    Ok(())
}

/// What is to be kept in mind when the figures are read.
fn notes(runs: &[&Run]) -> Vec<String> {
    let differences = comparison::differences(runs);
    let knn_is_alike = !knn_differs_in_kind(runs, &differences);
    let knn = match knn_chance(runs) {
        _ if !knn_is_alike => Some(KNN_UNLIKE.to_owned()),
        Some(points) => Some(format!(
            "kNN: differences of up to {points:.1} points may be chance"
        )),
        None => None,
    };
    let unlike = losses_differ_in_kind(runs, &differences);
    let loss = unlike.then(|| format!("loss: {}", incomparable_losses(knn_is_alike)[1]));
    knn.into_iter().chain(loss).collect()
}

fn table(runs: &[&Run], baseline: usize, screen: Option<usize>) -> Table {
    let differences = comparison::differences(runs);
    let ids: Vec<&str> = runs.iter().map(|run| run.id.as_str()).collect();
    let room = screen.map_or(usize::MAX, |all| all.saturating_sub(LABEL) / runs.len());
    let titles = fit::apart(&ids, room.saturating_sub(2).max(8));
    let columns = titles.iter();
    let mut table = columns.fold(Table::default().word(""), |table, title| {
        table.sentence(title)
    });
    let mut row = |name: &str, cells: Vec<Cell>| {
        let cells = std::iter::once(Cell::from(name)).chain(cells);
        table.row(cells.collect());
    };
    for difference in &differences {
        row(&difference.path, values(difference, baseline));
    }
    if differences.is_empty() {
        row("(no hyperparameter differs)", Vec::new());
    }
    row("", Vec::new());
    row(
        "status",
        runs.iter().map(|run| cells::status(run.status)).collect(),
    );
    row(
        "epochs",
        runs.iter().map(|run| cells::epochs(run).into()).collect(),
    );
    row(
        "took",
        runs.iter()
            .map(|run| duration(run.series.elapsed()).into())
            .collect(),
    );
    // What an experiment is judged by goes first.
    let (judged, others): (Vec<&Metric>, Vec<&Metric>) = METRICS
        .iter()
        .partition(|m| ["knn", "loss"].contains(&m.key));
    let judged = judged.iter().rev().flat_map(|m| {
        let step = common_step(runs, m.key).map(Which::AtStep);
        let time = common_time(runs, m.key).map(Which::AtTime);
        let equal = step.into_iter().chain(time);
        let all = [Which::Best, Which::Last].into_iter().chain(equal);
        all.map(move |which| (*m, which)).collect::<Vec<_>>()
    });
    for (metric, which) in judged.chain(others.iter().map(|m| (*m, Which::Last))) {
        if let Some(cells) = figures(runs, metric, which, baseline) {
            let unit = if metric.unit.is_empty() { "" } else { ", " };
            let name = format!(
                "{} {}{unit}{}",
                metric.label,
                words(metric, which),
                metric.unit
            );
            row(&name, cells);
        }
    }
    table
}

fn words(metric: &Metric, which: Which) -> String {
    match which {
        Which::Best => "best".to_owned(),
        Which::Last => metric.newest().to_owned(),
        Which::AtStep(step) => format!("at step {}", thousands(step)),
        Which::AtTime(time) => format!("after {}", duration(time)),
    }
}

/// The values of a hyperparameter; those unlike the baseline's are marked.
fn values(difference: &Difference, baseline: usize) -> Vec<Cell> {
    let mark = |value: &crate::hparam::Value| {
        if *value == difference.values[baseline] {
            Cell::from(value.to_string())
        } else {
            Cell::styled(Style::Bold, &format!("{value} \u{25c2}"))
        }
    };
    difference.values.iter().map(mark).collect()
}

/// A metric of each run, with the distance from the baseline's; `None` where no run has it.
fn figures(runs: &[&Run], metric: &Metric, which: Which, baseline: usize) -> Option<Vec<Cell>> {
    let values: Vec<Option<f64>> = runs.iter().map(|run| which.of(run, metric.key)).collect();
    values.iter().any(Option::is_some).then_some(())?;
    // Nobody reads more of a share, and less of it is noise.
    let shown = |value: f64| match metric.unit {
        "%" => decimal(value, 1),
        _ => figure(value),
    };
    let close = |a: f64, b: f64| metric.unit == "%" && (a - b).abs() < 0.05;
    let base = values[baseline];
    let cell = |(nth, value): (usize, &Option<f64>)| {
        let Some(value) = *value else {
            return Cell::from("-");
        };
        match base {
            Some(base) if nth != baseline && (value - base).abs() > 0.0 && !close(value, base) => {
                let sign = if value > base { "+" } else { "\u{2212}" };
                let larger = value.abs().max(base.abs());
                let apart = apart((value - base).abs(), larger, metric.unit);
                Cell::from(format!("{} {sign}{apart}", shown(value)))
            }
            _ => Cell::from(shown(value)),
        }
    };
    Some(values.iter().enumerate().map(cell).collect())
}

/// A distance with the decimals of the two that it is between, unless that would hide it.
fn apart(distance: f64, larger: f64, unit: &str) -> String {
    let digits = match larger {
        _ if unit == "%" => 1,
        1000.0.. => 0,
        10.0..1000.0 => 1,
        1.0..10.0 => 3,
        _ => 4,
    };
    let hidden = distance < 0.5 * 0.1_f64.powi(digits);
    if hidden || !distance.is_finite() {
        figure(distance)
    } else {
        decimal(distance, digits as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn a_difference_has_no_more_decimals_than_what_it_is_between() {
        assert_eq!(apart(74.219, 77.7, "%"), "74.2");
        assert_eq!(apart(2.0304, 2.856, ""), "2.030");
        assert_eq!(apart(0.0012, 1.234, ""), "0.001");
        assert_eq!(apart(0.0001, 1.234, ""), "1.00e-4", "hidden otherwise");
    }
}
