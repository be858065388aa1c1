//! The normalisation of operations that burn fuses, for devices that can't take our kernels; their tests hold them to it.
//!
//! Convolutions there leave their channels innermost in memory, so a batch is seen as rows `[N, H * W, C]`, for which nothing is
//! moved; burn's own, as `[C, N * H * W]`, transposes it twice each way. Sums are of images first and then over them: a
//! million numbers one after another would lose digits, and leave most of a GPU idle. What comes in and goes out may be of 16
//! bits (bf16): sums and everything between are of 32.

use crate::engine::norm::{InputGradients, Saved};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Scalar, TensorMetadata};
use burn::tensor::{DType, FloatDType, Shape};

/// `[N, C, H, W]` as rows `[N, H * W, C]` of 32 bits.
fn rows<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    let shape = x.shape();
    let [n, c, h, w] = [0, 1, 2, 3].map(|at| shape[at]);
    let x = B::float_permute(wide::<B>(x), &[0, 2, 3, 1]);
    B::float_reshape(x, Shape::new([n, h * w, c]))
}

/// The sum of each channel over all rows, `[1, 1, C]`.
fn summed<B: Backend>(rows: FloatTensor<B>) -> FloatTensor<B> {
    B::float_sum_dim(B::float_sum_dim(rows, 1), 0)
}

/// The mean of each channel over all rows, `[1, 1, C]`.
fn mean<B: Backend>(rows: FloatTensor<B>) -> FloatTensor<B> {
    B::float_mean_dim(B::float_mean_dim(rows, 1), 0)
}

/// The other way round, of the kind that `like` is.
fn planes<B: Backend>(rows: FloatTensor<B>, shape: &Shape, like: DType) -> FloatTensor<B> {
    let [n, c, h, w] = [0, 1, 2, 3].map(|at| shape[at]);
    let x = B::float_reshape(rows, Shape::new([n, h, w, c]));
    let x = B::float_permute(x, &[0, 3, 1, 2]);
    if like == DType::BF16 {
        B::float_cast(x, FloatDType::BF16)
    } else {
        x
    }
}

fn wide<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    if x.dtype() == DType::BF16 {
        B::float_cast(x, FloatDType::F32)
    } else {
        x
    }
}

/// `[C]` as a row `[1, 1, C]`.
fn row<B: Backend>(of: FloatTensor<B>) -> FloatTensor<B> {
    let channels = of.shape()[0];
    B::float_reshape(of, Shape::new([1, 1, channels]))
}

/// Mean and 1 / deviation, `[1, 1, C]` each.
fn spread<B: Backend>(kept: &Saved<B>) -> (FloatTensor<B>, FloatTensor<B>) {
    let variance = row::<B>(kept.variance.clone());
    let variance = B::float_add_scalar(variance, Scalar::Float(kept.epsilon));
    let inverse = B::float_recip(B::float_sqrt(variance));
    (row::<B>(kept.mean.clone()), inverse)
}

/// A row `[1, 1, C]` as `[C]`.
fn channels<B: Backend>(row: FloatTensor<B>) -> FloatTensor<B> {
    let channels = row.shape()[2];
    B::float_reshape(row, Shape::new([channels]))
}

/// Mean and biased variance of each channel of x, `[N, C, H, W]`; `[C]` each.
pub fn channel_statistics<B: Backend>(x: FloatTensor<B>) -> (FloatTensor<B>, FloatTensor<B>) {
    let x = rows::<B>(x);
    let middle = mean::<B>(x.clone());
    let off = B::float_sub(x, middle.clone());
    let variance = mean::<B>(B::float_mul(off.clone(), off));
    (channels::<B>(middle), channels::<B>(variance))
}

/// The normalised rows, times gamma plus beta, plus `skip` where there is one.
fn line<B: Backend>(kept: &Saved<B>) -> FloatTensor<B> {
    let (mean, inverse) = spread::<B>(kept);
    let scale = B::float_mul(row::<B>(kept.gamma.clone()), inverse);
    let off = B::float_sub(rows::<B>(kept.x.clone()), mean);
    let y = B::float_add(B::float_mul(off, scale), row::<B>(kept.beta.clone()));
    match &kept.skip {
        Some(skip) => B::float_add(y, rows::<B>(skip.clone())),
        None => y,
    }
}

/// Normalises what is kept, with what follows.
pub fn normalize<B: Backend>(kept: &Saved<B>) -> FloatTensor<B> {
    let y = line::<B>(kept);
    let y = if kept.relu { B::relu(y) } else { y };
    planes::<B>(y, &kept.x.shape(), kept.x.dtype())
}

/// The way back; see [`Gradients`](crate::engine::norm::Gradients).
///
/// With the normalised x̂, and means over the rows of a channel: `dx = gamma / deviation (g - mean(g) - x̂ mean(g x̂))`
/// (Ioffe & Szegedy, arXiv 1502.03167, §3).
pub fn gradients<B: Backend>(kept: Saved<B>, gradient: FloatTensor<B>) -> InputGradients<B> {
    let (shape, kind) = (kept.x.shape(), kept.x.dtype());
    let mut g = rows::<B>(gradient);
    if kept.relu {
        // Computed again rather than kept: it is read along with the rest.
        g = B::relu_backward(line::<B>(&kept), g);
    }
    let skip = kept
        .skip
        .as_ref()
        .map(|skip| planes::<B>(g.clone(), &shape, skip.dtype()));
    let (mean, inverse) = spread::<B>(&kept);
    let normal = B::float_mul(B::float_sub(rows::<B>(kept.x), mean), inverse.clone());
    let beta = summed::<B>(g.clone());
    let gamma = summed::<B>(B::float_mul(g.clone(), normal.clone()));
    let share = Scalar::Float(shape[1] as f64 / shape.num_elements() as f64);
    let pull = B::float_mul(normal, B::float_mul_scalar(gamma.clone(), share));
    let centred = B::float_sub(g, B::float_mul_scalar(beta.clone(), share));
    let scale = B::float_mul(row::<B>(kept.gamma), inverse);
    let x = B::float_mul(B::float_sub(centred, pull), scale);
    [
        Some(planes::<B>(x, &shape, kind)),
        Some(channels::<B>(gamma)),
        Some(channels::<B>(beta)),
        skip,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::norm::flex::{tensor, values};
    use crate::engine::norm::{Gradients, Normalization};
    use crate::engine::random::{Purpose, Stream};
    use burn::backend::Flex;
    use burn::backend::flex::FlexTensor;
    use burn::backend::ops::FloatTensorOps;

    fn drawn<const D: usize>(shape: [usize; D], nth: u64) -> FlexTensor {
        let mut stream = Stream::new(9, Purpose::Weights, &[nth]);
        let count = shape.iter().product();
        let numbers = (0..count).map(|_| 0.3 + 2.0 * stream.normal() as f32);
        tensor(numbers.collect(), &Shape::new(shape))
    }

    fn kept(relu: bool, skip: bool) -> Saved<Flex> {
        let shape = [3, 5, 4, 6];
        let x = drawn(shape, 1);
        let (mean, variance) = Flex::channel_statistics(x.clone());
        Saved {
            x,
            mean,
            variance,
            gamma: drawn([5], 2),
            beta: drawn([5], 3),
            skip: skip.then(|| drawn(shape, 4)),
            epsilon: 1e-5,
            relu,
        }
    }

    fn near(found: &FlexTensor, right: &FlexTensor, off: f32) {
        assert_eq!(found.shape(), right.shape());
        for (found, right) in values(found).iter().zip(values(right).iter()) {
            assert!(
                (found - right).abs() <= off * (1.0 + right.abs()),
                "{found} {right}"
            );
        }
    }

    #[test]
    fn it_is_what_the_cpu_computes_there_and_back() {
        for (relu, skip) in [(false, false), (true, false), (true, true)] {
            let kept = kept(relu, skip);
            let (mean, variance) = channel_statistics::<Flex>(kept.x.clone());
            near(&mean, &kept.mean, 1e-5);
            near(&variance, &kept.variance, 1e-5);
            let k = kept.clone();
            let right = match k.skip {
                Some(skip) => {
                    Flex::normalize_onto(k.x, k.mean, k.variance, k.gamma, k.beta, skip, k.epsilon)
                }
                None => Flex::normalize(k.x, k.mean, k.variance, k.gamma, k.beta, k.epsilon, relu),
            };
            near(&normalize::<Flex>(&kept), &right, 1e-5);
            let gradient = drawn([3, 5, 4, 6], 5);
            let right = Flex::normalize_gradients(kept.clone(), gradient.clone());
            let found = gradients::<Flex>(kept, gradient);
            for (found, right) in found.iter().zip(&right) {
                assert_eq!(found.is_some(), right.is_some());
                if let (Some(found), Some(right)) = (found, right) {
                    near(found, right, 1e-4);
                }
            }
        }
    }

    #[test]
    fn numbers_of_16_bits_are_only_rounded_on_their_way_in_and_out() {
        // A number of 16 bits has eight that count.
        const ROUNDED: f32 = 1.0 / 256.0;
        let narrow = |x: FlexTensor| Flex::float_cast(x, FloatDType::BF16);
        let exact = |x: FlexTensor| Flex::float_cast(x, FloatDType::F32);
        let mut wide = kept(true, true);
        let mut small = wide.clone();
        small.x = narrow(wide.x.clone());
        small.skip = wide.skip.clone().map(narrow);
        wide.x = exact(small.x.clone());
        wide.skip = small.skip.clone().map(exact);
        let gradient = narrow(drawn([3, 5, 4, 6], 5));
        let found = normalize::<Flex>(&small);
        assert_eq!(found.dtype(), DType::BF16);
        near(&exact(found), &normalize::<Flex>(&wide), ROUNDED);
        let found = gradients::<Flex>(small, gradient.clone());
        let right = gradients::<Flex>(wide, exact(gradient));
        let kinds = [DType::BF16, DType::F32, DType::F32, DType::BF16];
        for ((found, right), kind) in found
            .into_iter()
            .flatten()
            .zip(right.into_iter().flatten())
            .zip(kinds)
        {
            assert_eq!(found.dtype(), kind);
            near(&exact(found), &right, ROUNDED);
        }
    }
}
