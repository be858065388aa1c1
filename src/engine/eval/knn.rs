//! Weighted k-nearest-neighbour evaluation on h (Wu et al., arXiv 1805.01978, §3.4).

use super::judgement::Judgement;
use super::nearest::{Neighbour, best, nearest};
use crate::engine::loss::normalised;
use crate::hparam::Hparam;
use crate::hparams;
use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;

hparams! {
    /// kNN evaluation
    pub struct Knn {
        /// Neighbours that vote.
        k: usize = 200 => Hparam::whole(1, 10_000, 10);
        /// Temperature of the votes: each weighs exp(cosine / temperature).
        temperature: f64 = 0.1 => Hparam::log(0.01, 10.0);
        /// Epochs between evaluations; the first is before training, one is always at the end.
        every: usize = 1 => Hparam::whole(1, 10_000, 1).unit("epochs");
    }
}

impl Knn {
    /// The protocol in a few words, to stand beside every number it gives.
    #[must_use]
    pub fn protocol(&self) -> String {
        format!("k {}, T {}, cosine", self.k, self.temperature)
    }
}

/// Embeddings of labelled images, on the host.
#[derive(Clone, Debug, Default)]
pub struct Embeddings {
    /// Row-major `[len, dims]`.
    pub values: Vec<f32>,
    /// Dimensions of one embedding.
    pub dims: usize,
    /// Class of each row.
    pub labels: Vec<u32>,
}

impl Embeddings {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    fn rows(&self, from: usize, to: usize, device: &Device) -> Tensor<2> {
        let values = self.values[from * self.dims..to * self.dims].to_vec();
        normalised(Tensor::from_data(
            TensorData::new(values, [to - from, self.dims]),
            device,
        ))
    }
}

/// Similarities held at once where a device computes them: 32 MiB.
const BLOCK: usize = 8 << 20;

/// For each query the summed votes for each class, row-major `[queries, classes]`: its `k` nearest of the bank by
/// cosine vote `exp(cosine / temperature)` for their class. Equal cosines are taken in the bank's order.
///
/// # Errors
/// When the device fails.
pub fn votes(
    bank: &Embeddings,
    queries: &Embeddings,
    knn: &Knn,
    classes: usize,
    device: &Device,
) -> Result<Vec<f64>, String> {
    let k = knn.k.min(bank.len());
    let neighbours = if *device == Device::flex() {
        nearest(bank, queries, k)
    } else {
        on_device(bank, queries, k, device)?
    };
    let votes = neighbours.par_iter().flat_map_iter(|neighbours| {
        let mut votes = vec![0.0; classes];
        for (i, cosine) in neighbours {
            if let Some(vote) = votes.get_mut(bank.labels[*i as usize] as usize) {
                *vote += (f64::from(*cosine) / knn.temperature).exp();
            }
        }
        votes
    });
    Ok(votes.collect())
}

/// The nearest by products on the device, which the host sorts out.
fn on_device(
    bank: &Embeddings,
    queries: &Embeddings,
    k: usize,
    device: &Device,
) -> Result<Vec<Vec<Neighbour>>, String> {
    let count = bank.len();
    let turned = bank.rows(0, count, device).transpose();
    let step = (BLOCK / count.max(1)).clamp(1, 1024);
    let mut found = Vec::with_capacity(queries.len());
    for from in (0..queries.len()).step_by(step) {
        let to = (from + step).min(queries.len());
        let cosines = queries.rows(from, to, device).matmul(turned.clone());
        let cosines = cosines
            .try_into_vec_as::<f32>()
            .map_err(|e| e.to_string())?;
        let rows = cosines.par_chunks(count).map(|row| best(row, k));
        found.extend(rows.collect::<Vec<_>>());
    }
    Ok(found)
}

/// How well the votes of the bank `[N, F]` name the queries `[M, F]` (Wu et al., §3.4). A tie goes to the lower class.
///
/// # Errors
/// When the device fails.
pub fn judge(
    bank: &Embeddings,
    queries: &Embeddings,
    knn: &Knn,
    classes: usize,
    device: &Device,
) -> Result<Judgement, String> {
    let votes = votes(bank, queries, knn, classes, device)?;
    Ok(Judgement::of(&votes, &queries.labels, classes))
}

/// The share of queries whose class gets the most votes, from 0 to 1.
///
/// # Errors
/// When the device fails.
pub fn accuracy(
    bank: &Embeddings,
    queries: &Embeddings,
    knn: &Knn,
    classes: usize,
    device: &Device,
) -> Result<f64, String> {
    judge(bank, queries, knn, classes, device).map(|judged| judged.top1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_vote_by_cosine_and_not_by_length() {
        let bank = Embeddings {
            values: vec![10.0, 0.0, 0.1, 0.0, 0.0, 3.0],
            dims: 2,
            labels: vec![0, 0, 1],
        };
        let queries = Embeddings {
            values: vec![0.2, 0.1, -0.1, 7.0],
            dims: 2,
            labels: vec![0, 1],
        };
        let knn = Knn {
            k: 1,
            ..Knn::default()
        };
        assert!((accuracy(&bank, &queries, &knn, 2, &Device::flex()).unwrap() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_device_finds_the_same_neighbours() {
        let values = |count: usize, salt: usize| {
            let value = |i: usize| ((i * 7919 + salt) % 1009) as f32 / 500.0 - 1.0;
            (0..count * 8).map(value).collect()
        };
        let made = |count: usize, salt: usize| Embeddings {
            values: values(count, salt),
            dims: 8,
            labels: (0..count as u32).map(|i| i % 5).collect(),
        };
        let (bank, queries) = (made(500, 1), made(40, 77));
        let sorted = |mut all: Vec<Vec<Neighbour>>| {
            for one in &mut all {
                one.sort_unstable_by_key(|n| n.0);
            }
            all.iter()
                .map(|one| one.iter().map(|n| n.0).collect())
                .collect::<Vec<Vec<u32>>>()
        };
        let ours = sorted(nearest(&bank, &queries, 20));
        assert_eq!(
            ours,
            sorted(on_device(&bank, &queries, 20, &Device::flex()).unwrap())
        );
    }
}
