//! The transforms of inputs, `B^T d B`, and of outputs, `A^T m A`. Tiles that are neighbours in a row share vectors.
//!
//! ```text
//! a row of inputs:   d0 d1 d2 d3 d4 d5 ..      near: from d0 on, far: from d2 on
//! tile 0:            [0  1  2  3]              its numbers lie 2 further for each tile:
//! tile 1:                  [0  1  2  3]        even and odd ones of both, taken apart
//! ```
//!
//! W tiles, 16 or a smaller power of two, are done at once: first along the four rows, then down the columns, by the same
//! line transform. Outputs of a tile are two columns of two rows and are put together again. All of it stays in
//! registers or the first cache.

use super::layout::{TILES, place_stride};
use crate::engine::augment::wide::wide;
use crate::engine::conv::direct::padded::Padded;
use crate::engine::conv::im2col::ConvShape;
use std::ops::Range;

/// Neighbouring tiles of a row: a power of two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    image: usize,
    /// Row of tiles, and first one in it.
    place: [usize; 2],
    pub tiles: usize,
    /// Tiles before these, of all images.
    before: usize,
}

impl Segment {
    /// Whether two go through all steps together.
    pub fn share_a_block(&self, other: &Self) -> bool {
        self.before / TILES == other.before / TILES
    }

    /// Checks that it begins with a tile, and tells the one after it.
    #[cfg(test)]
    pub fn follows(&self, tile: usize, down: usize, across: usize) -> usize {
        let [y, x] = self.place;
        assert_eq!((self.image * down + y) * across + x, tile);
        assert!(x + self.tiles <= across && self.at() + self.tiles <= TILES);
        assert_eq!(self.before, tile);
        tile + self.tiles
    }

    /// Where in its block it begins.
    fn at(&self) -> usize {
        self.before % TILES
    }
}

/// All tiles of some images, each with so many rows of so many.
pub fn segments(images: usize, down: usize, across: usize) -> Vec<Segment> {
    let mut all = Vec::new();
    let mut before = 0;
    for image in 0..images {
        for y in 0..down {
            let mut x = 0;
            while x < across {
                let room = (across - x).min(TILES - before % TILES).min(16);
                let tiles = 1 << room.ilog2();
                all.push(Segment {
                    image,
                    place: [y, x],
                    tiles,
                    before,
                });
                x += tiles;
                before += tiles;
            }
        }
    }
    all
}

wide! {
    /// B^T d B of the tiles of a block, `[places, input, TILES]`.
    pub fn transform_inputs(padded: &[f32], layout: Padded, s: &ConvShape, block: &[Segment], to: &mut [f32]) {
        let step = place_stride(s.input);
        for channel in 0..s.input {
            for segment in block {
                let [y, x] = segment.place;
                let plane = segment.image * s.input + channel;
                let from = &padded[plane * layout.plane() + 2 * y * layout.wide + 2 * x..];
                let to = &mut to[channel * TILES + segment.at()..];
                match segment.tiles {
                    16 => input_tiles::<16, 32>(from, layout.wide, to, step),
                    8 => input_tiles::<8, 16>(from, layout.wide, to, step),
                    4 => input_tiles::<4, 8>(from, layout.wide, to, step),
                    2 => input_tiles::<2, 4>(from, layout.wide, to, step),
                    _ => input_tiles::<1, 2>(from, layout.wide, to, step),
                }
            }
        }
    }
}

/// Of W neighbours, which step by D = 2 W columns.
#[inline(always)]
fn input_tiles<const W: usize, const D: usize>(
    from: &[f32],
    wide: usize,
    to: &mut [f32],
    step: usize,
) {
    let mut rows = [[[0.0; W]; 4]; 4];
    for (r, row) in rows.iter_mut().enumerate() {
        let line = &from[r * wide..][..D + 2];
        let (near, far) = (part::<D>(line), part::<D>(&line[2..]));
        for i in 0..W {
            let d = [near[2 * i], near[2 * i + 1], far[2 * i], far[2 * i + 1]];
            [row[0][i], row[1][i], row[2][i], row[3][i]] = input_line(d);
        }
    }
    for x in 0..4 {
        let mut column = [[0.0; W]; 4];
        for i in 0..W {
            let d = [rows[0][x][i], rows[1][x][i], rows[2][x][i], rows[3][x][i]];
            [column[0][i], column[1][i], column[2][i], column[3][i]] = input_line(d);
        }
        for (y, place) in column.iter().enumerate() {
            to[(4 * y + x) * step..][..W].copy_from_slice(place);
        }
    }
}

/// B^T of one row or column of a tile of inputs.
#[inline(always)]
fn input_line(d: [f32; 4]) -> [f32; 4] {
    [d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]]
}

wide! {
    /// A^T m A of the products of some output channels, `[places, outputs, TILES]`, into the images.
    pub fn transform_outputs(products: &[f32], outputs: Range<usize>, s: &ConvShape, block: &[Segment], out: &mut [f32]) {
        for (nth, channel) in outputs.enumerate() {
            for segment in block {
                let plane = segment.image * s.output + channel;
                let out = &mut out[plane * s.positions()..][..s.positions()];
                let from = &products[nth * TILES + segment.at()..];
                let place = segment.place.map(|at| 2 * at);
                match segment.tiles {
                    16 => output_tiles::<16, 32>(from, place, s.out_plane, out),
                    8 => output_tiles::<8, 16>(from, place, s.out_plane, out),
                    4 => output_tiles::<4, 8>(from, place, s.out_plane, out),
                    2 => output_tiles::<2, 4>(from, place, s.out_plane, out),
                    _ => output_tiles::<1, 2>(from, place, s.out_plane, out),
                }
            }
        }
    }
}

/// Of W neighbours, whose outputs are D = 2 W columns of two rows.
#[inline(always)]
fn output_tiles<const W: usize, const D: usize>(
    from: &[f32],
    [y, x]: [usize; 2],
    [high, wide]: [usize; 2],
    out: &mut [f32],
) {
    let step = place_stride(super::OUTPUTS);
    let mut rows = [[[0.0; W]; 4]; 2];
    for column in 0..4 {
        let m: [[f32; W]; 4] =
            std::array::from_fn(|row| part::<W>(&from[(4 * row + column) * step..]));
        for i in 0..W {
            [rows[0][column][i], rows[1][column][i]] = output_line(|place| m[place][i]);
        }
    }
    for (r, row) in rows.iter().enumerate().take(high - y) {
        let mut line = [0.0; D];
        for i in 0..W {
            [line[2 * i], line[2 * i + 1]] = output_line(|place| row[place][i]);
        }
        let to = &mut out[(y + r) * wide + x..];
        // What a tile has beyond the last column belongs to nothing.
        if x + D <= wide {
            to[..D].copy_from_slice(&line);
        } else {
            to[..wide - x].copy_from_slice(&line[..wide - x]);
        }
    }
}

/// A^T of one row or column of a tile of products. Given as an array they would take a sixth more instructions.
#[inline(always)]
fn output_line(m: impl Fn(usize) -> f32) -> [f32; 2] {
    [m(0) + m(1) + m(2), m(1) - m(2) - m(3)]
}

#[inline(always)]
fn part<const N: usize>(of: &[f32]) -> [f32; N] {
    let mut part = [0.0; N];
    part.copy_from_slice(&of[..N]);
    part
}
