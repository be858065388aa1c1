//! Horizontal flip (paper, appendix A).

use crate::hparam::Hparam;
use crate::hparams;

hparams! {
    /// Horizontal flip
    pub struct Flip {
        /// Chance that a view is mirrored left to right.
        p: f64 = 0.5 => Hparam::linear(0.0, 1.0, 0.05).paper("App. A");
    }
}
