//! Linear evaluation: multinomial logistic regression on frozen embeddings (paper, §4 and appendix B.6), as
//! scikit-learn's: minimises |W|^2 / 2 + c * (sum of cross entropies), the bias without penalty.
//!
//! On the CPU and in f64 whatever the device: sums in f32 differ between processors, and products of a card may keep ten bits.

use super::classification::ClassificationReport;
use super::knn::Embeddings;
use super::lbfgs::{Minimum, minimise};
use crate::engine::matmul::{Mat, matmul};
use crate::hparam::Hparam;
use crate::hparams;
use rayon::prelude::*;

hparams! {
    /// Linear evaluation
    pub struct Probe {
        /// Epochs between linear evaluations of h and z, and of h with 1, 2, 5 and 10 labels a class, from before training to the end; 0 turns them off.
        every: usize = 0 => Hparam::whole(0, 10_000, 1).unit("epochs").paper("§4.2");
        /// Inverse strength of the classifier's L2 penalty, as scikit-learn's C.
        c: f64 = 1.0 => Hparam::log(1e-6, 1e6);
    }
}

/// Iterations after which the fit stops, converged or not.
const ITERATIONS: usize = 2000;
/// Largest part of the mean loss's gradient at which the fit has converged.
const TOLERANCE: f64 = 1e-5;
/// Rows whose numbers are widened at a time, so that they stay in a near cache.
const BLOCK: usize = 128;
/// Shares of the rows, summed apart: fixed, so that sums don't depend on the number of threads.
const SHARES: usize = 32;

/// A linear classifier on embeddings.
#[derive(Clone, Debug)]
pub struct Classifier {
    /// Weights, row-major `[F, C]`, and behind them the bias `[C]`.
    point: Vec<f64>,
    classes: usize,
    /// L-BFGS iterations of its fit.
    pub iterations: usize,
    /// Whether the fit converged.
    pub converged: bool,
}

/// Fits a classifier to embeddings `[N, F]`, with inverse penalty `c` as scikit-learn's `LogisticRegression(C=c)`: from
/// zero, by L-BFGS to convergence (paper, appendix B.8).
#[must_use]
pub fn fit(train: &Embeddings, classes: usize, c: f64) -> Classifier {
    let penalty = 1.0 / (c * train.len() as f64);
    let split = train.dims * classes;
    let objective = |point: &[f64]| {
        let (mut value, mut gradient) = mean_loss(train, classes, point);
        for (g, w) in gradient.iter_mut().zip(&point[..split]) {
            *g += penalty * w;
            value += 0.5 * penalty * w * w;
        }
        (value, gradient)
    };
    let start = vec![0.0; split + classes];
    let Minimum {
        x: point,
        iterations,
        converged,
    } = minimise(start, TOLERANCE, ITERATIONS, objective);
    Classifier {
        point,
        classes,
        iterations,
        converged,
    }
}

/// The mean cross entropy and its gradient.
fn mean_loss(train: &Embeddings, classes: usize, point: &[f64]) -> (f64, Vec<f64>) {
    // Few rows are quicker in one piece than their pieces in sum.
    let share = train.len().div_ceil(SHARES).max(BLOCK);
    let shares: Vec<_> = train
        .values
        .par_chunks(share * train.dims.max(1))
        .zip(train.labels.par_chunks(share))
        .map(|(rows, labels)| summed_loss(rows, labels, train.dims, classes, point))
        .collect();
    let (mut value, mut gradient) = (0.0, vec![0.0; point.len()]);
    for (loss, slope) in shares {
        value += loss;
        gradient.iter_mut().zip(slope).for_each(|(g, s)| *g += s);
    }
    let scale = 1.0 / train.len().max(1) as f64;
    for g in &mut gradient {
        *g *= scale;
    }
    (value * scale, gradient)
}

/// The sum of cross entropies of some rows, and its gradient.
fn summed_loss(
    rows: &[f32],
    labels: &[u32],
    dims: usize,
    classes: usize,
    point: &[f64],
) -> (f64, Vec<f64>) {
    let (mut loss, mut gradient) = (0.0, vec![0.0; point.len()]);
    let (slope, bias_slope) = gradient.split_at_mut(dims * classes);
    let mut block = Scores::default();
    for (rows, labels) in rows.chunks(BLOCK * dims.max(1)).zip(labels.chunks(BLOCK)) {
        block.fill(rows, dims, classes, point);
        for (scores, label) in block.scores.chunks_mut(classes).zip(labels) {
            loss += to_error(scores, *label as usize);
            bias_slope
                .iter_mut()
                .zip(&*scores)
                .for_each(|(b, e)| *b += e);
        }
        let turned = Mat::row_major(&block.wide, dims).transposed();
        matmul(turned, Mat::row_major(&block.scores, classes), slope, true);
    }
    (loss, gradient)
}

/// Makes of one row's scores the gradient of its cross entropy, softmax minus one-hot, and returns the latter.
fn to_error(scores: &mut [f64], label: usize) -> f64 {
    let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = scores.iter().map(|s| (s - most).exp()).sum();
    let loss = most + total.ln() - scores[label];
    for s in scores.iter_mut() {
        *s = (*s - most).exp() / total;
    }
    scores[label] -= 1.0;
    loss
}

/// Some rows in f64 and their scores; kept from block to block for its memory.
#[derive(Default)]
struct Scores {
    wide: Vec<f64>,
    scores: Vec<f64>,
}

impl Scores {
    fn fill(&mut self, rows: &[f32], dims: usize, classes: usize, point: &[f64]) {
        let (weights, bias) = point.split_at(dims * classes);
        self.wide.clear();
        self.wide.extend(rows.iter().copied().map(f64::from));
        self.scores.clear();
        for _ in 0..rows.len() / dims.max(1) {
            self.scores.extend_from_slice(bias);
        }
        let (rows, weights) = (
            Mat::row_major(&self.wide, dims),
            Mat::row_major(weights, classes),
        );
        matmul(rows, weights, &mut self.scores, true);
    }
}

impl Classifier {
    /// Judges the classifier on embeddings `[N, F]`.
    #[must_use]
    pub fn evaluate(&self, on: &Embeddings) -> ClassificationReport {
        let blocks = on.values.par_chunks(BLOCK * on.dims.max(1));
        let scores: Vec<f64> = blocks
            .flat_map_iter(|rows| {
                let mut block = Scores::default();
                block.fill(rows, on.dims, self.classes, &self.point);
                block.scores
            })
            .collect();
        ClassificationReport::from_scores(&scores, &on.labels, self.classes)
    }
}
