//! The end of a run that failed; one whose device has too little memory names the chunk, or else the batch, that should fit.

use crate::engine::device::Chosen;
use crate::engine::fault::Fault;
use crate::engine::report::{End, Outcome};
use crate::engine::selfcheck::SelfCheckError;
use crate::engine::train::TrainError;
use crate::engine::weights::WeightsError;
use crate::experiment::Experiment;
use crate::machine::capacity::Capacity;
use crate::text::figures::bytes;

/// The end of a run that failed for this reason.
pub fn end(reason: impl Into<String>) -> End {
    End {
        reason: Some(reason.into()),
        ..Outcome::Failed.into()
    }
}

/// The end of a run whose training failed.
pub fn of_training(error: &TrainError, experiment: &Experiment, device: &Chosen) -> End {
    // Where not even the network of the check fits, it is others who have the memory.
    let (TrainError::Device(fault)
    | TrainError::SelfCheck(SelfCheckError::Layer(fault))
    | TrainError::Weights(WeightsError::Device(fault))) = error
    else {
        return end(error.to_string());
    };
    of_fault(fault, experiment, device).unwrap_or_else(|| end(error.to_string()))
}

/// The end of a run whose training panicked.
pub fn of_panic(panic: &Fault, experiment: &Experiment, device: &Chosen) -> End {
    of_fault(panic, experiment, device).unwrap_or_else(|| end(sentence(panic)))
}

/// A panic as a sentence.
pub fn sentence(panic: &Fault) -> String {
    format!(
        "an internal error stopped the run ({panic}); please report it with the run's console.log"
    )
}

/// The end of a run whose device failed, where it was memory that it lacked.
fn of_fault(fault: &Fault, experiment: &Experiment, device: &Chosen) -> Option<End> {
    let Fault::OutOfMemory { lost, .. } = fault else {
        return None;
    };
    let has = Capacity::look().of(&device.id);
    Some(exhausted(experiment, &device.label, has, *lost))
}

/// The end of a run that takes more than the memory that its device has; where that is lost, another start takes a process of its own.
fn exhausted(experiment: &Experiment, label: &str, has: Option<u64>, lost: bool) -> End {
    let chunk = experiment.fitting_chunk(has);
    // A chunk leaves the experiment's batch alone.
    let fits = fitting(experiment, has).filter(|_| chunk.is_none());
    let batch = experiment.train.batch;
    let takes = bytes(experiment.memory());
    let has = has.map_or_else(String::new, |has| {
        format!(" of the {} that it has", bytes(has))
    });
    let mut text = format!("{label} ran out of memory: batch {batch} takes about {takes}{has}");
    match (chunk, fits) {
        (Some(chunk), _) => text += &format!("; train.chunk {chunk} should fit"),
        (None, Some(fits)) => text += &format!("; train.batch {fits} should fit"),
        (None, None) => text += "; lower model.width or data.image_size",
    }
    if lost {
        text +=
            "; the device computes nothing more in this process: quit and start simclr-tui again";
    }
    End {
        fits: fits.filter(|_| !lost),
        chunk: chunk.map(|chunk| chunk as u64).filter(|_| !lost),
        ..end(text)
    }
}

/// The largest batch of its size halved again and again that should fit.
fn fitting(experiment: &Experiment, has: Option<u64>) -> Option<u64> {
    let mut smaller = experiment.clone();
    // It did not fit, whatever was reckoned.
    smaller.train.batch /= 2;
    while smaller.train.batch >= 2 && !smaller.fits_into(has) {
        smaller.train.batch /= 2;
    }
    (smaller.train.batch >= 2).then_some(smaller.train.batch as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::device::choose;
    use crate::text::says::Says;

    #[test]
    fn a_run_out_of_memory_names_the_chunk_that_fits_or_else_the_batch() {
        let mut experiment = Experiment::default();
        experiment.train.batch = 4096;
        let has = Some(8 << 30);
        let end = exhausted(&experiment, "cuda:0", has, false);
        let chunk = end.chunk.unwrap();
        assert_eq!(end.fits, None);
        experiment.train.chunk = chunk as usize;
        assert!(experiment.fits_into(has), "{chunk}");
        let why = end.reason.unwrap();
        why.ends(format!("train.chunk {chunk} should fit"));
        // The smallest one was too large.
        experiment.train.chunk = 16;
        let end = exhausted(&experiment, "cuda:0", has, false);
        assert_eq!(end.chunk, None);
        let fits = end.fits.unwrap();
        let why = end.reason.unwrap();
        why.begins("cuda:0 ran out of memory: batch 4096 takes about");
        why.ends(format!("train.batch {fits} should fit"));
    }

    #[test]
    fn what_was_reckoned_to_fit_and_did_not_is_halved() {
        let experiment = Experiment::default();
        let end = |lost| exhausted(&experiment, "cuda:0", None, lost);
        assert_eq!((end(false).chunk, end(false).fits), (Some(256), None));
        let lost = end(true);
        assert_eq!((lost.chunk, lost.fits), (None, None));
        lost.reason.unwrap().ends("start simclr-tui again");
    }

    #[test]
    fn only_what_a_device_says_is_taken_for_too_little_memory() {
        let (experiment, cpu) = (Experiment::default(), choose("cpu").unwrap());
        let memory = Fault::of("out of memory");
        let ran_out = |end: End| end.reason.unwrap().contains("ran out of memory");
        let of = |error| ran_out(of_training(&error, &experiment, &cpu));
        assert!(of(TrainError::Device(memory.clone())));
        assert!(of(SelfCheckError::from(memory.clone()).into()));
        assert!(of(WeightsError::Device(memory.clone()).into()));
        assert!(ran_out(of_panic(&memory, &experiment, &cpu)));
        assert!(!of(TrainError::Device(Fault::of("the card is gone"))));
        assert!(!of(TrainError::Objection("out of memory".to_owned())));
        let (label, why) = ("cuda:0".to_owned(), memory.to_string());
        assert!(!of(SelfCheckError::Nothing { label, why }.into()));
        let bug = of_panic(&Fault::of("index out of bounds"), &experiment, &cpu);
        bug.reason
            .unwrap()
            .begins("an internal error stopped the run (index");
    }
}
