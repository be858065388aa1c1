//! The gradient of a 3x3 kernel's weights across output channels: a vector holds neighbouring channels, and all nine taps
//! of an input channel are summed at once over the positions of some images.
//!
//! `dw[o, c, a, b] = sum over n, i, j of dy[n, o, i, j] * x[n, c, stride * i + a - padding, stride * j + b - padding]`
//!
//! ```text
//! gradient, channels innermost     padded input of one channel      sums, in registers
//! position (i, j): c0 .. c31       x x x                            9 taps of 2 vectors, or
//!                                  x x x  what the kernel sees      9 taps of 1 vector for 2 input channels
//!                                  x x x
//! ```
//!
//! Each of the nine numbers is spread over a vector and weighs the same vector of the gradient, which is loaded once. The
//! gradient of a block of channels is read anew for each input channel; transposed, it is consecutive.

use super::padded::{Padded, Room};
use super::transpose::transpose;
use super::vectors::{arch, lanes};
use crate::engine::conv::im2col::{ConvShape, sized};
use crate::engine::parallel_fill::fresh;
use pulp::{Simd, WithSimd};

/// Vectors of output channels summed at once, and input channels: 18 sums of vectors where channels are many.
fn shape(s: &ConvShape) -> (usize, usize) {
    match (
        s.output.is_multiple_of(2 * lanes()),
        s.input.is_multiple_of(2),
    ) {
        // 16 vector registers hold no more than nine sums.
        _ if lanes() == 8 => (1, 1),
        (true, _) => (2, 1),
        (false, true) => (1, 2),
        (false, false) => (1, 1),
    }
}

/// Adds the gradient that some images give to sums `[output / C, input, 9, C]`.
pub fn images(
    x: &[f32],
    gradient: &[f32],
    s: &ConvShape,
    sums: &mut [f32],
    room: &mut Room,
    transposed: &mut Vec<f32>,
) {
    let layout = Padded::of(s);
    let padded = layout.fill(x, s, room);
    let transposed = sized(transposed, gradient.len());
    transpose_all(gradient, s, transposed);
    arch().dispatch(Images {
        padded,
        layout,
        gradient: transposed,
        s,
        sums,
    });
}

/// From `[n, output, positions]` to `[output / C, n, positions, C]`.
fn transpose_all(gradient: &[f32], s: &ConvShape, to: &mut [f32]) {
    let channels = shape(s).0 * lanes();
    let positions = s.positions();
    let count = gradient.len() / s.out_image();
    for (n, image) in gradient.chunks_exact(s.out_image()).enumerate() {
        for (block, planes) in image.chunks_exact(channels * positions).enumerate() {
            let to = &mut to[(block * count + n) * channels * positions..][..channels * positions];
            transpose(planes, positions, to);
        }
    }
}

/// Sums as the weights lie: `[output, input, 3, 3]`.
pub fn unpacked(sums: &[f32], s: &ConvShape) -> Vec<f32> {
    let channels = shape(s).0 * lanes();
    let block = channels * s.patch();
    fresh(sums.len(), block, |nth, out| {
        transpose(&sums[nth * block..][..out.len()], channels, out);
    })
}

struct Images<'a> {
    padded: &'a [f32],
    layout: Padded,
    gradient: &'a [f32],
    s: &'a ConvShape,
    sums: &'a mut [f32],
}

impl WithSimd for Images<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        match shape(self.s) {
            (2, _) => self.blocks::<S, 2, 1>(simd),
            (_, 2) => self.blocks::<S, 1, 2>(simd),
            _ => self.blocks::<S, 1, 1>(simd),
        }
    }
}

impl Images<'_> {
    /// All blocks of V vectors of output channels and I input channels.
    #[inline(always)]
    fn blocks<S: Simd, const V: usize, const I: usize>(&mut self, simd: S) {
        let s = self.s;
        let channels = V * S::F32_LANES;
        let count = self.padded.len() / (s.input * self.layout.plane());
        let gradients = self.gradient.chunks_exact(count * s.positions() * channels);
        let sums = self.sums.chunks_exact_mut(s.patch() * channels);
        for (gradient, sums) in gradients.zip(sums) {
            for (block, sums) in sums.chunks_exact_mut(I * 9 * channels).enumerate() {
                let plane = self.layout.plane();
                let mut found = [[[simd.splat_f32s(0.0); V]; 9]; I];
                let images = self.padded.chunks_exact(s.input * plane);
                for (image, g) in images.zip(gradient.chunks_exact(s.positions() * channels)) {
                    let planes = &image[block * I * plane..][..I * plane];
                    let sizes = (self.layout, s.stride, s.out_plane[1]);
                    one::<S, V, I>(simd, planes, g, sizes, &mut found);
                }
                let sums = S::as_mut_simd_f32s(sums).0.iter_mut();
                for (sum, found) in sums.zip(found.as_flattened().as_flattened()) {
                    *sum = simd.add_f32s(*sum, *found);
                }
            }
        }
    }
}

/// Adds what one image gives.
#[inline(always)]
fn one<S: Simd, const V: usize, const I: usize>(
    simd: S,
    planes: &[f32],
    gradient: &[f32],
    (layout, stride, wide): (Padded, usize, usize),
    found: &mut [[[S::f32s; V]; 9]; I],
) {
    for (y, gradient) in gradient.chunks_exact(wide * V * S::F32_LANES).enumerate() {
        let row = |i: usize, ky: usize| {
            &planes[i * layout.plane() + (y * stride + ky) * layout.wide..][..layout.wide]
        };
        let rows: [[&[f32]; 3]; I] = std::array::from_fn(|i| std::array::from_fn(|ky| row(i, ky)));
        let (gradient, _) = S::as_simd_f32s(gradient).0.as_chunks::<V>();
        for (x, gradient) in gradient.iter().enumerate() {
            for i in 0..I {
                for ky in 0..3 {
                    let seen = &rows[i][ky][x * stride..][..3];
                    for kx in 0..3 {
                        let seen = simd.splat_f32s(seen[kx]);
                        for v in 0..V {
                            let sum = &mut found[i][ky * 3 + kx][v];
                            *sum = simd.mul_add_e_f32s(seen, gradient[v], *sum);
                        }
                    }
                }
            }
        }
    }
}
