//! Filters transformed, `G g G^T`, in the order in which products take them.
//!
//! ```text
//! weights [out, in, 3, 3]   to   [out / R, in, 9, R]   to   [out / R, 16, in, R]
//! ```
//!
//! A vector holds R output channels, 8 or 4, as many as products take at a time: first the three columns of a filter become
//! three columns of four, then each of the four rows becomes four places.

use super::layout::PLACES;
use crate::engine::augment::wide::wide;
use crate::engine::conv::direct::transpose::transpose;
use crate::engine::conv::im2col::{ConvShape, sized};
use crate::engine::parallel_fill::fresh;
use std::cell::RefCell;

thread_local! {
    /// A block with its output channels innermost.
    static TRANSPOSED: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// G g G^T of weights `[output, input, 3, 3]`: `[output / rows, places, input, rows]`.
pub fn transformed(weight: &[f32], s: &ConvShape, rows: usize) -> Vec<f32> {
    let (from, to) = (rows * s.patch(), rows * s.input * PLACES);
    fresh(s.output * s.input * PLACES, to, |nth, to| {
        TRANSPOSED.with_borrow_mut(|transposed| {
            let transposed = sized(transposed, from);
            transpose(&weight[nth * from..][..from], s.patch(), transposed);
            transform(transposed, rows, to);
        });
    })
}

wide! {
    /// From `[input, 9, rows]` to `[places, input, rows]`.
    fn transform(transposed: &[f32], rows: usize, to: &mut [f32]) {
        match rows {
            8 => all::<8>(transposed, to),
            _ => all::<4>(transposed, to),
        }
    }
}

#[inline(always)]
fn all<const R: usize>(transposed: &[f32], to: &mut [f32]) {
    let step = to.len() / PLACES;
    let (taps, _) = transposed.as_chunks::<R>();
    let (taps, _) = taps.as_chunks::<9>();
    for (channel, g) in taps.iter().enumerate() {
        let mut rows = [[[0.0; R]; 3]; 4];
        for x in 0..3 {
            for i in 0..R {
                let column = filter_line([g[x][i], g[3 + x][i], g[6 + x][i]]);
                [rows[0][x][i], rows[1][x][i], rows[2][x][i], rows[3][x][i]] = column;
            }
        }
        for (y, row) in rows.iter().enumerate() {
            let mut places = [[0.0; R]; 4];
            for i in 0..R {
                let line = filter_line([row[0][i], row[1][i], row[2][i]]);
                [places[0][i], places[1][i], places[2][i], places[3][i]] = line;
            }
            for (x, place) in places.iter().enumerate() {
                to[(4 * y + x) * step + channel * R..][..R].copy_from_slice(place);
            }
        }
    }
}

/// G of one row or column of a filter.
#[inline(always)]
fn filter_line([a, b, c]: [f32; 3]) -> [f32; 4] {
    let (ends, middle) = (0.5 * (a + c), 0.5 * b);
    [a, ends + middle, ends - middle, c]
}
