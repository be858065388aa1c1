//! Sentences about a run that a number alone does not say.

use crate::runs::comparison::LOSS_IS_NOT_QUALITY;
use crate::runs::standard_error::chance;
use crate::runs::{Run, Status, flat};
use crate::text::figures;

/// Points that may be chance from which on test images are too few to judge by.
const UNSURE: f64 = 5.0;

/// What is to be said of a kNN accuracy that is less than `chance` above the untrained network's.
fn no_better(chance: f64, images: u64, loss_fell: bool) -> String {
    if chance > UNSURE {
        let images = figures::thousands(images);
        return format!(
            "kNN can't tell this network from the untrained one: with {images} images to tell by, a difference of up to {chance:.0} points may be chance."
        );
    }
    let why = if loss_fell {
        " although the loss fell: views can be matched by features that don't separate the classes."
    } else {
        ", and the loss has not fallen."
    };
    format!("kNN is no better than untrained{why}")
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
    let trained = run.series.curve("knn").len() > 1;
    let images = run.series.begin.as_ref().map_or(0, |b| b.test_images);
    let chance = chance(untrained, last, images).unwrap_or(0.0);
    // Before its end, the best may be to come.
    if trained && last <= untrained + chance && run.status == Status::Completed {
        return Some((no_better(chance, images, loss_fell(run)), true));
    }
    trained.then(|| (LOSS_IS_NOT_QUALITY.to_owned(), false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loss_is_only_said_to_have_fallen_where_it_did() {
        let said = |fell| no_better(2.0, 1000, fell);
        assert!(said(true).contains("although the loss fell"));
        assert!(said(false).ends_with("untrained, and the loss has not fallen."));
    }
}
