//! How charts are looked at: which x, how smooth, which stretch, and where the crosshair stands. One view serves all
//! charts of a screen, so that they zoom together and the crosshair reads them at the same moment.

use crate::runs::Run;
use crate::ui::axis::Axis;
use crate::ui::keymap::charts::ChartAction;
use crate::ui::keys::{Hint, Table};
use crate::ui::nearest::nearest;

/// Memories of the moving average to choose from, after the one that fits the curve's length; the last is none.
const MEMORIES: [f64; 4] = [0.9, 0.97, 0.99, 0.0];

/// How charts are looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChartView {
    /// What x is.
    pub axis: Axis,
    /// Which smoothing: 0 fits the curve, then [`MEMORIES`].
    smoothing: usize,
    /// Whether y is logarithmic.
    pub log: bool,
    /// Whether outliers are shown.
    pub outliers: bool,
    /// The stretch of x that is seen; all of it without one.
    pub span: Option<(f64, f64)>,
    /// Where the crosshair stands.
    pub cross: Option<f64>,
}

impl ChartView {
    /// Does what a key says; `whole` is the stretch of x that there is, and `samples` tells where in it something was
    /// measured, if that has to be known.
    pub fn apply(
        &mut self,
        action: ChartAction,
        whole: (f64, f64),
        samples: impl FnOnce() -> Vec<f64>,
    ) {
        match action {
            ChartAction::Axis => {
                self.axis = self.axis.next();
                (self.span, self.cross) = (None, None);
            }
            ChartAction::Smooth => self.smoothing = (self.smoothing + 1) % (MEMORIES.len() + 1),
            ChartAction::Log => self.log = !self.log,
            ChartAction::Clip => self.outliers = !self.outliers,
            ChartAction::Zoom(closer) => {
                let at = self.cross.unwrap_or_else(|| self.seen(whole).1);
                self.zoom(at, if closer { 0.5 } else { 2.0 }, whole);
            }
            ChartAction::Whole => self.span = None,
            ChartAction::Pan(right) => self.pan(if right { 0.25 } else { -0.25 }, whole),
            ChartAction::Cross(hundredths) => {
                self.move_cross(f64::from(hundredths) / 100.0, whole, &samples());
            }
            ChartAction::NoCross if self.cross.is_none() => self.span = None,
            ChartAction::NoCross => self.cross = None,
        }
    }

    /// The stretch that is seen.
    #[must_use]
    pub fn seen(&self, whole: (f64, f64)) -> (f64, f64) {
        self.span.unwrap_or(whole)
    }

    /// Makes what is seen so many times as long, around a place that stays where it is.
    pub fn zoom(&mut self, at: f64, factor: f64, whole: (f64, f64)) {
        let (low, high) = self.seen(whole);
        let length = (high - low) * factor;
        let all = whole.1 - whole.0;
        if length >= all * 0.999 {
            self.span = None;
            return;
        }
        // So close that no curve has a thousandth of its points any more.
        if length < all * 1e-4 {
            return;
        }
        let share = ((at - low) / (high - low).max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
        let start = (at - share * length).clamp(whole.0, whole.1 - length);
        self.span = Some((start, start + length));
    }

    /// Moves what is seen by a share of its length, as far as there is something.
    pub fn pan(&mut self, share: f64, whole: (f64, f64)) {
        if let Some((low, high)) = self.span {
            let length = high - low;
            let start = (low + share * length).clamp(whole.0, (whole.1 - length).max(whole.0));
            self.span = Some((start, start + length));
        }
    }

    /// Whether there is a crosshair or a zoom to leave.
    #[must_use]
    pub const fn is_close(&self) -> bool {
        self.cross.is_some() || self.span.is_some()
    }

    /// The keys as they stand in the footer: how to leave the crosshair or the zoom first, while there is one.
    #[must_use]
    pub fn hints(&self, keys: &Table<ChartAction>) -> Vec<Hint> {
        let name = if self.cross.is_some() {
            "no crosshair"
        } else {
            "whole curve"
        };
        let rows = keys.rows.iter().map(|row| {
            let mut hint = row.hint.clone();
            match row.action {
                ChartAction::NoCross if self.is_close() => (hint.rank, hint.name) = (1, name),
                ChartAction::Pan(true) if self.span.is_some() => hint.rank = 2,
                _ => {}
            }
            hint
        });
        rows.collect()
    }

    /// Moves the crosshair to another sample; at an edge what is seen goes along.
    fn move_cross(&mut self, share: f64, whole: (f64, f64), samples: &[f64]) {
        let (low, high) = self.seen(whole);
        let from = self.cross.unwrap_or(if share < 0.0 { high } else { low });
        let to = (from + share * (high - low)).clamp(whole.0, whole.1);
        let to = sample_towards(from, to, samples);
        self.cross = Some(to);
        let by = (to - high).max(0.0) + (to - low).min(0.0);
        if by != 0.0 && self.span.is_some() {
            self.span = Some((low + by, high + by));
        }
    }

    /// How much of the average before it each point of a curve of so many points keeps; none without smoothing.
    #[must_use]
    pub fn memory(&self, points: usize) -> Option<f64> {
        let fitting = 1.0 - 1.0 / (points as f64 / 100.0).max(4.0);
        match self.smoothing {
            0 => Some(fitting),
            n => Some(MEMORIES[n - 1]).filter(|m| *m > 0.0),
        }
    }

    /// The smoothing in a word.
    #[must_use]
    pub fn smoothing(&self) -> String {
        match self.smoothing {
            0 => "auto".to_owned(),
            n if MEMORIES[n - 1] > 0.0 => MEMORIES[n - 1].to_string(),
            _ => "off".to_owned(),
        }
    }

    /// The stretch of x that some runs have.
    #[must_use]
    pub fn whole(&self, runs: &[&Run]) -> (f64, f64) {
        let reach = runs
            .iter()
            .map(|run| self.axis.reach(run))
            .fold(0.0, f64::max);
        (0.0, if reach > 0.0 { reach } else { 1.0 })
    }
}

/// The sample nearest to `to`, or the next one in that direction where it would still be the one at `from`; `to` itself
/// without samples. They are in order.
fn sample_towards(from: f64, to: f64, samples: &[f64]) -> f64 {
    let Some(nth) = nearest(samples, to, |x| *x) else {
        return to;
    };
    let moved = samples[nth];
    let forth = to > from;
    let stays = if forth {
        moved <= from
    } else {
        moved >= from && to < from
    };
    if !stays {
        return moved;
    }
    let next = if forth {
        samples.get(samples.partition_point(|x| *x <= from))
    } else {
        samples[..samples.partition_point(|x| *x < from)].last()
    };
    next.copied().unwrap_or(moved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crosshair_goes_from_sample_to_sample() {
        let epochs: Vec<f64> = (0..=5).map(|n| f64::from(n) * 20.0).collect();
        let mut view = ChartView::default();
        let mut places = Vec::new();
        for by in [1, 1, 10, -1, -10, -10, -10, -10] {
            view.apply(ChartAction::Cross(by), WHOLE, || epochs.clone());
            places.push(view.cross.unwrap());
        }
        assert_eq!(places, [20.0, 40.0, 60.0, 40.0, 20.0, 0.0, 0.0, 0.0]);
        view.apply(ChartAction::Zoom(true), WHOLE, || epochs.clone());
        view.apply(ChartAction::NoCross, WHOLE, || epochs.clone());
        assert!(view.cross.is_none() && view.span.is_some());
        view.apply(ChartAction::NoCross, WHOLE, || epochs.clone());
        assert!(!view.is_close());
    }

    const WHOLE: (f64, f64) = (0.0, 100.0);

    #[test]
    fn zooming_keeps_the_crosshair_where_it_is_and_ends_at_the_whole() {
        let mut view = ChartView {
            cross: Some(25.0),
            ..ChartView::default()
        };
        view.apply(ChartAction::Zoom(true), WHOLE, Vec::new);
        assert_eq!(view.span, Some((12.5, 62.5)));
        view.apply(ChartAction::Zoom(false), WHOLE, Vec::new);
        assert_eq!(view.span, None);
        view.cross = None;
        view.apply(ChartAction::Zoom(true), WHOLE, Vec::new);
        assert_eq!(view.span, Some((50.0, 100.0)));
        for _ in 0..60 {
            view.apply(ChartAction::Zoom(true), WHOLE, Vec::new);
        }
        let (low, high) = view.seen(WHOLE);
        assert!(high - low > 0.005, "{low} {high}");
    }

    #[test]
    fn the_crosshair_takes_the_stretch_along_and_stays_on_the_curve() {
        let mut view = ChartView {
            span: Some((10.0, 20.0)),
            cross: Some(19.5),
            ..ChartView::default()
        };
        view.apply(ChartAction::Cross(10), WHOLE, Vec::new);
        assert_eq!((view.cross, view.span), (Some(20.5), Some((10.5, 20.5))));
        for _ in 0..2000 {
            view.apply(ChartAction::Cross(-10), WHOLE, Vec::new);
        }
        assert_eq!(view.cross, Some(0.0));
        assert_eq!(view.span.map(|s| s.0), Some(0.0));
    }

    #[test]
    fn panning_stops_at_the_ends_and_does_nothing_without_a_zoom() {
        let mut view = ChartView::default();
        view.apply(ChartAction::Pan(true), WHOLE, Vec::new);
        assert_eq!(view.span, None);
        view.span = Some((40.0, 60.0));
        view.apply(ChartAction::Pan(true), WHOLE, Vec::new);
        assert_eq!(view.span, Some((45.0, 65.0)));
        for _ in 0..20 {
            view.apply(ChartAction::Pan(false), WHOLE, Vec::new);
        }
        assert_eq!(view.span, Some((0.0, 20.0)));
        for _ in 0..40 {
            view.pan(0.25, WHOLE);
        }
        assert_eq!(view.span, Some((80.0, 100.0)));
    }

    #[test]
    fn smoothing_goes_around() {
        let mut view = ChartView::default();
        let words: Vec<String> = (0..6)
            .map(|_| {
                let word = view.smoothing();
                view.apply(ChartAction::Smooth, WHOLE, Vec::new);
                word
            })
            .collect();
        assert_eq!(words, ["auto", "0.9", "0.97", "0.99", "off", "auto"]);
        assert_eq!(
            ChartView {
                smoothing: 4,
                ..ChartView::default()
            }
            .memory(10),
            None
        );
    }
}
