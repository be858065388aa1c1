//! Sentences about a run that a number alone does not say.

use crate::engine::loss::Bounds;
use crate::experiment::Experiment;
use crate::runs::comparison::LOSS_IS_NOT_QUALITY;
use crate::runs::{Run, flat};

/// The bounds of a run's loss, where it has any.
#[must_use]
pub fn bounds(experiment: &Experiment) -> Option<Bounds> {
    experiment.loss.bounds(experiment.train.batch)
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
    if trained && last <= untrained && run.series.end.is_some() {
        let text = "kNN is no better than untrained although the loss fell: views can be matched without what tells the classes apart.";
        return Some((text.to_owned(), true));
    }
    trained.then(|| (LOSS_IS_NOT_QUALITY.to_owned(), false))
}
