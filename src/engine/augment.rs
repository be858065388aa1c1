//! The augmentations that make views, in SimCLR's order and torchvision's arithmetic (paper, appendix A).

pub mod blur;
pub mod crop;
pub mod flip;
pub mod grayscale;
pub mod jitter;

use crate::hparam::Hparam;
use crate::hparams;

hparams! {
    /// Augmentation
    pub struct Augment {
        /// Colour strength s: multiplies brightness, contrast, saturation and hue of the jitter.
        strength: f64 = 0.5 => Hparam::linear(0.0, 2.0, 0.05).paper("§3.2, Table 1; .5 for CIFAR-10, App. B.9");
    }
    groups {
        crop: crop::Crop,
        flip: flip::Flip,
        jitter: jitter::Jitter,
        grayscale: grayscale::Grayscale,
        blur: blur::Blur,
    }
}
