//! Channels innermost: planes transposed, block by block in registers.
//!
//! ```text
//! [channels, positions]         [positions, channels]
//! c0: a0 a1 a2 a3               p0: a0 b0 c0 d0
//! c1: b0 b1 b2 b3       to      p1: a1 b1 c1 d1
//! c2: c0 c1 c2 c3               p2: a2 b2 c2 d2
//! c3: d0 d1 d2 d3               p3: a3 b3 c3 d3
//! ```
//!
//! A square of T by T is T vectors. Each of log2 T rounds interleaves the upper half of the rows with the lower one (a
//! perfect shuffle), and after all of them rows are columns; one number at a time would touch a cache line for each.

use crate::engine::augment::wide::wide;

wide! {
    /// From `[channels, positions]` to `[positions, channels]`.
    pub fn transpose(planes: &[f32], positions: usize, to: &mut [f32]) {
        let channels = planes.len() / positions.max(1);
        if channels.is_multiple_of(16) {
            blocks::<16>(planes, positions, channels, to);
        } else if channels.is_multiple_of(8) {
            blocks::<8>(planes, positions, channels, to);
        } else if channels.is_multiple_of(4) {
            blocks::<4>(planes, positions, channels, to);
        } else {
            rest(planes, 0, positions, channels, to);
        }
    }
}

/// Squares of T by T, and what is left one by one.
#[inline(always)]
fn blocks<const T: usize>(planes: &[f32], positions: usize, channels: usize, to: &mut [f32]) {
    let whole = positions / T * T;
    for from in (0..channels).step_by(T) {
        for at in (0..whole).step_by(T) {
            let mut square = [[0.0; T]; T];
            for (c, row) in square.iter_mut().enumerate() {
                row.copy_from_slice(&planes[(from + c) * positions + at..][..T]);
            }
            let square = transposed(square);
            for (p, row) in square.iter().enumerate() {
                to[(at + p) * channels + from..][..T].copy_from_slice(row);
            }
        }
    }
    rest(planes, whole, positions, channels, to);
}

/// A square transposed around by rounds of interleaving, each of which moves one bit of the row's number into the column's.
#[inline(always)]
fn transposed<const T: usize>(mut square: [[f32; T]; T]) -> [[f32; T]; T] {
    for _ in 0..T.ilog2() {
        let mut next = [[0.0; T]; T];
        for row in 0..T / 2 {
            let (a, b) = (square[row], square[row + T / 2]);
            for at in 0..T / 2 {
                next[2 * row][2 * at] = a[at];
                next[2 * row][2 * at + 1] = b[at];
                next[2 * row + 1][2 * at] = a[T / 2 + at];
                next[2 * row + 1][2 * at + 1] = b[T / 2 + at];
            }
        }
        square = next;
    }
    square
}

/// One by one, from a position on.
#[inline(always)]
fn rest(planes: &[f32], from: usize, positions: usize, channels: usize, to: &mut [f32]) {
    if from == positions {
        return;
    }
    for (c, plane) in planes.chunks_exact(positions).enumerate() {
        let to = to[from * channels + c..].iter_mut().step_by(channels);
        for (to, v) in to.zip(&plane[from..]) {
            *to = *v;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_finds_its_place() {
        for (channels, positions) in [
            (16, 64),
            (32, 49),
            (8, 21),
            (24, 16),
            (5, 7),
            (16, 3),
            (12, 9),
        ] {
            let planes: Vec<f32> = (0..channels * positions).map(|n| n as f32).collect();
            let mut to = vec![f32::NAN; planes.len()];
            transpose(&planes, positions, &mut to);
            let place = |at: usize| planes[at % channels * positions + at / channels];
            let wanted: Vec<f32> = (0..planes.len()).map(place).collect();
            assert_eq!(to, wanted, "{channels} x {positions}");
        }
    }
}
