//! Clusters of embeddings by k-means (Lloyd), begun as k-means++ does (Arthur and Vassilvitskii, SODA 2007).

use super::embeddings::Embeddings;
use super::nearest::inverse_lengths;
use crate::engine::matmul::{Mat, matmul};
use crate::engine::random::{Purpose, Stream};
use rayon::prelude::*;

/// Tries from other starts, of which the best is kept.
const TRIES: u64 = 4;
/// Rounds of one try at most.
const ROUNDS: usize = 100;

/// Clusters of normalised embeddings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clusters {
    /// The cluster of each embedding.
    pub of: Vec<u32>,
    /// The sum of squared distances to the centres.
    pub inertia: f64,
}

/// `k` clusters of embeddings `[N, F]` on the unit sphere; fewer where there are fewer embeddings.
#[must_use]
pub fn kmeans(of: &Embeddings, k: usize, seed: u64) -> Clusters {
    let k = k.min(of.len());
    if k == 0 || of.dims == 0 {
        return Clusters::default();
    }
    let points = Points {
        values: normalised(of),
        dims: of.dims,
    };
    let stream = |nth| Stream::new(seed, Purpose::Clusters, &[nth]);
    let tries = (0..TRIES).map(|nth| points.lloyd(points.spread(k, stream(nth))));
    let best = tries.min_by(|a, b| a.inertia.total_cmp(&b.inertia));
    best.unwrap_or_default()
}

fn normalised(of: &Embeddings) -> Vec<f32> {
    let scales = inverse_lengths(&of.values, of.dims);
    let rows = of.values.chunks_exact(of.dims).zip(scales);
    rows.flat_map(|(row, scale)| row.iter().map(move |v| v * scale))
        .collect()
}

/// Points on the unit sphere, or at its middle.
struct Points {
    values: Vec<f32>,
    dims: usize,
}

impl Points {
    fn rows(&self) -> std::slice::ChunksExact<'_, f32> {
        self.values.chunks_exact(self.dims)
    }

    /// The first centres: each a point drawn by its squared distance to those before it.
    fn spread(&self, k: usize, mut stream: Stream) -> Vec<f32> {
        let count = self.values.len() / self.dims;
        let first = (stream.unit() * count as f64) as usize;
        let mut centres = self.values[first * self.dims..][..self.dims].to_vec();
        while centres.len() < k * self.dims {
            let (_, distances) = self.assign(&centres);
            let mut left = stream.unit() * distances.iter().sum::<f64>();
            let drawn = distances.iter().position(|d| {
                left -= d;
                left < 0.0
            });
            let drawn = drawn.unwrap_or(count - 1);
            centres.extend_from_slice(&self.values[drawn * self.dims..][..self.dims]);
        }
        centres
    }

    /// Moves the centres to the means of their points until no point changes its centre.
    fn lloyd(&self, mut centres: Vec<f32>) -> Clusters {
        let (mut of, mut distances) = self.assign(&centres);
        for _ in 0..ROUNDS {
            self.recentre(&mut centres, &of);
            let before = of;
            (of, distances) = self.assign(&centres);
            if of == before {
                break;
            }
        }
        Clusters {
            of,
            inertia: distances.iter().sum(),
        }
    }

    /// For each point the nearest centre and the squared distance to it.
    fn assign(&self, centres: &[f32]) -> (Vec<u32>, Vec<f64>) {
        const BLOCK: usize = 256;
        let k = centres.len() / self.dims;
        let square = |row: &[f32]| row.iter().map(|v| v * v).sum::<f32>();
        let squares: Vec<f32> = centres.chunks_exact(self.dims).map(square).collect();
        let blocks = self.values.par_chunks(BLOCK * self.dims);
        let found = blocks.flat_map_iter(|block| {
            let mut dots = vec![0.0; block.len() / self.dims * k];
            let centres = Mat::row_major(centres, self.dims).transposed();
            matmul(Mat::row_major(block, self.dims), centres, &mut dots, false);
            let rows = dots.chunks_exact(k).zip(block.chunks_exact(self.dims));
            let nearest = rows.map(|(dots, row)| {
                let distance = |nth: usize| square(row) + squares[nth] - 2.0 * dots[nth];
                let nth = (0..k).min_by(|a, b| distance(*a).total_cmp(&distance(*b)));
                let nth = nth.unwrap_or(0);
                (nth as u32, f64::from(distance(nth).max(0.0)))
            });
            nearest.collect::<Vec<_>>()
        });
        found.unzip()
    }

    /// Each centre becomes the mean of its points; one without any stays where it is.
    fn recentre(&self, centres: &mut [f32], of: &[u32]) {
        let mut counts = vec![0.0f64; centres.len() / self.dims];
        let mut sums = vec![0.0f64; centres.len()];
        for (row, nth) in self.rows().zip(of) {
            let nth = *nth as usize;
            counts[nth] += 1.0;
            for (sum, v) in sums[nth * self.dims..].iter_mut().zip(row) {
                *sum += f64::from(*v);
            }
        }
        let centres = centres.chunks_exact_mut(self.dims);
        for ((centre, sum), count) in centres.zip(sums.chunks_exact(self.dims)).zip(counts) {
            for (c, s) in centre.iter_mut().zip(sum).filter(|_| count > 0.0) {
                *c = (s / count) as f32;
            }
        }
    }
}
