//! The operation on the CPU, image by image: its statistics, then what is made of it, while it is in the near caches.
//!
//! With the normalised x̂ and means over a group: `dx = (gamma g - mean(gamma g) - x̂ mean(gamma g x̂)) / deviation`.

use super::{Gradients, GroupNorm, InputGradients, Inputs, Saved};
use crate::engine::norm::flex::{Line, Sizes, tensor, values};
use crate::engine::norm::planes::{
    gate_onto, gated_products, gated_tilt, line, line_onto, products, spread, tilt,
};
use crate::engine::parallel_fill::in_pieces;
use burn::backend::Flex;
use burn::backend::flex::FlexTensor;
use std::ops::Range;

impl GroupNorm for Flex {
    fn group_norm(inputs: Inputs<Self>, relu: bool) -> FlexTensor {
        let (x, of) = (values(&inputs.x), Of::new(&inputs));
        let y = of.sizes.each_image(|n, out| {
            for plane in of.planes(&x, n) {
                let Line { scale, shift, .. } = plane.line;
                line(&x[plane.at()], scale, shift, relu, &mut out[plane.within]);
            }
        });
        tensor(y, &of.sizes.shape)
    }

    fn group_norm_onto(inputs: Inputs<Self>, skip: FlexTensor) -> FlexTensor {
        let (x, of, skip) = (values(&inputs.x), Of::new(&inputs), values(&skip));
        let y = of.sizes.each_image(|n, out| {
            for plane in of.planes(&x, n) {
                let Line { scale, shift, .. } = plane.line;
                let (at, out) = (plane.at(), &mut out[plane.within]);
                line_onto(&x[at.clone()], &skip[at], scale, shift, out);
            }
        });
        tensor(y, &of.sizes.shape)
    }
}

impl Gradients for Flex {
    fn group_norm_gradients(kept: Saved<Self>, gradient: FlexTensor) -> InputGradients<Self> {
        let (x, g) = (values(&kept.x), values(&gradient));
        let inputs = Inputs::<Self> {
            x: kept.x.clone(),
            gamma: kept.gamma.clone(),
            beta: kept.beta.clone(),
            groups: kept.groups,
            epsilon: kept.epsilon,
        };
        let of = Of::new(&inputs);
        // What ReLU let through of a sum's gradient is that of what was added.
        let passed = kept.skip.as_ref().map(|skip| {
            let skip = values(skip);
            of.sizes
                .each_image(|n, out| of.gate(n, [&x, &skip, &g], out))
        });
        let relu = kept.relu && passed.is_none();
        let g = passed.as_deref().unwrap_or(&g);
        let image = of.sizes.image();
        let (dx, sums) = in_pieces(x.len(), image, image, Vec::new, |sums, n, out| {
            *sums = of.back(n, [&x, g], relu, out);
        });
        // Images in their order, so that a rerun gives the same bits.
        let sums = of.sizes.by_channel(&sums, |all, of_image| {
            all[0] += of_image[0];
            all[1] += of_image[1];
        });
        let vector = |nth: usize| {
            let of_each = sums.iter().map(|sums| sums[nth] as f32);
            Some(tensor(of_each.collect(), &[of.sizes.channels]))
        };
        let shape = of.sizes.shape;
        let skip = passed.map(|passed| tensor(passed, &shape));
        [Some(tensor(dx, &shape)), vector(1), vector(0), skip]
    }
}

/// What all images have in common.
struct Of {
    sizes: Sizes,
    groups: usize,
    gamma: Vec<f32>,
    beta: Vec<f32>,
    epsilon: f64,
}

/// A plane: its channel and line, and where it is, in its image and among all.
struct Plane {
    channel: usize,
    line: Line,
    within: Range<usize>,
    image: usize,
}

impl Plane {
    fn at(&self) -> Range<usize> {
        self.image + self.within.start..self.image + self.within.end
    }
}

impl Of {
    fn new(inputs: &Inputs<Flex>) -> Self {
        Self {
            sizes: Sizes::of(&inputs.x),
            groups: inputs.groups,
            gamma: values(&inputs.gamma).into_owned(),
            beta: values(&inputs.beta).into_owned(),
            epsilon: inputs.epsilon,
        }
    }

    /// Channels of a group.
    const fn channels(&self) -> usize {
        self.sizes.channels / self.groups
    }

    /// The planes of an image, group by group.
    fn planes(&self, x: &[f32], n: usize) -> impl Iterator<Item = Plane> {
        (0..self.groups).flat_map(move |group| self.group(x, n, group))
    }

    /// The planes of a group of an image.
    fn group(&self, x: &[f32], n: usize, group: usize) -> impl Iterator<Item = Plane> {
        let Sizes { plane, .. } = self.sizes;
        let image = n * self.sizes.image();
        let channels = group * self.channels()..(group + 1) * self.channels();
        let all = image + channels.start * plane..image + channels.end * plane;
        let (mean, inverse) = statistics(&x[all], self.epsilon);
        channels.map(move |channel| {
            let scale = f64::from(self.gamma[channel]) * inverse;
            let shift = f64::from(self.beta[channel]) - mean * scale;
            Plane {
                channel,
                line: Line {
                    mean: mean as f32,
                    inverse: inverse as f32,
                    scale: scale as f32,
                    shift: shift as f32,
                },
                within: channel * plane..(channel + 1) * plane,
                image,
            }
        })
    }

    /// What ReLU let through of the gradient of an image of x with `skip` added.
    fn gate(&self, n: usize, [x, skip, g]: [&[f32]; 3], out: &mut [f32]) {
        for plane in self.planes(x, n) {
            let Line { scale, shift, .. } = plane.line;
            let (at, out) = (plane.at(), &mut out[plane.within]);
            gate_onto(&x[at.clone()], &skip[at.clone()], &g[at], scale, shift, out);
        }
    }

    /// Writes the gradient of an image of x; the image's part of the gradients of beta and gamma, channel by channel.
    fn back(&self, n: usize, [x, g]: [&[f32]; 2], relu: bool, out: &mut [f32]) -> Vec<[f64; 2]> {
        let count = (self.channels() * self.sizes.plane) as f64;
        let mut sums = vec![[0.0; 2]; self.sizes.channels];
        for group in 0..self.groups {
            let planes: Vec<Plane> = self.group(x, n, group).collect();
            // Over the group: of gamma g, and of that times x̂.
            let mut means = [0.0; 2];
            for plane in &planes {
                let (line, found) = (plane.line, &mut sums[plane.channel]);
                let (x, g) = (&x[plane.at()], &g[plane.at()]);
                if relu {
                    gated_products(x, g, [line.mean, line.scale, line.shift], found);
                } else {
                    products(x, g, line.mean, found);
                }
                found[1] *= f64::from(line.inverse);
                for (mean, found) in means.iter_mut().zip(found) {
                    *mean += f64::from(self.gamma[plane.channel]) * *found / count;
                }
            }
            for plane in planes {
                let (line, at) = (plane.line, plane.at());
                let inverse = f64::from(line.inverse);
                let off = (means[0] * inverse) as f32;
                let slope = (means[1] * inverse * inverse) as f32;
                let (x, g, out) = (&x[at.clone()], &g[at], &mut out[plane.within]);
                let taken = [line.mean, off, slope];
                if relu {
                    gated_tilt(x, g, [line.scale, line.shift], taken, out);
                } else {
                    tilt(x, g, line.scale, taken, out);
                }
            }
        }
        sums
    }
}

/// Mean and 1 / deviation. Numbers are summed a few thousand at a time, so that sums in f32 stay exact enough.
fn statistics(x: &[f32], epsilon: f64) -> (f64, f64) {
    const AT_ONCE: usize = 4096;
    let count = x.len().max(1) as f64;
    let parts: Vec<(f64, [f64; 2])> = x
        .chunks(AT_ONCE)
        .map(|part| (part.len() as f64, spread(part)))
        .collect();
    let mean = parts.iter().map(|(_, [sum, _])| sum).sum::<f64>() / count;
    let squares = parts.iter().map(|(length, [sum, squares])| {
        let off = sum / length - mean;
        squares + length * off * off
    });
    let variance = squares.sum::<f64>() / count;
    (mean, 1.0 / (variance + epsilon).sqrt())
}
