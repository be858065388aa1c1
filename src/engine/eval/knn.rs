//! Weighted k-nearest-neighbour evaluation on h (Wu et al., arXiv 1805.01978, §3.4).

use super::judgement::Judgement;
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

/// Similarities held at once: 32 MiB of them.
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
    let count = bank.len();
    let turned = bank.rows(0, count, device).transpose();
    let step = (BLOCK / count.max(1)).clamp(1, 1024);
    let mut votes = Vec::with_capacity(queries.len() * classes);
    for from in (0..queries.len()).step_by(step) {
        let to = (from + step).min(queries.len());
        let cosines = queries.rows(from, to, device).matmul(turned.clone());
        let cosines = cosines
            .try_into_vec_as::<f32>()
            .map_err(|e| e.to_string())?;
        let rows: Vec<Vec<f64>> = cosines
            .par_chunks(count)
            .map(|row| vote(row, &bank.labels, knn, classes))
            .collect();
        votes.extend(rows.into_iter().flatten());
    }
    Ok(votes)
}

/// One query's votes from its cosines to the whole bank.
fn vote(cosines: &[f32], labels: &[u32], knn: &Knn, classes: usize) -> Vec<f64> {
    let mut order: Vec<u32> = (0..cosines.len() as u32).collect();
    let k = knn.k.min(order.len());
    let nearer = |a: &u32, b: &u32| {
        cosines[*b as usize]
            .total_cmp(&cosines[*a as usize])
            .then(a.cmp(b))
    };
    if k < order.len() {
        order.select_nth_unstable_by(k, nearer);
    }
    let mut votes = vec![0.0; classes];
    for &i in &order[..k] {
        if let Some(vote) = votes.get_mut(labels[i as usize] as usize) {
            *vote += (f64::from(cosines[i as usize]) / knn.temperature).exp();
        }
    }
    votes
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
}
