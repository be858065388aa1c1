//! The layers that networks are built of.

use super::init::Init;
use super::mixed;
use super::norm::{EPSILON, Norm};
use crate::engine::conv::conv2d;
use crate::engine::conv_norm;
use crate::engine::norm::Activation;
use burn::module::{Module, Param};
use burn::tensor::Tensor;

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

/// A convolution, its normalisation and what follows: on the CPU one operation while training by batch.
pub(in crate::engine) fn normalized(
    conv: &Conv,
    norm: &Norm,
    x: Tensor<4>,
    activation: Activation,
) -> Tensor<4> {
    if conv.mixed {
        return mixed::normalized(norm, conv.forward(x), activation);
    }
    if norm.is_by_group() || !conv_norm::suits(&x.device()) {
        return norm.forward_then(conv.forward(x), activation);
    }
    let affine = (norm.weight.val(), norm.bias.val(), EPSILON);
    let shape = (conv.stride, conv.padding);
    let batch = conv_norm::by_batch(x, conv.weight.val(), shape, affine, activation);
    let [n, _, h, w] = batch.output.dims();
    norm.follow(batch.mean, batch.variance, (n * h * w) as f64);
    batch.output
}
