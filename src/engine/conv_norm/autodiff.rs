//! The operation's place in burn's graph: what it keeps and how gradients come back.

use super::{Both, ConvNorm, Gradients as BothGradients};
use crate::engine::graph::{placed, register};
use crate::engine::norm::{Kept, Normalization};
use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops};
use burn::backend::tensor::FloatTensor;

/// The operation between its inputs, with or without a tensor to add to, and its output.
#[derive(Debug)]
struct Node;

/// Registers what came back for as many of x, weight, gamma, beta and skip as the operation has.
fn back<B: BothGradients, const N: usize>(ops: Ops<Both<B>, N>, grads: &mut Gradients) {
    let gradient = grads.consume::<B>(&ops.node);
    let of_x = ops.parents[0].is_some();
    let found = B::conv_norm_gradients(ops.state, gradient, of_x);
    let nodes = ops.parents.map(|node| node.map(|node| node.id));
    register::<B>(nodes, found, grads);
}

impl<B: BothGradients> Backward<B, 4> for Node {
    type State = Both<B>;

    fn backward(self, ops: Ops<Self::State, 4>, grads: &mut Gradients, _: &mut Checkpointer) {
        back(ops, grads);
    }
}

impl<B: BothGradients> Backward<B, 5> for Node {
    type State = Both<B>;

    fn backward(self, ops: Ops<Self::State, 5>, grads: &mut Gradients, _: &mut Checkpointer) {
        back(ops, grads);
    }
}

impl<B: ConvNorm + Normalization + BothGradients, C: CheckpointStrategy> ConvNorm
    for Autodiff<B, C>
{
    fn conv_statistics(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        stride: usize,
        padding: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let (x, weight) = (x.into_primitive(), weight.into_primitive());
        let (y, mean, variance) = B::conv_statistics(x, weight, stride, padding);
        (
            FloatTensor::<Self>::new(y),
            FloatTensor::<Self>::new(mean),
            FloatTensor::<Self>::new(variance),
        )
    }

    fn conv_norm(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        y: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        stride: usize,
        padding: usize,
        epsilon: f64,
        relu: bool,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node(), gamma.node(), beta.node()];
        let kept = Both::<B> {
            x: x.into_primitive(),
            weight: weight.into_primitive(),
            stride,
            padding,
            norm: Kept {
                x: y.into_primitive(),
                mean: mean.into_primitive(),
                variance: variance.into_primitive(),
                gamma: gamma.into_primitive(),
                beta: beta.into_primitive(),
                skip: None,
                epsilon,
                relu,
            },
        };
        let k = kept.norm.clone();
        let output = B::normalize(k.x, k.mean, k.variance, k.gamma, k.beta, epsilon, relu);
        let kind = Backward::<B, 4>::prepare::<C>(Node, nodes);
        placed(kind.compute_bound().stateful(), kept, output)
    }

    fn conv_norm_onto(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        y: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        skip: FloatTensor<Self>,
        stride: usize,
        padding: usize,
        epsilon: f64,
    ) -> FloatTensor<Self> {
        let nodes = [
            x.node(),
            weight.node(),
            gamma.node(),
            beta.node(),
            skip.node(),
        ];
        let skip = skip.into_primitive();
        let kept = Both::<B> {
            x: x.into_primitive(),
            weight: weight.into_primitive(),
            stride,
            padding,
            norm: Kept {
                x: y.into_primitive(),
                mean: mean.into_primitive(),
                variance: variance.into_primitive(),
                gamma: gamma.into_primitive(),
                beta: beta.into_primitive(),
                skip: Some(skip.clone()),
                epsilon,
                relu: true,
            },
        };
        let k = kept.norm.clone();
        let output = B::normalize_onto(k.x, k.mean, k.variance, k.gamma, k.beta, skip, epsilon);
        let kind = Backward::<B, 5>::prepare::<C>(Node, nodes);
        placed(kind.compute_bound().stateful(), kept, output)
    }
}
