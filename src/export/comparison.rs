//! A comparison of runs as data: what they are, what differs, how they did.

use super::{csv, json};
use crate::engine::metric::{METRICS, Metric};
use crate::experiment::{Difference, Experiment};
use crate::runs::Run;
use crate::runs::comparison::{Which, common_step, common_time, knn_differs_in_kind};
use serde_json::{Value as Json, json};

/// The hyperparameters in which the runs differ; none where an experiment can't be read.
#[must_use]
pub fn differences(runs: &[&Run]) -> Vec<Difference> {
    let all: Option<Vec<&Experiment>> = runs.iter().map(|r| r.experiment.as_ref()).collect();
    Experiment::differences(&all.unwrap_or_default())
}

/// The metrics that any of the runs recorded.
fn recorded<'a>(runs: &'a [&Run]) -> impl Iterator<Item = &'static Metric> + 'a {
    let has = |m: &&Metric| runs.iter().any(|run| run.series.last(m.key).is_some());
    METRICS.iter().filter(has)
}

/// A record a run: what it is, the hyperparameters that differ, last and best of each metric that any run has, then what
/// kNN and loss were where the shortest of them ends. Lines end with a line feed.
#[must_use]
pub fn csv(runs: &[&Run], now: f64) -> String {
    lines(runs, now)
        .into_iter()
        .map(|line| csv::record(line) + "\n")
        .collect()
}

/// The same as fields, the names first.
#[must_use]
pub fn lines(runs: &[&Run], now: f64) -> Vec<Vec<String>> {
    let differences = differences(runs);
    let metrics: Vec<&Metric> = recorded(runs).collect();
    let equal = equals(runs);
    let mut names: Vec<String> = json::FACTS.map(str::to_owned).to_vec();
    names.extend(differences.iter().map(|d| d.path.clone()));
    let both = |m: &&Metric| [format!("{}.last", m.key), format!("{}.best", m.key)];
    names.extend(metrics.iter().flat_map(both));
    names.extend(equal.iter().map(Equal::name));
    let of_run = |(nth, run): (usize, &&Run)| {
        let mut record = json::facts(run, now);
        record.extend(differences.iter().map(|d| csv::value(&d.values[nth])));
        let both = |m: &&Metric| [Which::Last, Which::Best].map(|w| csv::number(w.of(run, m.key)));
        record.extend(metrics.iter().flat_map(both));
        record.extend(equal.iter().map(|e| csv::number(e.which.of(run, e.key))));
        record
    };
    let records = runs.iter().enumerate().map(of_run);
    std::iter::once(names).chain(records).collect()
}

/// A metric where all runs have come.
struct Equal {
    key: &'static str,
    which: Which,
}

impl Equal {
    fn name(&self) -> String {
        match self.which {
            Which::AtStep(step) => format!("{}.step_{step}", self.key),
            Which::AtTime(time) => format!("{}.after_{}s", self.key, time.round()),
            Which::Last | Which::Best => self.key.to_owned(),
        }
    }
}

fn equals(runs: &[&Run]) -> Vec<Equal> {
    let of = |key: &'static str| {
        let step = common_step(runs, key).map(Which::AtStep);
        let time = common_time(runs, key).map(Which::AtTime);
        step.into_iter()
            .chain(time)
            .map(move |which| Equal { key, which })
    };
    ["knn", "loss"].into_iter().flat_map(of).collect()
}

/// The comparison as `docs/json.md` describes it.
#[must_use]
pub fn json(runs: &[&Run], now: f64) -> Json {
    let values = |d: &Difference| d.values.iter().map(json::value).collect::<Vec<_>>();
    let differing: Vec<_> = differences(runs)
        .iter()
        .map(|d| json!({"path": d.path, "values": values(d)}))
        .collect();
    let of = |key: &str, which: Which| -> Vec<_> {
        runs.iter()
            .map(|run| which.of(run, key).map(json::number))
            .collect()
    };
    let metrics: Vec<_> = recorded(runs)
        .map(|m| {
            let (last, best) = (of(m.key, Which::Last), of(m.key, Which::Best));
            json!({"key": m.key, "label": m.label, "unit": m.unit, "last": last, "best": best})
        })
        .collect();
    let equal: Vec<_> = equals(runs)
        .into_iter()
        .map(|Equal { key, which }| {
            let (step, elapsed) = match which {
                Which::AtStep(step) => (Some(step), None),
                Which::AtTime(time) => (None, Some(time)),
                Which::Last | Which::Best => (None, None),
            };
            json!({"key": key, "step": step, "elapsed": elapsed, "values": of(key, which)})
        })
        .collect();
    let alike = !knn_differs_in_kind(runs, &differences(runs));
    let described: Vec<_> = runs.iter().map(|run| json::run(run, now)).collect();
    json!({
        "format": 1,
        "runs": described,
        "differences": differing,
        "knn_alike": alike,
        "metrics": metrics,
        "at_equal": equal,
    })
}
