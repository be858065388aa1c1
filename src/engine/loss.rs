//! NT-Xent, the normalised temperature-scaled cross entropy loss (paper, §2.1, equation 1), and its bounds.

use crate::hparam::Hparam;
use crate::hparams;
use burn::tensor::activation::log_softmax;
use burn::tensor::{Bool, Device, Int, Tensor};

hparams! {
    /// Loss
    pub struct Loss {
        /// Temperature of NT-Xent: cosine similarities are divided by it.
        temperature: f64 = 0.5 => Hparam::log(0.01, 10.0).paper("§5.1, Table 5");
    }
}

/// NT-Xent of z `[2N, D]`, in which rows i and i + N are one image's two views: the mean over all 2N anchors of
/// `-log(exp(sim(i, j) / T) / sum over k != i of exp(sim(i, k) / T))`, in nats, `[1]` (paper, equation 1).
///
/// The log-sum-exp subtracts each row's maximum, so small temperatures don't overflow.
#[must_use]
pub fn nt_xent(z: Tensor<2>, temperature: f64) -> Tensor<1> {
    let [rows, _] = z.dims();
    let device = z.device();
    let u = normalised(z);
    let logits = u.clone().matmul(u.transpose()) / temperature;
    // A view is no negative of itself. Cosines over T lie within 1/T of 0, far above this, and its exp is 0.
    let itself = Tensor::<2, Bool>::diag_mask([rows, rows], 0, &device).bool_not();
    let logits = logits.mask_fill(itself, -1e9);
    let partners = partners(rows, &device).reshape([rows, 1]);
    -log_softmax(logits, 1).gather(1, partners).mean()
}

/// Rows scaled to length 1; a row of zeros stays one, as in PyTorch's `normalize`.
#[must_use]
pub fn normalised(z: Tensor<2>) -> Tensor<2> {
    // Clamped below the root, whose slope at 0 is infinite.
    let length = (z.clone() * z.clone()).sum_dim(1).clamp_min(1e-24).sqrt();
    z / length
}

/// For each of 2N rows the row of the same image's other view.
fn partners(rows: usize, device: &Device) -> Tensor<1, Int> {
    let n = rows / 2;
    Tensor::cat(
        vec![
            Tensor::arange(n as i64..rows as i64, device),
            Tensor::arange(0..n as i64, device),
        ],
        0,
    )
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
