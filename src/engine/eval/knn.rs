//! Weighted k-nearest-neighbour evaluation on h (Wu et al., arXiv 1805.01978, §3.4).

use super::classification::ClassificationReport;
pub use super::embeddings::Embeddings;
use super::nearest::nearest;
use crate::hparam::Hparam;
use crate::hparams;
use rayon::prelude::*;

hparams! {
    /// kNN evaluation
    pub struct Knn {
        /// Neighbours that vote.
        k: usize = 200 => Hparam::whole(1, 10_000, 10);
        /// Temperature of the votes: each weighs exp(cosine / temperature).
        temperature: f64 = 0.1 => Hparam::log(0.01, 10.0);
        /// Epochs between evaluations; the first is before training, the last always at the end.
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

/// For each query the summed votes for each class, row-major `[queries, classes]`: its `k` nearest of the bank by
/// cosine vote `exp(cosine / temperature)` for their class. Equal cosines are taken in the bank's order.
///
/// On the CPU wherever the network is: a GPU's products are rounded to ten bits, and to read all cosines back takes as
/// long as to compute them.
#[must_use]
pub fn votes(bank: &Embeddings, queries: &Embeddings, knn: &Knn, classes: usize) -> Vec<f64> {
    let neighbours = nearest(bank, queries, knn.k.min(bank.len()));
    let votes = neighbours.par_iter().flat_map_iter(|neighbours| {
        let mut votes = vec![0.0; classes];
        for (i, cosine) in neighbours {
            if let Some(vote) = votes.get_mut(bank.labels[*i as usize] as usize) {
                *vote += (f64::from(*cosine) / knn.temperature).exp();
            }
        }
        votes
    });
    votes.collect()
}

/// How well the votes of the bank `[N, F]` name the queries `[M, F]` (Wu et al., §3.4). A tie goes to the lower class.
#[must_use]
pub fn evaluate(
    bank: &Embeddings,
    queries: &Embeddings,
    knn: &Knn,
    classes: usize,
) -> ClassificationReport {
    let votes = votes(bank, queries, knn, classes);
    ClassificationReport::from_scores(&votes, &queries.labels, classes)
}

/// The share of queries whose class gets the most votes, from 0 to 1.
#[must_use]
pub fn accuracy(bank: &Embeddings, queries: &Embeddings, knn: &Knn, classes: usize) -> f64 {
    evaluate(bank, queries, knn, classes).top1
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
        assert!((accuracy(&bank, &queries, &knn, 2) - 1.0).abs() < 1e-9);
    }
}
