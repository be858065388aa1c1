//! What becomes of a run whose device has too little memory: an end that names the batch that should fit.

use crate::engine::readback::Failure;
use crate::engine::report::{End, Outcome};
use crate::experiment::Experiment;
use crate::text::figures::bytes;

/// The share of the memory that a batch may take to be sure to fit: kernels need room of their own.
const SURE: f64 = 0.85;

/// The end of a run that failed for this reason on a device of so much memory, where it was memory that it lacked.
pub fn end(experiment: &Experiment, label: &str, has: Option<u64>, reason: &str) -> Option<End> {
    let failure = Failure::of(reason);
    // Where not even the network of the check fits, it is others who have the memory.
    if failure == Failure::Other || reason.contains("small network") {
        return None;
    }
    let poisoned = failure == Failure::OutOfMemoryForGood;
    let fits = fitting(experiment, has);
    let batch = experiment.train.batch;
    let takes = bytes(experiment.memory());
    let has = has.map_or_else(String::new, |has| {
        format!(" of the {} that it has", bytes(has))
    });
    let mut text = format!("{label} ran out of memory: batch {batch} takes about {takes}{has}");
    match fits {
        Some(fits) => text += &format!("; train.batch {fits} should fit"),
        None => text += "; lower model.width or data.image_size",
    }
    if poisoned {
        text +=
            "; the device computes nothing more in this process: leave and start simclr-tui again";
    }
    Some(End {
        outcome: Outcome::Failed,
        reason: Some(text),
        // Another start takes a process of its own.
        fits: fits.filter(|_| !poisoned),
    })
}

/// The largest batch of its size halved again and again that should fit.
fn fitting(experiment: &Experiment, has: Option<u64>) -> Option<u64> {
    let mut smaller = experiment.clone();
    // It did not fit, whatever was reckoned.
    smaller.train.batch /= 2;
    let fits = |e: &Experiment| has.is_none_or(|has| e.memory() as f64 <= has as f64 * SURE);
    while smaller.train.batch >= 2 && !fits(&smaller) {
        smaller.train.batch /= 2;
    }
    (smaller.train.batch >= 2).then_some(smaller.train.batch as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUDA: &str = "DriverError(CUDA_ERROR_OUT_OF_MEMORY, \"out of memory\")";

    #[test]
    fn a_run_out_of_memory_names_the_batch_that_fits() {
        let mut experiment = Experiment::default();
        experiment.train.batch = 4096;
        let end = end(&experiment, "cuda:0", Some(8 << 30), CUDA).unwrap();
        let fits = end.fits.unwrap();
        experiment.train.batch = fits as usize;
        assert!(experiment.memory() <= 8 << 30, "{fits}");
        experiment.train.batch *= 2;
        assert!(experiment.memory() as f64 > SURE * f64::from(1u32 << 31) * 4.0);
        let why = end.reason.unwrap();
        assert!(
            why.starts_with("cuda:0 ran out of memory: batch 4096 takes about"),
            "{why}"
        );
        assert!(
            why.ends_with(&format!("train.batch {fits} should fit")),
            "{why}"
        );
    }

    #[test]
    fn what_was_reckoned_to_fit_and_did_not_is_halved() {
        let experiment = Experiment::default();
        let end = |reason| end(&experiment, "cuda:0", None, reason);
        assert_eq!(end(CUDA).unwrap().fits, Some(256));
        assert_eq!(end("Memory page 3 doesn't exist").unwrap().fits, Some(256));
        assert_eq!(end("the loss became NaN"), None);
        assert_eq!(
            end("cuda:0 can't train a small network: out of memory"),
            None
        );
        let poisoned = end("out of memory; the device is Poisoned").unwrap();
        assert_eq!(poisoned.fits, None);
        assert!(poisoned.reason.unwrap().ends_with("start simclr-tui again"));
    }
}
