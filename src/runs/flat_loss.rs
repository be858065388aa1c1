//! Whether a run learns nothing: its loss stays where embeddings that tell nothing have it.

use super::{Sample, Series, smooth};
use crate::engine::loss::Bounds;
use crate::experiment::Experiment;

/// Losses within this share of the way from chance to floor are still at chance.
const AT_CHANCE: f64 = 0.03;
/// Losses before this many are no sign of anything.
const FEW: usize = 20;
/// Losses that say how it stands now; older ones would only make a long run slow to draw.
const RECENT: usize = 200;
/// How much of the average before it each loss keeps.
const KEEP: f64 = 0.75;
/// Deviation of z, relative to that of spread-out embeddings, under which it has collapsed.
const COLLAPSED: f64 = 0.1;

/// Share of a mean that adding up may lose.
const ROUNDING: f64 = 1e-9;
/// Standard errors by which a half is lower than the one before it where the loss falls.
const FALLING: f64 = 3.0;

/// Whether the loss is at chance and does not fall; `None` while it is too early to say, for a loss without bounds, and for an outline.
#[must_use]
pub fn is_flat(experiment: &Experiment, series: &Series) -> Option<bool> {
    let samples = series.curve("loss");
    if samples.len() < FEW || !series.is_whole() {
        return None;
    }
    let Bounds { chance, floor } = experiment.bounds()?;
    let newest = &samples[samples.len().saturating_sub(RECENT)..];
    let points: Vec<_> = newest.iter().map(|s| (s.step as f64, s.value)).collect();
    let mut smoothed = smooth(&points, KEEP).into_iter().rev();
    let (_, last) = smoothed.find(|(_, y)| y.is_finite())?;
    Some(last > chance - AT_CHANCE * (chance - floor) && !falls(&points))
}

/// Whether the second half is lower than the first by more than noise. The first losses of all are those of an untrained network.
fn falls(points: &[(f64, f64)]) -> bool {
    let later = points
        .iter()
        .filter(|(step, y)| *step > FEW as f64 && y.is_finite());
    let values: Vec<f64> = later.map(|(_, y)| *y).collect();
    let (first, second) = values.split_at(values.len() / 2);
    let of = |half: &[f64]| {
        let count = half.len() as f64;
        let mean = half.iter().sum::<f64>() / count;
        let squares: f64 = half.iter().map(|y| (y - mean).powi(2)).sum();
        (mean, squares / (count * (count - 1.0)))
    };
    let ((before, a), (after, b)) = (of(first), of(second));
    before - after > (FALLING * (a + b).sqrt()).max(ROUNDING * before.abs())
}

/// What is to be said of a loss that is at chance, and what may be done.
#[must_use]
pub fn flat(experiment: &Experiment, series: &Series) -> Option<String> {
    is_flat(experiment, series).filter(|flat| *flat)?;
    let Bounds { chance, .. } = experiment.bounds()?;
    let full = |s: &&Sample| s.epoch >= experiment.train.warmup;
    // At rates that are still low a loss may well be flat.
    let warm = series.curve("loss").iter().rev().take_while(full).count() >= FEW;
    let cause = match series.last("z_std").map(|s| s.value) {
        Some(d) if d < COLLAPSED => {
            "z has collapsed to one point; lower the rate or check the augmentations"
        }
        _ if !warm => return None,
        Some(_) => "nothing is learnt yet, though z is spread; give it time or raise the rate",
        None => "nothing is learnt yet, or z has collapsed",
    };
    Some(format!(
        "The loss is flat at chance ({chance:.2}): {cause}."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::report::{Point, Report};
    use crate::runs::{Record, Run};

    #[test]
    fn a_flat_loss_says_nothing_before_the_rate_was_full_for_a_while() {
        let mut experiment = Experiment::default();
        experiment.train.warmup = 3.0;
        let chance = experiment.bounds().unwrap().chance;
        let mut run = Run::open(std::path::Path::new("/nowhere/20260101-000000-x-1"));
        let mut told = Vec::new();
        for step in 1..=60 {
            let mut point = Point::at(step, [("loss", chance), ("z_std", 0.9)]);
            // Ten steps an epoch: warm-up ends with the thirtieth.
            point.epoch = step as f64 / 10.0;
            run.series.apply(&Record {
                at: step as f64,
                report: Report::Point(point),
            });
            told.push(flat(&experiment, &run.series).is_some());
        }
        assert_eq!(told.iter().position(|told| *told), Some(48));
        assert_eq!(is_flat(&experiment, &run.series), Some(true));
    }

    #[test]
    fn a_loss_that_falls_slowly_is_not_flat() {
        let experiment = Experiment::default();
        let chance = experiment.bounds().unwrap().chance;
        let flat_at = |slope: f64| {
            let mut run = Run::open(std::path::Path::new("/nowhere/20260101-000000-x-1"));
            for step in 1..=60 {
                let noise = if step % 2 == 0 { 0.01 } else { -0.01 };
                let loss = chance + noise - slope * step as f64;
                run.series.apply(&Record {
                    at: step as f64,
                    report: Report::Point(Point::at(step, [("loss", loss)])),
                });
            }
            is_flat(&experiment, &run.series)
        };
        assert_eq!(flat_at(0.0), Some(true));
        assert_eq!(flat_at(-0.001), Some(true));
        assert_eq!(flat_at(0.001), Some(false));
    }
}
