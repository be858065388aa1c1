//! The normalisation on the CPU.

use super::{Back, Gradients, Kept, Normalization};
use crate::engine::augment::wide::wide;
use crate::engine::fresh::fresh;
use burn::backend::Flex;
use burn::backend::flex::FlexTensor;
use burn::tensor::TensorData;
use rayon::prelude::*;
use std::borrow::Cow;

/// Sums at once, so that a sum takes vector instructions.
const LANES: usize = 16;

impl Normalization for Flex {
    fn channel_statistics(x: FlexTensor) -> FlexTensor {
        let sizes = Sizes::of(&x);
        let x = values(&x);
        let found: Vec<[f64; 2]> = (0..sizes.channels)
            .into_par_iter()
            .map(|c| statistics(&sizes.planes(&x, c), sizes.count()))
            .collect();
        let rows = (0..2).flat_map(|row| found.iter().map(move |f| f[row] as f32));
        tensor(rows.collect(), &[2, sizes.channels])
    }

    fn normalize(
        x: FlexTensor,
        statistics: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        epsilon: f64,
        relu: bool,
    ) -> FlexTensor {
        let sizes = Sizes::of(&x);
        let lines = lines(&statistics, &gamma, &beta, epsilon);
        let x = values(&x);
        sizes.map(|at, out| {
            let Line { scale, shift, .. } = lines[at.channel];
            line(&x[at.from..][..out.len()], scale, shift, relu, out);
        })
    }

    fn normalize_onto(
        x: FlexTensor,
        statistics: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        skip: FlexTensor,
        epsilon: f64,
    ) -> FlexTensor {
        let sizes = Sizes::of(&x);
        let lines = lines(&statistics, &gamma, &beta, epsilon);
        let (x, skip) = (values(&x), values(&skip));
        sizes.map(|at, out| {
            let Line { scale, shift, .. } = lines[at.channel];
            let range = at.from..at.from + out.len();
            line_onto(&x[range.clone()], &skip[range], scale, shift, out);
        })
    }
}

impl Gradients for Flex {
    fn normalize_gradients(kept: Kept<Self>, gradient: FlexTensor) -> Back<Self> {
        let sizes = Sizes::of(&kept.x);
        let lines = lines(&kept.statistics, &kept.gamma, &kept.beta, kept.epsilon);
        let x = values(&kept.x);
        let gradient = values(&gradient);
        let skip = kept.skip.as_ref().map(|skip| values(skip));
        // What ReLU let through; without it all of the gradient.
        let passed: Cow<[f32]> = if kept.relu {
            let passed = sizes.each(|at, out| {
                let range = at.from..at.from + out.len();
                let (x, g) = (&x[range.clone()], &gradient[range.clone()]);
                let line = lines[at.channel];
                match &skip {
                    Some(skip) => gate_onto(x, &skip[range], g, line.scale, line.shift, out),
                    None => gate(x, g, line.scale, line.shift, out),
                }
            });
            Cow::Owned(passed)
        } else {
            Cow::Borrowed(&gradient)
        };
        let sums: Vec<[f64; 2]> = (0..sizes.channels)
            .into_par_iter()
            .map(|c| {
                let planes = sizes.planes(&x, c).zip(sizes.planes(&passed, c));
                planes.fold([0.0; 2], |[one, two], (x, g)| {
                    let mut found = [0.0; 2];
                    products(x, g, lines[c].mean, &mut found);
                    [one + found[0], two + found[1]]
                })
            })
            .collect();
        let count = sizes.count();
        let of_x = sizes.map(|at, out| {
            let range = at.from..at.from + out.len();
            let (line, [sum, product]) = (lines[at.channel], sums[at.channel]);
            let mean = (sum / count) as f32;
            // The product is with x - mean; one more 1 / deviation for each of the two normalised values in it.
            let slope = (product / count) as f32 * line.inverse * line.inverse;
            let (x, g) = (&x[range.clone()], &passed[range]);
            centre(x, g, [line.mean, mean], slope, line.scale, out);
        });
        let beta = sums.iter().map(|[sum, _]| *sum as f32).collect();
        let gamma = sums.iter().zip(&lines);
        let gamma = gamma.map(|([_, product], line)| *product as f32 * line.inverse);
        let shape = [sizes.channels];
        let dims = kept.x.layout().shape().clone();
        Back {
            x: of_x,
            gamma: tensor(gamma.collect(), &shape),
            beta: tensor(beta, &shape),
            skip: kept
                .skip
                .is_some()
                .then(|| FlexTensor::from_data(TensorData::new(passed.into_owned(), dims))),
        }
    }
}

/// A channel's normalisation as a straight line.
#[derive(Clone, Copy)]
struct Line {
    mean: f32,
    /// 1 / deviation.
    inverse: f32,
    scale: f32,
    shift: f32,
}

fn lines(
    statistics: &FlexTensor,
    gamma: &FlexTensor,
    beta: &FlexTensor,
    epsilon: f64,
) -> Vec<Line> {
    let (statistics, gamma, beta) = (values(statistics), values(gamma), values(beta));
    let (means, variances) = statistics.split_at(gamma.len());
    let each = means.iter().zip(variances).zip(gamma.iter().zip(&*beta));
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

wide! {
    fn line(x: &[f32], scale: f32, shift: f32, relu: bool, out: &mut [f32]) {
        let least = if relu { 0.0 } else { f32::NEG_INFINITY };
        for (to, x) in out.iter_mut().zip(x) {
            let y = x * scale + shift;
            // Written so that no number stays one.
            *to = if y < least { least } else { y };
        }
    }
}

wide! {
    fn line_onto(x: &[f32], skip: &[f32], scale: f32, shift: f32, out: &mut [f32]) {
        for ((to, x), skip) in out.iter_mut().zip(x).zip(skip) {
            let y = x * scale + shift + skip;
            *to = if y < 0.0 { 0.0 } else { y };
        }
    }
}

wide! {
    fn gate(x: &[f32], g: &[f32], scale: f32, shift: f32, out: &mut [f32]) {
        for ((to, x), g) in out.iter_mut().zip(x).zip(g) {
            *to = if x * scale + shift > 0.0 { *g } else { 0.0 };
        }
    }
}

wide! {
    fn gate_onto(x: &[f32], skip: &[f32], g: &[f32], scale: f32, shift: f32, out: &mut [f32]) {
        for (((to, x), skip), g) in out.iter_mut().zip(x).zip(skip).zip(g) {
            *to = if x * scale + shift + skip > 0.0 { *g } else { 0.0 };
        }
    }
}

wide! {
    /// The sums of g and of g (x - mean).
    fn products(x: &[f32], g: &[f32], mean: f32, found: &mut [f64; 2]) {
        let mut lanes = [[0.0f32; LANES]; 2];
        let (xs, x_rest) = x.as_chunks::<LANES>();
        let (gs, g_rest) = g.as_chunks::<LANES>();
        for (x, g) in xs.iter().zip(gs) {
            for l in 0..LANES {
                lanes[0][l] += g[l];
                lanes[1][l] += g[l] * (x[l] - mean);
            }
        }
        for (l, (x, g)) in x_rest.iter().zip(g_rest).enumerate() {
            lanes[0][l] += g;
            lanes[1][l] += g * (x - mean);
        }
        for (found, lanes) in found.iter_mut().zip(lanes) {
            *found = lanes.iter().map(|v| f64::from(*v)).sum();
        }
    }
}

wide! {
    /// `scale (g - mean of g - (x - mean) slope)`.
    fn centre(x: &[f32], g: &[f32], means: [f32; 2], slope: f32, scale: f32, out: &mut [f32]) {
        let [mean, mean_g] = means;
        for ((to, x), g) in out.iter_mut().zip(x).zip(g) {
            *to = (g - mean_g - (x - mean) * slope) * scale;
        }
    }
}

/// Mean and biased variance of the planes of a channel.
fn statistics<'a>(planes: &(impl Iterator<Item = &'a [f32]> + Clone), count: f64) -> [f64; 2] {
    let sum = |of: &dyn Fn(&[f32], &mut [f64; 2])| {
        planes.clone().fold(0.0, |sum, plane| {
            let mut found = [0.0; 2];
            of(plane, &mut found);
            sum + found[0]
        })
    };
    let mean = sum(&|plane, found| plain(plane, found)) / count;
    let variance = sum(&|plane, found| squares(plane, mean as f32, found)) / count;
    // The mean was rounded to be taken away from each.
    let rounded = mean - f64::from(mean as f32);
    [mean, (variance - rounded * rounded).max(0.0)]
}

wide! {
    fn plain(x: &[f32], found: &mut [f64; 2]) {
        found[0] = summed(x, |x| x);
    }
}

wide! {
    fn squares(x: &[f32], mean: f32, found: &mut [f64; 2]) {
        found[0] = summed(x, |x| (x - mean) * (x - mean));
    }
}

/// The sum of something of each number, in lanes.
#[expect(
    clippy::inline_always,
    reason = "it takes on the vectors of the function that it is inlined into"
)]
#[inline(always)]
fn summed(x: &[f32], of: impl Fn(f32) -> f32) -> f64 {
    let mut lanes = [0.0f32; LANES];
    let (chunks, rest) = x.as_chunks::<LANES>();
    for x in chunks {
        for (lane, x) in lanes.iter_mut().zip(x) {
            *lane += of(*x);
        }
    }
    for (lane, x) in lanes.iter_mut().zip(rest) {
        *lane += of(*x);
    }
    lanes.iter().map(|v| f64::from(*v)).sum()
}

/// The sizes of `[N, C, H, W]`.
#[derive(Clone, Copy)]
struct Sizes {
    images: usize,
    channels: usize,
    plane: usize,
    shape: [usize; 4],
}

/// A plane's place.
struct At {
    channel: usize,
    from: usize,
}

impl Sizes {
    fn of(x: &FlexTensor) -> Self {
        let shape = x.layout().shape().dims::<4>();
        let [images, channels, h, w] = shape;
        Self {
            images,
            channels,
            plane: h * w,
            shape,
        }
    }

    /// Numbers of a channel.
    const fn count(self) -> f64 {
        (self.images * self.plane) as f64
    }

    /// The planes of a channel.
    fn planes(self, x: &[f32], channel: usize) -> impl Iterator<Item = &[f32]> + Clone {
        let planes = x.chunks_exact(self.plane.max(1));
        planes.skip(channel).step_by(self.channels.max(1))
    }

    /// Makes each plane, some at a time.
    fn each(self, make: impl Fn(At, &mut [f32]) + Sync) -> Vec<f32> {
        let image = self.channels * self.plane;
        fresh(self.images * image, image, |n, out| {
            for (channel, out) in out.chunks_exact_mut(self.plane.max(1)).enumerate() {
                let from = n * image + channel * self.plane;
                make(At { channel, from }, out);
            }
        })
    }

    /// A tensor of these sizes, made plane by plane.
    fn map(self, make: impl Fn(At, &mut [f32]) + Sync) -> FlexTensor {
        tensor(self.each(make), &self.shape)
    }
}

fn tensor(values: Vec<f32>, shape: &[usize]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape.to_vec()))
}

/// Networks here are f32; a tensor of another type is a mistake of the program.
#[expect(
    clippy::panic,
    reason = "the caller's types rule it out, and the trainer fences panics"
)]
fn values(tensor: &FlexTensor) -> Cow<'_, [f32]> {
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
        panic!("a normalisation was asked for tensors that are not f32")
    };
    Cow::Owned(values)
}
