//! Batches of clean views, for evaluation.

use super::ahead::ahead;
use super::batch_buffer::{BatchBuffer, BufferSlice, unfinished};
use super::lock::lock;
use super::memory_budget::MemoryBudget;
use super::pending::PendingBatch;
use super::pool::Queue;
use crate::engine::augment::{Scratch, clean_with};
use crate::engine::data::{DataError, Images};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// Clean views of some images.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CleanBatch {
    /// `[n, 3, S, S]`, 0 to 1.
    pub views: Vec<f32>,
    /// Which images, n of them.
    pub indices: Vec<usize>,
    /// Their classes.
    pub labels: Vec<u32>,
}

/// Every image in order, as clean views; dropping it cancels what is being prepared.
pub struct CleanBatches {
    source: Arc<Source>,
    queue: Arc<Queue>,
    pending: VecDeque<(Arc<PendingBatch<Rows>>, Arc<BatchBuffer>)>,
    chunk: usize,
    ahead: usize,
    next: usize,
    delivered: bool,
}

/// What the jobs share.
struct Source {
    images: Arc<dyn Images>,
    size: usize,
    budget: Arc<MemoryBudget>,
    notes: Mutex<Vec<String>>,
    cancelled: AtomicBool,
}

/// Which images of a batch on its way can be read; there is a row of views for each, readable or not.
#[derive(Default)]
struct Rows {
    readable: Vec<bool>,
    first: usize,
}

impl CleanBatches {
    pub(super) fn start(
        queue: Arc<Queue>,
        images: Arc<dyn Images>,
        size: usize,
        chunk: usize,
    ) -> Self {
        let chunk = chunk.clamp(1, images.len().max(1));
        let mut batches = Self {
            ahead: ahead(chunk * 3 * size * size),
            source: Arc::new(Source {
                images,
                size,
                budget: queue.budget.clone(),
                notes: Mutex::default(),
                cancelled: AtomicBool::default(),
            }),
            queue,
            pending: VecDeque::new(),
            chunk,
            next: 0,
            delivered: false,
        };
        batches.prepare();
        batches
    }

    /// The next images that can be read, or `None` after the last; never an empty batch.
    ///
    /// # Errors
    /// A sentence, if no image can be read or a thread has panicked.
    #[expect(
        clippy::should_implement_trait,
        reason = "an error ends it, unlike an iterator's item"
    )]
    pub fn next(&mut self) -> Result<Option<CleanBatch>, DataError> {
        while let Some((assembly, views)) = self.pending.pop_front() {
            self.prepare();
            let rows = assembly.wait()?;
            let views = views.into_vec().ok_or_else(unfinished)?;
            let batch = self.source.readable(&rows, views);
            if !batch.indices.is_empty() {
                self.delivered = true;
                return Ok(Some(batch));
            }
        }
        if self.delivered || self.source.images.is_empty() {
            return Ok(None);
        }
        let notes = lock(&self.source.notes);
        let first = notes.first().map_or("", String::as_str);
        let n = self.source.images.len();
        let why = format!("none of the {n} images to evaluate can be read; {first}");
        Err(DataError::Unusable(why))
    }

    /// Which images can't be read and were left out, since the last call.
    #[must_use]
    pub fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.source.notes))
    }

    fn prepare(&mut self) {
        let count = self.source.images.len();
        while self.pending.len() < self.ahead && self.next < count {
            let end = (self.next + self.chunk).min(count);
            self.prepare_range(self.next..end);
            self.next = end;
        }
    }

    fn prepare_range(&mut self, range: Range<usize>) {
        let length = self.source.length();
        let rows = Rows {
            readable: vec![false; range.len()],
            first: range.start,
        };
        let images = self.queue.parts(range);
        let (views, slices) = BatchBuffer::split(images.iter().map(|part| part.len() * length));
        let source = self.source.clone();
        let make = move |(part, slice): (Range<usize>, BufferSlice), scratch: &mut Scratch| {
            Ok((part.start, source.views(part, slice, scratch)))
        };
        let merge = |(start, readable): (usize, Vec<bool>), rows: &mut Rows| {
            rows.readable[start - rows.first..][..readable.len()].copy_from_slice(&readable);
        };
        let parts = images.into_iter().zip(slices).collect();
        let assembly = PendingBatch::start(&self.queue, rows, parts, make, merge);
        self.pending.push_back((assembly, views));
    }
}

impl Drop for CleanBatches {
    fn drop(&mut self) {
        self.source.cancelled.store(true, Ordering::Relaxed);
    }
}

impl Source {
    const fn length(&self) -> usize {
        3 * self.size * self.size
    }

    /// Writes clean views to a slice of the batch; returns which of them could be read.
    fn views(
        &self,
        part: Range<usize>,
        mut slice: BufferSlice,
        scratch: &mut Scratch,
    ) -> Vec<bool> {
        let rows = slice.as_mut_slice().chunks_exact_mut(self.length());
        let mut view = |(i, out): (usize, &mut [f32])| {
            if self.cancelled.load(Ordering::Relaxed) {
                return false;
            }
            let _permit = self.budget.acquire(self.images.memory(i));
            match self.images.image(i) {
                Ok(image) => {
                    clean_with(&image, self.size, out, scratch);
                    true
                }
                Err(error) => {
                    let note = format!(
                        "{} can't be read and is left out: {error}",
                        self.images.name(i)
                    );
                    lock(&self.notes).push(note);
                    false
                }
            }
        };
        part.zip(rows).map(&mut view).collect()
    }

    /// The rows that could be read, moved together.
    fn readable(&self, rows: &Rows, mut views: Vec<f32>) -> CleanBatch {
        let length = self.length();
        let Rows { readable, first } = rows;
        let good: Vec<usize> = (0..readable.len()).filter(|row| readable[*row]).collect();
        for (to, from) in good.iter().enumerate().filter(|(to, from)| to != *from) {
            views.copy_within(from * length..(from + 1) * length, to * length);
        }
        views.truncate(good.len() * length);
        let indices: Vec<usize> = good.into_iter().map(|row| first + row).collect();
        CleanBatch {
            labels: indices.iter().map(|i| self.images.label(*i)).collect(),
            views,
            indices,
        }
    }
}
