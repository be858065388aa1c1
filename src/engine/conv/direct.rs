//! Convolutions on the vector units themselves, without a matrix product's copies: im2col writes each input nine times
//! over and the product packs all of that once more, which took longer than the arithmetic.
//!
//! ```text
//! over_rows       vector = neighbours in a row    sums of 4 channels by some rows      3x3, stride 1, wide planes
//! over_channels   vector = output channels        sums of 12 (or 6) positions          any kernel
//! weight_gradient vector = output channels        sums of all 9 taps                   3x3
//! ```
//!
//! A kernel keeps a tile of sums in registers for as long as it sums, 16 to 24 of 32 registers or 8 to 12 of 16: so each
//! number that is loaded is used many times (Georganas et al., arXiv 1808.05567). Planes are padded first, so that no kernel
//! asks where an edge is. The order of sums depends on the sizes alone, so a rerun gives the same bits with any number of
//! threads. Processors without wide vectors take the products of `passes.rs`.

mod buffers;
mod over_channels;
mod over_rows;
pub(super) mod padded;
pub(super) mod transpose;
mod vectors;
mod weight_gradient;

pub(super) use vectors::{arch, lanes};
pub use weight_gradient::unpacked;

use super::im2col::ConvShape;
use crate::engine::parallel_fill::fresh;
use buffers::{Buffers, with_buffers};
use over_rows::CHANNELS;

/// Whether the gradient of the weights has a kernel here.
pub fn suits_weights(s: &ConvShape) -> bool {
    lanes() >= 4 && s.k == 3 && s.positions() > 0 && s.output.is_multiple_of(lanes())
}

/// Whether planes are computed along their rows: three quarters of the vectors or more are used.
fn is_along(s: &ConvShape) -> bool {
    let wide = s.out_plane[1];
    let used = wide.next_multiple_of(lanes());
    s.k == 3 && s.stride == 1 && s.output.is_multiple_of(CHANNELS) && 4 * wide >= 3 * used
}

/// The forward pass, or a pass like it, with its weights packed.
pub struct Forward {
    packed: Vec<f32>,
    along: bool,
}

impl Forward {
    /// None where there is no kernel for these sizes.
    pub fn new(weight: &[f32], s: &ConvShape) -> Option<Self> {
        let along = is_along(s);
        let suits = lanes() >= 4
            && s.n > 0
            && s.positions() > 0
            && (along || s.output.is_multiple_of(lanes()));
        let channels = || {
            if along {
                CHANNELS
            } else {
                over_channels::channels(s)
            }
        };
        suits.then(|| Self {
            packed: packed(weight, s, channels()),
            along,
        })
    }

    /// Writes the output of some images.
    pub fn images(&self, x: &[f32], s: &ConvShape, out: &mut [f32]) {
        with_buffers(|buffers| {
            if !self.along {
                return over_channels::images(x, &self.packed, s, out, buffers);
            }
            let images = x
                .chunks_exact(s.image())
                .zip(out.chunks_exact_mut(s.out_image()));
            for (x, out) in images {
                over_rows::image(x, &self.packed, s, out, &mut buffers.padded[0]);
            }
        });
    }
}

/// Adds what some images give to the gradient of the weights, summed as [`unpacked`] reads it.
pub fn add_weights(x: &[f32], gradient: &[f32], s: &ConvShape, sums: &mut [f32]) {
    with_buffers(|buffers| {
        let Buffers { padded, packed, .. } = buffers;
        weight_gradient::images(x, gradient, s, sums, &mut padded[1], packed);
    });
}

/// The weights `[output / C, seen, C]` for the C channels that a kernel computes at a time.
fn packed(weight: &[f32], s: &ConvShape, channels: usize) -> Vec<f32> {
    let block = channels * s.patch();
    fresh(weight.len(), block, |nth, out| {
        transpose::transpose(&weight[nth * block..][..out.len()], s.patch(), out);
    })
}
