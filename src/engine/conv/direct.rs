//! Convolutions on the vector units themselves, without a matrix product's copies: im2col writes each input nine times
//! over and the product packs all of that once more, which took longer than the arithmetic.
//!
//! A kernel keeps a tile of its output in registers for as long as it sums. Planes as wide as a vector are computed along
//! their rows, smaller ones across output channels; gradients of weights across output channels. The order of sums
//! depends on the sizes alone, so a rerun gives the same bits with any number of threads. Processors without wide
//! vectors take the products of `flex.rs`.

mod across;
mod along;
mod weights;

pub use weights::unpacked;

use super::columns::{Sizes, sized};
use crate::engine::fresh::fresh;
use pulp::{Arch, Simd, WithSimd};
use std::cell::RefCell;
use std::sync::OnceLock;

/// Numbers in the widest vectors there are.
const MOST: usize = 16;
/// Output channels that a kernel along rows computes at a time.
const CHANNELS: usize = 4;

#[derive(Default)]
struct Buffers {
    padded: Vec<f32>,
    packed: Vec<f32>,
}

thread_local! {
    /// Kept, since fresh memory costs a page fault every 4 KiB.
    static BUFFERS: RefCell<Buffers> = RefCell::default();
}

/// The processor's vectors.
fn arch() -> Arch {
    static ARCH: OnceLock<Arch> = OnceLock::new();
    *ARCH.get_or_init(Arch::new)
}

/// Numbers in a vector; 1 where there are no vectors that multiply and add at once.
fn lanes() -> usize {
    struct Lanes;
    impl WithSimd for Lanes {
        type Output = usize;
        fn with_simd<S: Simd>(self, _: S) -> usize {
            S::F32_LANES
        }
    }
    static LANES: OnceLock<usize> = OnceLock::new();
    *LANES.get_or_init(|| arch().dispatch(Lanes))
}

/// Whether the forward pass of these sizes, or a pass like it, has a kernel here.
pub fn suits(s: &Sizes) -> bool {
    lanes() >= 4
        && s.n > 0
        && s.positions() > 0
        && (is_along(s) || s.output.is_multiple_of(lanes()))
}

/// Whether the gradient of the weights has a kernel here.
pub fn suits_weights(s: &Sizes) -> bool {
    lanes() >= 4 && s.k == 3 && s.positions() > 0 && s.output.is_multiple_of(lanes())
}

/// Whether planes are computed along their rows: three quarters of the vectors or more are used.
fn is_along(s: &Sizes) -> bool {
    let wide = s.out_plane[1];
    let used = wide.next_multiple_of(lanes());
    s.k == 3 && s.stride == 1 && s.output.is_multiple_of(CHANNELS) && 4 * wide >= 3 * used
}

/// The output `[n, output, H', W']`.
pub fn forward(x: &[f32], weight: &[f32], s: &Sizes) -> Vec<f32> {
    let len = s.n * s.out_image();
    if is_along(s) {
        let weights = packed(weight, s, CHANNELS);
        return fresh(len, s.out_image(), |nth, out| {
            let x = &x[nth * s.image()..][..s.image()];
            with_buffers(|buffers| along::image(x, &weights, s, out, &mut buffers.padded));
        });
    }
    let weights = packed(weight, s, across::channels(s));
    let group = s.group();
    fresh(len, group * s.out_image(), |nth, out| {
        let images = out.len() / s.out_image();
        let x = &x[nth * group * s.image()..][..images * s.image()];
        with_buffers(|buffers| across::images(x, &weights, s, out, buffers));
    })
}

/// Adds what some images give to the gradient of the weights, summed as [`unpacked`] reads it.
pub fn add_weights(x: &[f32], gradient: &[f32], s: &Sizes, sums: &mut [f32]) {
    with_buffers(|buffers| {
        let Buffers { padded, packed } = buffers;
        weights::images(x, gradient, s, sums, padded, packed);
    });
}

/// The weights `[output / C, seen, C]` for the C channels that a kernel computes at a time.
fn packed(weight: &[f32], s: &Sizes, channels: usize) -> Vec<f32> {
    let seen = s.seen();
    let mut out = vec![0.0; weight.len()];
    for (o, kernels) in weight.chunks_exact(seen).enumerate() {
        let block = &mut out[o / channels * channels * seen..][..channels * seen];
        for (at, w) in kernels.iter().enumerate() {
            block[at * channels + o % channels] = *w;
        }
    }
    out
}

fn with_buffers(work: impl FnOnce(&mut Buffers)) {
    BUFFERS.with_borrow_mut(work);
}

/// Planes with their padding and some room behind, into which kernels may look.
#[derive(Clone, Copy)]
struct Padded {
    /// Rows of a plane.
    rows: usize,
    /// Numbers in a row.
    wide: usize,
}

impl Padded {
    /// As large as a convolution's padding makes them.
    const fn of(s: &Sizes) -> Self {
        Self {
            rows: s.plane[0] + 2 * s.padding,
            wide: s.plane[1] + 2 * s.padding,
        }
    }

    const fn plane(self) -> usize {
        self.rows * self.wide
    }

    /// Copies the planes of some images into the middle of zeros.
    fn fill(self, x: &[f32], s: &Sizes, to: &mut Vec<f32>) {
        let [h, w] = s.plane;
        let planes = x.len() / (h * w).max(1);
        let to = sized(to, planes * self.plane());
        for (plane, to) in x.chunks_exact(h * w).zip(to.chunks_exact_mut(self.plane())) {
            to[..s.padding * self.wide].fill(0.0);
            to[(s.padding + h) * self.wide..].fill(0.0);
            let rows = to[s.padding * self.wide..].chunks_exact_mut(self.wide);
            for (row, to) in plane.chunks_exact(w).zip(rows) {
                to[..s.padding].fill(0.0);
                to[s.padding..s.padding + w].copy_from_slice(row);
                to[s.padding + w..].fill(0.0);
            }
        }
    }
}
