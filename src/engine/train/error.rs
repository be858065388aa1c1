//! Why a run failed.

use crate::engine::checkpoint::CheckpointError;
use crate::engine::data::DataError;
use crate::engine::fault::Fault;
use crate::engine::selfcheck::SelfCheckError;
use crate::engine::weights::WeightsError;
use thiserror::Error;

/// Why a run failed: a sentence.
#[derive(Debug, Error)]
pub enum TrainError {
    /// The data failed.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The experiment doesn't fit the data.
    #[error("{0}")]
    Objection(String),
    /// The loss is no number any more.
    #[error(
        "the loss became {value} at step {step}: the learning rate ({rate:.3e}) may be too high{suspect}, or the warm-up \
         too short; the last checkpoint is from before"
    )]
    NotANumber {
        /// NaN or infinity.
        value: f64,
        /// The first step at which it was.
        step: u64,
        /// The rate of that step.
        rate: f64,
        /// What else may be to blame, a part of the sentence.
        suspect: String,
    },
    /// The device failed.
    #[error("the device failed: {0}")]
    Device(Fault),
    /// The device computes something else than the CPU does, or nothing.
    #[error(transparent)]
    SelfCheck(#[from] SelfCheckError),
    /// Weights can't be read or don't fit.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A checkpoint can't be written or read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}
