//! The layers that networks are built of, with weights drawn from our own generator, so that a seed gives the same
//! network on every device.

use super::{Precision, mixed};
use crate::engine::conv::conv2d;
use crate::engine::conv_norm;
use crate::engine::norm::{self, Then};
use crate::engine::random::{Purpose, Stream};
use burn::module::{Module, Param, ParamId, RunningState};
use burn::nn::Linear;
use burn::tensor::module::{batch_norm, batch_norm_train};
use burn::tensor::{Device, Tensor, TensorData};

/// Draws initial weights. Parameters are numbered in the order of their making, which names their streams and lets a
/// checkpoint's optimizer state find them again.
#[derive(Debug)]
pub struct Init<'a> {
    device: &'a Device,
    seed: u64,
    made: u64,
    precision: Precision,
}

impl<'a> Init<'a> {
    /// Draws from `seed`.
    #[must_use]
    pub const fn new(seed: u64, device: &'a Device) -> Self {
        Self {
            device,
            seed,
            made: 0,
            precision: Precision::F32,
        }
    }

    /// The same for layers that multiply so.
    #[must_use]
    pub const fn in_precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }

    /// Whether layers multiply numbers of 16 bits.
    pub(super) fn is_mixed(&self) -> bool {
        self.precision == Precision::Bf16
    }

    fn id(&mut self) -> ParamId {
        self.made += 1;
        ParamId::from(self.made)
    }

    fn draw<const D: usize>(
        &mut self,
        shape: [usize; D],
        mut next: impl FnMut(&mut Stream) -> f64,
    ) -> Param<Tensor<D>> {
        let id = self.id();
        let mut stream = Stream::new(self.seed, Purpose::Weights, &[self.made]);
        let values: Vec<f32> = (0..shape.iter().product())
            .map(|_| next(&mut stream) as f32)
            .collect();
        let tensor = Tensor::from_data(TensorData::new(values, shape), self.device);
        // A device without autodiff has no gradients to ask for.
        let trained = self.device.is_autodiff();
        Param::initialized(id, tensor.set_require_grad(trained))
    }

    /// Kaiming normal over the fan out, as torchvision's ResNet: deviation sqrt(2 / (out * k * k)).
    fn conv_weight(&mut self, shape: [usize; 4]) -> Param<Tensor<4>> {
        let deviation = (2.0 / (shape[0] * shape[2] * shape[3]) as f64).sqrt();
        self.draw(shape, |s| s.normal() * deviation)
    }

    /// A linear layer with PyTorch's start: weights and biases uniform within 1/sqrt(input).
    pub(super) fn linear(&mut self, input: usize, output: usize) -> Linear {
        let bound = 1.0 / (input as f64).sqrt();
        let weight = self.draw([input, output], |s| s.range(-bound, bound));
        let bias = self.draw([output], |s| s.range(-bound, bound));
        Linear {
            weight,
            bias: Some(bias),
        }
    }

    fn constant(&mut self, len: usize, value: f64) -> Param<Tensor<1>> {
        self.draw([len], |_| value)
    }

    fn running(&mut self, len: usize, value: f32) -> RunningState<Tensor<1>> {
        RunningState::with_id(self.id(), Tensor::full([len], value, self.device))
    }
}

/// A convolution without bias.
#[derive(Module, Debug)]
pub struct Conv {
    /// `[out, in, k, k]`.
    pub weight: Param<Tensor<4>>,
    stride: usize,
    padding: usize,
    /// Whether it multiplies numbers of 16 bits.
    mixed: bool,
}

impl Conv {
    /// From `input` to `output` channels with a square kernel, padded so that stride 1 keeps the size.
    pub(in crate::engine) fn new(
        input: usize,
        output: usize,
        kernel: usize,
        stride: usize,
        init: &mut Init,
    ) -> Self {
        let weight = init.conv_weight([output, input, kernel, kernel]);
        Self {
            weight,
            stride,
            padding: kernel / 2,
            mixed: init.is_mixed(),
        }
    }

    /// `[N, in, H, W]` to `[N, out, H / stride, W / stride]`, rounded up.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let (weight, shape) = (self.weight.val(), (self.stride, self.padding));
        if self.mixed {
            mixed::conv2d(x, weight, shape)
        } else {
            conv2d(x, weight, self.stride, self.padding)
        }
    }
}

/// A convolution, its normalisation and what follows: on the CPU one operation while training.
pub(in crate::engine) fn normalized(
    conv: &Conv,
    norm: &BatchNorm,
    x: Tensor<4>,
    then: Then,
) -> Tensor<4> {
    if conv.mixed {
        return mixed::normalized(norm, conv.forward(x), then);
    }
    if !conv_norm::suits(&x.device()) {
        return norm.forward_then(conv.forward(x), then);
    }
    let affine = (norm.weight.val(), norm.bias.val(), EPSILON);
    let shape = (conv.stride, conv.padding);
    let batch = conv_norm::by_batch(x, conv.weight.val(), shape, affine, then);
    let [n, _, h, w] = batch.output.dims();
    norm.follow(batch.mean, batch.variance, (n * h * w) as f64);
    batch.output
}

const EPSILON: f64 = 1e-5;
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
    pub fn forward_then(&self, x: Tensor<4>, then: Then) -> Tensor<4> {
        if !x.device().is_autodiff() {
            return norm::followed(self.forward(x), then);
        }
        let [n, _, h, w] = x.dims();
        let (gamma, beta) = (self.weight.val(), self.bias.val());
        let batch = norm::by_batch(x, gamma, beta, EPSILON, then);
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
    fn follow(&self, mean: Tensor<1>, variance: Tensor<1>, count: f64) {
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
