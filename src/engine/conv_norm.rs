//! A convolution and the batch normalisation that follows it as one operation, on the CPU.
//!
//! ```text
//! there    x, w -> y, and its mean and variance as it is written -> normalised, + skip, ReLU
//! back     sums over dz and y -> dy of one image -> its part of dx and dw at once, while dy is in the near caches
//! ```
//!
//! A step's tensors are larger than the caches, and half of its time went to reading and writing them. As one operation the
//! statistics are summed as the convolution's output is written, and on the way back the gradient of that output is made
//! image by image and used for both of the convolution's gradients at once: ten passes over memory in place of eighteen
//! (statistics with the convolution before them: Jung et al., arXiv 1807.01702).

mod autodiff;
mod flex;

use crate::engine::conv;
use crate::engine::norm::{self, Activation, Normalized, without_gradient};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, ExtensionType, backend_extension};
use burn::tensor::{Device, Tensor};

/// A convolution with a square kernel and no bias, then batch normalisation by the batch's own statistics.
#[backend_extension(Flex, Autodiff)]
pub trait ConvNorm: Backend {
    /// The convolution's output `[N, out, H', W']`, and mean and biased variance of its channels, `[out]`. None has a gradient: that
    /// of [`conv_norm`](Self::conv_norm) accounts for them.
    fn conv_statistics(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        stride: usize,
        padding: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
    /// The normalisation of the convolution's output, with ReLU where `relu`. Gradients go to x, weight, gamma and beta.
    fn conv_norm(#[extension_type] inputs: Inputs<Self>, relu: bool) -> FloatTensor<Self>;
    /// The same plus `skip`, through ReLU; `skip` has a gradient, too.
    fn conv_norm_onto(
        #[extension_type] inputs: Inputs<Self>,
        skip: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

/// What is normalised, and what it came from.
#[derive(Clone, Debug, ExtensionType)]
pub struct Inputs<B: Backend> {
    /// `[N, in, H, W]`.
    x: FloatTensor<B>,
    /// `[out, in, k, k]`.
    weight: FloatTensor<B>,
    stride: usize,
    padding: usize,
    /// Their convolution, `[N, out, H', W']`.
    y: FloatTensor<B>,
    /// Of its channels, `[out]`.
    mean: FloatTensor<B>,
    /// Biased, `[out]`.
    variance: FloatTensor<B>,
    /// `[out]`.
    gamma: FloatTensor<B>,
    /// `[out]`.
    beta: FloatTensor<B>,
    epsilon: f64,
}

/// The way back.
pub trait Gradients: Backend {
    /// From the gradient of the output; that of x only where it is wanted.
    fn conv_norm_gradients(
        kept: Saved<Self>,
        gradient: FloatTensor<Self>,
        of_x: bool,
    ) -> InputGradients<Self>;
}

/// What the way back needs of the way there.
#[derive(Clone, Debug)]
pub struct Saved<B: Backend> {
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    stride: usize,
    padding: usize,
    norm: norm::Saved<B>,
}

/// What comes back: x (where it was wanted), weight, gamma, beta, skip (where there is one).
pub type InputGradients<B> = [Option<FloatTensor<B>>; 5];

/// Whether the operation is for this device, one with autodiff.
#[must_use]
pub fn suits(device: &Device) -> bool {
    device.is_autodiff() && conv::is_wanted() && conv::has_own_kernels(&device.clone().inner())
}

/// The convolution of x, `[N, in, H, W]`, with `weight`, `[out, in, k, k]`, normalised by its own statistics, and what follows; on a
/// device that it [`suits`].
#[must_use]
pub fn by_batch(
    x: Tensor<4>,
    weight: Tensor<4>,
    (stride, padding): (usize, usize),
    (gamma, beta, epsilon): (Tensor<1>, Tensor<1>, f64),
    activation: Activation,
) -> Normalized {
    let (y, mean, variance) = <Dispatch as ConvNorm>::conv_statistics(
        x.clone().inner().into_dispatch(),
        weight.clone().inner().into_dispatch(),
        stride,
        padding,
    );
    let [mean, variance] = [mean, variance].map(without_gradient::<1>);
    let inputs = Inputs {
        x: x.into_dispatch(),
        weight: weight.into_dispatch(),
        stride,
        padding,
        y: without_gradient::<4>(y).into_dispatch(),
        mean: mean.clone().into_dispatch(),
        variance: variance.clone().into_dispatch(),
        gamma: gamma.into_dispatch(),
        beta: beta.into_dispatch(),
        epsilon,
    };
    let output = match activation {
        Activation::AddRelu(skip) => {
            <Dispatch as ConvNorm>::conv_norm_onto(inputs, skip.into_dispatch())
        }
        activation => {
            <Dispatch as ConvNorm>::conv_norm(inputs, matches!(activation, Activation::Relu))
        }
    };
    Normalized {
        output: Tensor::from_dispatch(output),
        mean,
        variance,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::norm;
    use crate::engine::norm::tests::{drawn, floats, weighed};
    use crate::engine::random::{Purpose, Stream};

    /// What an operation is given.
    struct Given {
        x: Tensor<4>,
        weight: Tensor<4>,
        vectors: [Tensor<1>; 2],
        skip: Tensor<4>,
        shape: (usize, usize),
        kind: usize,
    }

    impl Given {
        fn new(
            [n, input, output, side, k, stride]: [usize; 6],
            kind: usize,
            s: &mut Stream,
        ) -> Self {
            let padding = k / 2;
            let out = (side + 2 * padding - k) / stride + 1;
            Self {
                x: drawn([n, input, side, side], s),
                weight: drawn([output, input, k, k], s),
                vectors: [drawn([output], s), drawn([output], s)],
                skip: drawn([n, output, out, out], s),
                shape: (stride, padding),
                kind,
            }
        }

        fn then(&self) -> Activation {
            match self.kind {
                0 => Activation::None,
                1 => Activation::Relu,
                _ => Activation::AddRelu(self.skip.clone()),
            }
        }

        fn together(&self) -> Normalized {
            let [g, b] = self.vectors.clone();
            by_batch(
                self.x.clone(),
                self.weight.clone(),
                self.shape,
                (g, b, 1e-5),
                self.then(),
            )
        }

        fn by_burn(&self) -> Normalized {
            let [g, b] = self.vectors.clone();
            let (stride, padding) = self.shape;
            let y = conv::burn_conv2d(self.x.clone(), self.weight.clone(), stride, padding);
            norm::burn_norm(y, g, b, 1e-5, self.then())
        }

        /// Output, statistics and the gradients of all inputs.
        fn all(&self, way: fn(&Self) -> Normalized) -> Vec<Vec<f32>> {
            let found = way(self);
            let gradients = weighed(found.output.clone()).backward();
            let mut out = vec![
                floats(found.output.inner()),
                floats(found.mean.inner()),
                floats(found.variance.inner()),
                floats(self.x.grad(&gradients).unwrap()),
                floats(self.weight.grad(&gradients).unwrap()),
            ];
            out.extend(
                self.vectors
                    .iter()
                    .map(|v| floats(v.grad(&gradients).unwrap())),
            );
            out.extend(self.skip.grad(&gradients).map(floats));
            out
        }
    }

    #[test]
    fn agrees_with_burn_forward_and_back() {
        let mut s = Stream::new(4, Purpose::Weights, &[]);
        let sizes = [
            [3, 3, 16, 32, 3, 1],
            [5, 16, 16, 16, 3, 1],
            [19, 16, 32, 8, 3, 2],
            [19, 32, 64, 4, 3, 1],
            [4, 16, 32, 8, 1, 2],
            [2, 5, 7, 9, 3, 1],
            [2, 3, 8, 13, 7, 2],
        ];
        for size in sizes {
            for kind in 0..3 {
                let given = Given::new(size, kind, &mut s);
                let (ours, theirs) = (given.all(Given::together), given.all(Given::by_burn));
                assert_eq!(ours.len(), theirs.len());
                for (nth, (a, b)) in ours.iter().zip(&theirs).enumerate() {
                    assert_eq!(a.len(), b.len());
                    let scale = b.iter().fold(1e-3f32, |m, v| m.max(v.abs()));
                    let pairs = a.iter().zip(b);
                    let worst = pairs.fold(0.0f32, |m, (a, b)| m.max((a - b).abs())) / scale;
                    assert!(worst < 1e-4, "{size:?}, kind {kind}, output {nth}: {worst}");
                }
            }
        }
    }

    #[test]
    fn what_has_no_gradient_is_left_out_and_the_others_stay() {
        let mut s = Stream::new(6, Purpose::Weights, &[]);
        let mut given = Given::new([5, 3, 16, 16, 3, 1], 1, &mut s);
        let all = given.all(Given::together);
        given.x = Tensor::from_inner(given.x.inner());
        let gradients = weighed(given.together().output).backward();
        assert!(given.x.grad(&gradients).is_none());
        assert_eq!(floats(given.weight.grad(&gradients).unwrap()), all[4]);
    }

    #[test]
    fn threads_do_not_change_a_bit() {
        let mut s = Stream::new(5, Purpose::Weights, &[]);
        let sizes = [
            [37, 16, 16, 16, 3, 1],
            [37, 16, 32, 8, 3, 2],
            [37, 64, 32, 4, 3, 1],
        ];
        for (size, kind) in sizes.into_iter().zip([2, 1, 0]) {
            let given = Given::new(size, kind, &mut s);
            let by = |threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
                pool.build().unwrap().install(|| given.all(Given::together))
            };
            let one = by(1);
            assert!(one == by(3), "by 3");
            // So many take the convolution's gradients one after the other.
            assert!(one == by(17), "by 17");
        }
    }
}
