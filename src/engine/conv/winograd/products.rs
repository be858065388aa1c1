//! The products of kernels and tiles, one matrix product for each place of a tile.

use super::{OUTPUTS, PLACES, TILES, apart, rows};
use crate::engine::conv::columns::Sizes;
use crate::engine::conv::direct::arch;
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// Input channels whose tiles stay in the first cache while all output channels take them.
const SOME: usize = 128;
/// Vectors of tiles at once.
const VECTORS: usize = 2;

/// `to [places, outputs, TILES] = kernels [outputs, places, input] * seen [places, input, TILES]`, as many tiles as there are.
pub fn all(
    kernels: &[f32],
    seen: &[f32],
    s: &Sizes,
    outputs: Range<usize>,
    tiles: usize,
    to: &mut [f32],
) {
    arch().dispatch(Products {
        kernels: &kernels[outputs.start * PLACES * s.input..outputs.end * PLACES * s.input],
        seen,
        input: s.input,
        tiles,
        to,
    });
}

struct Products<'a> {
    kernels: &'a [f32],
    seen: &'a [f32],
    input: usize,
    tiles: usize,
    to: &'a mut [f32],
}

impl WithSimd for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        match rows() {
            8 => self.places::<S, 8>(simd),
            _ => self.places::<S, 4>(simd),
        }
    }
}

impl Products<'_> {
    #[inline(always)]
    fn places<S: Simd, const R: usize>(&mut self, simd: S) {
        let seen = self.seen.chunks(apart(self.input));
        let to = self.to.chunks_mut(apart(OUTPUTS));
        for (place, (seen, to)) in seen.zip(to).take(PLACES).enumerate() {
            for from in (0..self.input).step_by(SOME) {
                let some = from..self.input.min(from + SOME);
                let seen = &seen[some.start * TILES..some.end * TILES];
                let kernels = self.kernels.chunks_exact(PLACES * self.input * R);
                for (kernels, to) in kernels.zip(to.chunks_mut(R * TILES)) {
                    let kernels = &kernels[place * self.input * R..][..self.input * R];
                    let kernels = &kernels[some.start * R..some.end * R];
                    let step = VECTORS * S::F32_LANES;
                    for at in (0..self.tiles).step_by(step) {
                        add::<S, R>(simd, kernels, &seen[at..], &mut to[at..], from == 0);
                    }
                }
            }
        }
    }
}

/// Two vectors of tiles for R output channels, anew or onto what other input channels gave.
#[inline(always)]
fn add<S: Simd, const R: usize>(
    simd: S,
    kernels: &[f32],
    seen: &[f32],
    to: &mut [f32],
    anew: bool,
) {
    let step = VECTORS * S::F32_LANES;
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; R];
    if !anew {
        for r in 0..R {
            sums[r].copy_from_slice(S::as_simd_f32s(&to[r * TILES..][..step]).0);
        }
    }
    let (kernels, _) = kernels.as_chunks::<R>();
    for (kernels, seen) in kernels.iter().zip(seen.chunks(TILES)) {
        let (seen, _) = S::as_simd_f32s(&seen[..step]);
        let seen = [seen[0], seen[1]];
        for r in 0..R {
            let kernel = simd.splat_f32s(kernels[r]);
            for v in 0..VECTORS {
                sums[r][v] = simd.mul_add_e_f32s(kernel, seen[v], sums[r][v]);
            }
        }
    }
    for r in 0..R {
        S::as_mut_simd_f32s(&mut to[r * TILES..][..step])
            .0
            .copy_from_slice(&sums[r]);
    }
}
