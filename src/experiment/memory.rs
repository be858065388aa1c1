//! How much memory training an experiment takes, about, and the chunk with which it takes less.

use super::{Experiment, Objection};
use crate::engine::loader;
use crate::engine::model::{Footprint, NormKind, Precision};
use crate::engine::optim::{Negatives, Optimizer};
use crate::hparam::Value;
use crate::text::figures::bytes;

/// The share of the memory that training may take to be sure to fit: kernels need room of their own.
pub const SURE: f64 = 0.85;
/// Pairs of the smallest chunk that is proposed: smaller ones leave batch normalisation little to go by, and threads idle.
const LEAST: usize = 16;

impl Experiment {
    /// The memory that its training takes on the device, in bytes, about: reckoned from the network's shape, the pairs that
    /// pass it at once, and what the whole batch takes.
    #[must_use]
    pub fn memory(&self) -> u64 {
        let kept = match self.train.optimizer {
            Optimizer::AdamW => 2,
            Optimizer::Sgd | Optimizer::Lars => 1,
        };
        let footprint = Footprint::new(&self.model, &self.head, self.data.image_size);
        let views = 2 * self.train.at_once() as u64;
        // On a CPU, rounded numbers take as much as before.
        let number = match self.model.precision {
            Precision::Bf16 if !self.machine.is_cpu() => 2,
            Precision::Bf16 | Precision::F32 => 4,
        };
        footprint.bytes(views, kept, number, self.train.recompute)
            + self.of_the_whole_batch()
            + self.of_the_loss()
    }

    /// What grows with the batch, however it is cut: its views, those made ahead too, where they lie in the device's memory;
    /// z and the parts that its gradient is summed in.
    fn of_the_whole_batch(&self) -> u64 {
        /// Times that the loss holds as many numbers as z has.
        const LOSS: usize = 12;
        let views = 2 * self.train.batch;
        let pixels = views * 3 * self.data.image_size * self.data.image_size;
        let batches = if self.machine.is_cpu() {
            loader::ahead(pixels) + 1
        } else {
            0
        };
        4 * (batches * pixels + LOSS * views * self.head.out) as u64
    }

    /// What a loss takes that has the similarities of all views that it sees at once.
    fn of_the_loss(&self) -> u64 {
        /// Such matrices at the most: seen on the CPU at 2,048 pairs.
        const MATRICES: u64 = 4;
        if !self.loss.kind.holds_all() {
            return 0;
        }
        4 * MATRICES * (2 * self.train.seen_by_loss() as u64).pow(2)
    }

    /// What is to be said where training takes more memory than the device has, and the chunk with which it should fit.
    #[must_use]
    pub fn too_large_for(&self, has: u64) -> Option<Objection> {
        let takes = self.memory();
        if takes <= has {
            return None;
        }
        let chunk = self.fitting_chunk(Some(has));
        let remedy = match chunk {
            Some(chunk) => format!("train.chunk {chunk} should fit"),
            None => "lower train.batch, model.width or data.image_size".to_owned(),
        };
        let (takes, has) = (bytes(takes), bytes(has));
        let why =
            format!("training takes about {takes} of memory and the device has {has}; {remedy}");
        Some(Objection {
            fits: chunk.map(|chunk| Value::Whole(chunk as u64)),
            ..Objection::new("train.chunk", why)
        })
    }

    /// The largest chunk, halved again and again, that is smaller than what passes at once now and should fit into what the
    /// device has, as far as that is known.
    #[must_use]
    pub fn fitting_chunk(&self, has: Option<u64>) -> Option<usize> {
        let most = self.train.at_once().saturating_sub(1).checked_ilog2()?;
        let mut chunks = (0..=most).rev().map(|power| 1 << power);
        let mut less = self.clone();
        let fits = |chunk: &usize| {
            less.train.chunk = *chunk;
            less.fits_into(has)
        };
        chunks.find(fits).filter(|chunk| *chunk >= LEAST)
    }

    /// Whether it should fit into what a device has, as far as that is known.
    #[must_use]
    pub fn fits_into(&self, has: Option<u64>) -> bool {
        has.is_none_or(|has| self.memory() as f64 <= has as f64 * SURE)
    }

    /// What is to be known of its chunks: a sentence, where they change what is computed.
    #[must_use]
    pub fn remark_on_chunks(&self) -> Option<String> {
        let (chunk, batch) = (self.train.at_once(), self.train.batch);
        if !self.train.is_chunked() {
            return None;
        }
        if self.train.negatives == Negatives::Chunk {
            return Some(format!(
                "negatives are those of {chunk} pairs alone, not of all {batch}; with train.negatives batch, of all"
            ));
        }
        let counts = self.model.norm == NormKind::Batch;
        counts.then(|| {
            format!(
                "batch normalisation sees {chunk} pairs at once, the loss all {batch}; with model.norm group, chunks change nothing"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::loss::Kind;
    use crate::hparam::Group;

    #[test]
    fn a_batch_too_large_for_the_device_is_a_sentence_with_the_chunk_that_fits() {
        let mut experiment = Experiment::default();
        experiment.train.batch = 4096;
        let objection = experiment.too_large_for(8 << 30).unwrap();
        let why = &objection.why;
        assert!(
            why.contains("the device has 8.0 GiB; train.chunk "),
            "{why}"
        );
        experiment
            .set_at(objection.path, &objection.fits.unwrap())
            .unwrap();
        assert!(experiment.fits_into(Some(8 << 30)));
        experiment.train.chunk *= 2;
        assert!(!experiment.fits_into(Some(8 << 30)));
        assert_eq!(experiment.too_large_for(1 << 40), None);
        let objection = experiment.too_large_for(1 << 20).unwrap();
        assert!(
            objection
                .why
                .ends_with("; lower train.batch, model.width or data.image_size")
        );
        assert_eq!(objection.fits, None);
    }

    #[test]
    fn with_a_chunk_memory_hardly_grows_with_the_batch() {
        let mut experiment = Experiment::default();
        let mut of = |batch, chunk| {
            (experiment.train.batch, experiment.train.chunk) = (batch, chunk);
            experiment.memory()
        };
        let (small, whole, cut) = (of(64, 0), of(4096, 0), of(4096, 64));
        assert!(whole > 10 * small, "{whole} {small}");
        assert!(cut < small + (512 << 20), "{cut} {small}");
    }

    #[test]
    fn memory_knows_losses_that_hold_all_similarities_16_bits_and_what_is_computed_again() {
        let mut experiment = Experiment::default();
        (experiment.train.batch, experiment.train.chunk) = (4096, 64);
        let tiles = experiment.memory();
        experiment.loss.kind = Kind::NtLogistic;
        assert_eq!(experiment.memory(), tiles + ((4 * 256) << 20));
        experiment.train.negatives = Negatives::Chunk;
        assert_eq!(experiment.memory(), tiles + (4 << 16));
        let mut experiment = Experiment::default();
        experiment.machine.device = "cuda:0".to_owned();
        let wide = experiment.memory();
        experiment.model.precision = Precision::Bf16;
        assert!(experiment.memory() < wide * 6 / 10);
        experiment.machine.device = "cpu".to_owned();
        let kept = experiment.memory();
        assert!(kept > wide);
        experiment.train.recompute = true;
        assert!(experiment.memory() < kept * 2 / 3);
    }

    #[test]
    fn chunks_are_remarked_on_where_they_change_what_is_computed() {
        let mut experiment = Experiment::default();
        assert_eq!(experiment.remark_on_chunks(), None);
        experiment.train.chunk = 64;
        let remark = experiment.remark_on_chunks().unwrap();
        assert!(
            remark.contains("sees 64 pairs at once, the loss all 512"),
            "{remark}"
        );
        experiment.model.norm = NormKind::Group;
        assert_eq!(experiment.remark_on_chunks(), None);
        experiment.train.negatives = Negatives::Chunk;
        let remark = experiment.remark_on_chunks().unwrap();
        assert!(remark.contains("those of 64 pairs alone"), "{remark}");
    }
}
