//! What our own operations have in common in burn's graph.

use burn::backend::Backend;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, OpsKind};
use burn::backend::autodiff::{Autodiff, NodeId};
use burn::backend::tensor::FloatTensor;
use std::fmt::Debug;

/// An operation's output with its place in the graph, where one of its inputs has one, and what its way back needs.
pub fn placed<O, B, S, C, const N: usize>(
    kind: OpsKind<O, B, S, C, N>,
    kept: S,
    output: FloatTensor<B>,
) -> FloatTensor<Autodiff<B, C>>
where
    O: Backward<B, N, State = S>,
    B: Backend,
    S: Clone + Send + Debug + 'static,
    C: CheckpointStrategy,
{
    match kind {
        OpsKind::Tracked(prep) => prep.finish(kept, output),
        OpsKind::UnTracked(prep) => prep.finish(output),
    }
}

/// Registers what came back for as many inputs as the operation has.
pub fn register<B: Backend>(
    parents: impl IntoIterator<Item = Option<NodeId>>,
    found: impl IntoIterator<Item = Option<FloatTensor<B>>>,
    grads: &mut Gradients,
) {
    for (node, gradient) in parents.into_iter().zip(found) {
        if let (Some(node), Some(gradient)) = (node, gradient) {
            grads.register::<B>(node, gradient);
        }
    }
}
