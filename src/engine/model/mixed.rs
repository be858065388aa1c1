//! Products of numbers of 16 bits (bf16), as the mixed precision of Micikevicius et al. (arXiv 1710.03740) without its
//! loss scaling, which bf16's exponent of eight bits has no need of.
//!
//! What is multiplied, what comes out, and what passes from layer to layer is rounded to bf16, on the way back too; sums
//! within a product or a norm are of 32 bits. Parameters, statistics, loss and optimizer stay in f32. The CPU has no such
//! products of ours: there the same roundings are made around products of f32, so that a result can be tried out, not
//! faster.

use super::norm::Norm;
use crate::engine::conv::{self, has_own_kernels};
use crate::engine::norm::Activation;
use burn::nn::Linear;
use burn::tensor::{DType, FloatDType, Tensor};

/// The convolution of `[N, in, H, W]` with `[out, in, k, k]` of a stride and a padding; what comes out is of 16 bits, or on
/// the CPU rounded to them.
pub fn conv2d(x: Tensor<4>, weight: Tensor<4>, (stride, padding): (usize, usize)) -> Tensor<4> {
    if has_own_kernels(&x.device().inner()) {
        let y = conv::conv2d(rounded(x), rounded(weight), stride, padding);
        return rounded(y);
    }
    let (x, weight) = (x.cast(FloatDType::BF16), weight.cast(FloatDType::BF16));
    conv::burn_conv2d(x, weight, stride, padding)
}

/// A norm, with what follows, of what a convolution here gave.
pub fn normalized(norm: &Norm, x: Tensor<4>, activation: Activation) -> Tensor<4> {
    let device = x.device();
    let narrow = device.is_autodiff() && !has_own_kernels(&device.inner());
    if narrow && !norm.is_by_group() {
        return norm.forward_then(x, activation);
    }
    let activation = match activation {
        Activation::AddRelu(skip) => Activation::AddRelu(wide(skip)),
        other => other,
    };
    let y = norm.forward_then(wide(x), activation);
    if narrow {
        y.cast(FloatDType::BF16)
    } else {
        rounded(y)
    }
}

/// As 32 bits.
pub fn wide<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    if x.dtype() == DType::BF16 {
        x.cast(FloatDType::F32)
    } else {
        x
    }
}

/// A linear layer on `[N, in]`; its bias is added in f32.
pub fn linear(x: Tensor<2>, layer: &Linear) -> Tensor<2> {
    let weight = layer.weight.val();
    let y = if has_own_kernels(&x.device().inner()) {
        rounded(rounded(x).matmul(rounded(weight)))
    } else {
        let (x, weight) = (x.cast(FloatDType::BF16), weight.cast(FloatDType::BF16));
        x.matmul(weight).cast(FloatDType::F32)
    };
    match &layer.bias {
        Some(bias) => y + bias.val().unsqueeze(),
        None => y,
    }
}

/// Rounded to bf16, and so is its gradient.
fn rounded<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    x.cast(FloatDType::BF16).cast(FloatDType::F32)
}

#[cfg(test)]
mod tests {
    use super::super::{Encoder, Head, Model, Network, Precision};
    use crate::engine::loss::Loss;
    use crate::engine::random::{Purpose, Stream};
    use crate::engine::weights::collect;
    use burn::tensor::{Device, Tensor, TensorData};

    /// The loss, and the gradient of the first convolution's weights.
    fn step(precision: Precision) -> (f64, Vec<f32>) {
        let device = Device::flex().autodiff();
        let model = Model {
            encoder: Encoder::Resnet10,
            width: 8,
            precision,
            ..Model::default()
        };
        let network = Network::new(&model, &Head::default(), 0, &device);
        let mut stream = Stream::new(3, Purpose::Weights, &[]);
        let pixels: Vec<f32> = (0..32 * 3 * 16 * 16)
            .map(|_| stream.unit() as f32)
            .collect();
        let images = Tensor::from_data(TensorData::new(pixels, [32, 3, 16, 16]), &device);
        let loss = Loss::default().forward(network.z(images));
        let gradients = loss.backward();
        let first = network.encoder.first().grad(&gradients).unwrap();
        let loss = loss.inner().try_into_vec_as::<f32>().unwrap()[0];
        (f64::from(loss), first.try_into_vec_as::<f32>().unwrap())
    }

    #[test]
    fn a_step_in_bf16_is_that_in_f32_but_for_rounding() {
        let (exact, rounded) = (step(Precision::F32), step(Precision::Bf16));
        let off = (rounded.0 - exact.0).abs() / exact.0;
        assert!(off > 0.0 && off < 0.01, "losses {} {}", exact.0, rounded.0);
        let dot = |a: &[f32], b: &[f32]| -> f64 {
            let products = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b));
            products.sum()
        };
        let (a, b) = (&exact.1, &rounded.1);
        let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
        assert!(cosine < 1.0 && cosine > 0.95, "cosine {cosine}");
        let longer = (dot(b, b) / dot(a, a)).sqrt();
        assert!((longer - 1.0).abs() < 0.1, "length {longer}");
    }

    #[test]
    fn weights_are_the_same_whatever_multiplies_them() {
        let of = |precision| {
            let model = Model {
                precision,
                width: 4,
                ..Model::default()
            };
            collect(&Network::new(&model, &Head::default(), 5, &Device::flex())).unwrap()
        };
        assert_eq!(of(Precision::F32), of(Precision::Bf16));
    }
}
