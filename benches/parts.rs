//! The parts of a training step on the CPU alone: convolutions of the stages of a ResNet of width 16 with their gradients,
//! by our own kernels and by burn's, batch normalisation with what follows it, and the loss.
//!
//! `cargo bench --bench parts`; divan's filters pick some, as in `cargo bench --bench parts -- conv`.

use burn::tensor::{Device, Tensor, TensorData};
use divan::Bencher;
use divan::counter::ItemsCount;
use simclr_tui::engine::conv::{burn_conv2d, conv2d};
use simclr_tui::engine::conv_norm;
use simclr_tui::engine::loss::Loss;
use simclr_tui::engine::norm::{Activation, by_batch};
use simclr_tui::engine::random::{Purpose, Stream};

fn main() {
    // As training does: memory stays with the process, or each result costs its page faults anew.
    simclr_tui::machine::heap::keep();
    divan::main();
}

/// Views in a batch.
const VIEWS: usize = 128;
/// Channels and side of the stages.
const STAGES: [(usize, usize); 4] = [(16, 32), (32, 16), (64, 8), (128, 4)];

fn drawn<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    let mut stream = Stream::new(0, Purpose::Weights, &[1]);
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|_| stream.normal() as f32)
        .collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

type Conv = fn(Tensor<4>, Tensor<4>, usize, usize) -> Tensor<4>;

/// Forward, and both gradients.
fn convolve(bencher: Bencher, (channels, side): (usize, usize), conv: Conv) {
    let device = Device::flex().autodiff();
    let x = drawn([VIEWS, channels, side, side], &device).require_grad();
    let w = drawn([channels, channels, 3, 3], &device).require_grad();
    bencher.counter(ItemsCount::new(VIEWS)).bench(|| {
        let y = conv(x.clone(), w.clone(), 1, 1);
        let gradients = y.sum().backward();
        (x.grad(&gradients), w.grad(&gradients))
    });
}

#[divan::bench(args = STAGES)]
fn conv_ours(bencher: Bencher, stage: (usize, usize)) {
    convolve(bencher, stage, conv2d);
}

#[divan::bench(args = STAGES)]
fn conv_burns(bencher: Bencher, stage: (usize, usize)) {
    convolve(bencher, stage, burn_conv2d);
}

#[divan::bench(args = STAGES)]
fn norm_and_relu(bencher: Bencher, (channels, side): (usize, usize)) {
    let device = Device::flex().autodiff();
    let x = drawn([VIEWS, channels, side, side], &device).require_grad();
    let (gamma, beta) = (
        Tensor::<1>::ones([channels], &device).require_grad(),
        Tensor::<1>::zeros([channels], &device).require_grad(),
    );
    bencher.counter(ItemsCount::new(VIEWS)).bench(|| {
        let normed = by_batch(
            x.clone(),
            gamma.clone(),
            beta.clone(),
            1e-5,
            Activation::Relu,
        );
        let gradients = normed.output.sum().backward();
        x.grad(&gradients)
    });
}

/// A convolution and what follows it as the one operation that training takes.
#[divan::bench(args = STAGES)]
fn conv_norm_and_relu(bencher: Bencher, (channels, side): (usize, usize)) {
    let device = Device::flex().autodiff();
    let x = drawn([VIEWS, channels, side, side], &device).require_grad();
    let w = drawn([channels, channels, 3, 3], &device).require_grad();
    let (gamma, beta) = (
        Tensor::<1>::ones([channels], &device).require_grad(),
        Tensor::<1>::zeros([channels], &device).require_grad(),
    );
    bencher.counter(ItemsCount::new(VIEWS)).bench(|| {
        let affine = (gamma.clone(), beta.clone(), 1e-5);
        let normed = conv_norm::by_batch(x.clone(), w.clone(), (1, 1), affine, Activation::Relu);
        let gradients = normed.output.sum().backward();
        (x.grad(&gradients), w.grad(&gradients))
    });
}

#[divan::bench(args = [64, 256, 1024])]
fn nt_xent(bencher: Bencher, pairs: usize) {
    let device = Device::flex().autodiff();
    let z = drawn([2 * pairs, 128], &device).require_grad();
    bencher.counter(ItemsCount::new(pairs)).bench(|| {
        let gradients = Loss::default().forward(z.clone()).backward();
        z.grad(&gradients)
    });
}
