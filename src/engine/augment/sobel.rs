//! Sobel filtering: each channel's gradient magnitude in place of its values (paper, §3.2).

use super::blur::mirrored;
use crate::hparam::Hparam;
use crate::hparams;

hparams! {
    /// Sobel filter
    pub struct Sobel {
        /// Chance that a view becomes its edges: in each channel the gradient's magnitude, a quarter of Sobel's, at most 1.
        p: f64 = 0.0 => Hparam::linear(0.0, 1.0, 0.05).paper("§3.2, Fig. 4 and 5");
    }
}

/// Makes each channel of an image `[3, S, S]` from 0 to 1 `min(1, sqrt(gx^2 + gy^2) / 4)`, in place, where gx and gy are
/// its correlations with Sobel's kernels `[-1 0 1; -2 0 2; -1 0 1]` and its transpose, and edges are mirrored as by the
/// blur. A quarter, because a step from 0 to 1 along a row or a column then gives 1.
pub fn sobel(image: &mut [f32], side: usize, padded: &mut Vec<f32>) {
    let wide = side + 2;
    for plane in image.chunks_exact_mut((side * side).max(1)) {
        padded.clear();
        for y in 0..wide {
            let row = &plane[mirrored(y, 1, side) * side..][..side];
            padded.push(row[mirrored(0, 1, side)]);
            padded.extend_from_slice(row);
            padded.push(row[mirrored(side + 1, 1, side)]);
        }
        for (y, out) in plane.chunks_exact_mut(side).enumerate() {
            // The nine neighbours as slices of one length, so that the loop runs on vectors.
            let [[a, b, c], [d, _, f], [g, h, i]] = [0, 1, 2].map(|down| {
                let row = &padded[(y + down) * wide..][..wide];
                [0, 1, 2].map(|right| &row[right..right + side])
            });
            for (x, out) in out.iter_mut().enumerate() {
                let gx = (c[x] - a[x]) + 2.0 * (f[x] - d[x]) + (i[x] - g[x]);
                let gy = (g[x] + 2.0 * h[x] + i[x]) - (a[x] + 2.0 * b[x] + c[x]);
                *out = (0.25 * (gx * gx + gy * gy).sqrt()).min(1.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four rows of 0 0 1 1.
    const STEP: [f32; 16] = [
        0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0,
    ];

    #[test]
    fn a_full_step_is_white_and_what_is_flat_is_black() {
        let mut image = [STEP, [0.7; 16], [0.0; 16]].concat();
        sobel(&mut image, 4, &mut Vec::new());
        for row in image[..16].chunks(4) {
            assert_eq!(row, [0.0, 1.0, 1.0, 0.0]);
        }
        assert!(image[16..].iter().all(|v| v.abs() < 1e-6), "{image:?}");
    }

    #[test]
    fn edges_count_alike_in_either_direction() {
        let mut upright = STEP.repeat(3);
        let mut lying = upright.clone();
        super::super::rotate::rotate(&mut lying, 4, 1);
        sobel(&mut lying, 4, &mut Vec::new());
        sobel(&mut upright, 4, &mut Vec::new());
        super::super::rotate::rotate(&mut upright, 4, 1);
        assert_eq!(upright, lying);
    }
}
