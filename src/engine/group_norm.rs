//! Group normalisation (Wu & He, arXiv 1803.08494) with what follows it in a ResNet: on the CPU one operation, elsewhere
//! composed of burn's own.
//!
//! Mean and variance are those of 16 channels of one image, which the paper found as good as its 32 groups (its Table 3), and
//! which small networks and heads have enough of. Where 16 doesn't divide the channels, groups are the next larger that do.
//! Nothing is kept for the way back but the input: statistics are taken again, while their image is in the near caches.

mod autodiff;
mod flex;

use crate::engine::conv::has_own_kernels;
use crate::engine::norm::{Activation, activate};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, ExtensionType, backend_extension};
use burn::tensor::Tensor;

/// Channels of a group, at least.
const CHANNELS: usize = 16;

/// Group normalisation of `[N, C, H, W]`, on the CPU.
#[backend_extension(Flex, Autodiff)]
pub trait GroupNorm: Backend {
    /// `gamma (x - mean) / sqrt(variance + epsilon) + beta`, and no less than 0 where `relu`.
    fn group_norm(#[extension_type] inputs: Inputs<Self>, relu: bool) -> FloatTensor<Self>;
    /// The same plus `skip`, through ReLU.
    fn group_norm_onto(
        #[extension_type] inputs: Inputs<Self>,
        skip: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

/// What is normalised.
#[derive(Clone, Debug, ExtensionType)]
pub struct Inputs<B: Backend> {
    /// `[N, C, H, W]`.
    x: FloatTensor<B>,
    /// `[C]`.
    gamma: FloatTensor<B>,
    /// `[C]`.
    beta: FloatTensor<B>,
    groups: usize,
    epsilon: f64,
}

/// The way back.
pub trait Gradients: Backend {
    /// Gradients of x, gamma, beta, and of `skip` where there is one, from that of the output.
    fn group_norm_gradients(kept: Saved<Self>, gradient: FloatTensor<Self>)
    -> InputGradients<Self>;
}

/// What the way back needs of the way there.
#[derive(Clone, Debug)]
pub struct Saved<B: Backend> {
    x: FloatTensor<B>,
    gamma: FloatTensor<B>,
    beta: FloatTensor<B>,
    skip: Option<FloatTensor<B>>,
    groups: usize,
    epsilon: f64,
    relu: bool,
}

/// What comes back: x, gamma, beta, skip (where there is one).
pub type InputGradients<B> = [Option<FloatTensor<B>>; 4];

/// How many groups so many channels are in.
#[must_use]
pub fn groups(channels: usize) -> usize {
    let most = (channels / CHANNELS).max(1);
    let dividing = (1..=most).rev().find(|g| channels.is_multiple_of(*g));
    dividing.unwrap_or(1)
}

/// Normalises x, `[N, C, H, W]`, with or without autodiff, by gamma and beta, `[C]` each, and epsilon.
#[must_use]
pub fn by_group(
    x: Tensor<4>,
    (gamma, beta, epsilon): (Tensor<1>, Tensor<1>, f64),
    activation: Activation,
) -> Tensor<4> {
    if !has_own_kernels(&x.device().inner()) {
        return by_operations(x, (gamma, beta, epsilon), activation);
    }
    let inputs = Inputs {
        groups: groups(x.dims()[1]),
        x: x.into_dispatch(),
        gamma: gamma.into_dispatch(),
        beta: beta.into_dispatch(),
        epsilon,
    };
    let y = match activation {
        Activation::AddRelu(skip) => {
            <Dispatch as GroupNorm>::group_norm_onto(inputs, skip.into_dispatch())
        }
        activation => {
            let relu = matches!(activation, Activation::Relu);
            <Dispatch as GroupNorm>::group_norm(inputs, relu)
        }
    };
    Tensor::from_dispatch(y)
}

/// The same by burn's own operations, as rows `[N, H * W, C]`: GPUs leave channels innermost in memory.
fn by_operations(
    x: Tensor<4>,
    (gamma, beta, epsilon): (Tensor<1>, Tensor<1>, f64),
    activation: Activation,
) -> Tensor<4> {
    let [n, c, h, w] = x.dims();
    let groups = groups(c);
    let x = x.permute([0, 2, 3, 1]);
    let x = x.reshape([n, h * w, groups, c / groups]);
    let mean = |x: Tensor<4>| x.mean_dim(3).mean_dim(1);
    let off = x.clone() - mean(x);
    let variance = mean(off.clone() * off.clone());
    let rows = (off / (variance + epsilon).sqrt()).reshape([n, h, w, c]);
    let rows = rows * gamma.reshape([1, 1, 1, c]) + beta.reshape([1, 1, 1, c]);
    activate(rows.permute([0, 3, 1, 2]), activation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::norm::tests::{Way, agree, is_the_same_on_any_threads};

    const OURS: Way = |x, g, b, then| (by_group(x, (g, b, 1e-5), then), Vec::new());

    #[test]
    fn one_operation_agrees_with_burns_own_forward_and_back() {
        let shapes = [
            [3, 5, 4, 4],
            [7, 32, 8, 8],
            [2, 48, 7, 5],
            [64, 64, 1, 1],
            [2, 20, 65, 64],
        ];
        agree(
            OURS,
            |x, g, b, then| (by_operations(x, (g, b, 1e-5), then), Vec::new()),
            &shapes,
        );
    }

    #[test]
    fn threads_do_not_change_a_bit() {
        is_the_same_on_any_threads(OURS, 32);
    }

    #[test]
    fn groups_are_of_sixteen_channels_or_the_next_number_that_divides() {
        let found = [8, 16, 24, 48, 64, 100, 512].map(groups);
        assert_eq!(found, [1, 1, 1, 3, 4, 5, 32]);
    }
}
