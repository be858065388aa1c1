//! NT-Xent, the normalised temperature-scaled cross entropy loss (paper, §2.1, equation 1), and its bounds.

use crate::hparam::Hparam;
use crate::hparams;

hparams! {
    /// Loss
    pub struct Loss {
        /// Temperature of NT-Xent: cosine similarities are divided by it.
        temperature: f64 = 0.5 => Hparam::log(0.01, 10.0).paper("§5.1, Table 5");
    }
}

/// The loss of embeddings that tell nothing: ln(2N - 1) for N pairs, in nats.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "batches are far below 2^52")]
pub fn chance(pairs: usize) -> f64 {
    ((2 * pairs.max(1) - 1) as f64).ln()
}

/// The lowest loss that N pairs can reach: both views of each image alike and all images as far apart as N points
/// can be, at cosine -1/(N-1). In nats.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "batches are far below 2^52")]
pub fn floor(pairs: usize, temperature: f64) -> f64 {
    if pairs < 2 {
        return 0.0;
    }
    let n = pairs as f64;
    (2.0 * n - 2.0)
        .mul_add((-(1.0 + 1.0 / (n - 1.0)) / temperature).exp(), 1.0)
        .ln()
}
