//! NT-Xent, or DCL, and its gradient by tiles with the operations of any device; `tiles.rs` has the formula.

use super::pairs::{log_sum_exp, others, partners};
use burn::tensor::activation::log_softmax;
use burn::tensor::{Bool, IndexingUpdateOp, Tensor};

/// The loss of u `[2N, D]`, `[1]`, and its gradient, with so many rows of the matrix at a time: NT-Xent of a temperature, or DCL
/// where `decoupled`.
pub fn cross_entropy(
    u: &Tensor<2>,
    (temperature, decoupled): (f64, bool),
    tile: usize,
) -> (Tensor<1>, Tensor<2>) {
    let [rows, _] = u.dims();
    let device = u.device();
    let partners = partners(rows, &device).reshape([rows, 1]);
    let turned = u.clone().transpose();
    let mut loss = Tensor::zeros([1], &device);
    let mut own_parts = Vec::new();
    let mut of_others = Tensor::zeros_like(u);
    for from in (0..rows).step_by(tile) {
        let count = tile.min(rows - from);
        let own = u.clone().narrow(0, from, count);
        let partners = partners.clone().narrow(0, from, count);
        let logits = own.clone().matmul(turned.clone()) / temperature;
        let (of_rows, logs) = if decoupled {
            let positive = logits.clone().gather(1, partners.clone());
            let left_out = others(from, count, rows, &device).bool_not();
            let logits = logits.mask_fill(left_out, -1e9);
            let logs = log_softmax(logits.clone(), 1);
            (log_sum_exp(&logits, &logs) - positive, logs)
        } else {
            let itself = Tensor::<2, Bool>::diag_mask([count, rows], from as i64, &device);
            let logs = log_softmax(logits.mask_fill(itself.bool_not(), -1e9), 1);
            (-logs.clone().gather(1, partners.clone()), logs)
        };
        loss = loss + of_rows.sum();
        let ones = Tensor::ones([count, 1], &device);
        let d = logs
            .exp()
            .scatter(1, partners, -ones, IndexingUpdateOp::Add);
        own_parts.push(d.clone().matmul(u.clone()));
        of_others = of_others + d.transpose().matmul(own);
    }
    let gradient = Tensor::cat(own_parts, 0) + of_others;
    (loss / rows as f64, gradient / (rows as f64 * temperature))
}
