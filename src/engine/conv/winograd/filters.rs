//! Filters transformed, in the order in which products take them.

use super::PLACES;
use crate::engine::augment::wide::wide;
use crate::engine::conv::direct::transpose::transpose;
use crate::engine::conv::im2col::{ConvShape, sized};
use crate::engine::fresh::fresh;
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
        let mut half = [[[0.0; R]; 3]; 4];
        for x in 0..3 {
            for i in 0..R {
                let [a, b, c] = [g[x][i], g[3 + x][i], g[6 + x][i]];
                let (ends, middle) = (0.5 * (a + c), 0.5 * b);
                half[0][x][i] = a;
                half[1][x][i] = ends + middle;
                half[2][x][i] = ends - middle;
                half[3][x][i] = c;
            }
        }
        for (y, row) in half.iter().enumerate() {
            let mut found = [[0.0; R]; 4];
            for i in 0..R {
                let [a, b, c] = [row[0][i], row[1][i], row[2][i]];
                let (ends, middle) = (0.5 * (a + c), 0.5 * b);
                found[0][i] = a;
                found[1][i] = ends + middle;
                found[2][i] = ends - middle;
                found[3][i] = c;
            }
            for (x, found) in found.iter().enumerate() {
                to[(4 * y + x) * step + channel * R..][..R].copy_from_slice(found);
            }
        }
    }
}
