//! Random solarization: bright values are inverted, as torchvision's function does it; the paper doesn't use it.

use crate::hparam::Hparam;
use crate::hparams;

hparams! {
    /// Solarization
    pub struct Solarize {
        /// Chance that a view is solarized.
        p: f64 = 0.0 => Hparam::linear(0.0, 1.0, 0.05).paper("not in the paper; Grill et al. 2020, App. B");
        /// Values from this one up are inverted; 0 is black and 1 is white.
        threshold: f64 = 0.5 => Hparam::linear(0.0, 1.0, 0.05);
    }
}

/// Makes each value v of an image from 0 to 1 that reaches the threshold 1 - v, in place.
pub fn solarize(image: &mut [f32], threshold: f32) {
    for v in image {
        *v = if *v >= threshold { 1.0 - *v } else { *v };
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_what_reaches_the_threshold_is_inverted() {
        let mut image = [0.0, 0.5, 0.625, 0.75, 1.0];
        super::solarize(&mut image, 0.625);
        for (got, want) in image.iter().zip([0.0, 0.5, 0.375, 0.25, 0.0]) {
            assert!((got - want).abs() < 1e-6_f32, "{image:?}");
        }
    }
}
