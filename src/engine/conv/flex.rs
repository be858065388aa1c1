//! The convolution on the CPU.

use super::columns::{Sizes, sized};
use super::direct;
use super::{Convolution, Gradients};
use crate::engine::fresh::fresh;
use crate::engine::product::{Mat, product};
use burn::backend::Flex;
use burn::backend::flex::FlexTensor;
use burn::tensor::TensorData;
use rayon::prelude::*;
use std::cell::RefCell;

/// Parts that a weight gradient is summed in, whatever the number of threads.
const PARTS: usize = 16;

thread_local! {
    /// Columns, and values with channels outermost: kept, since fresh memory costs a page fault every 4 KiB.
    static BUFFERS: RefCell<(Vec<f32>, Vec<f32>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

impl Convolution for Flex {
    fn conv(x: FlexTensor, weight: FlexTensor, stride: usize, padding: usize) -> FlexTensor {
        let sizes = sizes(&x, &weight, stride, padding);
        let (x, weight) = (x.to_contiguous(), weight.to_contiguous());
        let (Some(x), Some(w)) = (x.as_slice::<f32>(), weight.as_slice::<f32>()) else {
            return unsupported();
        };
        let out = forward(x, w, &sizes);
        let [h, wide] = sizes.out_plane;
        tensor(out, [sizes.n, sizes.output, h, wide])
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
        let (weight, gradient) = (weight.to_contiguous(), gradient.to_contiguous());
        let (Some(w), Some(g)) = (weight.as_slice::<f32>(), gradient.as_slice::<f32>()) else {
            return unsupported();
        };
        let out = if stride == 1 && padding < sizes.k {
            as_forward(w, g, &sizes)
        } else {
            by_columns(w, g, &sizes)
        };
        tensor(out, [sizes.n, sizes.input, sizes.plane[0], sizes.plane[1]])
    }

    fn conv_weight_gradient(
        x: FlexTensor,
        weight: FlexTensor,
        gradient: FlexTensor,
        stride: usize,
        padding: usize,
    ) -> FlexTensor {
        let sizes = sizes(&x, &weight, stride, padding);
        let (x, gradient) = (x.to_contiguous(), gradient.to_contiguous());
        let (Some(x), Some(g)) = (x.as_slice::<f32>(), gradient.as_slice::<f32>()) else {
            return unsupported();
        };
        tensor(
            weight_gradient(x, g, &sizes),
            [sizes.output, sizes.input, sizes.k, sizes.k],
        )
    }
}

fn sizes(x: &FlexTensor, weight: &FlexTensor, stride: usize, padding: usize) -> Sizes {
    Sizes::new(
        x.layout().shape().dims(),
        weight.layout().shape().dims(),
        stride,
        padding,
    )
}

fn tensor(values: Vec<f32>, shape: [usize; 4]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

/// Networks here are f32; a tensor of another type is a mistake of the program.
#[expect(
    clippy::panic,
    reason = "the caller's types rule it out, and the trainer fences panics"
)]
fn unsupported() -> FlexTensor {
    panic!("a convolution was asked for tensors that are not f32")
}

/// `out [output, positions] = weight [output, seen] * columns [seen, positions]`, for groups of images at a time.
fn forward(x: &[f32], weight: &[f32], s: &Sizes) -> Vec<f32> {
    if direct::suits(s) {
        return direct::forward(x, weight, s);
    }
    let group = s.group();
    fresh(s.n * s.out_image(), group * s.out_image(), |nth, out| {
        let from = nth * group * s.image();
        let x = &x[from..][..out.len() / s.out_image() * s.image()];
        with_buffers(|columns, turned| {
            let width = out.len() / s.output;
            let columns = columns_of(x, s, columns, width);
            if width == s.positions() {
                product(
                    Mat::rows(weight, s.seen()),
                    Mat::rows(columns, width),
                    out,
                    false,
                );
                return;
            }
            let turned = sized(turned, s.output * width);
            product(
                Mat::rows(weight, s.seen()),
                Mat::rows(columns, width),
                turned,
                false,
            );
            images_outermost(turned, s.output, s.positions(), out);
        });
    })
}

/// The input gradient of a convolution of stride 1 is a convolution of the output gradient with the weights turned
/// around and their channels swapped.
fn as_forward(weight: &[f32], gradient: &[f32], s: &Sizes) -> Vec<f32> {
    let taps = s.k * s.k;
    let mut turned = vec![0.0; weight.len()];
    for (o, kernels) in weight.chunks_exact(s.seen()).enumerate() {
        for (i, kernel) in kernels.chunks_exact(taps).enumerate() {
            for (at, w) in kernel.iter().rev().enumerate() {
                turned[(i * s.output + o) * taps + at] = *w;
            }
        }
    }
    let [h, w] = s.out_plane;
    let backwards = Sizes::new(
        [s.n, s.output, h, w],
        [s.input, s.output, s.k, s.k],
        1,
        s.k - 1 - s.padding,
    );
    forward(gradient, &turned, &backwards)
}

/// `columns [seen, positions] = weight^T * gradient [output, positions]`, added back onto the images.
fn by_columns(weight: &[f32], gradient: &[f32], s: &Sizes) -> Vec<f32> {
    let group = s.group();
    fresh(s.n * s.image(), group * s.image(), |nth, out| {
        let from = nth * group * s.out_image();
        let g = &gradient[from..][..out.len() / s.image() * s.out_image()];
        with_buffers(|columns, turned| {
            let width = g.len() / s.output;
            let g = channels_outermost(g, s.output, s.positions(), turned);
            let columns = sized(columns, s.seen() * width);
            product(
                Mat::rows(weight, s.seen()).transposed(),
                Mat::rows(g, width),
                columns,
                false,
            );
            s.scatter(columns, out);
        });
    })
}

/// The gradient of the weights, summed in parts over groups of images.
fn weight_gradient(x: &[f32], gradient: &[f32], s: &Sizes) -> Vec<f32> {
    let direct = direct::suits_weights(s);
    let group = s.group();
    let part = s.n.div_ceil(PARTS).next_multiple_of(group);
    let parts: Vec<Vec<f32>> = x
        .par_chunks(part * s.image())
        .zip(gradient.par_chunks(part * s.out_image()))
        .map(|(x, g)| {
            let mut sum = vec![0.0f32; s.output * s.seen()];
            for (x, g) in x
                .chunks(group * s.image())
                .zip(g.chunks(group * s.out_image()))
            {
                if direct {
                    direct::add_weights(x, g, s, &mut sum);
                } else {
                    add_weights(x, g, s, &mut sum);
                }
            }
            sum
        })
        .collect();
    let mut total = vec![0.0f32; s.output * s.seen()];
    for part in parts {
        total.iter_mut().zip(part).for_each(|(t, p)| *t += p);
    }
    if direct {
        return direct::unpacked(&total, s);
    }
    total
}

/// Adds `gradient [output, positions] * columns^T` of some images to `[output, seen]`.
fn add_weights(x: &[f32], gradient: &[f32], s: &Sizes, sum: &mut [f32]) {
    with_buffers(|columns, turned| {
        let width = gradient.len() / s.output;
        let columns = columns_of(x, s, columns, width);
        let g = channels_outermost(gradient, s.output, s.positions(), turned);
        product(
            Mat::rows(g, width),
            Mat::rows(columns, width).transposed(),
            sum,
            true,
        );
    });
}

fn with_buffers(work: impl FnOnce(&mut Vec<f32>, &mut Vec<f32>)) {
    BUFFERS.with_borrow_mut(|(columns, turned)| work(columns, turned));
}

/// The columns of a group of images; a single image under a plain 1x1 kernel is its own.
fn columns_of<'a>(x: &'a [f32], s: &Sizes, buffer: &'a mut Vec<f32>, width: usize) -> &'a [f32] {
    if s.is_plain() && x.len() == s.image() {
        return x;
    }
    let columns = sized(buffer, s.seen() * width);
    s.gather(x, columns);
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
