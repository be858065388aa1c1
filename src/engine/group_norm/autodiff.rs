//! The operation's place in burn's graph: what it keeps and how gradients come back.

use super::{Gradients as GroupNormGradients, GroupNorm, Inputs, Saved};
use crate::engine::graph::{placed, register};
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

/// Registers what came back for as many of x, gamma, beta and skip as the operation has.
fn back<B: GroupNormGradients, const N: usize>(ops: Ops<Saved<B>, N>, grads: &mut Gradients) {
    let gradient = grads.consume::<B>(&ops.node);
    let found = B::group_norm_gradients(ops.state, gradient);
    let nodes = ops.parents.map(|node| node.map(|node| node.id));
    register::<B>(nodes, found, grads);
}

impl<B: GroupNormGradients> Backward<B, 3> for Node {
    type State = Saved<B>;

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        back(ops, grads);
    }
}

impl<B: GroupNormGradients> Backward<B, 4> for Node {
    type State = Saved<B>;

    fn backward(self, ops: Ops<Self::State, 4>, grads: &mut Gradients, _: &mut Checkpointer) {
        back(ops, grads);
    }
}

impl<B: GroupNorm + GroupNormGradients, C: CheckpointStrategy> GroupNorm for Autodiff<B, C> {
    fn group_norm(inputs: Inputs<Self>, relu: bool) -> FloatTensor<Self> {
        let nodes = [inputs.x.node(), inputs.gamma.node(), inputs.beta.node()];
        let inputs = inner(inputs);
        let kept = kept(inputs.clone(), None, relu);
        let output = B::group_norm(inputs, relu);
        let kind = Backward::<B, 3>::prepare::<C>(Node, nodes);
        placed(kind.compute_bound().stateful(), kept, output)
    }

    fn group_norm_onto(inputs: Inputs<Self>, skip: FloatTensor<Self>) -> FloatTensor<Self> {
        let nodes = [
            inputs.x.node(),
            inputs.gamma.node(),
            inputs.beta.node(),
            skip.node(),
        ];
        let (inputs, skip) = (inner(inputs), skip.into_primitive());
        let kept = kept(inputs.clone(), Some(skip.clone()), true);
        let output = B::group_norm_onto(inputs, skip);
        let kind = Backward::<B, 4>::prepare::<C>(Node, nodes);
        placed(kind.compute_bound().stateful(), kept, output)
    }
}

/// The inputs out of the graph.
fn inner<B: Backend, C: CheckpointStrategy>(inputs: Inputs<Autodiff<B, C>>) -> Inputs<B> {
    Inputs {
        x: inputs.x.into_primitive(),
        gamma: inputs.gamma.into_primitive(),
        beta: inputs.beta.into_primitive(),
        groups: inputs.groups,
        epsilon: inputs.epsilon,
    }
}

fn kept<B: Backend>(inputs: Inputs<B>, skip: Option<FloatTensor<B>>, relu: bool) -> Saved<B> {
    let Inputs {
        x,
        gamma,
        beta,
        groups,
        epsilon,
    } = inputs;
    Saved {
        x,
        gamma,
        beta,
        skip,
        groups,
        epsilon,
        relu,
    }
}
