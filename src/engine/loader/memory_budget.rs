//! Memory for large images: threads that decode them at the same time take turns where together they would take too much.

use super::lock::lock;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Bytes that all threads of a loader may take for images on their way; one image alone may take more.
const ALL: u64 = 1 << 30;

/// What is left of it.
pub struct MemoryBudget {
    left: Mutex<u64>,
    freed: Condvar,
}

/// A share, until it is dropped. A thread holds one at a time, so that none waits for itself.
pub struct MemoryPermit {
    budget: Arc<MemoryBudget>,
    bytes: u64,
}

impl Default for MemoryBudget {
    fn default() -> Self {
        Self {
            left: Mutex::new(ALL),
            freed: Condvar::new(),
        }
    }
}

impl MemoryBudget {
    /// Waits for so many bytes, or for all there are.
    pub fn acquire(self: &Arc<Self>, bytes: u64) -> MemoryPermit {
        let bytes = bytes.min(ALL);
        let mut left = lock(&self.left);
        while *left < bytes {
            left = self
                .freed
                .wait(left)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *left -= bytes;
        drop(left);
        let budget = Arc::clone(self);
        MemoryPermit { budget, bytes }
    }
}

impl Drop for MemoryPermit {
    fn drop(&mut self) {
        *lock(&self.budget.left) += self.bytes;
        self.budget.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn threads_take_no_more_than_there_is_at_once() {
        let budget = Arc::new(MemoryBudget::default());
        let (taken, most) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for thread in 1..=8 {
                let (budget, taken, most) = (&budget, &taken, &most);
                scope.spawn(move || {
                    for i in 0..200 {
                        let bytes = ALL / 3 + thread * i;
                        let share = budget.acquire(bytes);
                        most.fetch_max(
                            taken.fetch_add(bytes, Ordering::SeqCst) + bytes,
                            Ordering::SeqCst,
                        );
                        std::thread::yield_now();
                        taken.fetch_sub(bytes, Ordering::SeqCst);
                        drop(share);
                    }
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= ALL);
        drop(budget.acquire(u64::MAX));
        assert_eq!(*lock(&budget.left), ALL);
    }
}
