//! The operation on the CPU: the convolution's kernels with the norm's arithmetic put in where numbers are at hand.
//!
//! `conv::forward` shows each group of outputs to the statistics as soon as it is written; `conv::gradients` asks for the
//! gradient of an image's output when both ways back need it, which the norm makes of `dz`, y and its sums over the batch.

use super::{ConvNorm, Gradients, InputGradients, Inputs, Saved};
use crate::engine::conv::flex as conv;
use crate::engine::norm::Normalization;
use crate::engine::norm::backward::Way;
use crate::engine::norm::flex::{Sizes, statistics, tensor, values};
use burn::backend::Flex;
use burn::backend::flex::FlexTensor;

impl ConvNorm for Flex {
    fn conv_statistics(
        x: FlexTensor,
        weight: FlexTensor,
        stride: usize,
        padding: usize,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let s = conv::sizes(&x, &weight, stride, padding);
        let shape = [s.n, s.output, s.out_plane[0], s.out_plane[1]];
        let sizes = Sizes::new(shape);
        let (y, found) = conv::forward(&values(&x), &values(&weight), &s, |images| {
            sizes.spreads(images)
        });
        let (mean, variance) = statistics(&found, sizes);
        (tensor(y, &shape), mean, variance)
    }

    fn conv_norm(i: Inputs<Self>, relu: bool) -> FlexTensor {
        Self::normalize(i.y, i.mean, i.variance, i.gamma, i.beta, i.epsilon, relu)
    }

    fn conv_norm_onto(i: Inputs<Self>, skip: FlexTensor) -> FlexTensor {
        Self::normalize_onto(i.y, i.mean, i.variance, i.gamma, i.beta, skip, i.epsilon)
    }
}

impl Gradients for Flex {
    fn conv_norm_gradients(
        kept: Saved<Self>,
        gradient: FlexTensor,
        of_x: bool,
    ) -> InputGradients<Self> {
        let s = conv::sizes(&kept.x, &kept.weight, kept.stride, kept.padding);
        let way = Way::new(&kept.norm, &gradient);
        let (x, weight) = (values(&kept.x), values(&kept.weight));
        let (of_x, of_weight) = conv::gradients(&x, &weight, &s, of_x, |n, out| way.image(n, out));
        let [gamma, beta, skip] = way.back();
        [
            of_x.map(|x| tensor(x, &[s.n, s.input, s.plane[0], s.plane[1]])),
            Some(tensor(of_weight, &[s.output, s.input, s.k, s.k])),
            gamma,
            beta,
            skip,
        ]
    }
}
