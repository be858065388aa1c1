//! The pictures of a report.

use crate::cli::sweep::{Shown, label};
use crate::engine::metric::Metric;
use crate::export::dots::{DotRow, Dots};
use crate::export::heat::Heat;
use crate::export::plot::{Line, Plot};
use crate::runs::{Run, smooth};
use crate::sweep::{Results, Sweep};

/// So many curves are told apart in one chart.
const CURVES: usize = 6;
/// How much of itself a smoothed curve of losses keeps.
const KEPT: f64 = 0.9;

/// The means of pairs.
pub fn heat(shown: &Shown) -> Heat {
    let matrix = shown.results.matrix(shown.sweep);
    let cell = |mean: Option<f64>| mean.map(|v| (v, shown.digits(v)));
    Heat {
        title: label(shown.results.metric),
        names: shown.sweep.pairs.clone(),
        cells: matrix
            .into_iter()
            .map(|row| row.into_iter().map(cell).collect())
            .collect(),
    }
}

/// The values of each case.
pub fn dots(shown: &Shown) -> Dots {
    let rows = shown
        .results
        .rows
        .iter()
        .enumerate()
        .map(|(nth, row)| DotRow {
            name: row.case.clone(),
            values: row.figures.iter().map(|f| f.value).collect(),
            mean: row.mean.map(|m| (m.mean, m.deviation)),
            marked: shown.sweep.baseline == Some(nth),
        });
    Dots {
        title: "each seed, mean and standard deviation".to_owned(),
        x: label(shown.results.metric),
        rows: rows.collect(),
    }
}

/// How the metric and the loss went, the mean over seeds of each case.
pub fn curves(sweep: &Sweep, results: &Results, runs: &[Vec<Run>]) -> Vec<String> {
    let chosen = chosen(sweep, results);
    let judged = results.metric.metric().map_or("knn", |m| m.key);
    let mut keys = vec![judged];
    keys.extend(["knn", "loss"].into_iter().filter(|key| *key != judged));
    let charts = keys.into_iter().filter_map(|key| {
        let metric = Metric::find(key)?;
        let lines = chosen.iter().map(|&case| Line {
            name: results.rows[case].case.clone(),
            points: mean(&runs[case], key),
            breaks: Vec::new(),
        });
        let unit = match metric.unit {
            "" => String::new(),
            unit => format!(" in {unit}"),
        };
        let some = if chosen.len() < results.rows.len() {
            "; the baseline, the best and the worst cases"
        } else {
            ""
        };
        let plot = Plot {
            title: format!("{}, mean over seeds{some}", metric.label),
            x: "epoch".to_owned(),
            y: format!("{}{unit}", metric.label),
            lines: lines.collect(),
            ..Plot::default()
        };
        // A metric that no run has recorded has no chart.
        plot.svg().ok()
    });
    charts.collect()
}

/// The cases whose curves are drawn, in the order of the sweep: all, or the baseline, the best and the worst.
fn chosen(sweep: &Sweep, results: &Results) -> Vec<usize> {
    let known = |nth: &usize| results.rows[*nth].mean.is_some();
    let mut cases: Vec<usize> = (0..results.rows.len()).filter(known).collect();
    if cases.len() <= CURVES {
        return cases;
    }
    let value = |nth: usize| results.rows[nth].mean.map_or(f64::NAN, |m| m.mean);
    cases.sort_by(|a, b| value(*b).total_cmp(&value(*a)));
    let baseline = sweep.baseline.filter(|nth| cases.contains(nth));
    cases.retain(|nth| Some(*nth) != baseline);
    let room = CURVES - usize::from(baseline.is_some());
    let high = room.div_ceil(2);
    let mut chosen: Vec<usize> = cases[..high].to_vec();
    chosen.extend(&cases[cases.len() - (room - high)..]);
    chosen.extend(baseline);
    chosen.sort_unstable();
    chosen
}

/// The mean over runs at each step that all of them have.
fn mean(runs: &[Run], key: &str) -> Vec<(f64, f64)> {
    let Some((first, others)) = runs.split_first() else {
        return Vec::new();
    };
    let at = |run: &Run, step: u64| {
        let curve = run.series.curve(key);
        let nth = curve.binary_search_by_key(&step, |s| s.step).ok()?;
        Some(curve[nth].value)
    };
    let points = first.series.curve(key).iter().filter_map(|sample| {
        let others: Option<Vec<f64>> = others.iter().map(|run| at(run, sample.step)).collect();
        let sum = sample.value + others?.iter().sum::<f64>();
        Some((sample.epoch, sum / runs.len() as f64))
    });
    let points: Vec<(f64, f64)> = points.collect();
    if key == "loss" {
        smooth(&points, KEPT)
    } else {
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::Source;
    use crate::sweep::results::Row;
    use crate::sweep::welch::Mean;
    use std::path::Path;

    #[test]
    fn of_many_cases_the_baseline_the_best_and_the_worst_are_drawn() {
        let text = "(name: \"m\", grid: {\"head.out\": [8, 16, 32, 64, 128, 256, 512, 1024]}, baseline: \"out 64\")";
        let sweep = Source::parse(text, "m", Path::new(""))
            .unwrap()
            .sweep(None, &[])
            .unwrap();
        let means = [5.0, 90.0, 20.0, 50.0, 80.0, 60.0, 70.0, 10.0];
        let row = |mean: &f64| Row {
            case: String::new(),
            figures: Vec::new(),
            mean: Mean::of(&[*mean]),
            difference: None,
            cut: None,
            published: None,
            also: Vec::new(),
        };
        let results = Results {
            metric: sweep.metric,
            rows: means.iter().map(row).collect(),
            left_out: Vec::new(),
        };
        assert_eq!(chosen(&sweep, &results), [0, 1, 3, 4, 6, 7]);
    }
}
