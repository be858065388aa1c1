//! NT-Xent, or DCL, and its gradient without the 2N x 2N matrix: a few rows of it at a time, forward and backward at once.
//!
//! With rows u of unit length, `S = u u^T / T` and `P` the softmax of its rows without the diagonal, the loss is the mean
//! of `log sum exp S_i - S_ip` over anchors i with partner p, and its gradient
//! `(D + D^T) u / (2N T)` with `D = P - [partner]` (SimCLR, arXiv 2002.05709, equation 1). DCL leaves the partner out of sum
//! and softmax (arXiv 2110.06848, equation 4); the rest is the same.
//!
//! ```text
//!               2N views
//!         +--------------------+
//! ROWS -> | tile: S, then D    |  -> loss of these rows
//!         +--------------------+  -> D u onto their rows, D^T u onto all
//!         |   never whole      |
//!         +--------------------+
//! ```
//!
//! A tile of 64 rows turns into those of D in place, and is done with; so memory grows with N and not with its square: of
//! 2,048 views it is 512 KiB, about a second cache. The exponential is the polynomial of Cephes' `expf` (Moshier).

use crate::engine::matmul::{Mat, matmul};
use rayon::prelude::*;

/// Rows of the matrix that one thread holds at a time.
const ROWS: usize = 64;
/// Parts that the gradient is summed in, whatever the number of threads, so that a rerun gives the same bits.
const PARTS: usize = 8;

/// The loss of u `[2N, D]`, and its gradient where it is wanted: NT-Xent of a temperature, or DCL where `decoupled`.
pub fn cross_entropy(
    u: &[f32],
    dims: usize,
    (temperature, decoupled): (f64, bool),
    backward: bool,
) -> (f64, Vec<f32>) {
    let rows = u.len() / dims.max(1);
    let part = rows.div_ceil(PARTS).next_multiple_of(ROWS);
    let starts: Vec<usize> = (0..rows).step_by(part.max(1)).collect();
    let parts: Vec<(f64, Vec<f32>)> = starts
        .into_par_iter()
        .map(|from| {
            let range = from..(from + part).min(rows);
            of_rows(u, dims, range, (temperature as f32, decoupled), backward)
        })
        .collect();
    let scale = 1.0 / rows.max(1) as f64;
    let mut loss = 0.0;
    let mut gradient = vec![0.0f32; if backward { u.len() } else { 0 }];
    for (of_part, part) in parts {
        loss += of_part;
        gradient.iter_mut().zip(part).for_each(|(to, g)| *to += g);
    }
    let factor = (scale / temperature) as f32;
    for g in &mut gradient {
        *g *= factor;
    }
    (loss * scale, gradient)
}

/// The summed loss of some anchors, and what they add to `(D + D^T) u`.
fn of_rows(
    u: &[f32],
    dims: usize,
    anchors: std::ops::Range<usize>,
    of: (f32, bool),
    backward: bool,
) -> (f64, Vec<f32>) {
    let rows = u.len() / dims;
    let mut gradient = vec![0.0f32; if backward { u.len() } else { 0 }];
    let mut tile = vec![0.0f32; ROWS.min(anchors.len()) * rows];
    let mut loss = 0.0;
    for from in anchors.clone().step_by(ROWS) {
        let to = (from + ROWS).min(anchors.end);
        let own = &u[from * dims..to * dims];
        let tile = &mut tile[..(to - from) * rows];
        matmul(
            Mat::row_major(own, dims),
            Mat::row_major(u, dims).transposed(),
            tile,
            false,
        );
        for (row, i) in tile.chunks_exact_mut(rows).zip(from..to) {
            loss += anchor(row, i, of);
        }
        if backward {
            // D u, and D^T u with the rows of this tile.
            let of_own = &mut gradient[from * dims..to * dims];
            matmul(
                Mat::row_major(tile, rows),
                Mat::row_major(u, dims),
                of_own,
                true,
            );
            let turned = Mat::row_major(tile, rows).transposed();
            matmul(turned, Mat::row_major(own, dims), &mut gradient, true);
        }
    }
    (loss, gradient)
}

/// The loss of anchor i from its cosines, which become its row of D.
fn anchor(row: &mut [f32], i: usize, (temperature, decoupled): (f32, bool)) -> f64 {
    let partner = (i + row.len() / 2) % row.len();
    let left_out = if decoupled { partner } else { i };
    let most = row.iter().enumerate();
    let most = most.filter(|(j, _)| *j != i && *j != left_out);
    let most = most.map(|(_, s)| *s).fold(f32::NEG_INFINITY, f32::max);
    let inverse = 1.0 / temperature;
    let to_partner = (row[partner] - most) * inverse;
    row[left_out] = most;
    for s in row.iter_mut() {
        *s = exp((*s - most) * inverse);
    }
    row[i] = 0.0;
    row[left_out] = 0.0;
    let sum = sum(row);
    let share = 1.0 / sum;
    for p in row.iter_mut() {
        *p *= share;
    }
    row[partner] -= 1.0;
    f64::from(sum).ln() - f64::from(to_partner)
}

/// In lanes, so that it is exact enough for long rows and done by vector instructions.
fn sum(values: &[f32]) -> f32 {
    let chunks = values.chunks_exact(16);
    let rest: f32 = chunks.remainder().iter().sum();
    let mut lanes = [0.0f32; 16];
    for chunk in chunks {
        lanes.iter_mut().zip(chunk).for_each(|(lane, v)| *lane += v);
    }
    lanes.iter().sum::<f32>() + rest
}

/// e to the x by a polynomial, to 2 units in the last place, so that a row takes vector instructions; x is at most
/// about 0. What is too small for a float is 0, and no number stays one.
fn exp(x: f32) -> f32 {
    const LOG2_E: f32 = std::f32::consts::LOG2_E;
    // Added and taken away again, it leaves the nearest whole number.
    const ROUND: f32 = 12_582_912.0;
    // ln 2 in two parts: the first has few digits, so that its product is exact.
    const LN2: (f32, f32) = (0.693_359_4, -2.121_944_4e-4);
    let small = x < -87.0;
    let x = if small { -87.0 } else { x };
    let whole = x * LOG2_E + ROUND - ROUND;
    let rest = x - whole * LN2.0 - whole * LN2.1;
    let mut p = 1.987_569e-4;
    for factor in [
        1.398_2e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ] {
        p = p * rest + factor;
    }
    let fraction = p * rest * rest + rest + 1.0;
    let power = f32::from_bits((((whole as i32) + 127) << 23) as u32);
    if small { 0.0 } else { fraction * power }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::{Purpose, Stream};

    #[test]
    fn the_polynomial_is_e_to_the_x() {
        for nth in 0..200_000 {
            let x = -(nth as f32) * 4.3e-4;
            let exact = f64::from(x).exp();
            let error = (f64::from(exp(x)) - exact).abs() / exact;
            assert!(error < 2.4e-7, "{x}: {error}");
        }
        assert_eq!((exp(-100.0), exp(0.0), exp(-0.0)), (0.0, 1.0, 1.0));
        assert!(exp(f32::NAN).is_nan());
    }

    #[test]
    fn threads_do_not_change_a_bit() {
        let (rows, dims) = (2 * 333, 24);
        let mut stream = Stream::new(5, Purpose::Weights, &[]);
        let u: Vec<f32> = (0..rows * dims)
            .map(|_| stream.normal() as f32 * 0.2)
            .collect();
        let by = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            pool.build()
                .unwrap()
                .install(|| cross_entropy(&u, dims, (0.1, false), true))
        };
        let ((loss, gradient), (other, same)) = (by(1), by(3));
        assert_eq!(loss.to_bits(), other.to_bits());
        assert_eq!(gradient, same);
    }
}
