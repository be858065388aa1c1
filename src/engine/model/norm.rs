//! The normalisation behind each convolution, and behind hidden layers of the head: by batch or by group.

use super::hyperparameters::NormKind;
use super::init::Init;
use crate::engine::group_norm;
use crate::engine::norm::{self, Activation};
use burn::module::{Module, Param, RunningState};
use burn::tensor::Tensor;
use burn::tensor::module::{batch_norm, batch_norm_train};

pub(super) const EPSILON: f64 = 1e-5;
const MOMENTUM: f64 = 0.1;

/// Batch normalisation as PyTorch's: batch statistics while training, running ones otherwise. The running variance is
/// the unbiased one, unlike that of burn's own layer. Or, without running statistics, group normalisation.
#[derive(Module, Debug)]
pub struct Norm {
    /// gamma, `[C]`.
    pub weight: Param<Tensor<1>>,
    /// beta, `[C]`.
    pub bias: Param<Tensor<1>>,
    /// `[C]`; only by batch.
    running_mean: Option<RunningState<Tensor<1>>>,
    /// `[C]`; only by batch.
    running_var: Option<RunningState<Tensor<1>>>,
}

impl Norm {
    pub(in crate::engine) fn new(channels: usize, init: &mut Init) -> Self {
        let (weight, bias) = (init.constant(channels, 1.0), init.constant(channels, 0.0));
        let running = init.norm() == NormKind::Batch;
        Self {
            weight,
            bias,
            running_mean: running.then(|| init.running(channels, 0.0)),
            running_var: running.then(|| init.running(channels, 1.0)),
        }
    }

    /// Whether statistics are of groups of an image's own channels.
    pub(super) const fn is_by_group(&self) -> bool {
        self.running_mean.is_none()
    }

    /// `[N, C]` to the same shape. A tensor that tracks gradients is normalised by the batch's statistics, where they count.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let [n, c] = x.dims();
        if self.is_by_group() {
            let y = self.by_group(x.reshape([n, c, 1, 1]), Activation::None);
            return y.reshape([n, c]);
        }
        if !x.device().is_autodiff() {
            return self.by_running(x);
        }
        let batch = batch_norm_train(x, self.weight.val(), self.bias.val(), EPSILON);
        self.follow(batch.mean.detach(), batch.variance.detach(), n as f64);
        batch.output
    }

    /// The same on `[N, C, H, W]` with what follows it, for which the CPU needs fewer passes over memory.
    pub fn forward_then(&self, x: Tensor<4>, activation: Activation) -> Tensor<4> {
        if self.is_by_group() {
            return self.by_group(x, activation);
        }
        if !x.device().is_autodiff() {
            return norm::activate(self.by_running(x), activation);
        }
        let [n, _, h, w] = x.dims();
        let (gamma, beta) = (self.weight.val(), self.bias.val());
        let batch = norm::by_batch(x, gamma, beta, EPSILON, activation);
        self.follow(batch.mean, batch.variance, (n * h * w) as f64);
        batch.output
    }

    fn by_group(&self, x: Tensor<4>, activation: Activation) -> Tensor<4> {
        let affine = (self.weight.val(), self.bias.val(), EPSILON);
        group_norm::by_group(x, affine, activation)
    }

    fn by_running<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let (Some(mean), Some(variance)) = (&self.running_mean, &self.running_var) else {
            return x;
        };
        let (gamma, beta) = (self.weight.val(), self.bias.val());
        batch_norm(x, gamma, beta, mean.value(), variance.value(), EPSILON)
    }

    /// The running statistics follow those of a batch of so many numbers a channel, while the layer is trained.
    pub(super) fn follow(&self, mean: Tensor<1>, variance: Tensor<1>, count: f64) {
        if !self.weight.is_require_grad() {
            return;
        }
        let unbiased = variance * (count / (count - 1.0).max(1.0));
        for (running, new) in [(&self.running_mean, mean), (&self.running_var, unbiased)] {
            if let Some(running) = running {
                mix(running, new);
            }
        }
    }
}

fn mix(running: &RunningState<Tensor<1>>, new: Tensor<1>) {
    let mixed = running.value_sync() * (1.0 - MOMENTUM) + new * MOMENTUM;
    running.update(mixed.detach());
}
