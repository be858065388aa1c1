//! Optimizers and the schedule of the learning rate.

mod lars;
mod schedule;
pub mod state;

pub use lars::Lars;
pub use schedule::Schedule;

use crate::hparam::Hparam;
use crate::{choices, hparams};
use burn::module::{ParamGroup, ParamId};
use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdamWConfig, ModuleOptimizer, Sgd, SgdConfig};
use std::ops::Range;

choices! {
    /// The optimizers.
    pub enum Optimizer {
        /// Stochastic gradient descent with momentum.
        Sgd = "sgd",
        /// Adam with decoupled weight decay.
        AdamW = "adamw",
        /// Layer-wise adaptive rate scaling, for large batches.
        Lars = "lars",
    }
}

choices! {
    /// How the learning rate grows with the batch.
    pub enum Scaling {
        /// The rate is used as it is.
        None = "none",
        /// The rate is multiplied by batch / 256.
        Linear = "linear",
        /// The rate is multiplied by the square root of the batch.
        Sqrt = "sqrt",
    }
}

choices! {
    /// Which negatives the loss sees where train.chunk cuts the batch.
    pub enum Negatives {
        /// Those of the whole batch: gradient caching (arXiv 2101.06983), at one more forward pass.
        Batch = "batch",
        /// Those of the same chunk alone: gradients are accumulated over losses of few negatives.
        Chunk = "chunk",
    }
}

hparams! {
    /// Training
    pub struct Training {
        /// Images per step, each seen as two views.
        batch: usize = 512 => Hparam::doubling(2, 65_536).paper("§5.2, Fig. 9").unit("pairs");
        /// Pairs that pass the network at once, which bounds memory whatever the batch; 0 is all. The loss sees the whole batch; batch normalisation sees a chunk, model.norm group none.
        chunk: usize = 0 => Hparam::doubling(0, 65_536).unit("pairs").late();
        /// Negatives of a batch that train.chunk cuts: all views of the batch, or with accumulated gradients those of a chunk alone.
        negatives: Negatives = Negatives::Batch => Hparam::one_of(Negatives::CHOICES).late();
        /// Whether the inside of each block is computed again on the way back and not kept: the same numbers, less memory, one more pass.
        recompute: bool = false => Hparam::toggle().late();
        /// Passes over the training images.
        epochs: usize = 100 => Hparam::whole(1, 100_000, 10).paper("§5.2, Fig. 9");
        /// Optimizer of the network's parameters.
        optimizer: Optimizer = Optimizer::Sgd => Hparam::one_of(Optimizer::CHOICES).paper("§2.1");
        /// Base learning rate, before scaling by the batch.
        rate: f64 = 0.06 => Hparam::log(1e-6, 100.0).paper("§2.2, App. B.1");
        /// How the learning rate grows with the batch.
        scaling: Scaling = Scaling::Linear => Hparam::one_of(Scaling::CHOICES).paper("App. B.1");
        /// Epochs over which the rate rises from 0; fractions are allowed.
        warmup: f64 = 10.0 => Hparam::linear(0.0, 1000.0, 1.0).paper("§2.1").unit("epochs");
        /// Weight decay; norms and biases have none.
        weight_decay: f64 = 5e-4 => Hparam::log(0.0, 1.0).paper("§2.1");
        /// Momentum of SGD and LARS.
        momentum: f64 = 0.9 => Hparam::linear(0.0, 0.999, 0.05);
        /// Seed of weights, shuffles and views.
        seed: u64 = 0 => Hparam::whole(0, u64::MAX >> 12, 1);
    }
}

impl Training {
    /// The pairs that pass the network one after another: of one size but for one pair, and one of all where the whole batch
    /// passes at once.
    #[must_use]
    pub fn chunks(&self) -> Vec<Range<usize>> {
        let (batch, most) = (self.batch, self.at_once());
        let count = batch.div_ceil(most.max(1)).max(1);
        let end = |nth: usize| nth * batch / count;
        (0..count).map(|nth| end(nth)..end(nth + 1)).collect()
    }

    /// Pairs that pass the network at once, at most.
    #[must_use]
    pub const fn at_once(&self) -> usize {
        if self.chunk == 0 || self.chunk > self.batch {
            self.batch
        } else {
            self.chunk
        }
    }

    /// Whether the batch is too large to pass the network at once.
    #[must_use]
    pub const fn is_chunked(&self) -> bool {
        self.at_once() < self.batch
    }

    /// Pairs that the loss sees together; where chunks differ by one, the fewest.
    #[must_use]
    pub fn seen_by_loss(&self) -> usize {
        match self.negatives {
            Negatives::Batch => self.batch,
            Negatives::Chunk => self.batch / self.chunks().len(),
        }
    }

    /// The optimizer, with weight decay (and adaptation, for LARS) on the weights of convolutions and linear layers
    /// only: norms and biases, the `vectors`, have neither.
    #[must_use]
    pub fn optimizer(&self, vectors: Vec<ParamId>) -> ModuleOptimizer {
        let spared = ParamGroup::from_ids(vectors);
        match self.optimizer {
            Optimizer::Sgd => ModuleOptimizer::from(self.sgd(self.weight_decay)).with_group(
                spared,
                self.sgd(0.0),
                None,
            ),
            Optimizer::AdamW => {
                let adamw = |decay: f64| {
                    AdamWConfig::new()
                        .with_epsilon(1e-8)
                        .with_weight_decay(decay as f32)
                        .build()
                };
                ModuleOptimizer::from(adamw(self.weight_decay)).with_group(spared, adamw(0.0), None)
            }
            Optimizer::Lars => ModuleOptimizer::from(Lars::new(self.momentum, self.weight_decay))
                .with_group(spared, self.sgd(0.0), None),
        }
    }

    /// SGD as PyTorch's: momentum without dampening, no Nesterov.
    fn sgd(&self, decay: f64) -> Sgd {
        let momentum = momentum(self.momentum);
        let decay = (decay > 0.0).then(|| WeightDecayConfig::new(decay as f32));
        SgdConfig::new()
            .with_momentum(Some(momentum))
            .with_weight_decay(decay)
            .build()
    }
}

/// SGD with Nesterov momentum .9 and no weight decay, for every parameter (paper, appendix B.5), as PyTorch's.
#[must_use]
pub fn nesterov() -> ModuleOptimizer {
    let momentum = momentum(0.9).with_nesterov(true);
    let sgd = SgdConfig::new().with_momentum(Some(momentum));
    ModuleOptimizer::from(sgd.build())
}

/// Momentum as PyTorch's, without dampening.
fn momentum(factor: f64) -> MomentumConfig {
    let config = MomentumConfig::new().with_momentum(factor);
    config.with_dampening(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_share_a_batch_evenly() {
        let sizes = |batch, chunk| -> Vec<usize> {
            let train = Training {
                batch,
                chunk,
                ..Training::default()
            };
            let chunks = train.chunks();
            assert!(chunks[0].start == 0 && chunks.windows(2).all(|c| c[0].end == c[1].start));
            chunks.iter().map(ExactSizeIterator::len).collect()
        };
        assert_eq!(sizes(64, 0), [64]);
        assert_eq!(sizes(64, 64), [64]);
        assert_eq!(sizes(64, 100), [64]);
        assert_eq!(sizes(64, 16), [16; 4]);
        assert_eq!(sizes(65, 64), [32, 33]);
        assert_eq!(sizes(10, 3), [2, 3, 2, 3]);
    }
}
