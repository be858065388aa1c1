//! The way back of a normalisation on the CPU: one pass over memory for sums, one for the gradient.

use super::flex::{Line, Sizes, lines, tensor, values};
use super::planes::{centre, gate_onto, gated_centre, gated_products, products};
use super::{Gradients, InputGradients, Saved};
use crate::engine::parallel_fill::in_pieces;
use burn::backend::Flex;
use burn::backend::flex::FlexTensor;
use burn::tensor::TensorData;
use std::borrow::Cow;

impl Gradients for Flex {
    fn normalize_gradients(kept: Saved<Self>, gradient: FlexTensor) -> InputGradients<Self> {
        let way = Way::new(&kept, &gradient);
        let of_x = way.sizes.each_image(|n, out| way.image(n, out));
        let x = tensor(of_x, &way.sizes.shape);
        let [gamma, beta, skip] = way.back();
        [Some(x), gamma, beta, skip]
    }
}

/// What the gradients of all numbers have in common.
pub struct Way<'a> {
    sizes: Sizes,
    lines: Vec<Line>,
    x: Cow<'a, [f32]>,
    /// Of the output; where there is something to add to, only what ReLU let through, which is that one's gradient.
    gradient: Cow<'a, [f32]>,
    kind: Kind,
    /// Of each channel: of the gradient that ReLU let through, and of that times x - mean.
    sums: Vec<[f64; 2]>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Relu,
    Onto,
}

impl<'a> Way<'a> {
    /// Sums what there is to be summed.
    pub fn new(kept: &'a Saved<Flex>, gradient: &'a FlexTensor) -> Self {
        let mut way = Self {
            sizes: Sizes::of(&kept.x),
            lines: lines(
                [&kept.mean, &kept.variance],
                [&kept.gamma, &kept.beta],
                kept.epsilon,
            ),
            x: values(&kept.x),
            gradient: values(gradient),
            kind: match (&kept.skip, kept.relu) {
                (Some(_), _) => Kind::Onto,
                (None, true) => Kind::Relu,
                (None, false) => Kind::Plain,
            },
            sums: Vec::new(),
        };
        let found = match &kept.skip {
            Some(skip) => {
                let (passed, found) = way.passed(&values(skip));
                way.gradient = Cow::Owned(passed);
                found
            }
            None => way.sizes.of_images(|n| way.image_sums(n)),
        };
        way.sums = way.sizes.by_channel(&found, |sums, found| {
            sums[0] += found[0];
            sums[1] += found[1];
        });
        way
    }

    /// The planes of an image: its channel, its line, and where its numbers are.
    fn planes(&self, n: usize) -> impl Iterator<Item = (usize, Line, std::ops::Range<usize>)> {
        let Sizes {
            channels, plane, ..
        } = self.sizes;
        (0..channels).map(move |c| {
            let from = (n * channels + c) * plane;
            (c, self.lines[c], from..from + plane)
        })
    }

    fn image_sums(&self, n: usize) -> Vec<[f64; 2]> {
        let of_planes = self.planes(n).map(|(_, line, range)| {
            let (x, g) = (&self.x[range.clone()], &self.gradient[range]);
            let mut found = [0.0; 2];
            if self.kind == Kind::Relu {
                gated_products(x, g, [line.mean, line.scale, line.shift], &mut found);
            } else {
                products(x, g, line.mean, &mut found);
            }
            found
        });
        of_planes.collect()
    }

    /// What ReLU let through of the gradient of a sum, and the sums of that by image and channel.
    fn passed(&self, skip: &[f32]) -> (Vec<f32>, Vec<Vec<[f64; 2]>>) {
        let image = self.sizes.image();
        let all = self.sizes.images * image;
        in_pieces(all, image, image, Vec::new, |found, n, out| {
            let planes = out.chunks_exact_mut(self.sizes.plane.max(1));
            for ((_, line, range), out) in self.planes(n).zip(planes) {
                let (x, skip) = (&self.x[range.clone()], &skip[range.clone()]);
                gate_onto(x, skip, &self.gradient[range], line.scale, line.shift, out);
                let mut sums = [0.0; 2];
                products(x, out, line.mean, &mut sums);
                found.push(sums);
            }
        })
    }

    /// Writes the gradient of one image of x.
    pub fn image(&self, n: usize, out: &mut [f32]) {
        let count = self.sizes.count();
        let planes = out.chunks_exact_mut(self.sizes.plane.max(1));
        for ((c, line, range), out) in self.planes(n).zip(planes) {
            let [sum, product] = self.sums[c];
            let means = [line.mean, (sum / count) as f32];
            // The product is with x - mean; one more 1 / deviation for each of the two normalised values in it.
            let slope = (product / count) as f32 * line.inverse * line.inverse;
            let (x, g) = (&self.x[range.clone()], &self.gradient[range]);
            if self.kind == Kind::Relu {
                gated_centre(x, g, means, slope, [line.scale, line.shift], out);
            } else {
                centre(x, g, means, slope, line.scale, out);
            }
        }
    }

    /// The gradients of gamma, beta and, where there is one, skip.
    pub fn back(self) -> [Option<FlexTensor>; 3] {
        let beta = self.sums.iter().map(|[sum, _]| *sum as f32).collect();
        let gamma = self.sums.iter().zip(&self.lines);
        let gamma = gamma.map(|([_, product], line)| *product as f32 * line.inverse);
        let skip = (self.kind == Kind::Onto).then(|| {
            let passed = TensorData::new(self.gradient.into_owned(), self.sizes.shape.to_vec());
            FlexTensor::from_data(passed)
        });
        let shape = [self.sizes.channels];
        let gamma = tensor(gamma.collect(), &shape);
        [Some(gamma), Some(tensor(beta, &shape)), skip]
    }
}
