//! What z and h look like: signs of learning and of collapse, cheap enough for each epoch.

use crate::engine::eval::knn::Embeddings;
use crate::engine::loss::normalised;
use crate::engine::readback;
use burn::tensor::Tensor;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Rows of the similarity matrix held at once.
const ROWS: usize = 256;

/// Of a batch's z `[2N, D]`, rows i and i + N being one image's views:
/// - `contrastive_top1`: per cent of views whose nearest other view is their partner;
/// - `alignment`: mean squared distance of partners on the unit sphere (Wang & Isola, arXiv 2005.10242, §4.1.1, alpha 2);
/// - `uniformity`: ln of the mean of exp(-2 d^2) over pairs of different views (the same, §4.1.2, t 2);
/// - `z_std`: mean over dimensions of the deviation of normalised z, times sqrt(D): near 1 when spread, 0 when collapsed
///   (Chen & He, arXiv 2011.10566, §4.1).
///
/// # Errors
/// When the device fails.
pub fn for_batch(z: Tensor<2>) -> Result<BTreeMap<String, f64>, String> {
    let [rows, dims] = z.dims();
    let u = normalised(z);
    let turned = u.clone().transpose();
    let (mut right, mut aligned, mut potential) = (0usize, 0.0, 0.0);
    for from in (0..rows).step_by(ROWS) {
        let to = (from + ROWS).min(rows);
        let cosines = u.clone().narrow(0, from, to - from).matmul(turned.clone());
        let cosines = readback::read(cosines)?;
        let seen: Vec<(bool, f64, f64)> = cosines
            .par_chunks(rows)
            .enumerate()
            .map(|(i, row)| look(from + i, row))
            .collect();
        for (nearest_is_partner, distance, sum) in seen {
            right += usize::from(nearest_is_partner);
            aligned += distance;
            potential += sum;
        }
    }
    let pairs = (rows * rows.saturating_sub(1)).max(1) as f64;
    let u = readback::read(u)?;
    Ok(BTreeMap::from([
        (
            "contrastive_top1".to_owned(),
            100.0 * right as f64 / rows.max(1) as f64,
        ),
        ("alignment".to_owned(), aligned / rows.max(1) as f64),
        ("uniformity".to_owned(), (potential / pairs).ln()),
        (
            "z_std".to_owned(),
            deviation(&u, dims) * (dims as f64).sqrt(),
        ),
    ]))
}

/// Of view `i` with its cosines to all views: whether its partner is nearest, its squared distance to the partner, and
/// its summed Gaussian potential to all others.
fn look(i: usize, cosines: &[f32]) -> (bool, f64, f64) {
    let rows = cosines.len();
    let partner = (i + rows / 2) % rows;
    let own = cosines[partner];
    let (mut nearest, mut sum) = (true, 0.0);
    for (k, &c) in cosines.iter().enumerate() {
        if k != i {
            nearest &= k == partner || c < own;
            sum += (-2.0 * (2.0 - 2.0 * f64::from(c))).exp();
        }
    }
    (nearest, 2.0 - 2.0 * f64::from(own), sum)
}

/// Mean over the columns of a row-major matrix of their population deviation.
fn deviation(values: &[f32], dims: usize) -> f64 {
    let rows = (values.len() / dims.max(1)).max(1) as f64;
    let (mut sums, mut squares) = (vec![0.0; dims], vec![0.0; dims]);
    for row in values.chunks(dims.max(1)) {
        for (d, &v) in row.iter().enumerate() {
            sums[d] += f64::from(v);
            squares[d] += f64::from(v) * f64::from(v);
        }
    }
    let total: f64 = sums
        .iter()
        .zip(&squares)
        .map(|(s, q)| (q / rows - (s / rows).powi(2)).max(0.0).sqrt())
        .sum();
    total / dims.max(1) as f64
}

/// Embeddings that the effective rank looks at.
const SAMPLE: usize = 512;

/// exp of the entropy of h's singular values, normalised to sum 1 (Roy & Vetterli, EUSIPCO 2007), over the first 512
/// embeddings: how many directions h really uses, at most its dimensions.
#[must_use]
pub fn effective_rank(h: &Embeddings) -> f64 {
    let (rows, dims) = (h.len().min(SAMPLE), h.dims);
    if rows == 0 || dims == 0 {
        return 0.0;
    }
    let matrix = nalgebra::DMatrix::from_row_iterator(
        rows,
        dims,
        h.values[..rows * dims].iter().map(|v| f64::from(*v)),
    );
    // The Gram matrix of the shorter side has the squares of the same singular values.
    let gram = if rows < dims {
        &matrix * matrix.transpose()
    } else {
        matrix.transpose() * &matrix
    };
    let singular: Vec<f64> = gram
        .symmetric_eigenvalues()
        .iter()
        .map(|l| l.max(0.0).sqrt())
        .collect();
    let sum: f64 = singular.iter().sum();
    let entropy: f64 = singular
        .iter()
        .map(|s| s / sum)
        .filter(|p| *p > 0.0)
        .map(|p| -p * p.ln())
        .sum();
    if sum > 0.0 { entropy.exp() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::{Device, TensorData};

    fn batch(values: Vec<f32>, dims: usize) -> BTreeMap<String, f64> {
        let rows = values.len() / dims;
        for_batch(Tensor::from_data(
            TensorData::new(values, [rows, dims]),
            &Device::flex(),
        ))
        .unwrap()
    }

    #[test]
    fn a_collapsed_batch_shows_no_deviation_and_no_nearest_partner() {
        let seen = batch(vec![1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0], 2);
        assert!(seen["z_std"] < 1e-3, "{seen:?}");
        assert!(seen["contrastive_top1"] < 1.0, "{seen:?}");
        assert!(seen["uniformity"].abs() < 1e-5, "{seen:?}");
    }

    #[test]
    fn opposite_pairs_are_aligned_and_told_apart() {
        let seen = batch(vec![3.0, 0.0, -1.0, 0.0, 1.0, 0.0, -2.0, 0.0], 2);
        assert!((seen["contrastive_top1"] - 100.0).abs() < 1e-9);
        assert!(seen["alignment"].abs() < 1e-6);
    }

    #[test]
    fn the_effective_rank_counts_even_directions() {
        let mut values = vec![0.0; 4 * 8];
        for i in 0..4 {
            values[i * 8 + i] = 2.0;
        }
        let h = Embeddings {
            values,
            dims: 8,
            labels: vec![0; 4],
        };
        assert!((effective_rank(&h) - 4.0).abs() < 1e-6);
    }
}
