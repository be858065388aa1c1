//! The products of filters and inputs, one matrix product for each place of a tile.
//!
//! ```text
//! filters [R, in], spread       inputs [in, TILES]            sums, in registers
//! r0  f f f f f f f             c0  v v  (two vectors)        r0  s s
//! ...                           c1  v v                       ..
//! r7  f f f f f f f             ...                           r7  s s
//! ```
//!
//! R output channels by two vectors of tiles are 16 sums of 32 registers, or 8 of 16. Inputs of `SOME` channels, 16 KiB, stay
//! in the first cache while all output channels take them, and sums come back to be added to (the blocking of Goto and
//! van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008; nothing has to be packed, for both transforms
//! write in this order).

use super::layout::{OUTPUTS, PLACES, TILES, place_stride, rows};
use crate::engine::conv::direct::arch;
use crate::engine::conv::im2col::ConvShape;
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// Input channels whose inputs, 16 KiB, stay in the first cache while all output channels take them.
const SOME: usize = 64;
/// Vectors of tiles at once.
const VECTORS: usize = 2;

/// Of filters `[output / rows, places, input, rows]` and inputs `[places, input, TILES]`: `[places, outputs, TILES]`, for as many tiles as
/// there are. Places lie [`place_stride`].
pub fn all(
    filters: &[f32],
    inputs: &[f32],
    s: &ConvShape,
    outputs: Range<usize>,
    tiles: usize,
    to: &mut [f32],
) {
    arch().dispatch(Products {
        rows: rows(),
        filters: &filters[outputs.start * PLACES * s.input..outputs.end * PLACES * s.input],
        inputs,
        input: s.input,
        tiles,
        to,
    });
}

struct Products<'a> {
    rows: usize,
    filters: &'a [f32],
    inputs: &'a [f32],
    input: usize,
    tiles: usize,
    to: &'a mut [f32],
}

impl WithSimd for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        match self.rows {
            8 => self.places::<S, 8>(simd),
            _ => self.places::<S, 4>(simd),
        }
    }
}

impl Products<'_> {
    #[inline(always)]
    fn places<S: Simd, const R: usize>(&mut self, simd: S) {
        let inputs = self.inputs.chunks(place_stride(self.input));
        let to = self.to.chunks_mut(place_stride(OUTPUTS));
        for (place, (inputs, to)) in inputs.zip(to).take(PLACES).enumerate() {
            for from in (0..self.input).step_by(SOME) {
                let some = from..self.input.min(from + SOME);
                let inputs = &inputs[some.start * TILES..some.end * TILES];
                let filters = self.filters.chunks_exact(PLACES * self.input * R);
                for (filters, to) in filters.zip(to.chunks_mut(R * TILES)) {
                    let filters = &filters[place * self.input * R..][..self.input * R];
                    let filters = &filters[some.start * R..some.end * R];
                    let step = VECTORS * S::F32_LANES;
                    for at in (0..self.tiles).step_by(step) {
                        add::<S, R>(simd, filters, &inputs[at..], &mut to[at..], from == 0);
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
    filters: &[f32],
    inputs: &[f32],
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
    let (filters, _) = filters.as_chunks::<R>();
    for (filters, inputs) in filters.iter().zip(inputs.chunks(TILES)) {
        let (inputs, _) = S::as_simd_f32s(&inputs[..step]);
        let inputs = [inputs[0], inputs[1]];
        for r in 0..R {
            let filter = simd.splat_f32s(filters[r]);
            for v in 0..VECTORS {
                sums[r][v] = simd.mul_add_e_f32s(filter, inputs[v], sums[r][v]);
            }
        }
    }
    for r in 0..R {
        S::as_mut_simd_f32s(&mut to[r * TILES..][..step])
            .0
            .copy_from_slice(&sums[r]);
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::super::filters;
    use super::*;
    use crate::engine::random::{Purpose, Stream};

    #[test]
    fn vectors_of_eight_give_the_same_bits() {
        let Some(eight) = pulp::x86::V3::try_new() else {
            return;
        };
        let s = ConvShape::new([1, 200, 8, 8], [24, 200, 3, 3], 1, 1);
        let mut stream = Stream::new(8, Purpose::Weights, &[]);
        let mut drawn = |len| -> Vec<f32> { (0..len).map(|_| stream.normal() as f32).collect() };
        let (weight, inputs) = (
            drawn(s.output * s.patch()),
            drawn(PLACES * place_stride(s.input)),
        );
        let by = |rows: usize| {
            let mut to = vec![0.0; PLACES * place_stride(OUTPUTS)];
            let filters = filters::transformed(&weight, &s, rows);
            let products = Products {
                rows,
                filters: &filters,
                inputs: &inputs,
                input: s.input,
                tiles: 40,
                to: &mut to,
            };
            if rows == 4 {
                Simd::vectorize(eight, products);
            } else {
                arch().dispatch(products);
            }
            let places = to.chunks(place_stride(OUTPUTS)).take(PLACES);
            let tiles = places.flat_map(|place| place[..s.output * TILES].chunks(TILES));
            tiles
                .flat_map(|tiles| tiles[..40].to_vec())
                .collect::<Vec<f32>>()
        };
        assert!(by(4) == by(rows()));
    }
}
