//! Linear evaluation: multinomial logistic regression on frozen embeddings (paper, §4 and appendix B.6), as
//! scikit-learn's: minimises |W|^2 / 2 + c * (sum of cross entropies), the bias without penalty.

use super::knn::Embeddings;
use super::lbfgs::{Minimum, minimise};
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Tensor, TensorData};

/// Iterations after which the fit stops, converged or not.
const ITERATIONS: usize = 2000;
/// Largest part of the mean loss's gradient at which the fit has converged. Products are in f32, so no less.
const TOLERANCE: f64 = 1e-5;

/// A linear classifier on embeddings.
#[derive(Clone, Debug)]
pub struct Classifier {
    /// Row-major `[F, C]`.
    weights: Vec<f32>,
    /// `[C]`.
    bias: Vec<f32>,
    /// L-BFGS iterations of its fit.
    pub iterations: usize,
    /// Whether the fit converged.
    pub converged: bool,
}

/// How well a classifier names embeddings.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Share named rightly, from 0 to 1.
    pub top1: f64,
    /// Share whose class is among the five likeliest, where there are more than ten classes.
    pub top5: Option<f64>,
    /// Share of each class named rightly; `None` for a class without images.
    pub per_class: Vec<Option<f64>>,
    /// How many of class (row) were named so (column).
    pub confusion: Vec<Vec<u64>>,
}

/// Fits a classifier to embeddings, with inverse penalty `c`.
///
/// # Errors
/// When the device fails.
pub fn fit(
    train: &Embeddings,
    classes: usize,
    c: f64,
    device: &Device,
) -> Result<Classifier, String> {
    let (rows, dims) = (train.len(), train.dims);
    let x = Tensor::<2>::from_data(TensorData::new(train.values.clone(), [rows, dims]), device);
    let mut hot = vec![0.0f32; rows * classes];
    for (i, label) in train.labels.iter().enumerate() {
        hot[i * classes + *label as usize] = 1.0;
    }
    let hot = Tensor::<2>::from_data(TensorData::new(hot, [rows, classes]), device);
    let turned = x.clone().transpose();
    let penalty = 1.0 / (c * rows as f64);
    let split = dims * classes;
    let objective = |point: &[f64]| -> Result<(f64, Vec<f64>), String> {
        let (weights, bias) = tensors(point, dims, classes, device);
        let logs = log_softmax(x.clone().matmul(weights) + bias, 1);
        let loss = -(logs.clone() * hot.clone()).sum() / rows as f64;
        let error = (logs.exp() - hot.clone()) / rows as f64;
        let slope = turned.clone().matmul(error.clone());
        let bias_slope = error.sum_dim(0);
        let read = |e: burn::tensor::TensorReadError| e.to_string();
        let mut gradient: Vec<f64> = slope
            .try_into_vec_as::<f32>()
            .map_err(read)?
            .into_iter()
            .map(f64::from)
            .collect();
        gradient.extend(
            bias_slope
                .try_into_vec_as::<f32>()
                .map_err(read)?
                .into_iter()
                .map(f64::from),
        );
        let mut value = f64::from(loss.try_into_scalar::<f32>().map_err(read)?);
        for (g, w) in gradient.iter_mut().zip(&point[..split]) {
            *g += penalty * w;
            value += 0.5 * penalty * w * w;
        }
        Ok((value, gradient))
    };
    let Minimum {
        x: point,
        iterations,
        converged,
        ..
    } = minimise(vec![0.0; split + classes], TOLERANCE, ITERATIONS, objective)?;
    let narrow = |values: &[f64]| values.iter().map(|v| *v as f32).collect();
    Ok(Classifier {
        weights: narrow(&point[..split]),
        bias: narrow(&point[split..]),
        iterations,
        converged,
    })
}

fn tensors(point: &[f64], dims: usize, classes: usize, device: &Device) -> (Tensor<2>, Tensor<2>) {
    let narrow = |values: &[f64]| values.iter().map(|v| *v as f32).collect::<Vec<f32>>();
    let (weights, bias) = point.split_at(dims * classes);
    let weights = Tensor::from_data(TensorData::new(narrow(weights), [dims, classes]), device);
    let bias = Tensor::from_data(TensorData::new(narrow(bias), [1, classes]), device);
    (weights, bias)
}

impl Classifier {
    /// Judges the classifier on embeddings.
    ///
    /// # Errors
    /// When the device fails.
    pub fn judge(&self, on: &Embeddings, device: &Device) -> Result<Judgement, String> {
        let classes = self.bias.len();
        let x = Tensor::<2>::from_data(
            TensorData::new(on.values.clone(), [on.len(), on.dims]),
            device,
        );
        let weights = Tensor::<2>::from_data(
            TensorData::new(self.weights.clone(), [on.dims, classes]),
            device,
        );
        let bias = Tensor::<2>::from_data(TensorData::new(self.bias.clone(), [1, classes]), device);
        let scores = (x.matmul(weights) + bias)
            .try_into_vec_as::<f32>()
            .map_err(|e| e.to_string())?;
        Ok(Judgement::of(&scores, &on.labels, classes))
    }
}

impl Judgement {
    /// From row-major scores `[N, C]` and the true labels.
    #[must_use]
    pub fn of(scores: &[f32], labels: &[u32], classes: usize) -> Self {
        let mut confusion = vec![vec![0u64; classes]; classes];
        let mut in_five = 0usize;
        for (row, label) in scores.chunks(classes.max(1)).zip(labels) {
            let truth = *label as usize;
            // The rank of the true class: how many score higher, ties going to the lower class.
            let above = |k: usize, s: f32| s > row[truth] || (s >= row[truth] && k < truth);
            let rank = row
                .iter()
                .enumerate()
                .filter(|(k, s)| *k != truth && above(*k, **s))
                .count();
            in_five += usize::from(rank < 5);
            confusion[truth][best(row)] += 1;
        }
        let total = labels.len().max(1) as f64;
        let right: u64 = (0..classes).map(|k| confusion[k][k]).sum();
        let per_class = confusion
            .iter()
            .enumerate()
            .map(|(k, row)| {
                let all: u64 = row.iter().sum();
                (all > 0).then(|| row[k] as f64 / all as f64)
            })
            .collect();
        let top5 = (classes > 10).then(|| in_five as f64 / total);
        Self {
            top1: right as f64 / total,
            top5,
            per_class,
            confusion,
        }
    }
}

fn best(row: &[f32]) -> usize {
    row.iter()
        .enumerate()
        .fold(0, |best, (k, s)| if *s > row[best] { k } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn top_five_counts_the_true_class_among_the_five_likeliest() {
        let mut scores = vec![0.0f32; 12];
        for (k, s) in scores.iter_mut().enumerate() {
            *s = -(k as f32);
        }
        let both: Vec<f32> = scores.iter().chain(&scores).copied().collect();
        let judged = Judgement::of(&both, &[4, 5], 12);
        assert_eq!(judged.top5, Some(0.5));
        assert!(judged.top1.abs() < 1e-9);
        assert_eq!(judged.confusion[4][0], 1);
        assert_eq!(judged.per_class[0], None);
    }
}
