//! Sentences about a run that a number alone does not say.

use crate::engine::loss::Bounds;
use crate::experiment::Experiment;
use crate::runs::{Run, smooth};
use crate::ui::lens::Lens;

/// What reading a lower loss as a better representation gets wrong.
const LOSS_IS_NOT_QUALITY: &str = "A lower loss is not a better representation where augmentation, temperature or batch differ: judge by kNN.";

/// What is to be said of losses that can't be compared: in a sentence, and where there is room for a few words.
#[must_use]
pub const fn incomparable_losses(knn_is_alike: bool) -> [&'static str; 2] {
    if knn_is_alike {
        [LOSS_IS_NOT_QUALITY, "not comparable: judge by kNN"]
    } else {
        [
            "Neither loss nor kNN can be compared: augmentation, temperature or batch differ, and kNN isn't measured alike.",
            "neither loss nor kNN is comparable",
        ]
    }
}

/// Losses within this share of the way from chance to floor are still at chance.
const AT_CHANCE: f64 = 0.03;
/// Losses before this many are no sign of anything.
const FEW: usize = 20;
/// Losses that say how it stands now.
const RECENT: usize = 200;
/// Deviation of z, relative to that of spread-out embeddings, under which it has collapsed.
const COLLAPSED: f64 = 0.1;

/// The bounds of a run's loss, where it has any.
#[must_use]
pub fn bounds(experiment: &Experiment) -> Option<Bounds> {
    experiment.loss.bounds(experiment.train.batch)
}

/// Whether the loss is still at chance; `None` while it is too early to say, and for a loss without bounds.
#[must_use]
pub fn is_flat(run: &Run) -> Option<bool> {
    let experiment = run.experiment.as_ref()?;
    if !run.is_whole() {
        return None;
    }
    let samples = run.series.curve("loss");
    if samples.len() < FEW {
        return None;
    }
    let Bounds { chance, floor } = bounds(experiment)?;
    // The newest samples say it; older ones would only make a long run slow to draw.
    let newest = &samples[samples.len().saturating_sub(RECENT)..];
    let points: Vec<_> = newest.iter().map(|s| (s.step as f64, s.value)).collect();
    let keep = Lens::default().memory(points.len())?;
    let last = smooth(&points, keep)
        .into_iter()
        .rev()
        .find(|(_, y)| y.is_finite())?;
    Some(last.1 > chance - AT_CHANCE * (chance - floor))
}

/// The sentence on a run that the Train screen shows, and whether it is a warning.
#[must_use]
pub fn sentence(run: &Run) -> Option<(String, bool)> {
    let experiment = run.experiment.as_ref()?;
    if is_flat(run) == Some(true) {
        let Bounds { chance, .. } = bounds(experiment)?;
        let deviation = run.series.last("z_std").map(|s| s.value);
        let cause = match deviation {
            Some(d) if d < COLLAPSED => {
                "z has collapsed to one point; lower the rate or check the augmentations"
            }
            Some(_) => "nothing is learnt yet, though z is spread; give it time or raise the rate",
            None => "nothing is learnt yet, or z has collapsed",
        };
        return Some((
            format!("The loss is flat at chance ({chance:.2}): {cause}."),
            true,
        ));
    }
    let (untrained, last) = (run.series.untrained_knn()?, run.last_knn()?);
    let trained = run.series.curve("knn").len() > 1;
    if trained && last <= untrained && run.series.end.is_some() {
        let text = "kNN is no better than untrained although the loss fell: the views can be matched without what tells the classes apart.";
        return Some((text.to_owned(), true));
    }
    trained.then(|| (LOSS_IS_NOT_QUALITY.to_owned(), false))
}
