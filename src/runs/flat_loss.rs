//! Whether a run learns nothing: its loss stays where embeddings that tell nothing have it.

use super::{Series, smooth};
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

/// Whether the loss is at chance; `None` while it is too early to say, for a loss without bounds, and for an outline.
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
    Some(last > chance - AT_CHANCE * (chance - floor))
}

/// What is to be said of a loss that is at chance, and what may be done.
#[must_use]
pub fn flat(experiment: &Experiment, series: &Series) -> Option<String> {
    is_flat(experiment, series).filter(|flat| *flat)?;
    let Bounds { chance, .. } = experiment.bounds()?;
    let cause = match series.last("z_std").map(|s| s.value) {
        Some(d) if d < COLLAPSED => {
            "z has collapsed to one point; lower the rate or check the augmentations"
        }
        Some(_) => "nothing is learnt yet, though z is spread; give it time or raise the rate",
        None => "nothing is learnt yet, or z has collapsed",
    };
    Some(format!(
        "The loss is flat at chance ({chance:.2}): {cause}."
    ))
}
