//! Batch normalisation with what follows it in a ResNet, in few passes over memory: burn's own on other devices than
//! the CPU.
//!
//! burn-flex composes it of a dozen operations, three of which transpose the whole tensor: more time than the
//! convolutions take once those are fast. Here one operation reads and writes each number once, with ReLU and the sum
//! of a residual block in the same pass, and one more pass on the way back. Each plane is summed by one thread and planes in
//! the order of their images, so a rerun gives the same bits.

mod autodiff;
pub(super) mod backward;
pub(super) mod flex;
#[cfg(any(test, feature = "cuda", feature = "wgpu"))]
mod gpu;
pub(super) mod planes;

use crate::engine::conv::has_own_kernels;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, DispatchTensor, backend_extension};
use burn::tensor::activation::relu;
use burn::tensor::module::batch_norm_train;
use burn::tensor::{Device, Tensor};

/// Batch normalisation of `[N, C, H, W]` by given statistics, on the CPU.
#[backend_extension(Flex, Cube: cfg(any(feature = "cuda", feature = "wgpu")), Autodiff)]
pub trait Normalization: Backend {
    /// Mean and biased variance of each channel, `[C]`. They have no gradients of their own: the others' account for them.
    fn channel_statistics(x: FloatTensor<Self>) -> (FloatTensor<Self>, FloatTensor<Self>);
    /// `gamma (x - mean) / sqrt(variance + epsilon) + beta`, and no less than 0 where `relu`.
    fn normalize(
        x: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
        relu: bool,
    ) -> FloatTensor<Self>;
    /// The same plus `skip`, through ReLU.
    fn normalize_onto(
        x: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        skip: FloatTensor<Self>,
        epsilon: f64,
    ) -> FloatTensor<Self>;
}

/// The way back.
pub trait Gradients: Backend {
    /// Gradients of x, gamma, beta, and of `skip` where there is one, from that of the output; the statistics are those
    /// of x.
    fn normalize_gradients(kept: Saved<Self>, gradient: FloatTensor<Self>) -> InputGradients<Self>;
}

/// What the way back needs of the way there.
#[derive(Clone, Debug)]
pub struct Saved<B: Backend> {
    pub(super) x: FloatTensor<B>,
    pub(super) mean: FloatTensor<B>,
    pub(super) variance: FloatTensor<B>,
    pub(super) gamma: FloatTensor<B>,
    pub(super) beta: FloatTensor<B>,
    pub(super) skip: Option<FloatTensor<B>>,
    pub(super) epsilon: f64,
    pub(super) relu: bool,
}

/// What comes back: x, gamma, beta, skip (where there is one).
pub type InputGradients<B> = [Option<FloatTensor<B>>; 4];

/// What follows a normalisation.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "it is passed on at once and never kept"
)]
pub enum Activation {
    /// Nothing.
    None,
    /// ReLU.
    Relu,
    /// The sum with another tensor, through ReLU.
    AddRelu(Tensor<4>),
}

/// A batch's normalisation: the output, and the mean and biased variance of each channel, `[C]` each, without gradient.
#[derive(Debug)]
pub struct Normalized {
    /// `[N, C, H, W]`.
    pub output: Tensor<4>,
    /// `[C]`.
    pub mean: Tensor<1>,
    /// `[C]`.
    pub variance: Tensor<1>,
}

/// Whether a device has a normalisation of ours: the CPU, unless burn's own is to be compared with, and every GPU.
fn has_own(device: &Device) -> bool {
    has_own_kernels(device) || *device != Device::flex()
}

/// Normalises x, `[N, C, H, W]` with autodiff, by its own statistics.
#[must_use]
pub fn by_batch(
    x: Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    epsilon: f64,
    activation: Activation,
) -> Normalized {
    if !has_own(&x.device().inner()) {
        return burn_norm(x, gamma, beta, epsilon, activation);
    }
    let (mean, variance) =
        <Dispatch as Normalization>::channel_statistics(x.clone().inner().into_dispatch());
    let [mean, variance] = [mean, variance].map(without_gradient);
    let [m, v] = [&mean, &variance].map(|of| of.clone().into_dispatch());
    let (x, gamma, beta) = (
        x.into_dispatch(),
        gamma.into_dispatch(),
        beta.into_dispatch(),
    );
    let output = match activation {
        Activation::AddRelu(skip) => {
            let skip = skip.into_dispatch();
            <Dispatch as Normalization>::normalize_onto(x, m, v, gamma, beta, skip, epsilon)
        }
        activation => {
            let relu = matches!(activation, Activation::Relu);
            <Dispatch as Normalization>::normalize(x, m, v, gamma, beta, epsilon, relu)
        }
    };
    Normalized {
        output: Tensor::from_dispatch(output),
        mean,
        variance,
    }
}

/// What a device without autodiff made, among tensors with it.
pub(super) fn without_gradient<const D: usize>(made: DispatchTensor) -> Tensor<D> {
    Tensor::from_inner(Tensor::from_dispatch(made))
}

/// The same by burn's own operations.
#[must_use]
pub fn burn_norm(
    x: Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    epsilon: f64,
    activation: Activation,
) -> Normalized {
    let batch = batch_norm_train(x, gamma, beta, epsilon);
    Normalized {
        output: activate(batch.output, activation),
        mean: batch.mean.detach(),
        variance: batch.variance.detach(),
    }
}

/// What follows, by burn's own operations.
#[must_use]
pub fn activate(x: Tensor<4>, activation: Activation) -> Tensor<4> {
    match activation {
        Activation::None => x,
        Activation::Relu => relu(x),
        Activation::AddRelu(skip) => relu(x + skip),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::engine::random::{Purpose, Stream};
    use burn::tensor::{Device, TensorData};

    pub fn drawn<const D: usize>(shape: [usize; D], stream: &mut Stream) -> Tensor<D> {
        let values: Vec<f32> = (0..shape.iter().product())
            .map(|_| 0.3 + 2.0 * stream.normal() as f32)
            .collect();
        let device = Device::flex().autodiff();
        Tensor::from_data(TensorData::new(values, shape), &device).require_grad()
    }

    pub fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.try_into_vec_as::<f32>().unwrap()
    }

    /// A sum in which each number has another weight.
    pub fn weighed(x: Tensor<4>) -> Tensor<1> {
        let count = x.shape().num_elements() as i64;
        let ramp = Tensor::<1, burn::tensor::Int>::arange(0..count, &x.device()).float();
        let weights = ramp.sin().reshape(x.dims());
        (x * weights).sum()
    }

    /// A way to normalise with an epsilon of 1e-5: its output, and the statistics that it gives.
    pub type Way = fn(Tensor<4>, Tensor<1>, Tensor<1>, Activation) -> (Tensor<4>, Vec<Tensor<1>>);

    /// Output, statistics and the gradients of all inputs.
    fn all(
        way: Way,
        [x, skip]: &[Tensor<4>; 2],
        [g, b]: &[Tensor<1>; 2],
        kind: usize,
    ) -> Vec<Vec<f32>> {
        let then = match kind {
            0 => Activation::None,
            1 => Activation::Relu,
            _ => Activation::AddRelu(skip.clone()),
        };
        let (y, statistics) = way(x.clone(), g.clone(), b.clone(), then);
        let gradients = weighed(y.clone()).backward();
        let mut out = vec![floats(y.inner())];
        out.extend(statistics.into_iter().map(|s| floats(s.inner())));
        out.push(floats(x.grad(&gradients).unwrap()));
        out.extend([g, b].map(|v| floats(v.grad(&gradients).unwrap())));
        out.extend(skip.grad(&gradients).map(floats));
        out
    }

    /// Two ways give the same output, statistics and gradients, to rounding.
    pub fn agree(ours: Way, theirs: Way, shapes: &[[usize; 4]]) {
        let mut s = Stream::new(2, Purpose::Weights, &[]);
        for &shape in shapes {
            for kind in 0..3 {
                let images = [drawn(shape, &mut s), drawn(shape, &mut s)];
                let vectors = [drawn([shape[1]], &mut s), drawn([shape[1]], &mut s)];
                let [ours, theirs] = [ours, theirs].map(|way| all(way, &images, &vectors, kind));
                assert_eq!(ours.len(), theirs.len());
                for (nth, (a, b)) in ours.iter().zip(&theirs).enumerate() {
                    let scale = b.iter().fold(1e-3f32, |m, v| m.max(v.abs()));
                    let pairs = a.iter().zip(b);
                    let worst = pairs.fold(0.0f32, |m, (a, b)| m.max((a - b).abs())) / scale;
                    let what = format!("{shape:?}, kind {kind}, output {nth}: {worst}");
                    assert!(worst < 3e-5, "{what}");
                }
            }
        }
    }

    /// A way gives the same bits on one thread and on three.
    pub fn is_the_same_on_any_threads(way: Way, channels: usize) {
        let mut s = Stream::new(3, Purpose::Weights, &[]);
        let shape = [37, channels, 8, 8];
        let images = [drawn(shape, &mut s), drawn(shape, &mut s)];
        let vectors = [drawn([channels], &mut s), drawn([channels], &mut s)];
        let by = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let pool = pool.build().unwrap();
            pool.install(|| all(way, &images, &vectors, 2))
        };
        assert_eq!(by(1), by(3));
    }

    fn parts(found: Normalized) -> (Tensor<4>, Vec<Tensor<1>>) {
        (found.output, vec![found.mean, found.variance])
    }

    const OURS: Way = |x, g, b, then| parts(by_batch(x, g, b, 1e-5, then));

    #[test]
    fn agrees_with_burn_forward_and_back() {
        let shapes = [[3, 5, 4, 4], [17, 16, 8, 8], [2, 3, 7, 5], [64, 2, 1, 1]];
        agree(
            OURS,
            |x, g, b, then| parts(burn_norm(x, g, b, 1e-5, then)),
            &shapes,
        );
    }

    #[test]
    fn threads_do_not_change_a_bit() {
        is_the_same_on_any_threads(OURS, 6);
    }
}
