//! A batch that several jobs make, each its own part, and that one consumer waits for.

use super::lock::lock;
use super::pool::{Job, Queue};
use crate::engine::augment::Scratch;
use crate::engine::catch_panic::panic_text;
use crate::engine::data::DataError;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// A batch on its way.
pub struct PendingBatch<T> {
    state: Mutex<State<T>>,
    ready: Condvar,
}

struct State<T> {
    batch: T,
    /// Jobs that are not done.
    left: usize,
    failure: Option<DataError>,
}

/// Tells a batch how one of its jobs ended, even when the job is dropped without having run.
struct CompletionGuard<T> {
    batch: Arc<PendingBatch<T>>,
    outcome: Option<Result<(), DataError>>,
}

impl<T: Send + 'static> PendingBatch<T> {
    /// Queues one job for each part. `make` prepares a part, and `merge` notes in the batch what came of it, one job at
    /// a time.
    pub fn start<P, R>(
        queue: &Queue,
        batch: T,
        parts: Vec<P>,
        make: impl Fn(P, &mut Scratch) -> Result<R, DataError> + Clone + Send + 'static,
        merge: impl Fn(R, &mut T) + Clone + Send + 'static,
    ) -> Arc<Self>
    where
        P: Send + 'static,
    {
        let batch = Arc::new(Self {
            state: Mutex::new(State {
                batch,
                left: parts.len(),
                failure: None,
            }),
            ready: Condvar::new(),
        });
        let jobs = parts.into_iter().map(|part| -> Job {
            let guard = CompletionGuard {
                batch: batch.clone(),
                outcome: None,
            };
            let (make, merge) = (make.clone(), merge.clone());
            Box::new(move |scratch| {
                guard.run(|batch| {
                    let made = make(part, scratch)?;
                    merge(made, &mut lock(&batch.state).batch);
                    Ok(())
                });
            })
        });
        queue.push(jobs.collect::<Vec<_>>());
        batch
    }

    /// Waits until every job is done, or one has failed.
    pub fn wait(&self) -> Result<T, DataError>
    where
        T: Default,
    {
        let mut state = lock(&self.state);
        loop {
            if let Some(failure) = state.failure.take() {
                return Err(failure);
            }
            if state.left == 0 {
                return Ok(std::mem::take(&mut state.batch));
            }
            state = self
                .ready
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<T> CompletionGuard<T> {
    fn run(mut self, work: impl FnOnce(&PendingBatch<T>) -> Result<(), DataError>) {
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&self.batch)));
        self.outcome = Some(outcome.unwrap_or_else(|panic| {
            let why = format!("a loader thread panicked: {}", message(&*panic));
            Err(DataError::Loader(why))
        }));
    }
}

impl<T> Drop for CompletionGuard<T> {
    fn drop(&mut self) {
        let closed = || Err(DataError::Loader("the loader has been closed".to_owned()));
        let outcome = self.outcome.take().unwrap_or_else(closed);
        let mut state = lock(&self.batch.state);
        match outcome {
            Ok(()) => state.left -= 1,
            Err(failure) => state.failure = Some(state.failure.take().unwrap_or(failure)),
        }
        if state.left == 0 || state.failure.is_some() {
            self.batch.ready.notify_all();
        }
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic_text(panic).unwrap_or("without a message")
}
