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
    let mut all = Vec::with_capacity(len);
    let parts = all.spare_capacity_mut()[..len].par_chunks_mut(part.max(1));
    parts
        .enumerate()
        .for_each(|(nth, part)| fill(nth, zeroed(part)));
    // SAFETY: all `len` numbers were written by `zeroed`.
    unsafe { all.set_len(len) };
    all
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
}
