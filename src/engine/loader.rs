//! Worker threads that decode, augment and batch, ahead of the consumer within bounds.
//!
//! What comes out depends on the plan alone: the order of an epoch and each view have random streams of their own, so
//! one thread or many, from the first step or resumed at any other, give the same batches.

mod ahead;
mod batch_buffer;
mod eval_batches;
mod lock;
mod memory_budget;
mod order;
mod pairs;
mod pending;
mod pool;

pub use ahead::ahead;
pub use eval_batches::{CleanBatch, CleanBatches};
pub use pairs::{Batch, Batches, TrainPlan};

use crate::engine::data::Images;
use crate::engine::threads;
use pool::Pool;
use std::sync::Arc;

/// A pool of named threads that serves any number of deliveries and ends with this value.
#[derive(Debug)]
pub struct Loader {
    pool: Pool,
    wanted: usize,
}

impl Loader {
    /// A loader of so many threads; 0 is one a core.
    #[must_use]
    pub fn new(threads: usize) -> Self {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let wanted = if threads == 0 { cores() } else { threads };
        Self {
            pool: Pool::new(wanted),
            wanted,
        }
    }

    /// What the user should know where the system allowed fewer threads.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        let (threads, wanted) = (self.threads(), self.wanted);
        let load = match threads {
            0 => "none loads images, and training waits for each batch".to_owned(),
            _ => format!("{threads} load images instead of {wanted}"),
        };
        let text = format!(
            "the system allows no more threads: {load}; {}",
            threads::HINT
        );
        (threads < wanted).then_some(text)
    }

    /// The number of threads.
    #[must_use]
    pub const fn threads(&self) -> usize {
        self.pool.threads()
    }

    /// Starts to deliver the batches of a training; dropping them cancels the rest.
    #[must_use]
    pub fn train(&self, plan: TrainPlan) -> Batches {
        Batches::start(self.pool.queue(), plan)
    }

    /// Starts to deliver every image in order as clean views of `size`, `chunk` at a time, with labels. Images that
    /// can't be read are left out and noted.
    #[must_use]
    pub fn clean(&self, images: Arc<dyn Images>, size: usize, chunk: usize) -> CleanBatches {
        CleanBatches::start(self.pool.queue(), images, size, chunk)
    }
}

#[cfg(test)]
mod tests;
