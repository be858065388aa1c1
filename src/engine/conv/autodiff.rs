//! The convolution's place in burn's graph: what it keeps and how gradients come back.

use super::{Convolution, Gradients as ConvolutionGradients};
use crate::engine::graph::placed;
use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops};
use burn::backend::tensor::FloatTensor;

/// The operation between its inputs, image and weights, and its output.
#[derive(Debug)]
struct Conv;

/// Inputs, stride and padding, for the way back.
type Saved<B> = (FloatTensor<B>, FloatTensor<B>, usize, usize);

impl<B: ConvolutionGradients> Backward<B, 2> for Conv {
    type State = Saved<B>;

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [x_node, weight_node] = ops.parents;
        let gradient = grads.consume::<B>(&ops.node);
        let (x, weight, stride, padding) = ops.state;
        if let Some(node) = x_node {
            let of_x = B::conv_input_gradient(
                x.clone(),
                weight.clone(),
                gradient.clone(),
                stride,
                padding,
            );
            grads.register::<B>(node.id, of_x);
        }
        if let Some(node) = weight_node {
            grads.register::<B>(
                node.id,
                B::conv_weight_gradient(x, weight, gradient, stride, padding),
            );
        }
    }
}

impl<B: Convolution + ConvolutionGradients, C: CheckpointStrategy> Convolution for Autodiff<B, C> {
    fn conv(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        stride: usize,
        padding: usize,
    ) -> FloatTensor<Self> {
        let y = B::conv(
            x.primitive().clone(),
            weight.primitive().clone(),
            stride,
            padding,
        );
        let kind = Conv
            .prepare::<C>([x.node(), weight.node()])
            .compute_bound()
            .stateful();
        placed(
            kind,
            (x.into_primitive(), weight.into_primitive(), stride, padding),
            y,
        )
    }
}
