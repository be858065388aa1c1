//! A 3x3 kernel of stride 1 along rows: a vector holds neighbours of a row, for some rows and output channels at once.
//!
//! ```text
//! padded input            tile of sums, in registers, for each of 4 channels
//! row 0  . v v v v .      row 0 of the input meets kernel row 0 of tile row 0,
//! row 1  . v v v v .      row 1 meets 1 of 0 and 0 of 1,
//! row 2  . v v v v .      and so on: a vector that is loaded is weighed by up to 3 x 4 taps
//! row 3  . v v v v .
//! ```
//!
//! Weights are packed `[out / 4, in, 9, 4]`, in the order in which they are taken, so they stream through the first cache
//! while a tile's rows of the padded image stay there. The tile is 4 rows of one vector, 2 of 2, or half of that where the
//! processor has 16 registers (register blocking as in Georganas et al., arXiv 1808.05567).

use super::padded::{Padded, Room};
use super::vectors::{MOST, arch, lanes};
use crate::engine::conv::im2col::ConvShape;
use pulp::{Simd, WithSimd};

/// Output channels that a kernel along rows computes at a time.
pub const CHANNELS: usize = 4;
/// One image.
pub fn image(x: &[f32], weights: &[f32], s: &ConvShape, out: &mut [f32], room: &mut Room) {
    let shape = shape(s);
    let (rows, vectors) = shape;
    let layout = Padded {
        rows: s.out_plane[0].next_multiple_of(rows) + 2,
        wide: s.out_plane[1].next_multiple_of(vectors * lanes()) + 2,
    };
    let padded = layout.fill(x, s, room);
    arch().dispatch(Image {
        padded,
        layout,
        weights,
        s,
        out,
        shape,
    });
}

/// Rows and vectors in a row of a tile: as many sums as there are registers for, and room for what is weighed.
fn shape(s: &ConvShape) -> (usize, usize) {
    match (s.out_plane[1] <= lanes(), lanes() == 8) {
        (true, false) => (4, 1),
        (false, false) => (2, 2),
        // These processors have 16 vector registers in place of 32.
        (true, true) => (2, 1),
        (false, true) => (1, 2),
    }
}

struct Image<'a> {
    padded: &'a [f32],
    layout: Padded,
    weights: &'a [f32],
    s: &'a ConvShape,
    out: &'a mut [f32],
    shape: (usize, usize),
}

impl WithSimd for Image<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        match self.shape {
            (4, _) => self.tiles::<S, 4, 1>(simd),
            (2, 2) => self.tiles::<S, 2, 2>(simd),
            (2, _) => self.tiles::<S, 2, 1>(simd),
            _ => self.tiles::<S, 1, 2>(simd),
        }
    }
}

impl Image<'_> {
    /// All tiles of so many rows and vectors.
    #[inline(always)]
    fn tiles<S: Simd, const ROWS: usize, const VECTORS: usize>(&mut self, simd: S) {
        let [h, w] = self.s.out_plane;
        let weights = self.weights.chunks_exact(CHANNELS * self.s.patch());
        let blocks = self.out.chunks_exact_mut(CHANNELS * h * w);
        for (weights, out) in weights.zip(blocks) {
            for y in (0..h).step_by(ROWS) {
                for x in (0..w).step_by(VECTORS * S::F32_LANES) {
                    let from = &self.padded[y * self.layout.wide + x..];
                    let tile = sums::<S, ROWS, VECTORS>(simd, from, self.layout, weights);
                    store::<S, ROWS, VECTORS>(&tile, (y, x), (h, w), out);
                }
            }
        }
    }
}

type Tile<S, const ROWS: usize, const VECTORS: usize> =
    [[[<S as Simd>::f32s; VECTORS]; ROWS]; CHANNELS];

/// What the kernel sees from a place on, weighed and summed over input channels.
#[inline(always)]
fn sums<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    from: &[f32],
    layout: Padded,
    weights: &[f32],
) -> Tile<S, ROWS, VECTORS> {
    let lanes = S::F32_LANES;
    let mut tile = [[[simd.splat_f32s(0.0); VECTORS]; ROWS]; CHANNELS];
    for (i, taps) in weights.chunks_exact(9 * CHANNELS).enumerate() {
        let plane = &from[i * layout.plane()..];
        for row in 0..ROWS + 2 {
            let line = &plane[row * layout.wide..][..VECTORS * lanes + 2];
            for kx in 0..3 {
                let seen: [S::f32s; VECTORS] =
                    std::array::from_fn(|v| S::as_simd_f32s(&line[kx + v * lanes..][..lanes]).0[0]);
                for y in 0..ROWS {
                    // The row of the kernel that this row of the input meets.
                    let ky = row.wrapping_sub(y);
                    if ky < 3 {
                        for c in 0..CHANNELS {
                            let tap = simd.splat_f32s(taps[(ky * 3 + kx) * CHANNELS + c]);
                            for v in 0..VECTORS {
                                tile[c][y][v] = simd.mul_add_e_f32s(seen[v], tap, tile[c][y][v]);
                            }
                        }
                    }
                }
            }
        }
    }
    tile
}

/// Writes what of a tile lies inside the output.
#[inline(always)]
fn store<S: Simd, const ROWS: usize, const VECTORS: usize>(
    tile: &Tile<S, ROWS, VECTORS>,
    (y, x): (usize, usize),
    (h, w): (usize, usize),
    out: &mut [f32],
) {
    let lanes = S::F32_LANES;
    for (c, rows) in tile.iter().enumerate() {
        for (row, vectors) in rows.iter().enumerate().take(h - y) {
            for (v, vector) in vectors.iter().enumerate() {
                let at = x + v * lanes;
                let left = w.saturating_sub(at).min(lanes);
                let to = &mut out[(c * h + y + row) * w..][..w];
                if left == lanes {
                    S::as_mut_simd_f32s(&mut to[at..at + lanes]).0[0] = *vector;
                } else if left > 0 {
                    let mut numbers = [0.0; MOST];
                    S::as_mut_simd_f32s(&mut numbers[..lanes]).0[0] = *vector;
                    to[at..at + left].copy_from_slice(&numbers[..left]);
                }
            }
        }
    }
}
