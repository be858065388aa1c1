//! Sentences about a run that a number alone does not say.

use crate::runs::comparison::LOSS_IS_NOT_QUALITY;
use crate::runs::standard_error::chance;
use crate::runs::{Run, Status, fact, flat};
use crate::text::figures;

/// Points that may be chance from which on test images are too few to judge by.
const UNSURE: f64 = 5.0;

/// Epochs before which nothing is said of what a network learnt.
const LEAST: f64 = 1.0;

/// What is to be said of a kNN accuracy that is `by` points above the untrained network's, which is less than `chance`.
fn no_better(by: f64, chance: f64, images: u64, loss_fell: bool) -> String {
    if chance > UNSURE {
        let images = figures::thousands(images);
        return format!(
            "kNN can't tell this network from the untrained one: with {images} images to tell by, a difference of up to {chance:.0} points may be chance."
        );
    }
    let why = if loss_fell {
        "although the loss fell: too few steps, or features that match views but don't tell classes apart."
    } else {
        "and the loss has not fallen."
    };
    let verdict = if by > 0.0 {
        format!("kNN rose by {by:.1} points, less than the {chance:.1} that may be chance")
    } else {
        "kNN is no better than untrained".to_owned()
    };
    format!("{verdict}, {why}")
}

/// Whether the last epoch's loss is lower than the first that was reported.
fn loss_fell(run: &Run) -> bool {
    let first = run.series.curve("loss").first().map(|s| s.value);
    run.series.figure("loss") < first
}

/// The sentence on a run that the Train screen shows, and whether it is a warning.
#[must_use]
pub fn sentence(run: &Run) -> Option<(String, bool)> {
    let experiment = run.experiment.as_ref()?;
    if let Some(sentence) = flat(experiment, &run.series) {
        return Some((sentence, true));
    }
    let (untrained, last) = (run.series.untrained_knn()?, run.last_knn()?);
    let trained = fact::epoch(&run.series).is_some_and(|epoch| epoch >= LEAST);
    let images = run.series.begin.as_ref().map_or(0, |b| b.test_images);
    let chance = chance(untrained, last, images).unwrap_or(0.0);
    // Before its end, the best may be to come.
    if trained && last <= untrained + chance && run.status == Status::Completed {
        let by = last - untrained;
        return Some((no_better(by, chance, images, loss_fell(run)), true));
    }
    trained.then(|| (LOSS_IS_NOT_QUALITY.to_owned(), false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loss_is_only_said_to_have_fallen_where_it_did() {
        let said = |by, fell| no_better(by, 2.0, 1000, fell);
        assert!(said(0.0, true).contains("although the loss fell"));
        assert!(said(-1.0, false).ends_with("untrained, and the loss has not fallen."));
        let above = "kNN rose by 1.5 points, less than the 2.0 that may be chance, and";
        assert!(said(1.5, false).starts_with(above), "{}", said(1.5, false));
    }
}
