//! Why a run can't be evaluated.

use crate::engine::checkpoint::CheckpointError;
use crate::engine::data::DataError;
use crate::engine::device::DeviceError;
use crate::engine::train::TrainError;
use crate::runs::RunError;
use std::path::PathBuf;
use thiserror::Error;

/// Why a run can't be evaluated: a sentence.
#[derive(Debug, Error)]
pub enum EvaluateError {
    /// The run has nothing to evaluate, or other than was asked for.
    #[error("{0}")]
    Unfit(String),
    /// A checkpoint can't be used.
    #[error("{}: {why}", path.display())]
    Checkpoint {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it.
        why: CheckpointError,
    },
    /// The data can't be opened.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The device can't be used.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// Computing failed.
    #[error(transparent)]
    Compute(#[from] TrainError),
    /// The result can't be kept.
    #[error(transparent)]
    Run(#[from] RunError),
}
