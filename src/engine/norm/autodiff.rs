//! The normalisation's place in burn's graph: what it keeps and how gradients come back.

use super::{Gradients as NormGradients, Normalization, Saved};
use crate::engine::graph::{placed, register};
use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops};
use burn::backend::tensor::FloatTensor;

/// The operation between its inputs, with or without a tensor to add to, and its output.
#[derive(Debug)]
struct Norm;

/// Registers what came back for as many of x, gamma, beta and skip as the operation has.
fn back<B: NormGradients, const N: usize>(ops: Ops<Saved<B>, N>, grads: &mut Gradients) {
    let gradient = grads.consume::<B>(&ops.node);
    let found = B::normalize_gradients(ops.state, gradient);
    let nodes = ops.parents.map(|node| node.map(|node| node.id));
    register::<B>(nodes, found, grads);
}

impl<B: NormGradients> Backward<B, 3> for Norm {
    type State = Saved<B>;

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        back(ops, grads);
    }
}

impl<B: NormGradients> Backward<B, 4> for Norm {
    type State = Saved<B>;

    fn backward(self, ops: Ops<Self::State, 4>, grads: &mut Gradients, _: &mut Checkpointer) {
        back(ops, grads);
    }
}

impl<B: Normalization + NormGradients, C: CheckpointStrategy> Normalization for Autodiff<B, C> {
    fn channel_statistics(x: FloatTensor<Self>) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (mean, variance) = B::channel_statistics(x.into_primitive());
        (
            FloatTensor::<Self>::new(mean),
            FloatTensor::<Self>::new(variance),
        )
    }

    fn normalize(
        x: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
        relu: bool,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), gamma.node(), beta.node()];
        let kept = Saved::<B> {
            x: x.into_primitive(),
            mean: mean.into_primitive(),
            variance: variance.into_primitive(),
            gamma: gamma.into_primitive(),
            beta: beta.into_primitive(),
            skip: None,
            epsilon,
            relu,
        };
        let k = kept.clone();
        let y = B::normalize(k.x, k.mean, k.variance, k.gamma, k.beta, epsilon, relu);
        let kind = Backward::<B, 3>::prepare::<C>(Norm, nodes)
            .compute_bound()
            .stateful();
        placed(kind, kept, y)
    }

    fn normalize_onto(
        x: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        skip: FloatTensor<Self>,
        epsilon: f64,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), gamma.node(), beta.node(), skip.node()];
        let skip = skip.into_primitive();
        let kept = Saved::<B> {
            x: x.into_primitive(),
            mean: mean.into_primitive(),
            variance: variance.into_primitive(),
            gamma: gamma.into_primitive(),
            beta: beta.into_primitive(),
            skip: Some(skip.clone()),
            epsilon,
            relu: true,
        };
        let k = kept.clone();
        let y = B::normalize_onto(k.x, k.mean, k.variance, k.gamma, k.beta, skip, epsilon);
        let kind = Backward::<B, 4>::prepare::<C>(Norm, nodes)
            .compute_bound()
            .stateful();
        placed(kind, kept, y)
    }
}
