//! The rows of a comparison: hyperparameters that differ, then results with their differences to the first run.

use crate::experiment::{Difference, Experiment};
use crate::runs::Run;
use crate::ui::curves;
use crate::ui::text;

/// One row of the comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    /// A heading.
    Heading(&'static str),
    /// A hyperparameter; each value with whether it differs from the first run's.
    Value(String, Vec<(String, bool)>),
    /// A result.
    Result(&'static str, Vec<Cell>),
    /// Nothing.
    Space,
}

/// A result of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// As printed.
    pub value: String,
    /// Its difference to the first run's, and whether that is better or worse where either is.
    pub by: Option<(String, Option<bool>)>,
}

/// The hyperparameters in which the runs differ.
#[must_use]
pub fn differences(runs: &[&Run]) -> Vec<Difference> {
    let all: Option<Vec<&Experiment>> = runs.iter().map(|r| r.experiment.as_ref()).collect();
    Experiment::differences(&all.unwrap_or_default())
}

/// Every row.
#[must_use]
pub fn rows(runs: &[&Run], differences: &[Difference]) -> Vec<Row> {
    let mut rows = vec![Row::Heading("what differs")];
    rows.extend(differences.iter().map(|difference| {
        let first = &difference.values[0];
        let value = |v: &crate::hparam::Value| {
            let text = v.to_string();
            let text = if text.is_empty() {
                "–".to_owned()
            } else {
                text
            };
            (text, v != first)
        };
        let values = difference.values.iter().map(value).collect();
        Row::Value(difference.path.clone(), values)
    }));
    if differences.is_empty() {
        let same = runs.iter().map(|_| ("same".to_owned(), false)).collect();
        rows.push(Row::Value("nothing: reruns".to_owned(), same));
    }
    rows.push(Row::Space);
    rows.push(Row::Heading("results"));
    rows.extend(RESULTS.iter().map(|result| result.row(runs)));
    rows
}

/// A result that runs are compared by.
struct Result {
    label: &'static str,
    of: fn(&Run) -> Option<f64>,
    print: fn(f64) -> String,
    /// Decimals of the difference.
    decimals: usize,
    higher_is_better: Option<bool>,
}

const RESULTS: &[Result] = &[
    Result {
        label: "kNN best %",
        of: |run| run.best_knn(),
        print: |v| curves::value("knn", v),
        decimals: 1,
        higher_is_better: Some(true),
    },
    Result {
        label: "kNN last %",
        of: |run| run.last_knn(),
        print: |v| curves::value("knn", v),
        decimals: 1,
        higher_is_better: Some(true),
    },
    Result {
        label: "kNN untrained %",
        of: |run| run.series.untrained_knn(),
        print: |v| curves::value("knn", v),
        decimals: 1,
        higher_is_better: None,
    },
    Result {
        label: "loss last",
        of: |run| run.last_loss(),
        print: |v| curves::value("loss", v),
        decimals: 3,
        higher_is_better: None,
    },
    Result {
        label: "views/s",
        of: |run| run.series.last("views_per_second").map(|s| s.value),
        print: |v| curves::value("views_per_second", v),
        decimals: 0,
        higher_is_better: None,
    },
    Result {
        label: "epochs done",
        of: |run| {
            let per_epoch = run.series.begin.as_ref()?.steps_per_epoch.max(1);
            Some(run.series.progress()?.0 as f64 / per_epoch as f64)
        },
        print: |v| text::decimal(v, 1),
        decimals: 1,
        higher_is_better: None,
    },
    Result {
        label: "took",
        of: |run| Some(run.series.elapsed()),
        print: text::duration,
        decimals: 0,
        higher_is_better: None,
    },
];

impl Result {
    fn row(&self, runs: &[&Run]) -> Row {
        let first = runs.first().and_then(|r| (self.of)(r));
        let cell = |(i, run): (usize, &&Run)| {
            let Some(value) = (self.of)(run) else {
                let value = "–".to_owned();
                return Cell { value, by: None };
            };
            let by = first.filter(|_| i > 0);
            Cell {
                value: (self.print)(value),
                by: by.map(|first| self.difference(value - first)),
            }
        };
        Row::Result(self.label, runs.iter().enumerate().map(cell).collect())
    }

    fn difference(&self, by: f64) -> (String, Option<bool>) {
        let text = if self.label == "took" {
            let sign = if by < 0.0 { "−" } else { "+" };
            format!("{sign}{}", text::duration(by.abs()))
        } else {
            text::signed(by, self.decimals)
        };
        let small = text.starts_with('±');
        let better = self.higher_is_better.map(|higher| (by > 0.0) == higher);
        (text, better.filter(|_| !small))
    }
}
