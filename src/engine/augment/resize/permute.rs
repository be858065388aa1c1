//! Pixels of a line to as many or more, sixteen at a time: where an image grows, what sixteen neighbours are made of lies
//! within 64 numbers, of which AVX-512 takes any in a few steps. Others read pixel by pixel. Both give the same bits.
//!
//! ```text
//! line      r g b r g b r g b r g b ..        64 numbers from the block's first pixel on: four vectors
//! offsets   0 0 3 3 3 6 6 ..                  of sixteen outputs, + 0, 1, 2 for red, green, blue
//! taken     vpermt2ps of two vectors, twice, and a blend by bit 5 of the offset
//! ```
//!
//! `out = w * taken(offset) + u * taken(offset + 3)`: two weights for each output.

#[cfg(target_arch = "x86_64")]
pub use by_vectors::Blocks;
#[cfg(not(target_arch = "x86_64"))]
pub use none::Blocks;

/// Numbers that may be read from the beginning of a pixel on.
pub const REACH: usize = 64;

#[cfg(not(target_arch = "x86_64"))]
mod none {
    /// There are no such vectors.
    #[derive(Debug, Default)]
    pub struct Blocks;

    #[allow(clippy::unused_self, reason = "they take what the others take")]
    impl Blocks {
        pub fn fit(&mut self, _: &[usize], _: &[f32]) {}

        pub fn are_ready(&self) -> bool {
            false
        }

        pub fn sum(&self, _: &[f32], _: [&mut [f32]; 3]) {}
    }
}

#[cfg(target_arch = "x86_64")]
mod by_vectors {
    use super::REACH;
    use crate::engine::augment::wide::{Width, widest};
    use pulp::x86::V4;
    use pulp::{Simd, WithSimd, cast};
    use std::arch::x86_64::{__m512, __m512i};

    /// Pixels of a vector.
    const SIDE: usize = 16;

    /// What sixteen neighbours are made of: where in the line the first pixel of all begins, how far behind
    /// that their own do, and two weights each.
    #[derive(Clone, Copy, Debug)]
    struct Block {
        from: usize,
        offsets: [i32; SIDE],
        weights: [[f32; SIDE]; 2],
    }

    /// Blocks of a row, where there are such vectors and enough pixels.
    #[derive(Debug, Default)]
    pub struct Blocks {
        blocks: Vec<Block>,
        ready: Option<V4>,
    }

    impl Blocks {
        /// For outputs that each are the weighted sum of two pixels, of which this is the first.
        pub fn fit(&mut self, first: &[usize], weights: &[f32]) {
            self.blocks.clear();
            self.ready = None;
            let (weights, _) = weights.as_chunks::<2>();
            if widest() < Width::Avx512 || first.len() < SIDE || weights.len() != first.len() {
                return;
            }
            self.ready = V4::try_new();
            for at in (0..first.len()).step_by(SIDE) {
                // The last block takes some pixels again where they don't come out even.
                let at = at.min(first.len() - SIDE);
                let from = first[at];
                // As for any that enlarge; an offset beyond would be read from somewhere else.
                if 3 * (first[at + SIDE - 1] - from + 2) > REACH {
                    self.ready = None;
                    return;
                }
                let block = Block {
                    from: 3 * from,
                    offsets: std::array::from_fn(|i| 3 * (first[at + i] - from) as i32),
                    weights: [0, 1].map(|tap| std::array::from_fn(|i| weights[at + i][tap])),
                };
                self.blocks.push(block);
            }
        }

        /// Whether there are any; else it has to be done otherwise.
        pub fn are_ready(&self) -> bool {
            self.ready.is_some()
        }

        /// Sums a line of pixels, red, green and blue in turn and [`REACH`] numbers behind them, into one row a channel.
        pub fn sum(&self, line: &[f32], rows: [&mut [f32]; 3]) {
            let Some(vectors) = self.ready else {
                return;
            };
            let row = Row {
                vectors,
                blocks: &self.blocks,
                line,
                rows,
            };
            Simd::vectorize(vectors, row);
        }
    }

    struct Row<'a> {
        vectors: V4,
        blocks: &'a [Block],
        line: &'a [f32],
        rows: [&'a mut [f32]; 3],
    }

    impl WithSimd for Row<'_> {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) {
            let [red, green, blue] = self.rows;
            let last = red.len() - SIDE;
            for (nth, block) in self.blocks.iter().enumerate() {
                let table = &self.line[block.from..][..REACH];
                let at = (nth * SIDE).min(last);
                let rows = [&mut *red, &mut *green, &mut *blue];
                for (channel, row) in rows.into_iter().enumerate() {
                    let sums = block.channel(self.vectors, table, channel as i32);
                    row[at..at + SIDE].copy_from_slice(&sums);
                }
            }
        }
    }

    impl Block {
        #[inline(always)]
        fn channel(&self, vectors: V4, table: &[f32], channel: i32) -> [f32; SIDE] {
            let v = vectors.avx512f;
            let offsets = v._mm512_add_epi32(cast(self.offsets), v._mm512_set1_epi32(channel));
            let next = v._mm512_add_epi32(offsets, v._mm512_set1_epi32(3));
            let first = taken(vectors, table, offsets);
            let second = taken(vectors, table, next);
            let [w, u] = self.weights.map(cast::<_, __m512>);
            cast(v._mm512_add_ps(v._mm512_mul_ps(w, first), v._mm512_mul_ps(u, second)))
        }
    }

    /// The numbers of a table of [`REACH`] that lie at these places.
    #[inline(always)]
    fn taken(vectors: V4, table: &[f32], places: __m512i) -> __m512 {
        let v = vectors.avx512f;
        let (parts, _) = table.as_chunks::<SIDE>();
        let [a, b, c, d] = [0, 1, 2, 3].map(|part| cast::<_, __m512>(parts[part]));
        let near = v._mm512_permutex2var_ps(a, places, b);
        let far = v._mm512_permutex2var_ps(c, places, d);
        let is_far = v._mm512_test_epi32_mask(places, v._mm512_set1_epi32(32));
        v._mm512_mask_blend_ps(is_far, near, far)
    }
}
