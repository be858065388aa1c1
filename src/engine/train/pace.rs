//! Training without a run: single steps and single batches, to be timed.

use super::{Run, Setup, TrainError};
use crate::engine::loader::Batches;
use crate::engine::weights::Beginning;
use burn::tensor::Tensor;
use std::time::{Duration, Instant};

/// The batches of a training from its first step.
pub fn batches(setup: Setup) -> Batches {
    setup.loader.train(super::plan(setup, 0))
}

/// How long each of so many steps takes on one batch, which is made before; the first is not counted.
///
/// # Errors
/// When data or device fail.
pub fn steps(setup: Setup, count: usize) -> Result<Vec<Duration>, TrainError> {
    let mut run = Run::new(setup, Beginning::Scratch)?;
    // The loader's threads must be idle while steps are timed.
    let batch = batches(setup).next()?.unwrap_or_default();
    let mut times = Vec::with_capacity(count);
    for nth in 0..=count {
        let batch = batch.clone();
        let began = Instant::now();
        run.step(batch);
        let losses = run.unread.drain(..).map(|(.., loss)| loss).collect();
        let read = Tensor::<1>::cat(losses, 0).try_into_vec_as::<f32>();
        read.map_err(|e| TrainError::Device(e.to_string()))?;
        if nth > 0 {
            times.push(began.elapsed());
        }
    }
    Ok(times)
}
