//! Which devices exist, and one sentence why a wanted one can't be used.

use crate::hparam::Hparam;
use crate::hparams;

hparams! {
    /// Machine
    pub struct Machine {
        /// Where to compute: auto, cpu, cuda:N or wgpu:N.
        device: String = "auto".to_owned() => Hparam::text().free();
        /// Epochs between checkpoints; one is always written at the end.
        checkpoint_every: usize = 10 => Hparam::whole(1, 10_000, 1).unit("epochs").free();
    }
}
