//! What a convolution does to some images at a time: forward, and both ways back.
//!
//! ```text
//! forward            y  = w * x              Forward
//! to the input       dx = w turned * dy      InputGradient: a Forward where the stride is 1, else col2im(w^T dy)
//! to the weights     dw = dy * columns^T     WeightGradient, summed over images
//! ```
//!
//! Here the way that suits a shape is chosen and its weights are made ready once; `flex.rs` gives the images out to threads.
//! Buffers belong to threads and stay, since fresh memory costs a page fault every 4 KiB.

use super::im2col::{ConvShape, sized};
use super::{direct, winograd};
use crate::engine::matmul::{Mat, matmul};
use crate::engine::parallel_fill::fresh;
use rayon::prelude::*;
use std::borrow::Cow;
use std::cell::RefCell;

thread_local! {
    /// Columns, and values with channels outermost: kept, since fresh memory costs a page fault every 4 KiB.
    static BUFFERS: RefCell<(Vec<f32>, Vec<f32>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

/// A convolution with its weights made ready.
pub struct Forward<'a> {
    s: ConvShape,
    algorithm: Algorithm<'a>,
}

enum Algorithm<'a> {
    Direct(direct::Forward),
    Winograd(winograd::Forward),
    Product(Cow<'a, [f32]>),
}

impl<'a> Forward<'a> {
    /// Of these sizes and weights.
    pub fn new(weight: Cow<'a, [f32]>, s: ConvShape) -> Self {
        let algorithm = if let Some(winograd) = winograd::Forward::new(&weight, &s) {
            Algorithm::Winograd(winograd)
        } else if let Some(direct) = direct::Forward::new(&weight, &s) {
            Algorithm::Direct(direct)
        } else {
            Algorithm::Product(weight)
        };
        Self { s, algorithm }
    }

    /// Writes the output of some images.
    pub fn images(&self, x: &[f32], out: &mut [f32]) {
        let s = &self.s;
        match &self.algorithm {
            Algorithm::Winograd(winograd) => winograd.images(x, s, out),
            Algorithm::Direct(direct) => direct.images(x, s, out),
            Algorithm::Product(weight) => {
                let (group, out_group) = (s.group() * s.image(), s.group() * s.out_image());
                for (x, out) in x.chunks(group).zip(out.chunks_mut(out_group)) {
                    by_product(x, weight, s, out);
                }
            }
        }
    }
}

/// `out [output, positions] = weight [output, seen] * columns [seen, positions]`, of a group of images.
fn by_product(x: &[f32], weight: &[f32], s: &ConvShape, out: &mut [f32]) {
    with_buffers(|columns, turned| {
        let width = out.len() / s.output;
        let columns = columns_of(x, s, columns, width);
        let (weight, columns) = (
            Mat::row_major(weight, s.patch()),
            Mat::row_major(columns, width),
        );
        if width == s.positions() {
            matmul(weight, columns, out, false);
            return;
        }
        let turned = sized(turned, s.output * width);
        matmul(weight, columns, turned, false);
        images_outermost(turned, s.output, s.positions(), out);
    });
}

/// The way back to the input.
pub enum InputGradient<'a> {
    /// A convolution of stride 1 goes back as one of the output's gradient.
    AsForward(Forward<'a>),
    /// Others by columns.
    ByColumns(&'a [f32], ConvShape),
}

impl<'a> InputGradient<'a> {
    /// Of a convolution of these sizes and weights.
    pub fn new(weight: &'a [f32], s: &ConvShape) -> Self {
        if s.stride == 1 && s.padding < s.k {
            Self::AsForward(backwards(weight, s))
        } else {
            Self::ByColumns(weight, *s)
        }
    }

    /// Writes the gradients of some images into zeros.
    pub fn images(&self, gradient: &[f32], out: &mut [f32]) {
        match self {
            Self::AsForward(forward) => forward.images(gradient, out),
            Self::ByColumns(weight, s) => {
                let (group, out_group) = (s.group() * s.out_image(), s.group() * s.image());
                for (g, out) in gradient.chunks(group).zip(out.chunks_mut(out_group)) {
                    by_columns(g, weight, s, out);
                }
            }
        }
    }
}

/// The weights turned around and their channels swapped: the input gradient of a convolution of stride 1 is a
/// convolution of the output gradient with those.
fn backwards<'a>(weight: &[f32], s: &ConvShape) -> Forward<'a> {
    let taps = s.k * s.k;
    let turned = fresh(weight.len(), s.output * taps, |i, out| {
        for (o, out) in out.chunks_exact_mut(taps).enumerate() {
            let kernel = &weight[(o * s.input + i) * taps..][..taps];
            for (to, w) in out.iter_mut().zip(kernel.iter().rev()) {
                *to = *w;
            }
        }
    });
    let [h, w] = s.out_plane;
    let sizes = ConvShape::new(
        [s.n, s.output, h, w],
        [s.input, s.output, s.k, s.k],
        1,
        s.k - 1 - s.padding,
    );
    Forward::new(Cow::Owned(turned), sizes)
}

/// `columns [seen, positions] = weight^T * gradient [output, positions]`, added back onto a group of images.
fn by_columns(gradient: &[f32], weight: &[f32], s: &ConvShape, out: &mut [f32]) {
    with_buffers(|columns, turned| {
        let width = gradient.len() / s.output;
        let g = channels_outermost(gradient, s.output, s.positions(), turned);
        let columns = sized(columns, s.patch() * width);
        let weight = Mat::row_major(weight, s.patch()).transposed();
        matmul(weight, Mat::row_major(g, width), columns, false);
        s.col2im(columns, out);
    });
}

/// Numbers that one thread sums over parts at a time.
const PIECE: usize = 1 << 12;

/// The gradient of the weights, summed over images as they come.
pub struct WeightGradient {
    sums: Vec<f32>,
    direct: bool,
}

impl WeightGradient {
    /// None yet, of a convolution of these sizes.
    pub fn new(s: &ConvShape) -> Self {
        Self {
            sums: vec![0.0; s.output * s.patch()],
            direct: direct::suits_weights(s),
        }
    }

    /// Adds what some images give.
    pub fn add(&mut self, x: &[f32], gradient: &[f32], s: &ConvShape) {
        let (group, out_group) = (s.group() * s.image(), s.group() * s.out_image());
        for (x, g) in x.chunks(group).zip(gradient.chunks(out_group)) {
            if self.direct {
                direct::add_weights(x, g, s, &mut self.sums);
            } else {
                add_weights(x, g, s, &mut self.sums);
            }
        }
    }

    /// All of them together, `[output, input, k, k]`.
    pub fn total(parts: &[Self], s: &ConvShape) -> Vec<f32> {
        let mut total = Self::new(s);
        // Each number is summed in the order of the parts.
        let sums = total.sums.par_chunks_mut(PIECE).enumerate();
        sums.for_each(|(nth, total)| {
            for part in parts {
                let pairs = total.iter_mut().zip(&part.sums[nth * PIECE..]);
                pairs.for_each(|(t, p)| *t += p);
            }
        });
        if total.direct {
            return direct::unpacked(&total.sums, s);
        }
        total.sums
    }
}

/// Adds `gradient [output, positions] * columns^T` of some images to `[output, seen]`.
fn add_weights(x: &[f32], gradient: &[f32], s: &ConvShape, sum: &mut [f32]) {
    with_buffers(|columns, turned| {
        let width = gradient.len() / s.output;
        let columns = columns_of(x, s, columns, width);
        let g = channels_outermost(gradient, s.output, s.positions(), turned);
        matmul(
            Mat::row_major(g, width),
            Mat::row_major(columns, width).transposed(),
            sum,
            true,
        );
    });
}

fn with_buffers(work: impl FnOnce(&mut Vec<f32>, &mut Vec<f32>)) {
    BUFFERS.with_borrow_mut(|(columns, turned)| work(columns, turned));
}

/// The columns of a group of images; a single image under a plain 1x1 kernel is its own.
fn columns_of<'a>(
    x: &'a [f32],
    s: &ConvShape,
    buffer: &'a mut Vec<f32>,
    width: usize,
) -> &'a [f32] {
    if s.is_plain() && x.len() == s.image() {
        return x;
    }
    let columns = sized(buffer, s.patch() * width);
    s.im2col(x, columns);
    columns
}

/// `[images, channels, positions]` as `[channels, images * positions]`; one image is so already.
fn channels_outermost<'a>(
    x: &'a [f32],
    channels: usize,
    positions: usize,
    buffer: &'a mut Vec<f32>,
) -> &'a [f32] {
    let images = x.len() / (channels * positions);
    if images == 1 {
        return x;
    }
    let out = sized(buffer, x.len());
    for (i, image) in x.chunks_exact(channels * positions).enumerate() {
        for (c, plane) in image.chunks_exact(positions).enumerate() {
            out[(c * images + i) * positions..][..positions].copy_from_slice(plane);
        }
    }
    out
}

/// The way back.
fn images_outermost(x: &[f32], channels: usize, positions: usize, out: &mut [f32]) {
    let images = x.len() / (channels * positions);
    for (i, image) in out.chunks_exact_mut(channels * positions).enumerate() {
        for (c, plane) in image.chunks_exact_mut(positions).enumerate() {
            plane.copy_from_slice(&x[(c * images + i) * positions..][..positions]);
        }
    }
}
