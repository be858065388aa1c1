//! Which of the similarities of 2N views are between partners, and which between views of two images.

use burn::tensor::{Bool, Device, Int, Tensor};

/// For each of 2N rows the row of the same image's other view.
pub fn partners(rows: usize, device: &Device) -> Tensor<1, Int> {
    let n = rows / 2;
    Tensor::cat(
        vec![
            Tensor::arange(n as i64..rows as i64, device),
            Tensor::arange(0..n as i64, device),
        ],
        0,
    )
}

/// Which of so many rows from one on of `[2N, 2N]` similarities are to another image's view: neither the anchor's own nor its
/// partner.
pub fn others(from: usize, count: usize, rows: usize, device: &Device) -> Tensor<2, Bool> {
    let (from, half) = (from as i64, (rows / 2) as i64);
    let off = |diagonal| Tensor::<2, Bool>::diag_mask([count, rows], diagonal, device);
    off(from)
        .bool_and(off(from + half))
        .bool_and(off(from - half))
}

/// Of each row, `[N, 1]`, from it and its log-softmax: what the one is above the other.
pub fn log_sum_exp(logits: &Tensor<2>, logs: &Tensor<2>) -> Tensor<2> {
    logits.clone().max_dim(1) - logs.clone().max_dim(1)
}
