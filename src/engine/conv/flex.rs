//! The convolution on the CPU: images given out to threads, in groups and parts that depend on the shape alone.
//!
//! ```text
//! images   0 1 2 3 | 4 5 6 7 | 8 9 ...     groups: one call of a kernel, at least WIDE positions
//! parts   [        0        ] [    1  ...   PARTS sums of the weight gradient, added up in this order
//! ```
//!
//! In `gradients` a thread makes the gradient of one group's output, takes it to the input and to the weights while it is in
//! the near caches, and carries its sums along to the part's next group.

use super::forward_backward::{Forward, InputGradient, WeightGradient};
use super::im2col::ConvShape;
use super::{Convolution, Gradients};
use crate::engine::norm::flex::{tensor, values};
use crate::engine::parallel_fill::{fresh, in_pieces};
use burn::backend::Flex;
use burn::backend::flex::FlexTensor;
use rayon::prelude::*;
use std::borrow::Cow;

/// Parts that a weight gradient is summed in, whatever the number of threads.
const PARTS: usize = 16;

impl Convolution for Flex {
    fn conv(x: FlexTensor, weight: FlexTensor, stride: usize, padding: usize) -> FlexTensor {
        let sizes = sizes(&x, &weight, stride, padding);
        let (x, w) = (values(&x), values(&weight));
        let (out, _) = forward(&x, &w, &sizes, |_| ());
        let [h, wide] = sizes.out_plane;
        tensor(out, &[sizes.n, sizes.output, h, wide])
    }
}

impl Gradients for Flex {
    fn conv_input_gradient(
        x: FlexTensor,
        weight: FlexTensor,
        gradient: FlexTensor,
        stride: usize,
        padding: usize,
    ) -> FlexTensor {
        let sizes = sizes(&x, &weight, stride, padding);
        let (w, g) = (values(&weight), values(&gradient));
        let out = input_gradient(&w, &g, &sizes);
        tensor(out, &[sizes.n, sizes.input, sizes.plane[0], sizes.plane[1]])
    }

    fn conv_weight_gradient(
        x: FlexTensor,
        weight: FlexTensor,
        gradient: FlexTensor,
        stride: usize,
        padding: usize,
    ) -> FlexTensor {
        let sizes = sizes(&x, &weight, stride, padding);
        let (x, g) = (values(&x), values(&gradient));
        tensor(
            weight_gradient(&x, &g, &sizes),
            &[sizes.output, sizes.input, sizes.k, sizes.k],
        )
    }
}

/// Of the convolution of a tensor.
pub fn sizes(x: &FlexTensor, weight: &FlexTensor, stride: usize, padding: usize) -> ConvShape {
    ConvShape::new(
        x.layout().shape().dims(),
        weight.layout().shape().dims(),
        stride,
        padding,
    )
}

/// The output, and what `seen` makes of it, some images at a time, while it is in the near caches.
pub fn forward<T: Send>(
    x: &[f32],
    weight: &[f32],
    s: &ConvShape,
    seen: impl Fn(&[f32]) -> T + Sync,
) -> (Vec<f32>, Vec<T>) {
    let conv = Forward::new(Cow::Borrowed(weight), *s);
    let group = s.group();
    let piece = group * s.out_image();
    let (out, seen) = in_pieces(
        s.n * s.out_image(),
        piece,
        piece,
        || None,
        |found, nth, out| {
            let x = &x[nth * group * s.image()..][..out.len() / s.out_image() * s.image()];
            conv.images(x, out);
            *found = Some(seen(out));
        },
    );
    (out, seen.into_iter().flatten().collect())
}

fn input_gradient(weight: &[f32], gradient: &[f32], s: &ConvShape) -> Vec<f32> {
    let back = InputGradient::new(weight, s);
    let group = s.group();
    fresh(s.n * s.image(), group * s.image(), |nth, out| {
        let from = nth * group * s.out_image();
        back.images(
            &gradient[from..][..out.len() / s.image() * s.out_image()],
            out,
        );
    })
}

/// Images of one of the parts that a weight gradient is summed in.
fn part(s: &ConvShape) -> usize {
    s.n.div_ceil(PARTS).next_multiple_of(s.group()).max(1)
}

fn weight_gradient(x: &[f32], gradient: &[f32], s: &ConvShape) -> Vec<f32> {
    let part = part(s);
    let parts: Vec<WeightGradient> = x
        .par_chunks(part * s.image())
        .zip(gradient.par_chunks(part * s.out_image()))
        .map(|(x, g)| {
            let mut sums = WeightGradient::new(s);
            sums.add(x, g, s);
            sums
        })
        .collect();
    WeightGradient::total(&parts, s)
}

/// Whether so many parts keep the threads busy: no more than a fifth of their time is lost where they don't come out even.
fn shares_out(parts: usize) -> bool {
    let threads = rayon::current_num_threads().max(1);
    4 * parts.div_ceil(threads) * threads <= 5 * parts
}

/// Gradients of the input, if it is wanted, and of the weights, where `gradient` writes that of one image of the output: each is used
/// as soon as it is made, while it is in the near caches.
pub fn gradients(
    x: &[f32],
    weight: &[f32],
    s: &ConvShape,
    wanted: bool,
    gradient: impl Fn(usize, &mut [f32]) + Sync,
) -> (Option<Vec<f32>>, Vec<f32>) {
    if !wanted || !shares_out(s.n.div_ceil(part(s))) {
        let gradient = fresh(s.n * s.out_image(), s.out_image(), gradient);
        let of_x = wanted.then(|| input_gradient(weight, &gradient, s));
        return (of_x, weight_gradient(x, &gradient, s));
    }
    let back = InputGradient::new(weight, s);
    let group = s.group();
    let begin = || (WeightGradient::new(s), vec![0.0; group * s.out_image()]);
    let piece = group * s.image();
    let (of_x, parts) = in_pieces(
        s.n * s.image(),
        part(s) * s.image(),
        piece,
        begin,
        |(sums, room), nth, out| {
            let images = out.len() / s.image();
            let room = &mut room[..images * s.out_image()];
            for (at, room) in room.chunks_exact_mut(s.out_image()).enumerate() {
                gradient(nth * group + at, room);
            }
            back.images(room, out);
            sums.add(&x[nth * piece..][..out.len()], room, s);
        },
    );
    let parts: Vec<_> = parts.into_iter().map(|(sums, _)| sums).collect();
    (Some(of_x), WeightGradient::total(&parts, s))
}
