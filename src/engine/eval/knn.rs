//! Weighted k-nearest-neighbour evaluation on h (Wu et al., arXiv 1805.01978, §3.4).

use crate::hparam::Hparam;
use crate::hparams;

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
