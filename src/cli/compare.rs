//! `compare`: what differs between runs first, then how they did.

use super::format::{self, Format};
use super::output::{Screen, Style};
use super::show::figure;
use super::table::{Cell, Table};
use super::words::{decimal, duration};
use super::{CliError, Exit, Result, json, runs};
use crate::engine::report::{METRICS, Metric};
use crate::experiment::{Difference, Experiment};
use crate::runs::{Run, find, now};
use std::path::Path;

/// Compares runs: the hyperparameters that differ, then last and best figures
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Runs, named as in show
    #[arg(value_name = "RUN", required = true, num_args = 2..)]
    names: Vec<String>,
    #[command(flatten)]
    format: Format,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let opened = args.names.iter().map(|name| find(runs, name));
    let opened: Vec<Run> = opened.collect::<std::result::Result<_, _>>()?;
    let differences = differences(&opened)?;
    if args.format.json {
        out.line(&as_json(&opened, &differences).to_string())?;
    } else if args.format.csv {
        csv(&opened, &differences, out)?;
    } else if args.format.markdown {
        table(&opened, &differences).markdown(out)?;
    } else {
        table(&opened, &differences).print(out)?;
    }
    Ok(Exit::Done)
}

fn differences(runs: &[Run]) -> Result<Vec<Difference>> {
    let each = runs.iter().map(|run| {
        let why = run.broken.as_deref().unwrap_or("it has no experiment");
        let broken = || CliError::Input(format!("run {} can't be compared: {why}", run.id));
        run.experiment.as_ref().ok_or_else(broken)
    });
    let experiments: Vec<&Experiment> = each.collect::<Result<_>>()?;
    Ok(Experiment::differences(&experiments))
}

/// What a comparison tells of a metric.
#[derive(Clone, Copy)]
enum Which {
    Best,
    Last,
}

impl Which {
    fn of(self, run: &Run, key: &str) -> Option<f64> {
        let sample = match self {
            Self::Best => run.series.best(key),
            Self::Last => run.series.last(key),
        };
        sample.map(|s| s.value)
    }
}

fn table(runs: &[Run], differences: &[Difference]) -> Table {
    let columns = runs
        .iter()
        .fold(Table::default().text(""), |table, run| table.text(&run.id));
    let mut table = columns;
    let mut row = |name: &str, cells: Vec<Cell>| {
        let cells = std::iter::once(Cell::from(name)).chain(cells);
        table.row(cells.collect());
    };
    for difference in differences {
        row(&difference.path, values(difference));
    }
    if differences.is_empty() {
        row("(no hyperparameter differs)", Vec::new());
    }
    row("", Vec::new());
    row(
        "status",
        runs.iter().map(|run| runs::status(run.status)).collect(),
    );
    row(
        "epochs",
        runs.iter().map(|run| runs::epochs(run).into()).collect(),
    );
    row(
        "trained",
        runs.iter()
            .map(|run| duration(run.series.elapsed()).into())
            .collect(),
    );
    // What an experiment is judged by goes first.
    let (judged, others): (Vec<&Metric>, Vec<&Metric>) = METRICS
        .iter()
        .partition(|m| ["knn", "loss"].contains(&m.key));
    for (metric, which) in judged
        .iter()
        .rev()
        .flat_map(|m| [(*m, Which::Best), (*m, Which::Last)])
        .chain(others.iter().map(|m| (*m, Which::Last)))
    {
        if let Some(cells) = figures(runs, metric, which) {
            let name = match which {
                Which::Best => format!("{} best", metric.label),
                Which::Last => format!("{} last", metric.label),
            };
            row(&name, cells);
        }
    }
    table
}

/// The values of a hyperparameter; those unlike the first run's are marked.
fn values(difference: &Difference) -> Vec<Cell> {
    let mark = |value: &crate::hparam::Value| {
        if *value == difference.values[0] {
            Cell::from(value.to_string())
        } else {
            Cell::styled(Style::Bold, &format!("{value} \u{25c2}"))
        }
    };
    difference.values.iter().map(mark).collect()
}

/// A metric of each run, with the distance from the first run's; `None` where no run has it.
fn figures(runs: &[Run], metric: &Metric, which: Which) -> Option<Vec<Cell>> {
    let values: Vec<Option<f64>> = runs.iter().map(|run| which.of(run, metric.key)).collect();
    values.iter().any(Option::is_some).then_some(())?;
    let first = values[0];
    let cell = |(nth, value): (usize, &Option<f64>)| {
        let Some(value) = *value else {
            return Cell::from("-");
        };
        match first {
            Some(first) if nth > 0 && (value - first).abs() > 0.0 => {
                let sign = if value > first { "+" } else { "\u{2212}" };
                let apart = apart((value - first).abs(), first);
                Cell::from(format!("{}  {sign}{apart}", figure(value)))
            }
            _ => Cell::from(figure(value)),
        }
    };
    Some(values.iter().enumerate().map(cell).collect())
}

/// A distance with the decimals of what it is from, unless that would hide it.
fn apart(distance: f64, from: f64) -> String {
    let digits = match from.abs() {
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

/// A record a run: what it is, the hyperparameters that differ, last and best of each metric that any run has.
fn csv(runs: &[Run], differences: &[Difference], out: &mut Screen) -> Result<()> {
    let metrics = METRICS.iter();
    let metrics = metrics.filter(|m| runs.iter().any(|run| run.series.last(m.key).is_some()));
    let metrics: Vec<&Metric> = metrics.collect();
    let mut names: Vec<String> = json::FACTS.map(str::to_owned).to_vec();
    names.extend(differences.iter().map(|d| d.path.clone()));
    let both = |m: &&Metric| [format!("{}.last", m.key), format!("{}.best", m.key)];
    names.extend(metrics.iter().flat_map(both));
    format::record(out, &names)?;
    for (nth, run) in runs.iter().enumerate() {
        let mut record = json::facts(run, now());
        record.extend(differences.iter().map(|d| format::value(&d.values[nth])));
        let both =
            |m: &&Metric| [Which::Last, Which::Best].map(|w| format::number(w.of(run, m.key)));
        record.extend(metrics.iter().flat_map(both));
        format::record(out, &record)?;
    }
    Ok(())
}

fn as_json(runs: &[Run], differences: &[Difference]) -> serde_json::Value {
    let values = |d: &Difference| d.values.iter().map(json::value).collect::<Vec<_>>();
    let differing: Vec<_> = differences
        .iter()
        .map(|d| serde_json::json!({"path": d.path, "values": values(d)}))
        .collect();
    let of = |metric: &Metric, which: Which| -> Vec<_> {
        let each = runs
            .iter()
            .map(|run| which.of(run, metric.key).map(json::number));
        each.collect()
    };
    let metrics: Vec<_> = METRICS
        .iter()
        .filter(|m| runs.iter().any(|run| run.series.last(m.key).is_some()))
        .map(|m| serde_json::json!({"key": m.key, "label": m.label, "unit": m.unit, "last": of(m, Which::Last), "best": of(m, Which::Best)}))
        .collect();
    let runs: Vec<_> = runs.iter().map(|run| json::run(run, now())).collect();
    serde_json::json!({"format": 1, "runs": runs, "differences": differing, "metrics": metrics})
}
