//! The operation's place in burn's graph: what it keeps and how gradients come back.

use super::{ConvNorm, Gradients as ConvNormGradients, Inputs, Saved};
use crate::engine::graph::{placed, register};
use crate::engine::norm::{self, Normalization};
use burn::backend::Backend;
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
fn register_gradients<B: ConvNormGradients, const N: usize>(
    ops: Ops<Saved<B>, N>,
    grads: &mut Gradients,
) {
    let gradient = grads.consume::<B>(&ops.node);
    let of_x = ops.parents[0].is_some();
    let found = B::conv_norm_gradients(ops.state, gradient, of_x);
    let nodes = ops.parents.map(|node| node.map(|node| node.id));
    register::<B>(nodes, found, grads);
}

impl<B: ConvNormGradients> Backward<B, 4> for Node {
    type State = Saved<B>;

    fn backward(self, ops: Ops<Self::State, 4>, grads: &mut Gradients, _: &mut Checkpointer) {
        register_gradients(ops, grads);
    }
}

impl<B: ConvNormGradients> Backward<B, 5> for Node {
    type State = Saved<B>;

    fn backward(self, ops: Ops<Self::State, 5>, grads: &mut Gradients, _: &mut Checkpointer) {
        register_gradients(ops, grads);
    }
}

impl<B: ConvNorm + Normalization + ConvNormGradients, C: CheckpointStrategy> ConvNorm
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

    fn conv_norm(inputs: Inputs<Self>, relu: bool) -> FloatTensor<Self> {
        let Inputs {
            x,
            weight,
            gamma,
            beta,
            ..
        } = &inputs;
        let nodes = [x.node(), weight.node(), gamma.node(), beta.node()];
        let kept = kept(inputs, None, relu);
        let k = kept.norm.clone();
        let output = B::normalize(k.x, k.mean, k.variance, k.gamma, k.beta, k.epsilon, relu);
        let kind = Backward::<B, 4>::prepare::<C>(Node, nodes);
        placed(kind.compute_bound().stateful(), kept, output)
    }

    fn conv_norm_onto(inputs: Inputs<Self>, skip: FloatTensor<Self>) -> FloatTensor<Self> {
        let Inputs {
            x,
            weight,
            gamma,
            beta,
            ..
        } = &inputs;
        let nodes = [
            x.node(),
            weight.node(),
            gamma.node(),
            beta.node(),
            skip.node(),
        ];
        let skip = skip.into_primitive();
        let kept = kept(inputs, Some(skip.clone()), true);
        let k = kept.norm.clone();
        let output = B::normalize_onto(k.x, k.mean, k.variance, k.gamma, k.beta, skip, k.epsilon);
        let kind = Backward::<B, 5>::prepare::<C>(Node, nodes);
        placed(kind.compute_bound().stateful(), kept, output)
    }
}

/// What the way back needs, out of the graph.
fn kept<B: Backend, C: CheckpointStrategy>(
    inputs: Inputs<Autodiff<B, C>>,
    skip: Option<FloatTensor<B>>,
    relu: bool,
) -> Saved<B> {
    Saved {
        x: inputs.x.into_primitive(),
        weight: inputs.weight.into_primitive(),
        stride: inputs.stride,
        padding: inputs.padding,
        norm: norm::Saved {
            x: inputs.y.into_primitive(),
            mean: inputs.mean.into_primitive(),
            variance: inputs.variance.into_primitive(),
            gamma: inputs.gamma.into_primitive(),
            beta: inputs.beta.into_primitive(),
            skip,
            epsilon: inputs.epsilon,
            relu,
        },
    }
}
