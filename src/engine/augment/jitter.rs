//! Colour jitter: brightness, contrast, saturation and hue in random order (paper, appendix A).

use crate::hparam::Hparam;
use crate::hparams;

hparams! {
    /// Colour jitter
    pub struct Jitter {
        /// Chance that a view's colours are jittered.
        p: f64 = 0.8 => Hparam::linear(0.0, 1.0, 0.05).paper("App. A");
        /// Brightness factor is drawn from 1 - v to 1 + v, where v is this times the strength s.
        brightness: f64 = 0.8 => Hparam::linear(0.0, 2.0, 0.05).paper("App. A");
        /// Contrast factor is drawn from 1 - v to 1 + v, where v is this times the strength s.
        contrast: f64 = 0.8 => Hparam::linear(0.0, 2.0, 0.05).paper("App. A");
        /// Saturation factor is drawn from 1 - v to 1 + v, where v is this times the strength s.
        saturation: f64 = 0.8 => Hparam::linear(0.0, 2.0, 0.05).paper("App. A");
        /// Hue turns by -v to +v of the colour circle, where v is this times the strength s, at most .5.
        hue: f64 = 0.2 => Hparam::linear(0.0, 0.5, 0.01).paper("App. A");
    }
}
