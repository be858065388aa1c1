//! Initial weights, drawn from our own generator, so that a seed gives the same network on every device.

use super::hyperparameters::{NormKind, Precision};
use crate::engine::random::{Purpose, Stream};
use burn::module::{Param, ParamId, RunningState};
use burn::nn::Linear;
use burn::tensor::{Device, Tensor, TensorData};

/// Draws initial weights. Parameters are numbered in the order of their making, which names their streams and lets a
/// checkpoint's optimizer state find them again.
#[derive(Debug)]
pub struct Init<'a> {
    device: &'a Device,
    seed: u64,
    made: u64,
    precision: Precision,
    norm: NormKind,
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
            norm: NormKind::Batch,
        }
    }

    /// The same for layers that multiply so.
    #[must_use]
    pub const fn in_precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }

    /// The same for layers that are normalised so.
    #[must_use]
    pub const fn normalized_by(mut self, norm: NormKind) -> Self {
        self.norm = norm;
        self
    }

    /// What layers are normalised by.
    pub(super) const fn norm(&self) -> NormKind {
        self.norm
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
    pub(super) fn conv_weight(&mut self, shape: [usize; 4]) -> Param<Tensor<4>> {
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

    pub(super) fn constant(&mut self, len: usize, value: f64) -> Param<Tensor<1>> {
        self.draw([len], |_| value)
    }

    pub(super) fn running(&mut self, len: usize, value: f32) -> RunningState<Tensor<1>> {
        RunningState::with_id(self.id(), Tensor::full([len], value, self.device))
    }
}
