//! Any kernel across output channels: a vector holds neighbouring channels, for some positions at once.
//!
//! ```text
//! columns of a tile [patch, P]      weights [out / C, patch, C]      sums [P, C], in registers
//!      p0 p1 .. p11                      c0 .. c31                        c0 .. c31
//! tap0  x  x     x                  tap0  w       w                  p0    s       s
//! tap1  x  x     x                  tap1  w       w                  p1    s       s
//! ...                               ...                              ...
//! ```
//!
//! Each step adds the product of a row on the left, its numbers spread over a vector each, and a row of weights. This is the
//! inner kernel of a matrix product that packs its columns itself, blocked for the caches as that of Goto and van de Geijn
//! (Anatomy of High-Performance Matrix Multiplication, 2008): of `SEEN` rows the weights of one block, at most 24 KiB, stay in
//! the first cache while all tiles take them, and `SUMS` sums that wait for further input channels, 512 KiB, in the second.

use super::buffers::Buffers;
use super::padded::Padded;
use super::vectors::{MOST, arch, lanes};
use crate::engine::conv::im2col::{ConvShape, sized};
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// Positions that a tile holds: with two vectors of channels each, 24 sums.
const POSITIONS: usize = 12;
/// The same where the processor has 16 vector registers in place of 32.
const FEWER: usize = 6;

fn tile() -> usize {
    if lanes() == 8 { FEWER } else { POSITIONS }
}

/// Vectors of channels in a tile.
fn vectors(s: &ConvShape) -> usize {
    if s.output.is_multiple_of(2 * lanes()) {
        2
    } else {
        1
    }
}

/// Channels of a tile.
pub fn channels(s: &ConvShape) -> usize {
    vectors(s) * lanes()
}

/// What the kernel sees of a few input channels, so that their weights stay in the nearest cache while all tiles take them.
const SEEN: usize = 192;

/// Numbers of the sums that wait for other channels, so that they stay in the second cache.
const SUMS: usize = 128 << 10;

/// Some images.
pub fn images(x: &[f32], weights: &[f32], s: &ConvShape, out: &mut [f32], buffers: &mut Buffers) {
    let Buffers {
        padded,
        packed,
        sums,
    } = buffers;
    let layout = Padded::of(s);
    let padded = layout.fill(x, s, &mut padded[0]);
    let tile = tile();
    let places = places(x.len() / s.image(), s, layout, tile);
    let taps = s.k * s.k;
    let some = (SEEN / taps).max(1);
    // Sums that wait for the other channels; a single pass over all of them needs none.
    let tiles = if s.input > some {
        (SUMS / (tile * s.output)).max(1)
    } else {
        places.len() / tile
    };
    let kept = if s.input > some {
        tiles * tile * s.output
    } else {
        0
    };
    let sums = sized(sums, kept);
    for (nth, places) in places.chunks(tiles * tile).enumerate() {
        for from in (0..s.input).step_by(some) {
            let channels = from..s.input.min(from + some);
            let rows = channels.len() * taps;
            let columns = sized(packed, places.len() * rows);
            for (places, columns) in places
                .chunks_exact(tile)
                .zip(columns.chunks_exact_mut(tile * rows))
            {
                pack(padded, s, layout, channels.clone(), places, columns);
            }
            arch().dispatch(Images {
                columns,
                weights,
                s,
                seen: from * taps..from * taps + rows,
                before: nth * tiles,
                sums,
                out,
            });
        }
    }
}

/// Where in the padded images the kernel stands at each position, for whole tiles: the last positions again and again
/// for those that there aren't, of which nothing is kept.
fn places(images: usize, s: &ConvShape, layout: Padded, tile: usize) -> Vec<usize> {
    let [h, w] = s.out_plane;
    let place = |at: usize| {
        let (n, y, x) = (at / (h * w), at / w % h, at % w);
        n * s.input * layout.plane() + (y * layout.wide + x) * s.stride
    };
    let count = images * h * w;
    let all = 0..count.next_multiple_of(tile);
    let there = |at: usize| {
        if at < count {
            at
        } else {
            (count.saturating_sub(4) + at % 4).min(count - 1)
        }
    };
    all.map(|at| place(there(at))).collect()
}

/// What the kernel sees of some input channels at the places of a tile, `[seen, positions of a tile]`.
fn pack(
    padded: &[f32],
    s: &ConvShape,
    layout: Padded,
    channels: Range<usize>,
    places: &[usize],
    columns: &mut [f32],
) {
    let mut rows = columns.chunks_exact_mut(places.len());
    // Then four positions are neighbours each.
    let fours = s.stride == 1 && s.out_plane[1].is_multiple_of(4) && places.len().is_multiple_of(4);
    for i in channels {
        for ky in 0..s.k {
            for kx in 0..s.k {
                let from = &padded[i * layout.plane() + ky * layout.wide + kx..];
                let Some(row) = rows.next() else {
                    return;
                };
                if fours {
                    let (row, _) = row.as_chunks_mut::<4>();
                    for (to, place) in row.iter_mut().zip(places.iter().step_by(4)) {
                        to.copy_from_slice(&from[*place..*place + 4]);
                    }
                } else {
                    for (to, place) in row.iter_mut().zip(places) {
                        *to = from[*place];
                    }
                }
            }
        }
    }
}

struct Images<'a> {
    columns: &'a [f32],
    weights: &'a [f32],
    s: &'a ConvShape,
    /// Which part of what the kernel sees the columns hold.
    seen: Range<usize>,
    /// Tiles of the output before these.
    before: usize,
    /// Sums over the parts before, by block of channels and tile, where there are several.
    sums: &'a mut [f32],
    out: &'a mut [f32],
}

impl WithSimd for Images<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        match (vectors(self.s), tile()) {
            (2, POSITIONS) => self.tiles::<S, POSITIONS, 2>(simd),
            (2, _) => self.tiles::<S, FEWER, 2>(simd),
            (_, POSITIONS) => self.tiles::<S, POSITIONS, 1>(simd),
            _ => self.tiles::<S, FEWER, 1>(simd),
        }
    }
}

impl Images<'_> {
    #[inline(always)]
    fn tiles<S: Simd, const P: usize, const V: usize>(&mut self, simd: S) {
        let channels = V * S::F32_LANES;
        let (all, seen) = (self.s.patch(), self.seen.clone());
        let (first, last) = (seen.start == 0, seen.end == all);
        let tiles = self.columns.len() / (P * seen.len());
        for (block, weights) in self.weights.chunks_exact(channels * all).enumerate() {
            let (weights, _) =
                S::as_simd_f32s(&weights[seen.start * channels..seen.end * channels]);
            let (weights, _) = weights.as_chunks::<V>();
            for (nth, columns) in self.columns.chunks_exact(P * seen.len()).enumerate() {
                let (columns, _) = columns.as_chunks::<P>();
                let kept = (block * tiles + nth) * P * channels;
                let mut sums = [[simd.splat_f32s(0.0); V]; P];
                if !first {
                    let (kept, _) = S::as_simd_f32s(&self.sums[kept..][..P * channels]);
                    sums.as_flattened_mut().copy_from_slice(kept);
                }
                for (seen, weights) in columns.iter().zip(weights) {
                    for p in 0..P {
                        let seen = simd.splat_f32s(seen[p]);
                        for v in 0..V {
                            sums[p][v] = simd.mul_add_e_f32s(seen, weights[v], sums[p][v]);
                        }
                    }
                }
                if last {
                    let at = (self.before + nth) * P;
                    self.store::<S, P, V>(&sums, block * channels, at);
                } else {
                    let (kept, _) = S::as_mut_simd_f32s(&mut self.sums[kept..][..P * channels]);
                    kept.copy_from_slice(sums.as_flattened());
                }
            }
        }
    }

    /// Writes the positions of a tile from one on, channels from one on.
    #[inline(always)]
    fn store<S: Simd, const P: usize, const V: usize>(
        &mut self,
        sums: &[[S::f32s; V]; P],
        channel: usize,
        position: usize,
    ) {
        let positions = self.s.positions();
        let image = self.s.out_image();
        for (p, vectors) in sums.iter().enumerate() {
            let at = position + p;
            let out = self.out.get_mut(at / positions * image..);
            // What fills up the last tile belongs to no image.
            let Some(out) = out.filter(|out| !out.is_empty()) else {
                return;
            };
            let lanes = S::F32_LANES;
            let mut numbers = [0.0; 2 * MOST];
            let to = S::as_mut_simd_f32s(&mut numbers[..V * lanes]).0;
            to.copy_from_slice(vectors);
            let to = out[channel * positions + at % positions..].iter_mut();
            for (to, number) in to.step_by(positions).zip(&numbers[..V * lanes]) {
                *to = *number;
            }
        }
    }
}
