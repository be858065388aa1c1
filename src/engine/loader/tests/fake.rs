//! Images whose reading can be watched, held and made to fail.

use crate::engine::data::{DataError, Image, Images};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};

/// Images of 6x6 whose every byte is their index; some can't be read, one panics.
#[derive(Default)]
pub struct Fake {
    pub count: usize,
    pub bad: BTreeSet<usize>,
    pub panics: Option<usize>,
    pub read: AtomicUsize,
    /// How often it was asked what an image takes.
    pub asked: AtomicUsize,
    /// Closed, it holds every reader until it opens.
    pub gate: Option<(Mutex<bool>, Condvar)>,
}

impl Images for Fake {
    fn len(&self) -> usize {
        self.count
    }

    fn label(&self, i: usize) -> u32 {
        (i % 3) as u32
    }

    fn image(&self, i: usize) -> Result<Arc<Image>, DataError> {
        self.read.fetch_add(1, Ordering::SeqCst);
        if let Some((open, changed)) = &self.gate {
            let open = open.lock().expect("no panic here");
            drop(
                changed
                    .wait_while(open, |open| !*open)
                    .expect("no panic here"),
            );
        }
        assert!(self.panics != Some(i), "image {i} is cursed");
        if self.bad.contains(&i) {
            return Err(DataError::Unusable(format!("image {i} is bad")));
        }
        let pixels = (0..108).map(|at| (i * 7 + at * (i % 5)) as u8).collect();
        Ok(Arc::new(Image {
            width: 6,
            height: 6,
            pixels,
        }))
    }

    fn memory(&self, _: usize) -> u64 {
        self.asked.fetch_add(1, Ordering::SeqCst);
        1
    }

    fn name(&self, i: usize) -> String {
        format!("fake #{i}")
    }
}

/// Images that tell when nobody holds them any more: the channel's other end then is disconnected.
pub struct Told(
    pub Fake,
    #[expect(dead_code, reason = "dropped with the images")] pub mpsc::Sender<()>,
);

impl Images for Told {
    fn len(&self) -> usize {
        self.0.len()
    }
    fn label(&self, i: usize) -> u32 {
        self.0.label(i)
    }
    fn image(&self, i: usize) -> Result<Arc<Image>, DataError> {
        self.0.image(i)
    }
    fn name(&self, i: usize) -> String {
        self.0.name(i)
    }
}

/// So many that can all be read.
pub fn fake(count: usize) -> Fake {
    Fake {
        count,
        ..Fake::default()
    }
}
