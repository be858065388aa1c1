//! Memory for large images: threads that decode them at the same time take turns where together they would take too much.

use super::lock::lock;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Bytes that all threads of a loader may take for images on their way; one image alone may take more.
const ALL: u64 = 1 << 30;

/// What is left of it.
pub struct Budget {
    left: Mutex<u64>,
    freed: Condvar,
}

/// A share, until it is dropped. A thread holds one at a time, so that none waits for itself.
pub struct Share {
    of: Arc<Budget>,
    bytes: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            left: Mutex::new(ALL),
            freed: Condvar::new(),
        }
    }
}

impl Budget {
    /// Waits for so many bytes, or for all there are.
    pub fn share(self: &Arc<Self>, bytes: u64) -> Share {
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
        let of = Arc::clone(self);
        Share { of, bytes }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        *lock(&self.of.left) += self.bytes;
        self.of.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn threads_take_no_more_than_there_is_at_once() {
        let budget = Arc::new(Budget::default());
        let (taken, most) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for thread in 1..=8 {
                let (budget, taken, most) = (&budget, &taken, &most);
                scope.spawn(move || {
                    for i in 0..200 {
                        let bytes = ALL / 3 + thread * i;
                        let share = budget.share(bytes);
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
        drop(budget.share(u64::MAX));
        assert_eq!(*lock(&budget.left), ALL);
    }
}
