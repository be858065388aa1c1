//! The normalisation on the CPU.

use super::Normalization;
use super::planes::{line, line_onto, spread};
use crate::engine::parallel_fill::fresh;
use burn::backend::Flex;
use burn::backend::flex::FlexTensor;
use burn::tensor::TensorData;
use rayon::prelude::*;
use std::borrow::Cow;

impl Normalization for Flex {
    fn channel_statistics(x: FlexTensor) -> (FlexTensor, FlexTensor) {
        let sizes = Sizes::of(&x);
        let x = values(&x);
        let found = sizes.of_images(|n| sizes.spreads(&x[n * sizes.image()..][..sizes.image()]));
        statistics(&found, sizes)
    }

    fn normalize(
        x: FlexTensor,
        mean: FlexTensor,
        variance: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        epsilon: f64,
        relu: bool,
    ) -> FlexTensor {
        let sizes = Sizes::of(&x);
        let lines = lines([&mean, &variance], [&gamma, &beta], epsilon);
        let x = values(&x);
        sizes.map(|at, out| {
            let Line { scale, shift, .. } = lines[at.channel];
            line(&x[at.from..][..out.len()], scale, shift, relu, out);
        })
    }

    fn normalize_onto(
        x: FlexTensor,
        mean: FlexTensor,
        variance: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        skip: FlexTensor,
        epsilon: f64,
    ) -> FlexTensor {
        let sizes = Sizes::of(&x);
        let lines = lines([&mean, &variance], [&gamma, &beta], epsilon);
        let (x, skip) = (values(&x), values(&skip));
        sizes.map(|at, out| {
            let Line { scale, shift, .. } = lines[at.channel];
            let range = at.from..at.from + out.len();
            line_onto(&x[range.clone()], &skip[range], scale, shift, out);
        })
    }
}

/// A channel's normalisation as a straight line.
#[derive(Clone, Copy)]
pub struct Line {
    pub mean: f32,
    /// 1 / deviation.
    pub inverse: f32,
    pub scale: f32,
    pub shift: f32,
}

/// From mean and variance, and gamma and beta.
pub fn lines(
    statistics: [&FlexTensor; 2],
    parameters: [&FlexTensor; 2],
    epsilon: f64,
) -> Vec<Line> {
    let ([means, variances], [gamma, beta]) = (statistics.map(values), parameters.map(values));
    let each = means.iter().zip(&*variances).zip(gamma.iter().zip(&*beta));
    each.map(|((mean, variance), (gamma, beta))| {
        let inverse = 1.0 / (f64::from(*variance) + epsilon).sqrt();
        let scale = f64::from(*gamma) * inverse;
        Line {
            mean: *mean,
            inverse: inverse as f32,
            scale: scale as f32,
            shift: (f64::from(*beta) - f64::from(*mean) * scale) as f32,
        }
    })
    .collect()
}

/// Mean and biased variance, `[C]`, from the sums and spreads of all planes.
pub fn statistics(found: &[Vec<[f64; 2]>], sizes: Sizes) -> (FlexTensor, FlexTensor) {
    let (count, plane) = (sizes.count().max(1.0), sizes.plane.max(1) as f64);
    let sums = sizes.by_channel(found, |sum, found| sum[0] += found[0]);
    let means: Vec<f64> = sums.iter().map(|[sum, _]| sum / count).collect();
    let mut squares = vec![0.0; sizes.channels];
    for image in found
        .iter()
        .flat_map(|found| found.chunks_exact(sizes.channels.max(1)))
    {
        for ((total, mean), [sum, square]) in squares.iter_mut().zip(&means).zip(image) {
            // What spreads within a plane, and planes among each other.
            let off = sum / plane - mean;
            *total += square + plane * off * off;
        }
    }
    let means = means.iter().map(|mean| *mean as f32);
    let variances = squares.iter().map(|squares| (squares / count) as f32);
    let shape = [sizes.channels];
    (
        tensor(means.collect(), &shape),
        tensor(variances.collect(), &shape),
    )
}

/// The sizes of `[N, C, H, W]`.
#[derive(Clone, Copy)]
pub struct Sizes {
    pub images: usize,
    pub channels: usize,
    pub plane: usize,
    pub shape: [usize; 4],
}

/// A plane's place.
struct At {
    channel: usize,
    from: usize,
}

impl Sizes {
    pub fn of(x: &FlexTensor) -> Self {
        Self::new(x.layout().shape().dims::<4>())
    }

    pub fn new(shape: [usize; 4]) -> Self {
        let [images, channels, h, w] = shape;
        Self {
            images,
            channels,
            plane: h * w,
            shape,
        }
    }

    /// Numbers of a channel.
    pub const fn count(self) -> f64 {
        (self.images * self.plane) as f64
    }

    /// Numbers of an image.
    pub const fn image(self) -> usize {
        self.channels * self.plane
    }

    /// Makes something of each image, several at a time.
    pub fn of_images<T: Send>(self, make: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
        (0..self.images).into_par_iter().map(make).collect()
    }

    /// Makes each image, several at a time.
    pub fn each_image(self, make: impl Fn(usize, &mut [f32]) + Sync) -> Vec<f32> {
        fresh(self.images * self.image(), self.image(), make)
    }

    /// Makes each plane, several at a time.
    fn each(self, make: impl Fn(At, &mut [f32]) + Sync) -> Vec<f32> {
        self.each_image(|n, out| {
            for (channel, out) in out.chunks_exact_mut(self.plane.max(1)).enumerate() {
                let from = n * self.image() + channel * self.plane;
                make(At { channel, from }, out);
            }
        })
    }

    /// Sum and spread of each plane of some images.
    pub fn spreads(self, images: &[f32]) -> Vec<[f64; 2]> {
        let planes = images.chunks_exact(self.plane.max(1));
        planes.map(spread).collect()
    }

    /// Puts together what was found plane by plane, images in their order so that a rerun gives the same bits.
    pub fn by_channel(
        self,
        found: &[Vec<[f64; 2]>],
        add: impl Fn(&mut [f64; 2], &[f64; 2]),
    ) -> Vec<[f64; 2]> {
        let mut sums = vec![[0.0; 2]; self.channels];
        let images = found
            .iter()
            .flat_map(|found| found.chunks_exact(self.channels.max(1)));
        for image in images {
            for (sum, found) in sums.iter_mut().zip(image) {
                add(sum, found);
            }
        }
        sums
    }

    /// A tensor of these sizes, made plane by plane.
    fn map(self, make: impl Fn(At, &mut [f32]) + Sync) -> FlexTensor {
        tensor(self.each(make), &self.shape)
    }
}

pub fn tensor(values: Vec<f32>, shape: &[usize]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape.to_vec()))
}

/// Networks here are f32; a tensor of another type is a mistake of the program.
#[expect(
    clippy::panic,
    reason = "the caller's types rule it out, and the trainer fences panics"
)]
pub fn values(tensor: &FlexTensor) -> Cow<'_, [f32]> {
    if tensor.is_contiguous()
        && let Some(values) = tensor.as_slice::<f32>()
    {
        return Cow::Borrowed(values);
    }
    let Some(values) = tensor
        .to_contiguous()
        .as_slice::<f32>()
        .map(<[f32]>::to_vec)
    else {
        panic!("an operation of ours was asked for tensors that are not f32")
    };
    Cow::Owned(values)
}
