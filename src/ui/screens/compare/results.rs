//! The results that runs are compared by, and how their differences are printed.

use super::row::{Cell, Row};
use crate::runs::Run;
use crate::text::figures;
use crate::ui::curves;

/// A result that runs are compared by.
#[derive(Debug)]
pub struct ResultKind {
    /// Its name with its unit.
    pub label: &'static str,
    of: fn(&Run) -> Option<f64>,
    print: fn(f64) -> String,
    /// Decimals of the difference.
    decimals: usize,
    higher_is_better: Option<bool>,
    /// The metric of which it is the last sample, where it is to be seen at equal steps and times too.
    pub last_of: Option<&'static str>,
}

const fn percent(label: &'static str, of: fn(&Run) -> Option<f64>) -> ResultKind {
    ResultKind {
        label,
        of,
        print: |v| curves::value("knn", v),
        decimals: 1,
        higher_is_better: Some(true),
        last_of: None,
    }
}

/// All of them; the first is a share of test images.
pub const RESULTS: &[ResultKind] = &[
    percent("kNN best %", Run::best_knn),
    ResultKind {
        last_of: Some("knn"),
        ..percent("kNN last %", Run::last_knn)
    },
    ResultKind {
        higher_is_better: None,
        ..percent("kNN untrained %", |run| run.series.untrained_knn())
    },
    ResultKind {
        label: "loss last",
        of: Run::last_loss,
        print: |v| curves::value("loss", v),
        decimals: 3,
        higher_is_better: None,
        last_of: Some("loss"),
    },
    ResultKind {
        label: "views/s",
        of: |run| run.series.last("views_per_second").map(|s| s.value),
        print: |v| curves::value("views_per_second", v),
        decimals: 0,
        higher_is_better: None,
        last_of: None,
    },
    ResultKind {
        label: "epochs done",
        of: |run| crate::runs::fact::epoch(&run.series),
        print: |v| figures::decimal(v, 1),
        decimals: 1,
        higher_is_better: None,
        last_of: None,
    },
    ResultKind {
        label: "took",
        of: |run| Some(run.series.elapsed()),
        print: figures::duration,
        decimals: 0,
        higher_is_better: None,
        last_of: None,
    },
];

/// A span of time in one unit, for a narrow column.
fn short(seconds: f64) -> String {
    match seconds {
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7200.0 => format!("{:.1} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

impl ResultKind {
    /// Its row.
    #[must_use]
    pub fn row(&self, runs: &[&Run], baseline: usize) -> Row {
        let values: Vec<Option<f64>> = runs.iter().map(|run| (self.of)(run)).collect();
        Row::Result(self.label.to_owned(), self.cells(&values, baseline))
    }

    /// The cells of these values, with their differences to the baseline's.
    #[must_use]
    pub fn cells(&self, values: &[Option<f64>], baseline: usize) -> Vec<Cell> {
        let base = values.get(baseline).copied().flatten();
        let cell = |(nth, value): (usize, &Option<f64>)| {
            let Some(value) = *value else {
                let value = "–".to_owned();
                return Cell { value, by: None };
            };
            let by = base.filter(|_| nth != baseline);
            Cell {
                value: (self.print)(value),
                by: by.map(|base| self.difference(self.printed(value) - self.printed(base))),
            }
        };
        values.iter().enumerate().map(cell).collect()
    }

    /// A value as it is printed: who takes one from the other gets the difference that stands there.
    fn printed(&self, value: f64) -> f64 {
        let power = 10f64.powi(self.decimals as i32);
        (value * power).round() / power
    }

    fn difference(&self, by: f64) -> (String, Option<bool>) {
        let (sign, size) = (figures::sign(by), by.abs());
        let text = if self.label == "took" {
            format!("{sign}{}", short(size))
        } else if self.decimals == 0 && size >= 1000.0 {
            format!("{sign}{}", figures::thousands(size as u64))
        } else {
            figures::signed(by, self.decimals)
        };
        let small = text.starts_with('±');
        let better = self.higher_is_better.map(|higher| (by > 0.0) == higher);
        (text, better.filter(|_| !small))
    }
}
