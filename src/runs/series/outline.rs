//! The outline of a series: what lists and tables show of a run, in a few kilobytes whatever the run's length.

use super::{Sample, Series};
use std::collections::BTreeSet;

/// Stretches between the samples of loss and kNN that an outline keeps, enough to see the curve's shape.
const STRETCHES: usize = 24;

/// A sample in little room: step, epoch, elapsed, at, and the bits of the value, because JSON has no NaN.
pub type Row = (u64, f64, f64, f64, u64);

impl From<Row> for Sample {
    fn from((step, epoch, elapsed, at, bits): Row) -> Self {
        Self {
            step,
            epoch,
            elapsed,
            at,
            value: f64::from_bits(bits),
        }
    }
}

impl From<Sample> for Row {
    fn from(s: Sample) -> Self {
        (s.step, s.epoch, s.elapsed, s.at, s.value.to_bits())
    }
}

impl Series {
    /// Whether every sample is there; otherwise this is an outline.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        !self.outline
    }

    /// The same without the console and with few samples: each curve's first, best and last, and of loss and kNN some
    /// in between. Progress, times and each metric's best and last are as before.
    #[must_use]
    pub fn outline(&self) -> Self {
        let keys = self.curves.keys();
        Self {
            begin: self.begin.clone(),
            notes: Vec::new(),
            checkpoints: self.checkpoints.clone(),
            gaps: self.gaps.clone(),
            end: self.end.clone(),
            curves: keys.map(|key| (key.clone(), self.thin(key))).collect(),
            outline: true,
            epoch_loss: self.figure("loss").map(f64::to_bits),
            ..*self
        }
    }

    /// The samples of a curve that an outline has, also where all are there: what shows the run shows the same either way.
    #[must_use]
    pub fn shape(&self, key: &str) -> Vec<Sample> {
        if self.outline {
            self.curve(key).to_vec()
        } else {
            self.thin(key)
        }
    }

    fn thin(&self, key: &str) -> Vec<Sample> {
        let curve = self.curve(key);
        let last = curve.len().saturating_sub(1);
        let stretches = match key {
            "loss" | "knn" => STRETCHES,
            _ => 1,
        };
        let even: BTreeSet<usize> = (0..=stretches).map(|n| last * n / stretches).collect();
        let best = self.best(key).map(|s| s.step);
        let kept = curve
            .iter()
            .enumerate()
            .filter(|(nth, s)| even.contains(nth) || Some(s.step) == best);
        kept.map(|(_, s)| *s).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::metric::Metric;
    use crate::engine::report::{Begin, Level, Point, Report};
    use crate::runs::Record;
    use std::collections::BTreeMap;

    /// A thousand steps whose best kNN and loss lie where no even division finds them.
    fn long() -> Series {
        let mut series = Series::default();
        let begin = Begin::of(2000, 10);
        let mut say = |at: f64, report| series.apply(&Record { at, report });
        say(1.0, Report::Begin(begin));
        say(2.0, Report::note(Level::Info, "a line"));
        for step in 0..=1000_u64 {
            let share = step as f64;
            let knn = if step == 777 { 99.0 } else { share / 100.0 };
            let loss = if step == 333 {
                0.5
            } else {
                5.0 - share / 1000.0
            };
            let mut values = BTreeMap::from([("knn".to_owned(), knn), ("loss".to_owned(), loss)]);
            values.insert(
                "z_std".to_owned(),
                if step > 900 { f64::NAN } else { share },
            );
            let point = Point {
                step,
                epoch: share / 10.0,
                elapsed: share * 0.43,
                values,
            };
            say(3.0 + share, Report::Point(point));
        }
        series
    }

    #[test]
    fn an_outline_is_small_and_says_the_same_of_a_run() {
        let whole = long();
        let outline = whole.outline();
        assert!(whole.is_whole() && !outline.is_whole());
        assert!(outline.notes.is_empty() && !whole.notes.is_empty());
        for key in ["knn", "loss", "z_std"] {
            let bits = |s: &[Sample]| s.iter().map(|s| s.value.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&whole.shape(key)), bits(outline.curve(key)), "{key}");
            assert_eq!(bits(&outline.shape(key)), bits(outline.curve(key)), "{key}");
            assert!(outline.curve(key).len() <= STRETCHES + 2, "{key}");
            assert_eq!(outline.best(key), whole.best(key), "{key}");
            let bits = |s: &Series| s.last(key).map(|s| s.value.to_bits());
            assert_eq!(bits(&outline), bits(&whole), "{key}");
            assert!(Metric::find(key).is_some());
        }
        assert_eq!(outline.untrained_knn(), whole.untrained_knn());
        assert_eq!(outline.progress(), whole.progress());
        assert!((outline.elapsed() - whole.elapsed()).abs() < 1e-9);
        assert_eq!(outline.begin, whole.begin);
    }

    #[test]
    fn an_outline_survives_a_file_bit_by_bit() {
        let outline = long().outline();
        let text = serde_json::to_string(&outline).unwrap();
        assert!(text.len() < 8000, "{} bytes", text.len());
        let back: Series = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&back).unwrap(), text);
        assert!(back.last("z_std").is_some_and(|s| s.value.is_nan()));
        assert!(!back.is_whole());
    }

    #[test]
    fn nothing_has_an_outline_too() {
        assert_eq!(Series::default().outline().progress(), None);
    }
}
