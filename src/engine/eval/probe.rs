//! Linear evaluation: multinomial logistic regression on frozen embeddings (paper, §4 and appendix B.6), as
//! scikit-learn's: minimises |W|^2 / 2 + c * (sum of cross entropies), the bias without penalty.

use super::judgement::Judgement;
use super::knn::Embeddings;
use super::lbfgs::{Minimum, minimise};
use crate::hparam::Hparam;
use crate::hparams;
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Tensor, TensorData};

hparams! {
    /// Linear evaluation
    pub struct Probe {
        /// Epochs between linear evaluations of h and z, from before training to the end; 0 does none.
        every: usize = 0 => Hparam::whole(0, 10_000, 1).unit("epochs").paper("§4.2");
        /// Inverse strength of the classifier's L2 penalty, as scikit-learn's C.
        c: f64 = 1.0 => Hparam::log(1e-6, 1e6);
    }
}

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

/// Fits a classifier to embeddings `[N, F]`, with inverse penalty `c` as scikit-learn's `LogisticRegression(C=c)`: from
/// zero, by L-BFGS to convergence (paper, appendix B.8).
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
    /// Judges the classifier on embeddings `[N, F]`.
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
        let scores: Vec<f64> = scores.into_iter().map(f64::from).collect();
        Ok(Judgement::of(&scores, &on.labels, classes))
    }
}
