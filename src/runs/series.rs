//! The curves of one run, built from the records of its log.

mod outline;

use super::log::{Record, plausible};
use super::standard_error::standard_error;
use crate::engine::metric::Metric;
use crate::engine::report::{Begin, Checkpoint, End, Note, Point, Report};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A log that has more metrics is none of ours: each takes room.
const MOST_CURVES: usize = 256;
/// The newest checkpoints that are known; older files are seldom kept, and a log may claim millions.
const MOST_CHECKPOINTS: usize = 256;

/// One value of one metric.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "outline::Row", into = "outline::Row")]
pub struct Sample {
    /// Optimizer steps done.
    pub step: u64,
    /// Epochs done, with fraction.
    pub epoch: f64,
    /// Seconds of training so far.
    pub elapsed: f64,
    /// When it was recorded, in seconds since 1970; it never falls along a run, whatever the clock does.
    pub at: f64,
    /// The value; NaN and infinities are possible.
    pub value: f64,
}

impl Sample {
    /// Whether a run can have said so.
    fn is_sound(&self) -> bool {
        plausible::count(self.step)
            && plausible::span(self.epoch)
            && plausible::span(self.elapsed)
            && plausible::moment(self.at)
    }
}

/// A stretch of time without training: the run was interrupted or stopped, and later resumed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// Steps done when training went on.
    pub step: u64,
    /// When the last record before it was written.
    pub from: f64,
    /// When training went on.
    pub to: f64,
}

/// What the log of a run says so far, or an [outline](Self::outline) of that.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Series {
    /// The last beginning: the first, or that of the last resume.
    pub begin: Option<Begin>,
    /// The console's lines with the time of each.
    pub notes: Vec<(f64, Note)>,
    /// The newest checkpoints that were written; older ones may have been removed since.
    pub checkpoints: Vec<Checkpoint>,
    /// Stretches of time without training.
    pub gaps: Vec<Gap>,
    /// The end, once there is one that no resume has undone.
    pub end: Option<End>,
    /// Whether training waits for the user.
    pub paused: bool,
    /// When the last record was written, in seconds since 1970; 0 before the first.
    pub last_at: f64,
    curves: BTreeMap<String, Vec<Sample>>,
    done: u64,
    /// When the last record but a note was written: a resume notes what it goes on from before it begins.
    trained_at: f64,
    /// Whether most samples and the console were left out.
    outline: bool,
    /// What an outline no longer has the steps to reckon: the bits of the loss's [`Self::figure`], because JSON has no NaN.
    epoch_loss: Option<u64>,
}

impl Series {
    /// Takes in the next record of the log.
    pub fn apply(&mut self, record: &Record) {
        // A clock that was set back stands still here until it has caught up: no age, gap or place on the axis of time
        // goes backwards. Notes keep what the clock said.
        let at = record.at.max(self.last_at);
        match &record.report {
            Report::Begin(begin) => self.begin(begin, at),
            Report::Point(point) => self.point(point, at),
            Report::Note(note) => self.notes.push((record.at, note.clone())),
            Report::Checkpoint(checkpoint) => self.checkpoint(checkpoint),
            Report::Paused => self.paused = true,
            Report::Resumed => self.paused = false,
            Report::End(end) => {
                self.end = Some(end.clone());
                self.paused = false;
            }
        }
        self.last_at = at;
        if !matches!(record.report, Report::Note(_)) {
            self.trained_at = at;
        }
    }

    /// A resume goes on from a checkpoint: what was recorded past it will be done again.
    fn begin(&mut self, begin: &Begin, at: f64) {
        if self.begin.is_some() {
            self.gaps.push(Gap {
                step: begin.step,
                from: self.trained_at,
                to: at,
            });
        }
        for curve in self.curves.values_mut() {
            curve.truncate(curve.partition_point(|s| s.step <= begin.step));
        }
        self.curves.retain(|_, curve| !curve.is_empty());
        self.checkpoints.retain(|c| c.step <= begin.step);
        self.done = begin.step;
        self.end = None;
        self.paused = false;
        self.begin = Some(begin.clone());
    }

    fn point(&mut self, point: &Point, at: f64) {
        for (key, value) in &point.values {
            if self.curves.len() >= MOST_CURVES && !self.curves.contains_key(key) {
                continue;
            }
            let sample = Sample {
                step: point.step,
                epoch: point.epoch,
                elapsed: point.elapsed,
                at,
                value: *value,
            };
            let curve = match self.curves.get_mut(key) {
                Some(curve) => curve,
                None => self.curves.entry(key.clone()).or_default(),
            };
            // Steps only grow; where they don't, the record that said so was lost and these steps are done again.
            while curve.last().is_some_and(|last| last.step >= sample.step) {
                curve.pop();
            }
            curve.push(sample);
        }
        self.done = point.step;
    }

    /// The same file written twice, as `last` is, is one checkpoint: the newer.
    fn checkpoint(&mut self, checkpoint: &Checkpoint) {
        self.checkpoints.retain(|c| c.file != checkpoint.file);
        if self.checkpoints.len() >= MOST_CHECKPOINTS {
            self.checkpoints.remove(0);
        }
        self.checkpoints.push(checkpoint.clone());
    }

    /// Whether a run can have said all this; asked of what wasn't read from a log.
    pub(super) fn is_sound(&self) -> bool {
        let gap = |g: &Gap| {
            plausible::count(g.step) && plausible::moment(g.from) && plausible::moment(g.to)
        };
        self.begin.as_ref().is_none_or(plausible::begin)
            && self.checkpoints.iter().all(plausible::checkpoint)
            && self.gaps.iter().all(gap)
            && self
                .end
                .iter()
                .all(|end| end.fits.is_none_or(plausible::count))
            && self.curves.values().flatten().all(Sample::is_sound)
            && [self.last_at, self.trained_at]
                .into_iter()
                .all(plausible::moment)
            && plausible::count(self.done)
    }

    /// The samples of one metric, in order of steps; empty where there are none.
    #[must_use]
    pub fn curve(&self, key: &str) -> &[Sample] {
        self.curves.get(key).map_or(&[], Vec::as_slice)
    }

    /// The keys of the metrics that have samples.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.curves.keys().map(String::as_str)
    }

    /// The newest sample of one metric.
    #[must_use]
    pub fn last(&self, key: &str) -> Option<&Sample> {
        self.curve(key).last()
    }

    /// The figure that people read as the newest of a metric: of the loss the mean over an epoch, of all else the last sample.
    #[must_use]
    pub fn figure(&self, key: &str) -> Option<f64> {
        match (key, self.epoch_loss) {
            ("loss", Some(bits)) => Some(f64::from_bits(bits)),
            _ => Some(self.figure_at(key, self.last(key)?)),
        }
    }

    /// The same at one of its samples: that of one batch is mostly noise, so the loss is its mean over as many steps as an
    /// epoch has.
    #[must_use]
    pub fn figure_at(&self, key: &str, sample: &Sample) -> f64 {
        if key != "loss" {
            return sample.value;
        }
        let curve = self.curve(key);
        let steps = self.begin.as_ref().map_or(1, |b| b.steps_per_epoch.max(1));
        let from = curve.partition_point(|s| s.step.saturating_add(steps) <= sample.step);
        let to = curve.partition_point(|s| s.step <= sample.step);
        let values = curve[from..to].iter().map(|s| s.value);
        values.sum::<f64>() / (to - from) as f64
    }

    /// The best sample of one metric after training began, the earliest of equals; `None` where neither higher nor lower is
    /// better.
    #[must_use]
    pub fn best(&self, key: &str) -> Option<&Sample> {
        let sign = if Metric::find(key)?.higher_is_better? {
            1.0
        } else {
            -1.0
        };
        let trained = self.curve(key).iter().filter(|s| s.step > 0);
        let finite = trained.filter(|s| s.value.is_finite());
        finite.reduce(|best, s| {
            if sign * s.value > sign * best.value {
                s
            } else {
                best
            }
        })
    }

    /// Standard error of a share of the test images, in percent like the share.
    #[must_use]
    pub fn standard_error(&self, percent: f64) -> Option<f64> {
        standard_error(percent, self.begin.as_ref()?.test_images)
    }

    /// kNN accuracy before training, where it was measured.
    #[must_use]
    pub fn untrained_knn(&self) -> Option<f64> {
        let first = self.curve("knn").first().filter(|s| s.step == 0)?;
        Some(first.value)
    }

    /// Steps done and steps in all.
    #[must_use]
    pub fn progress(&self) -> Option<(u64, u64)> {
        let begin = self.begin.as_ref()?;
        // A log may say more than it can have done.
        Some((self.done.min(begin.steps), begin.steps))
    }

    /// Whether all steps are done, and what comes after them isn't yet.
    #[must_use]
    pub fn is_at_its_end(&self) -> bool {
        let steps = self.progress().filter(|_| self.end.is_none());
        steps.is_some_and(|(done, total)| done == total && total > 0)
    }

    /// Seconds spent training so far, pauses and gaps left out.
    #[must_use]
    pub fn elapsed(&self) -> f64 {
        self.newest().map_or(0.0, |s| s.elapsed)
    }

    /// Whether a GPU makes its kernels ready: no step is done since training began there or was resumed.
    #[must_use]
    pub fn is_tuning(&self) -> bool {
        let begin = self.begin.as_ref().filter(|_| self.end.is_none());
        begin.is_some_and(|b| {
            let done = self.last("loss").map_or(0, |s| s.step);
            !b.is_on_cpu() && done <= b.step
        })
    }

    /// Seconds until the run is done, from the pace of the last two epochs or so; `now` in seconds since 1970.
    #[must_use]
    pub fn eta(&self, now: f64) -> Option<f64> {
        let begin = self.begin.as_ref().filter(|_| self.end.is_none())?;
        let last = self.newest()?;
        let span = (2 * begin.steps_per_epoch).max(50);
        let curve = self.curve(self.longest()?);
        let since = curve.partition_point(|s| s.step + span < last.step || s.step < begin.step);
        let first = curve.get(since)?;
        let steps = last.step.checked_sub(first.step).filter(|n| *n > 0)?;
        let pace = (last.elapsed - first.elapsed) / steps as f64;
        let left = pace * begin.steps.saturating_sub(self.done) as f64;
        let since_then = if self.paused { 0.0 } else { now - last.at };
        left.is_finite()
            .then(|| (left - since_then.clamp(0.0, left.max(0.0))).max(0.0))
    }

    /// The sample of the highest step.
    fn newest(&self) -> Option<&Sample> {
        self.curves
            .values()
            .filter_map(|c| c.last())
            .max_by(|a, b| (a.step.cmp(&b.step)).then(a.elapsed.total_cmp(&b.elapsed)))
    }

    /// The metric that is recorded most often.
    fn longest(&self) -> Option<&str> {
        let longest = self.curves.iter().max_by_key(|(_, c)| c.len());
        longest.map(|(key, _)| key.as_str())
    }
}

#[cfg(test)]
mod tests;
