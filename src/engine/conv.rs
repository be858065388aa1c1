//! Convolutions: our own on the CPU, burn's elsewhere.
//!
//! `y[n, o, i, j] = sum over c, a, b of w[o, c, a, b] * x[n, c, stride * i + a - padding, stride * j + b - padding]`
//!
//! burn-flex spends three quarters of a training step in convolutions and most of that outside matrix products. Here each
//! convolution takes the first way that suits its shape, forward, and back to the input too where the stride is 1, for that
//! is a convolution with the kernels turned around:
//!
//! ```text
//! 3x3, stride 1, 16 channels or more      winograd    16 products for 4 outputs in place of 36
//! channels or rows that fill vectors      direct      padded planes, sums in registers
//! all others                              im2col      one matrix product, several small images at a time
//! ```
//!
//! Sums are split into a number of parts that doesn't depend on the threads, so a rerun gives the same bits.
//! `SIMCLR_TUI_CONV=burn` switches to burn's own.

mod autodiff;
#[expect(
    clippy::inline_always,
    clippy::needless_range_loop,
    reason = "a kernel is compiled anew for each kind of vector, which takes all of it in one function; its loops are unrolled"
)]
mod direct;
pub(super) mod flex;
mod forward_backward;
pub(super) mod im2col;
#[expect(clippy::inline_always, reason = "as for `direct`")]
mod winograd;

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, backend_extension};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Tensor};
use std::cell::Cell;
use std::sync::OnceLock;

/// A convolution with a square kernel, no bias, no dilation, one group.
#[backend_extension(Flex, Autodiff)]
pub trait Convolution: Backend {
    /// `[N, in, H, W]` with weights `[out, in, k, k]` to `[N, out, H', W']`.
    fn conv(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        stride: usize,
        padding: usize,
    ) -> FloatTensor<Self>;
}

/// The way back; second derivatives are never asked for, so these need no place in a graph.
pub trait Gradients: Backend {
    /// The gradient of the input, from that of the output.
    fn conv_input_gradient(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        stride: usize,
        padding: usize,
    ) -> FloatTensor<Self>;
    /// The gradient of the weights, from that of the output.
    fn conv_weight_gradient(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        stride: usize,
        padding: usize,
    ) -> FloatTensor<Self>;
}

/// The convolution of `x`, `[N, in, H, W]`, with `weight`, `[out, in, k, k]`: `[N, out, H', W']`, where
/// `H' = (H + 2 * padding - k) / stride + 1`.
#[must_use]
pub fn conv2d(x: Tensor<4>, weight: Tensor<4>, stride: usize, padding: usize) -> Tensor<4> {
    if is_wanted() && has_own_kernels(&x.device().inner()) {
        let y = <Dispatch as Convolution>::conv(
            x.into_dispatch(),
            weight.into_dispatch(),
            stride,
            padding,
        );
        return Tensor::from_dispatch(y);
    }
    burn_conv2d(x, weight, stride, padding)
}

/// The same by burn's own operation.
#[must_use]
pub fn burn_conv2d(x: Tensor<4>, weight: Tensor<4>, stride: usize, padding: usize) -> Tensor<4> {
    let options = ConvOptions::new([stride; 2], [padding; 2], [1, 1], 1);
    burn::tensor::module::conv2d(x, weight, None, options)
}

thread_local! {
    /// Whether this thread is to compute by burn's own.
    static BY_BURN: Cell<bool> = const { Cell::new(false) };
}

/// Does something in which convolutions and losses that begin on this thread are burn's own, to compare ours with.
pub fn by_burn<T>(something: impl FnOnce() -> T) -> T {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            BY_BURN.set(self.0);
        }
    }
    let _restore = Restore(BY_BURN.replace(true));
    something()
}

/// Whether operations of our own are to compute on a device, one without autodiff: they are for the CPU.
pub fn has_own_kernels(device: &Device) -> bool {
    *device == Device::flex() && !BY_BURN.get()
}

/// Whether our own are wanted; asked once a process.
pub fn is_wanted() -> bool {
    static OURS: OnceLock<bool> = OnceLock::new();
    *OURS.get_or_init(|| std::env::var("SIMCLR_TUI_CONV").as_deref() != Ok("burn"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::{Purpose, Stream};
    use burn::tensor::TensorData;

    fn drawn(shape: [usize; 4], stream: &mut Stream, device: &Device) -> Tensor<4> {
        let values: Vec<f32> = (0..shape.iter().product())
            .map(|_| stream.normal() as f32)
            .collect();
        Tensor::from_data(TensorData::new(values, shape), device)
    }

    fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.try_into_vec_as::<f32>().unwrap()
    }

    fn near(what: &str, a: &[f32], b: &[f32]) {
        assert_eq!(a.len(), b.len(), "{what}");
        let scale = b.iter().fold(1e-6f32, |m, v| m.max(v.abs()));
        let worst = a
            .iter()
            .zip(b)
            .fold(0.0f32, |m, (a, b)| m.max((a - b).abs()))
            / scale;
        assert!(worst < 2e-5, "{what}: relative difference {worst}");
    }

    /// Output, input gradient and weight gradient.
    fn all(
        conv: fn(Tensor<4>, Tensor<4>, usize, usize) -> Tensor<4>,
        x: &Tensor<4>,
        w: &Tensor<4>,
        (stride, padding): (usize, usize),
    ) -> [Vec<f32>; 3] {
        let (x, w) = (x.clone().require_grad(), w.clone().require_grad());
        let y = conv(x.clone(), w.clone(), stride, padding);
        // Weights each output differently, so that a gradient put in the wrong place shows.
        let device = y.device();
        let ramp =
            Tensor::<1, burn::tensor::Int>::arange(0..y.shape().num_elements() as i64, &device)
                .float();
        let loss = (y.clone() * ramp.sin().reshape(y.dims())).sum();
        let gradients = loss.backward();
        [
            floats(y.inner()),
            floats(x.grad(&gradients).unwrap()),
            floats(w.grad(&gradients).unwrap()),
        ]
    }

    #[test]
    fn agrees_with_burn_for_random_shapes_strides_and_paddings() {
        let device = Device::flex().autodiff();
        let mut s = Stream::new(0, Purpose::Weights, &[]);
        for case in 0..120 {
            let (k, stride) = ([1, 3, 5, 7][s.below(4)], 1 + s.below(3));
            let padding = s.below(k);
            let side = k + s.below(14);
            let (n, input, output) = (1 + s.below(40), 1 + s.below(9), 1 + s.below(9));
            // Every other case is one for vectors: channels that fill them, and rows that do so or not.
            let (k, stride, padding, side, n, input, output) = if case % 2 == 0 {
                (k, stride, padding, side, n, input, output)
            } else {
                let k = [1, 3, 3, 3][s.below(4)];
                let side = [2, 4, 7, 8, 12, 16, 23, 32, 33][s.below(9)];
                let input = [3, 16, 17, 32, 40][s.below(5)];
                let output = [4, 8, 16, 32, 48, 72][s.below(6)];
                (
                    k,
                    1 + s.below(2),
                    s.below(k),
                    side.max(k),
                    1 + s.below(9),
                    input,
                    output,
                )
            };
            let x = drawn([n, input, side, side + s.below(3)], &mut s, &device);
            let w = drawn([output, input, k, k], &mut s, &device);
            let ours = all(conv2d, &x, &w, (stride, padding));
            let theirs = all(burn_conv2d, &x, &w, (stride, padding));
            for (what, (a, b)) in ["output", "input gradient", "weight gradient"]
                .iter()
                .zip(ours.iter().zip(&theirs))
            {
                near(
                    &format!("case {case}, k {k}, stride {stride}, padding {padding}: {what}"),
                    a,
                    b,
                );
            }
        }
    }

    #[test]
    fn threads_do_not_change_a_bit() {
        let device = Device::flex().autodiff();
        let mut s = Stream::new(1, Purpose::Weights, &[]);
        let x = drawn([37, 6, 8, 8], &mut s, &device);
        let w = drawn([10, 6, 3, 3], &mut s, &device);
        let by = |threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| all(conv2d, &x, &w, (1, 1)))
        };
        assert_eq!(by(1), by(3));
    }
}
