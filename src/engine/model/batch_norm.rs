//! Batch normalisation with running statistics.

use super::init::Init;
use crate::engine::norm::{self, Activation};
use burn::module::{Module, Param, RunningState};
use burn::tensor::Tensor;
use burn::tensor::module::{batch_norm, batch_norm_train};

pub(super) const EPSILON: f64 = 1e-5;
const MOMENTUM: f64 = 0.1;

/// Batch normalisation as PyTorch's: batch statistics while training, running ones otherwise. The running variance is
/// the unbiased one, unlike that of burn's own layer.
#[derive(Module, Debug)]
pub struct BatchNorm {
    /// gamma, `[C]`.
    pub weight: Param<Tensor<1>>,
    /// beta, `[C]`.
    pub bias: Param<Tensor<1>>,
    /// `[C]`.
    pub running_mean: RunningState<Tensor<1>>,
    /// `[C]`.
    pub running_var: RunningState<Tensor<1>>,
}

impl BatchNorm {
    pub(in crate::engine) fn new(channels: usize, init: &mut Init) -> Self {
        Self {
            weight: init.constant(channels, 1.0),
            bias: init.constant(channels, 0.0),
            running_mean: init.running(channels, 0.0),
            running_var: init.running(channels, 1.0),
        }
    }

    /// `[N, C, ...]` to the same shape. A tensor that tracks gradients is normalised by the batch's statistics.
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        if x.device().is_autodiff() {
            return self.by_batch(x);
        }
        let (mean, var) = (self.running_mean.value(), self.running_var.value());
        batch_norm(x, self.weight.val(), self.bias.val(), mean, var, EPSILON)
    }

    /// The same on `[N, C, H, W]` with what follows it, for which the CPU needs fewer passes over memory.
    pub fn forward_then(&self, x: Tensor<4>, activation: Activation) -> Tensor<4> {
        if !x.device().is_autodiff() {
            return norm::activate(self.forward(x), activation);
        }
        let [n, _, h, w] = x.dims();
        let (gamma, beta) = (self.weight.val(), self.bias.val());
        let batch = norm::by_batch(x, gamma, beta, EPSILON, activation);
        self.follow(batch.mean, batch.variance, (n * h * w) as f64);
        batch.output
    }

    fn by_batch<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let dims = x.dims();
        let count = (dims.iter().product::<usize>() / dims[1]) as f64;
        let batch = batch_norm_train(x, self.weight.val(), self.bias.val(), EPSILON);
        self.follow(batch.mean.detach(), batch.variance.detach(), count);
        batch.output
    }

    /// The running statistics follow those of a batch of so many numbers a channel.
    pub(super) fn follow(&self, mean: Tensor<1>, variance: Tensor<1>, count: f64) {
        mix(&self.running_mean, mean);
        mix(
            &self.running_var,
            variance * (count / (count - 1.0).max(1.0)),
        );
    }
}

fn mix(running: &RunningState<Tensor<1>>, new: Tensor<1>) {
    let mixed = running.value_sync() * (1.0 - MOMENTUM) + new * MOMENTUM;
    running.update(mixed.detach());
}
