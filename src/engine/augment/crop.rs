//! Random crop and resize (paper, §3.1 and appendix A).

use crate::hparam::Hparam;
use crate::hparams;

hparams! {
    /// Random resized crop
    pub struct Crop {
        /// Chance that a view is a random crop; without, it is the whole image.
        p: f64 = 1.0 => Hparam::linear(0.0, 1.0, 0.05).paper("App. A");
        /// Smallest share of the image's area that a crop keeps.
        area_min: f64 = 0.08 => Hparam::linear(0.02, 1.0, 0.01).paper("App. A, Fig. 5");
        /// Largest share of the image's area that a crop keeps.
        area_max: f64 = 1.0 => Hparam::linear(0.02, 1.0, 0.01).paper("App. A");
        /// Narrowest aspect ratio (width over height) of a crop.
        ratio_min: f64 = 0.75 => Hparam::linear(0.1, 1.0, 0.05).paper("App. A");
        /// Widest aspect ratio (width over height) of a crop.
        ratio_max: f64 = 1.3333 => Hparam::linear(1.0, 10.0, 0.05).paper("App. A");
    }
}
