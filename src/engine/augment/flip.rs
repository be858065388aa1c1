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

/// Mirrors an image `[3, height, width]` left to right, in place.
pub fn flip(image: &mut [f32], width: usize) {
    image
        .chunks_exact_mut(width.max(1))
        .for_each(<[f32]>::reverse);
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_row_is_turned_round() {
        let mut image = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        super::flip(&mut image, 3);
        assert_eq!(image, vec![3.0, 2.0, 1.0, 6.0, 5.0, 4.0]);
    }
}
