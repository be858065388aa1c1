//! Threads that take jobs from one queue until it is closed.

use super::lock::lock;
use super::memory_budget::MemoryBudget;
use crate::engine::augment::Scratch;
use crate::engine::threads;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

/// A slice of work. It must catch its own panics, for one that escapes ends its thread. The worker lends it buffers, so
/// that it need not allocate.
pub type Job = Box<dyn FnOnce(&mut Scratch) + Send>;

/// Jobs that wait for a thread.
#[derive(Default)]
pub struct Queue {
    state: Mutex<State>,
    wake: Condvar,
    threads: usize,
    /// What images on their way may take.
    pub budget: Arc<MemoryBudget>,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    closed: bool,
    /// Whether no thread serves it.
    alone: bool,
}

/// The threads and their queue; dropping it drops the jobs that wait and joins the threads.
pub struct Pool {
    queue: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pool({} threads)", self.threads.len())
    }
}

impl Pool {
    /// Starts the threads; where the system refuses some, there are fewer, and without any, whoever queues jobs does them.
    pub fn new(threads: usize) -> Self {
        let queue = Arc::new(Queue {
            threads,
            ..Queue::default()
        });
        let spawn = |i: usize| {
            threads::patiently(|| {
                let queue = queue.clone();
                let name = format!("loader-{i}");
                std::thread::Builder::new()
                    .name(name)
                    .spawn(move || queue.work())
            })
        };
        let threads: Vec<_> = (0..threads).map_while(|i| spawn(i).ok()).collect();
        lock(&queue.state).alone = threads.is_empty();
        Self { queue, threads }
    }

    pub const fn threads(&self) -> usize {
        self.threads.len()
    }

    /// The queue.
    pub fn queue(&self) -> Arc<Queue> {
        self.queue.clone()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.queue.close();
        for thread in self.threads.drain(..) {
            // A panic was reported by the job that it struck.
            let _ = thread.join();
        }
    }
}

impl Queue {
    /// Queues jobs; a closed queue drops them, which tells those who wait for them.
    pub fn push(&self, jobs: impl IntoIterator<Item = Job>) {
        let mut state = lock(&self.state);
        if state.alone && !state.closed {
            drop(state);
            let mut scratch = Scratch::default();
            jobs.into_iter().for_each(|job| job(&mut scratch));
        } else if !state.closed {
            state.jobs.extend(jobs);
            drop(state);
            self.wake.notify_all();
        }
    }

    /// Divides a batch into the images of one job each: several jobs a thread, so that all end at about the same time.
    pub fn parts(&self, images: Range<usize>) -> Vec<Range<usize>> {
        let share = images.len().div_ceil(4 * self.threads.max(1)).clamp(1, 32);
        let starts = images.clone().step_by(share);
        starts
            .map(|start| start..(start + share).min(images.end))
            .collect()
    }

    fn close(&self) {
        let mut state = lock(&self.state);
        state.closed = true;
        let dropped = std::mem::take(&mut state.jobs);
        drop(state);
        drop(dropped);
        self.wake.notify_all();
    }

    fn work(&self) {
        let mut scratch = Scratch::default();
        while let Some(job) = self.next() {
            job(&mut scratch);
        }
    }

    fn next(&self) -> Option<Job> {
        let mut state = lock(&self.state);
        loop {
            if state.closed {
                return None;
            }
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            state = self
                .wake
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}
