//! The nearest embeddings of a bank on the CPU, block by block: no matrix of all cosines, and no order of all of them.

use super::embeddings::Embeddings;
use crate::engine::matmul::{Mat, matmul};
use rayon::prelude::*;

/// Queries that one thread takes at a time, and embeddings of the bank: 2 MiB of cosines.
const BLOCK: (usize, usize) = (256, 2048);

/// One of the bank, and its cosine to the query.
pub type Neighbour = (u32, f32);

/// For each query its k nearest of the bank by cosine, in no order; equal cosines are taken in the bank's order, and
/// none that is no number.
pub fn nearest(bank: &Embeddings, queries: &Embeddings, k: usize) -> Vec<Vec<Neighbour>> {
    let found = seen(bank, queries, |_| Best::new(k), Best::take);
    found.into_iter().map(Best::end).collect()
}

/// For each query and each of its `bars`: how many of the bank have a higher cosine to the query than that.
pub fn nearer(bank: &Embeddings, queries: &Embeddings, bars: &[Vec<f32>]) -> Vec<Vec<u32>> {
    let none = |query: usize| (bars[query].as_slice(), vec![0; bars[query].len()]);
    let count = |(bars, counts): &mut (&[f32], Vec<u32>), _, cosine: f32| {
        for (bar, count) in bars.iter().zip(counts) {
            *count += u32::from(cosine > *bar);
        }
    };
    let counted = seen(bank, queries, none, count);
    counted.into_iter().map(|(_, counts)| counts).collect()
}

/// For each embedding its k nearest others by cosine, nearest first.
pub fn nearest_others(of: &Embeddings, k: usize) -> Vec<Vec<Neighbour>> {
    let found = nearest(of, of, k + 1).into_iter().enumerate();
    let others = found.map(|(own, mut row)| {
        row.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        row.retain(|(i, _)| *i as usize != own);
        row.truncate(k);
        row
    });
    others.collect()
}

/// What each query makes of its cosines to all of the bank, in the bank's order: `take` gets the place of one in the bank
/// and its cosine.
fn seen<S: Send>(
    bank: &Embeddings,
    queries: &Embeddings,
    begin: impl Fn(usize) -> S + Sync,
    take: impl Fn(&mut S, u32, f32) + Sync,
) -> Vec<S> {
    let dims = bank.dims.max(1);
    let lengths = inverse_lengths(&bank.values, dims);
    let blocks = queries.values.par_chunks(BLOCK.0 * dims).enumerate();
    let of_block = |(nth, block): (usize, &[f32])| {
        let own = inverse_lengths(block, dims);
        let mut all: Vec<S> = (0..own.len()).map(|i| begin(nth * BLOCK.0 + i)).collect();
        let mut tile = vec![0.0f32; own.len() * BLOCK.1.min(lengths.len())];
        let parts = bank.values.chunks(BLOCK.1 * dims);
        for ((part, lengths), from) in parts
            .zip(lengths.chunks(BLOCK.1))
            .zip((0..).step_by(BLOCK.1))
        {
            let count = lengths.len();
            let tile = &mut tile[..own.len() * count];
            matmul(
                Mat::row_major(block, dims),
                Mat::row_major(part, dims).transposed(),
                tile,
                false,
            );
            for ((row, one), own) in tile.chunks_exact(count).zip(&mut all).zip(&own) {
                for ((dot, length), i) in row.iter().zip(lengths).zip(from..) {
                    take(one, i, dot * length * own);
                }
            }
        }
        all
    };
    let found: Vec<Vec<S>> = blocks.map(of_block).collect();
    found.into_iter().flatten().collect()
}

/// The k best of what was seen, and some more that were better than the k best were then.
struct Best {
    k: usize,
    found: Vec<Neighbour>,
    /// The worst of the k best when they were last sorted out.
    bar: f32,
}

impl Best {
    fn new(k: usize) -> Self {
        Self {
            k,
            found: Vec::with_capacity(2 * k),
            bar: f32::NEG_INFINITY,
        }
    }

    fn take(&mut self, i: u32, cosine: f32) {
        if cosine > self.bar {
            self.found.push((i, cosine));
            if self.found.len() == 2 * self.k {
                self.sort_out();
            }
        }
    }

    fn sort_out(&mut self) {
        let nearer = |a: &Neighbour, b: &Neighbour| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if self.k < self.found.len() {
            let (_, worst, _) = self.found.select_nth_unstable_by(self.k - 1, nearer);
            self.bar = worst.1;
            self.found.truncate(self.k);
        }
    }

    fn end(mut self) -> Vec<Neighbour> {
        self.sort_out();
        self.found
    }
}

/// A row of zeros keeps its length, as in PyTorch's `normalize`.
pub fn inverse_lengths(values: &[f32], dims: usize) -> Vec<f32> {
    let squares = |row: &[f32]| row.iter().map(|v| v * v).sum::<f32>();
    let rows = values.chunks_exact(dims);
    rows.map(|row| 1.0 / squares(row).max(1e-24).sqrt())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::{Purpose, Stream};

    /// All cosines, sorted.
    fn by_sorting(bank: &Embeddings, query: &[f32], k: usize) -> Vec<u32> {
        let dot = |a: &[f32], b: &[f32]| -> f64 {
            a.iter()
                .zip(b)
                .map(|(a, b)| f64::from(*a) * f64::from(*b))
                .sum()
        };
        let cosine = |row: &[f32]| dot(row, query) / (dot(row, row) * dot(query, query)).sqrt();
        let rows = bank.values.chunks_exact(bank.dims);
        let mut all: Vec<(usize, f64)> = rows.map(cosine).enumerate().collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all.iter().take(k).map(|(i, _)| *i as u32).collect()
    }

    #[test]
    fn blocks_find_what_sorting_all_finds() {
        let dims = 16;
        let mut stream = Stream::new(3, Purpose::Weights, &[]);
        let mut made = |count: usize| Embeddings {
            values: (0..count * dims).map(|_| stream.normal() as f32).collect(),
            dims,
            labels: vec![0; count],
        };
        // More than a block of each, and no whole number of blocks.
        let (bank, queries) = (made(2 * BLOCK.1 + 77), made(BLOCK.0 + 9));
        for k in [1, 20, 200] {
            let found = nearest(&bank, &queries, k);
            assert_eq!(found.len(), BLOCK.0 + 9);
            for q in [0, 100, BLOCK.0, BLOCK.0 + 8] {
                let mut ours: Vec<u32> = found[q].iter().map(|(i, _)| *i).collect();
                let mut wanted = by_sorting(&bank, &queries.values[q * dims..][..dims], k);
                ours.sort_unstable();
                wanted.sort_unstable();
                assert_eq!(ours, wanted, "k {k}, query {q}");
            }
        }
    }

    #[test]
    fn those_nearer_than_a_bar_are_counted() {
        let bank = Embeddings {
            values: [[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]]
                .repeat(BLOCK.1)
                .concat(),
            dims: 2,
            labels: vec![0; 3 * BLOCK.1],
        };
        let queries = Embeddings {
            values: [3.0, 0.0].repeat(BLOCK.0 + 1),
            dims: 2,
            labels: vec![0; BLOCK.0 + 1],
        };
        let counts = nearer(&bank, &queries, &vec![vec![0.9, -0.5, 0.5]; BLOCK.0 + 1]);
        let all = BLOCK.1 as u32;
        assert!(counts.iter().all(|row| *row == [all, 3 * all, 2 * all]));
    }

    #[test]
    fn equal_cosines_are_taken_in_the_order_of_the_bank() {
        let bank = Embeddings {
            values: [1.0, 0.0].repeat(3 * BLOCK.1),
            dims: 2,
            labels: vec![0; 3 * BLOCK.1],
        };
        let query = Embeddings {
            values: vec![0.5, 0.0],
            dims: 2,
            labels: vec![0],
        };
        let mut found: Vec<u32> = nearest(&bank, &query, 5)[0].iter().map(|n| n.0).collect();
        found.sort_unstable();
        assert_eq!(found, [0, 1, 2, 3, 4]);
    }
}
