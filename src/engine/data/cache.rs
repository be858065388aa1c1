//! Decoded images that are kept in memory, as far as `data.cache` allows.

use super::Image;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

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
}

/// Those of some images that are kept, by their places.
type Kept = RwLock<HashMap<usize, Arc<Image>>>;

/// The images of one part that are kept: in many lots, as many threads look at once, and with nothing for images that aren't kept, of which
/// there may be a million.
pub struct Cache {
    lots: [Kept; 32],
    room: Room,
}

impl Cache {
    /// An empty one.
    pub fn new(room: Room) -> Self {
        Self {
            lots: Default::default(),
            room,
        }
    }

    fn lot(&self, i: usize) -> &Kept {
        &self.lots[i % self.lots.len()]
    }

    pub fn get(&self, i: usize) -> Option<Arc<Image>> {
        let lot = self.lot(i).read().unwrap_or_else(PoisonError::into_inner);
        lot.get(&i).cloned()
    }

    /// Keeps the image if there is room. What is in stays in: images come in another order each epoch, so throwing some
    /// out for others would gain nothing.
    pub fn keep(&self, i: usize, image: &Arc<Image>) {
        let mut lot = self.lot(i).write().unwrap_or_else(PoisonError::into_inner);
        if !lot.contains_key(&i) && self.room.take(image.pixels.len()) {
            lot.insert(i, image.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_kept_once_as_long_as_there_is_room() {
        let image = |bytes| {
            Arc::new(Image {
                width: bytes / 3,
                height: 1,
                pixels: vec![0; bytes],
            })
        };
        let room = Room::new(1);
        let (one, other) = (Cache::new(room.clone()), Cache::new(room));
        let half = image(1 << 19);
        for _ in 0..3 {
            one.keep(7, &half);
        }
        assert!(Arc::ptr_eq(&one.get(7).unwrap(), &half));
        assert!(one.get(39).is_none() && other.get(7).is_none());
        other.keep(7, &half);
        one.keep(39, &image(3));
        assert!(other.get(7).is_some() && one.get(39).is_none());
    }
}
