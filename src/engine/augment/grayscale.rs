//! Random grayscale (paper, appendix A).

use super::planes::planes;
use super::wide::wide;
use crate::hparam::Hparam;
use crate::hparams;

hparams! {
    /// Grayscale
    pub struct Grayscale {
        /// Chance that a view loses its colour.
        p: f64 = 0.2 => Hparam::linear(0.0, 1.0, 0.05).paper("App. A");
    }
}

/// The luma of a colour from 0 to 1, with torchvision's weights (ITU-R BT.601).
#[inline]
#[must_use]
pub fn luma(red: f32, green: f32, blue: f32) -> f32 {
    0.2989 * red + 0.587 * green + 0.114 * blue
}

wide! {
    /// Makes all three planes of an image `[3, S, S]` from 0 to 1 the luma, in place.
    pub fn grayscale(image: &mut [f32]) {
        let (red, green, blue) = planes(image);
        for ((r, g), b) in red.iter_mut().zip(green).zip(blue) {
            let gray = luma(*r, *g, *b);
            (*r, *g, *b) = (gray, gray, gray);
        }
    }
}
