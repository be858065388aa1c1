//! Random grayscale (paper, appendix A).

use crate::hparam::Hparam;
use crate::hparams;

hparams! {
    /// Grayscale
    pub struct Grayscale {
        /// Chance that a view loses its colour.
        p: f64 = 0.2 => Hparam::linear(0.0, 1.0, 0.05).paper("App. A");
    }
}
