//! How much memory training an experiment takes, about.

use super::Experiment;
use crate::engine::model::Footprint;
use crate::engine::optim::Optimizer;

impl Experiment {
    /// The memory that its training takes on the device, in bytes, about: reckoned from the network's shape and the batch.
    #[must_use]
    pub fn memory(&self) -> u64 {
        let kept = match self.train.optimizer {
            Optimizer::AdamW => 2,
            Optimizer::Sgd | Optimizer::Lars => 1,
        };
        let footprint = Footprint::new(&self.model, &self.head, self.data.image_size);
        footprint.bytes(2 * self.train.batch as u64, kept)
    }

    /// What is to be said where that is more than the device has: a sentence.
    #[must_use]
    pub fn too_large_for(&self, has: u64) -> Option<String> {
        let takes = self.memory();
        (takes > has).then(|| {
            format!(
                "training takes about {} of memory and the device has {}; lower train.batch, model.width or data.image_size",
                gib(takes),
                gib(has)
            )
        })
    }
}

/// So many bytes in GiB.
#[must_use]
pub fn gib(bytes: u64) -> String {
    format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_too_large_for_the_device_is_a_sentence() {
        let mut experiment = Experiment::default();
        experiment.train.batch = 4096;
        let why = experiment.too_large_for(8 << 30).unwrap();
        assert!(
            why.contains("the device has 8.0 GiB; lower train.batch"),
            "{why}"
        );
        assert_eq!(experiment.too_large_for(1 << 40), None);
    }
}
