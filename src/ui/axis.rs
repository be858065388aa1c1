//! The x axes of charts, and where things lie on them.

use crate::runs::{Gap, Run, Sample};

/// What x is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Axis {
    /// Epochs.
    #[default]
    Epoch,
    /// Optimizer steps.
    Step,
    /// Time spent training.
    Elapsed,
    /// Time since the run began, by the clock: pauses and gaps are in it.
    Clock,
}

impl Axis {
    /// The next one, around the end.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Epoch => Self::Step,
            Self::Step => Self::Elapsed,
            Self::Elapsed => Self::Clock,
            Self::Clock => Self::Epoch,
        }
    }

    /// Its name at the chart.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Epoch => "epoch",
            Self::Step => "step",
            Self::Elapsed => "minutes",
            Self::Clock => "minutes by the clock",
        }
    }

    /// Where a sample of a run lies.
    #[must_use]
    pub fn of(self, sample: &Sample, run: &Run) -> f64 {
        match self {
            Self::Epoch => sample.epoch,
            Self::Step => sample.step as f64,
            Self::Elapsed => sample.elapsed / 60.0,
            Self::Clock => (sample.at - run.created).max(0.0) / 60.0,
        }
    }

    /// Where a gap lies: at the last sample before training went on, and so on the axis of the clock at its beginning.
    #[must_use]
    pub fn of_gap(self, gap: &Gap, run: &Run) -> f64 {
        let begin = run.series.begin.as_ref();
        match self {
            Self::Step => gap.step as f64,
            Self::Epoch => begin.map_or(0.0, |b| gap.step as f64 / b.steps_per_epoch.max(1) as f64),
            Self::Clock => (gap.from - run.created).max(0.0) / 60.0,
            Self::Elapsed => {
                let losses = run.series.curve("loss");
                let before = losses.partition_point(|s| s.step <= gap.step);
                let last = before.checked_sub(1).and_then(|i| losses.get(i));
                last.map_or(0.0, |s| self.of(s, run))
            }
        }
    }

    /// Where the run is now.
    #[must_use]
    pub fn reach(self, run: &Run) -> f64 {
        let newest = ["loss", "knn"].map(|key| run.series.last(key));
        let newest = newest.into_iter().flatten().map(|s| self.of(s, run));
        newest.fold(0.0, f64::max)
    }

    /// Where the run will end, when that is known.
    #[must_use]
    pub fn end(self, run: &Run) -> Option<f64> {
        let begin = run.series.begin.as_ref()?;
        match self {
            Self::Epoch if begin.steps_per_epoch > 0 => {
                Some(begin.steps as f64 / begin.steps_per_epoch as f64)
            }
            Self::Step => Some(begin.steps as f64),
            _ => None,
        }
    }
}
