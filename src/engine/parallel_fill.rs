//! Fresh memory for results, made ready by the threads that fill it and just before they do: as `vec![0.0; n]` one thread
//! would write all of it first, while the others wait, and it would be out of the nearer caches again when it is filled.
#![expect(
    unsafe_code,
    reason = "there is no safe way to hand out memory that isn't written yet"
)]

use rayon::prelude::*;
use std::mem::MaybeUninit;

/// `len` numbers in parts of `part`, the last one maybe shorter: each is set to zero and then given, with its place
/// among the parts, to `fill`, several at a time.
pub fn fresh(len: usize, part: usize, fill: impl Fn(usize, &mut [f32]) + Sync) -> Vec<f32> {
    in_pieces(len, part, part, || (), |(), nth, out| fill(nth, out)).0
}

/// The same in parts of many pieces, `part` being a multiple of `piece`: one thread fills the pieces of a part one after another,
/// each with its place among all, and carries along what `begin` made. What it was in the end comes back, part by part.
pub fn in_pieces<T: Send>(
    len: usize,
    part: usize,
    piece: usize,
    begin: impl Fn() -> T + Sync,
    fill: impl Fn(&mut T, usize, &mut [f32]) + Sync,
) -> (Vec<f32>, Vec<T>) {
    let (part, piece) = (part.max(1), piece.max(1));
    let mut all = Vec::with_capacity(len);
    let parts = all.spare_capacity_mut()[..len].par_chunks_mut(part);
    let carried = parts.enumerate().map(|(nth, out)| {
        let mut carried = begin();
        for (at, out) in out.chunks_mut(piece).enumerate() {
            fill(&mut carried, nth * (part / piece) + at, zeroed(out));
        }
        carried
    });
    let carried = carried.collect();
    // SAFETY: all `len` numbers were written by `zeroed`.
    unsafe { all.set_len(len) };
    (all, carried)
}

fn zeroed(part: &mut [MaybeUninit<f32>]) -> &mut [f32] {
    for number in part.iter_mut() {
        number.write(0.0);
    }
    let (start, len) = (part.as_mut_ptr().cast::<f32>(), part.len());
    // SAFETY: the same memory, each number of which has just been written; it is borrowed for as long.
    unsafe { std::slice::from_raw_parts_mut(start, len) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_zero_and_filled_once() {
        for (len, part) in [(0, 3), (7, 3), (9, 3), (5, 0), (4, 100)] {
            let all = fresh(len, part, |nth, out| {
                assert!(out.iter().all(|v| *v == 0.0));
                for (at, v) in out.iter_mut().enumerate() {
                    *v += (nth * part.max(1) + at) as f32;
                }
            });
            let wanted: Vec<f32> = (0..len).map(|n| n as f32).collect();
            assert_eq!(all, wanted, "{len} in parts of {part}");
        }
    }

    #[test]
    fn pieces_of_a_part_are_filled_in_order_and_by_one() {
        let (all, carried) = in_pieces(7, 4, 2, Vec::new, |seen, nth, out| {
            seen.push(nth);
            out.fill(nth as f32);
        });
        assert_eq!(all, [0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 3.0]);
        assert_eq!(carried, [[0, 1], [2, 3]]);
    }
}
