//! Sentences about a run that a number alone does not say.

use crate::engine::loss::Bounds;
use crate::experiment::Experiment;
use crate::runs::comparison::LOSS_IS_NOT_QUALITY;
use crate::runs::standard_error::chance;
use crate::runs::{Run, flat};
use crate::text::figures;

/// Points that may be chance from which on test images are too few to judge by.
const UNSURE: f64 = 5.0;

/// The bounds of a run's loss, where it has any.
#[must_use]
pub fn bounds(experiment: &Experiment) -> Option<Bounds> {
    experiment.loss.bounds(experiment.train.batch)
}

/// What is to be said of a kNN accuracy that is less than `chance` above the untrained network's.
fn no_better(chance: f64, images: u64) -> String {
    if chance > UNSURE {
        let images = figures::thousands(images);
        return format!(
            "kNN can't tell this network from the untrained one: with {images} test images, {chance:.0} points may be chance."
        );
    }
    "kNN is no better than untrained although the loss fell: views can be matched without what tells the classes apart."
        .to_owned()
}

/// The sentence on a run that the Train screen shows, and whether it is a warning.
#[must_use]
pub fn sentence(run: &Run) -> Option<(String, bool)> {
    let experiment = run.experiment.as_ref()?;
    if let Some(sentence) = flat(experiment, &run.series) {
        return Some((sentence, true));
    }
    let (untrained, last) = (run.series.untrained_knn()?, run.last_knn()?);
    let trained = run.series.curve("knn").len() > 1;
    let images = run.series.begin.as_ref().map_or(0, |b| b.test_images);
    let chance = chance(untrained, last, images).unwrap_or(0.0);
    if trained && last <= untrained + chance && run.series.end.is_some() {
        return Some((no_better(chance, images), true));
    }
    trained.then(|| (LOSS_IS_NOT_QUALITY.to_owned(), false))
}
