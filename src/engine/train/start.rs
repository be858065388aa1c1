//! Before the first step: whether a run can begin, and what is said and compared then.

use super::error::TrainError;
use super::evaluation::Due;
use super::observer::Observer;
use super::run::Run;
use super::setup::Setup;
use crate::engine::augment::Augmenter;
use crate::engine::data::DataSet;
use crate::engine::loader::TrainPlan;
use crate::engine::readback;
use crate::engine::report::{Level, Report};
use crate::engine::selfcheck;
use crate::engine::weights::InitFrom;
use crate::experiment::Experiment;
use std::sync::Arc;

/// What is told before the first step on a GPU.
const TUNING: &str = "tuning kernels: the first step on a device tries several ways to compute each operation, and doesn't count towards views/s";

/// Whether a run can begin so, before anything is written.
///
/// # Errors
/// A sentence, when no epoch is left to train.
pub fn check_init(
    experiment: &Experiment,
    data: &DataSet,
    init: &InitFrom,
) -> Result<(), TrainError> {
    let InitFrom::Checkpoint(checkpoint) = init else {
        return Ok(());
    };
    let per_epoch = experiment.steps_per_epoch(data.train.len());
    let steps = (per_epoch * experiment.train.epochs) as u64;
    let done = checkpoint.progress.step;
    if done >= steps {
        return Err(TrainError::Objection(format!(
            "train.epochs: the checkpoint has done {done} steps and {} epochs are {steps}; raise the epochs",
            experiment.train.epochs
        )));
    }
    Ok(())
}

/// What the loader is to deliver from a step on.
pub(super) fn plan(setup: Setup, from_step: u64) -> TrainPlan {
    let e = setup.experiment;
    TrainPlan {
        images: Arc::clone(&setup.data.train),
        augmenter: Arc::new(Augmenter::new(&e.augment, e.data.image_size)),
        piece: e.data.piece,
        batch: e.train.batch,
        views: 2,
        epochs: e.train.epochs as u64,
        seed: e.train.seed,
        from_step,
    }
}

impl<'a> Run<'a> {
    /// A run before its first step: announced, on a device that computes as the CPU does, and evaluated where it has
    /// learnt nothing yet.
    pub(super) fn start(
        setup: Setup<'a>,
        from: InitFrom,
        observer: &mut dyn Observer,
    ) -> Result<Self, TrainError> {
        let data = setup.data;
        let objections = setup
            .experiment
            .objections_to(data.train.len(), data.voters());
        if let Some(objection) = objections.first() {
            return Err(TrainError::Objection(objection.to_string()));
        }
        readback::forget();
        let mut run = Self::new(setup, from)?;
        observer.report(Report::Begin(run.begin()));
        if setup.device.asynchronous {
            observer.report(Report::note(Level::Info, TUNING));
        }
        let network = selfcheck::before_training(setup.device)?;
        let layers = selfcheck::layers_of(setup.device, setup.experiment)?;
        for text in network.into_iter().chain(layers) {
            observer.report(Report::note(Level::Info, text));
        }
        let all = Due::at(setup, |_| true);
        if run.progress.step == 0 && all.any() {
            run.evaluate(all, observer)?;
        }
        Ok(run)
    }
}
