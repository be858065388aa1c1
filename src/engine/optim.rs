//! Optimizers and the schedule of the learning rate.

use crate::hparam::Hparam;
use crate::{choices, hparams};

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
        /// The rate is taken as it is.
        None = "none",
        /// The rate is multiplied by batch / 256.
        Linear = "linear",
        /// The rate is multiplied by the square root of the batch.
        Sqrt = "sqrt",
    }
}

hparams! {
    /// Training
    pub struct Training {
        /// Images a step, each seen as two views.
        batch: usize = 512 => Hparam::doubling(2, 65_536).paper("§5.2, Fig. 9").unit("pairs");
        /// Passes over the training images.
        epochs: usize = 100 => Hparam::whole(1, 100_000, 10).paper("§5.2, Fig. 9");
        /// Optimizer of the network's parameters.
        optimizer: Optimizer = Optimizer::Sgd => Hparam::one_of(Optimizer::CHOICES).paper("§2.1");
        /// Base learning rate, before scaling by the batch.
        rate: f64 = 0.06 => Hparam::log(1e-6, 100.0).paper("§2.2, App. B.1");
        /// How the learning rate grows with the batch.
        scaling: Scaling = Scaling::Linear => Hparam::one_of(Scaling::CHOICES).paper("App. B.1");
        /// Epochs over which the rate rises from 0; fractions count.
        warmup: f64 = 10.0 => Hparam::linear(0.0, 1000.0, 1.0).paper("§2.1").unit("epochs");
        /// Weight decay; norms and biases have none.
        weight_decay: f64 = 5e-4 => Hparam::log(0.0, 1.0).paper("§2.1");
        /// Momentum of SGD and LARS.
        momentum: f64 = 0.9 => Hparam::linear(0.0, 0.999, 0.05);
        /// Seed of weights, shuffles and views.
        seed: u64 = 0 => Hparam::whole(0, u64::MAX >> 12, 1);
    }
}
