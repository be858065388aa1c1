//! The results that runs are compared by, and how their differences are printed.

use super::row::{Cell, NONE, Row};
use crate::runs::Run;
use crate::runs::comparison::{knn_chance, tested};
use crate::runs::standard_error::chance;
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
    /// Whether it is a share of the test images.
    pub is_share: bool,
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
        is_share: true,
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
        label: "loss epoch mean",
        of: Run::epoch_loss,
        print: |v| curves::value("loss", v),
        decimals: 3,
        higher_is_better: None,
        is_share: false,
        last_of: Some("loss"),
    },
    ResultKind {
        label: "views/s",
        of: |run| run.series.last("views_per_second").map(|s| s.value),
        print: |v| curves::value("views_per_second", v),
        decimals: 0,
        higher_is_better: None,
        is_share: false,
        last_of: None,
    },
    ResultKind {
        label: "epochs done",
        of: |run| crate::runs::fact::epoch(&run.series),
        print: |v| figures::decimal(v, 1),
        decimals: 1,
        higher_is_better: None,
        is_share: false,
        last_of: None,
    },
    ResultKind {
        label: "took",
        of: |run| Some(run.series.elapsed()),
        print: short,
        decimals: 0,
        higher_is_better: None,
        is_share: false,
        last_of: None,
    },
];

/// A span of time in one unit, for a narrow column.
pub fn short(seconds: f64) -> String {
    match seconds {
        s if s < 1000.0 => format!("{s:.0} s"),
        s if s < 7200.0 => format!("{:.1} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

impl ResultKind {
    /// Its row.
    #[must_use]
    pub fn row(&self, runs: &[&Run], baseline: usize) -> Row {
        let values: Vec<Option<f64>> = runs.iter().map(|run| (self.of)(run)).collect();
        Row::Result(
            self.label.to_owned(),
            self.cells_of(runs, &values, baseline),
        )
    }

    /// The cells of these values of some runs, which are judged as the heading of their results says.
    #[must_use]
    pub fn cells_of(&self, runs: &[&Run], values: &[Option<f64>], baseline: usize) -> Vec<Cell> {
        let least = knn_chance(runs).unwrap_or(0.0);
        self.cells(values, baseline, (tested(runs), least))
    }

    /// The cells of these values, with their differences to the baseline's; those of shares of so many test images are better
    /// or worse where they are more than chance, and than so many points.
    #[must_use]
    pub fn cells(
        &self,
        values: &[Option<f64>],
        baseline: usize,
        (images, least): (u64, f64),
    ) -> Vec<Cell> {
        let base = values.get(baseline).copied().flatten();
        let cell = |(nth, value): (usize, &Option<f64>)| {
            let Some(value) = *value else {
                let value = NONE.to_owned();
                return Cell { value, by: None };
            };
            let by = base.filter(|_| nth != baseline).map(|base| {
                let (text, better) = self.difference(self.printed(value) - self.printed(base));
                let chance = chance(value, base, images).filter(|_| self.is_share);
                let sure = chance.is_none_or(|chance| (value - base).abs() > chance.max(least));
                (text, better.filter(|_| sure))
            });
            Cell {
                value: (self.print)(value),
                by,
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
        let small = text.starts_with('0');
        let better = self.higher_is_better.map(|higher| (by > 0.0) == higher);
        (text, better.filter(|_| !small))
    }
}
