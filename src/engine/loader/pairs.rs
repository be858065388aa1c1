//! Batches of views, pairs or single ones, in the order of training.

use super::ahead::ahead;
use super::batch_buffer::{BatchBuffer, BufferSlice, unfinished};
use super::lock::lock;
use super::memory_budget::{MemoryBudget, MemoryPermit};
use super::order::Order;
use super::pending::PendingBatch;
use super::pool::Queue;
use crate::disk::untrusted;
use crate::engine::augment::{Augmenter, Scratch, view_stream};
use crate::engine::data::{DataError, Image, Images};
use std::collections::{BTreeSet, VecDeque};
use std::iter::repeat_n;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How many unreadable images are named before the rest is only counted.
const NAMED: usize = 5;

/// What to deliver: everything that the batches depend on.
#[derive(Clone)]
pub struct TrainPlan {
    /// The images to learn from.
    pub images: Arc<dyn Images>,
    /// What makes the views.
    pub augmenter: Arc<Augmenter>,
    /// Neighbours that the order keeps near each other; 0 mixes all images.
    pub piece: usize,
    /// Images a batch.
    pub batch: usize,
    /// Views of each image: two to contrast, one to classify.
    pub views: usize,
    /// Passes over the images.
    pub epochs: u64,
    /// Seed of orders and views.
    pub seed: u64,
    /// The step to begin with, counted from 0 over all epochs.
    pub from_step: u64,
}

/// Views of each of N images.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// `[2N, 3, S, S]`, 0 to 1; rows i and i + N are the two views of one image. `[N, 3, S, S]` where one is made of each.
    pub views: Vec<f32>,
    /// Which images, N of them.
    pub indices: Vec<usize>,
    /// The epoch, from 0.
    pub epoch: u64,
    /// The step, from 0 over all epochs.
    pub step: u64,
    /// How long the consumer waited for this batch.
    pub waited: Duration,
}

/// The batches of a training, in order; dropping it cancels what is being prepared.
pub struct Batches {
    shared: Arc<Shared>,
    queue: Arc<Queue>,
    pending: VecDeque<Pending>,
    ahead: usize,
    /// The next step to prepare, and the order of its epoch.
    next: u64,
    order: Option<(u64, Order)>,
}

/// A batch on its way, and its views.
type Pending = (Arc<PendingBatch<Batch>>, Arc<BatchBuffer>);

/// What the jobs share.
struct Shared {
    plan: TrainPlan,
    budget: Arc<MemoryBudget>,
    unreadable: Mutex<Unreadable>,
    cancelled: AtomicBool,
}

#[derive(Default)]
struct Unreadable {
    images: BTreeSet<usize>,
    notes: Vec<String>,
}

impl Batches {
    pub(super) fn start(queue: Arc<Queue>, plan: TrainPlan) -> Self {
        let mut batches = Self {
            ahead: ahead(plan.views * plan.batch * plan.augmenter.len()),
            next: plan.from_step,
            shared: Arc::new(Shared {
                plan,
                budget: queue.budget.clone(),
                unreadable: Mutex::default(),
                cancelled: AtomicBool::default(),
            }),
            queue,
            pending: VecDeque::new(),
            order: None,
        };
        batches.prepare();
        batches
    }

    /// Steps an epoch; the last partial batch is dropped.
    #[must_use]
    pub fn steps_per_epoch(&self) -> u64 {
        let plan = &self.shared.plan;
        plan.images.len().checked_div(plan.batch).unwrap_or(0) as u64
    }

    /// The next batch, or `None` after the last; waits for it where it isn't ready.
    ///
    /// # Errors
    /// A sentence, if the batch is larger than the data set, no image can be read, or a thread has panicked.
    #[expect(
        clippy::should_implement_trait,
        reason = "an error ends it, unlike an iterator's item"
    )]
    pub fn next(&mut self) -> Result<Option<Batch>, DataError> {
        let plan = &self.shared.plan;
        if self.steps_per_epoch() == 0 {
            let why = format!(
                "a batch of {} pairs can't be drawn from {} training images; make train.batch smaller, and at least 1",
                plan.batch,
                plan.images.len()
            );
            return Err(DataError::Unusable(why));
        }
        let Some((assembly, views)) = self.pending.pop_front() else {
            return Ok(None);
        };
        let start = Instant::now();
        self.prepare();
        let mut batch = assembly.wait()?;
        batch.views = views.into_vec().ok_or_else(unfinished)?;
        batch.waited = start.elapsed();
        Ok(Some(batch))
    }

    /// What has come up since the last call and the user should know: which images can't be read.
    #[must_use]
    pub fn take_notes(&mut self) -> Vec<String> {
        let mut unreadable = lock(&self.shared.unreadable);
        let mut notes = std::mem::take(&mut unreadable.notes);
        if notes.len() > NAMED {
            let more = notes.len() - NAMED;
            notes.truncate(NAMED);
            notes.push(format!(
                "{more} more images can't be read, {} in all; the next ones are used instead",
                unreadable.images.len()
            ));
        }
        notes
    }

    /// Queues batches until enough are on their way.
    fn prepare(&mut self) {
        let per_epoch = self.steps_per_epoch();
        let total = per_epoch.saturating_mul(self.shared.plan.epochs);
        while self.pending.len() < self.ahead && self.next < total {
            self.prepare_step(self.next / per_epoch, self.next % per_epoch);
            self.next += 1;
        }
    }

    fn prepare_step(&mut self, epoch: u64, step: u64) {
        let plan = &self.shared.plan;
        let (n, length) = (plan.batch, plan.augmenter.len());
        let first = step as usize * n;
        let order = match &mut self.order {
            Some((of, order)) if *of == epoch => order,
            other => {
                let order = Order::new(plan.images.len(), plan.piece, plan.seed, epoch);
                &mut other.insert((epoch, order)).1
            }
        };
        let pieces = order.ahead(&(first..first + n)).to_vec();
        let order = order.images.clone();
        let batch = Batch {
            views: Vec::new(),
            indices: vec![0; n],
            epoch,
            step: self.next,
            waited: Duration::ZERO,
        };
        let slots = self.queue.parts(0..n);
        // All first views lie before all second ones.
        let lengths = slots.iter().map(|slots| slots.len() * length);
        let (views, slices) = BatchBuffer::split(repeat_n(lengths, plan.views).flatten());
        let mut of_slots: Vec<Vec<BufferSlice>> = slots.iter().map(|_| Vec::new()).collect();
        for (nth, slice) in slices.into_iter().enumerate() {
            of_slots[nth % slots.len()].push(slice);
        }
        let parts = slots.into_iter().zip(of_slots);
        let shared = self.shared.clone();
        let make = move |(slots, slices): (Range<usize>, Vec<BufferSlice>),
                         scratch: &mut Scratch| {
            if slots.start == 0 {
                let stretches = |piece: &Range<usize>| shared.plan.images.stretches(piece.clone());
                for (file, stretch) in pieces.iter().flat_map(stretches) {
                    untrusted::ahead(&file, stretch);
                }
            }
            let images = &order[first + slots.start..first + slots.end];
            let used = shared.views(images, epoch, slices, scratch)?;
            Ok((slots.start, used))
        };
        let merge = |(at, indices): (usize, Vec<usize>), batch: &mut Batch| {
            batch.indices[at..at + indices.len()].copy_from_slice(&indices);
        };
        let assembly = PendingBatch::start(&self.queue, batch, parts.collect(), make, merge);
        self.pending.push_back((assembly, views));
    }
}

impl Drop for Batches {
    fn drop(&mut self) {
        self.shared.cancelled.store(true, Ordering::Relaxed);
    }
}

impl Shared {
    /// Writes the first views of some images to one slice, the second ones to the next; returns which images they are of.
    fn views(
        &self,
        images: &[usize],
        epoch: u64,
        mut slices: Vec<BufferSlice>,
        scratch: &mut Scratch,
    ) -> Result<Vec<usize>, DataError> {
        let plan = &self.plan;
        let length = plan.augmenter.len();
        let rows = slices
            .iter_mut()
            .map(|slice| slice.as_mut_slice().chunks_exact_mut(length));
        let mut rows: Vec<_> = rows.collect();
        let mut used = Vec::with_capacity(images.len());
        for wanted in images {
            if self.cancelled.load(Ordering::Relaxed) {
                return Err(DataError::Loader("cancelled".to_owned()));
            }
            let (i, image, _permit) = self.readable(*wanted)?;
            let views = rows.iter_mut().filter_map(Iterator::next);
            for (view, out) in views.enumerate() {
                // Named by the wanted image, so that one which stands in twice is seen in different views.
                let mut stream = view_stream(plan.seed, epoch, *wanted, view as u64);
                plan.augmenter.view(&image, &mut stream, out, scratch);
            }
            used.push(i);
        }
        Ok(used)
    }

    /// The image, or the next one that can be read, and its share of memory.
    fn readable(&self, wanted: usize) -> Result<(usize, Arc<Image>, MemoryPermit), DataError> {
        let images = &self.plan.images;
        let n = images.len();
        let mut last = None;
        for i in (wanted..n).chain(0..wanted) {
            if lock(&self.unreadable).images.contains(&i) {
                continue;
            }
            let permit = self.budget.acquire(images.memory(i));
            match images.image(i) {
                Ok(image) => return Ok((i, image, permit)),
                Err(error) => {
                    self.note(i, &error);
                    last = Some(error);
                }
            }
        }
        let why = last.map_or_else(String::new, |error| format!("; the last one: {error}"));
        Err(DataError::Unusable(format!(
            "none of the {n} training images can be read{why}"
        )))
    }

    fn note(&self, i: usize, error: &DataError) {
        let mut unreadable = lock(&self.unreadable);
        if unreadable.images.insert(i) {
            let note = format!("can't be read; the next image is used instead: {error}");
            unreadable
                .notes
                .push(format!("{} {note}", self.plan.images.name(i)));
        }
    }
}
