//! Decoded images that are kept in memory, as far as `data.cache` allows.

use super::Image;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// Bytes that the caches of all parts of a data set may still take.
#[derive(Clone)]
pub struct Room(Arc<AtomicUsize>);

impl Room {
    /// Room for so many MiB.
    pub fn new(mebibytes: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(
            mebibytes.saturating_mul(1 << 20),
        )))
    }

    fn take(&self, bytes: usize) -> bool {
        let take = |room: usize| room.checked_sub(bytes);
        let taken = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        taken.is_ok()
    }

    fn give(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// The images of one part that are kept.
pub struct Cache {
    kept: Vec<OnceLock<Arc<Image>>>,
    room: Room,
}

impl Cache {
    /// An empty one for so many images.
    pub fn new(count: usize, room: Room) -> Self {
        Self {
            kept: (0..count).map(|_| OnceLock::new()).collect(),
            room,
        }
    }

    pub fn get(&self, i: usize) -> Option<&Arc<Image>> {
        self.kept[i].get()
    }

    /// Keeps the image if there is room. What is in stays in: images come in another order each epoch, so throwing some
    /// out for others would gain nothing.
    pub fn keep(&self, i: usize, image: &Arc<Image>) {
        let bytes = image.pixels.len();
        if self.room.take(bytes) && self.kept[i].set(image.clone()).is_err() {
            self.room.give(bytes);
        }
    }
}
