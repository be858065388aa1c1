//! Principal components of embeddings, and the share of the variance that each of them has.

use super::embeddings::Embeddings;
use crate::engine::matmul::{Mat, matmul};
use nalgebra::DMatrix;

/// Embeddings along their principal components.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Components {
    /// Row-major `[N, count]`: the coordinates of each embedding along the first components, from their mean.
    pub coordinates: Vec<f32>,
    /// For each component its share of the variance, largest first; 0 where nothing varies.
    pub shares: Vec<f64>,
}

/// The first `count` principal components of embeddings `[N, F]`, at most F, and the spectrum of their covariance.
///
/// Each component points where the largest of its F numbers is positive, so that the same embeddings give the same map.
#[must_use]
pub fn components(of: &Embeddings, count: usize) -> Components {
    let (rows, dims) = (of.len(), of.dims);
    if rows == 0 || dims == 0 {
        return Components::default();
    }
    let centred = of.centred();
    let mut covariance = vec![0.0; dims * dims];
    let matrix = Mat::row_major(&centred, dims);
    matmul(matrix.transposed(), matrix, &mut covariance, false);
    let eigen = DMatrix::from_row_slice(dims, dims, &covariance).symmetric_eigen();
    let mut order: Vec<usize> = (0..dims).collect();
    order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
    let total: f64 = eigen.eigenvalues.iter().map(|v| v.max(0.0)).sum();
    let share = |nth: &usize| eigen.eigenvalues[*nth].max(0.0) / total.max(f64::MIN_POSITIVE);
    let count = count.min(dims);
    let mut axes = vec![0.0; dims * count];
    for (k, nth) in order.iter().take(count).enumerate() {
        let axis = eigen.eigenvectors.column(*nth);
        let largest = axis
            .iter()
            .copied()
            .max_by(|a, b| a.abs().total_cmp(&b.abs()));
        let sign = largest.unwrap_or(1.0).signum();
        for (d, v) in axis.iter().enumerate() {
            axes[d * count + k] = sign * v;
        }
    }
    let mut coordinates = vec![0.0; rows * count];
    matmul(
        matrix,
        Mat::row_major(&axes, count),
        &mut coordinates,
        false,
    );
    Components {
        coordinates: coordinates.iter().map(|v| *v as f32).collect(),
        shares: order.iter().map(share).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alike_embeddings_have_no_components_and_none_at_all_neither() {
        let alike = Embeddings {
            values: vec![1.0; 12],
            dims: 4,
            labels: vec![0; 3],
        };
        let found = components(&alike, 2);
        assert_eq!(found.coordinates, [0.0; 6]);
        assert!(found.shares.iter().all(|share| *share == 0.0), "{found:?}");
        assert_eq!(components(&Embeddings::default(), 2), Components::default());
    }
}
