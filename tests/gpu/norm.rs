//! The kernels of the normalisation are held to the CPU's, and their statistics to numbers of 64 bits.

use burn::tensor::{Device, Tensor, TensorData};
use simclr_tui::engine::norm::{Activation, by_batch};
use simclr_tui::engine::random::{Purpose, Stream};
use simclr_tui::engine::readback::read;

/// How far a number may be off, as a share of the largest of its kind: sums of 32 bits in another order.
const OFF: f32 = 3e-5;

fn drawn(count: usize, middle: f32, nth: u64) -> Vec<f32> {
    let mut stream = Stream::new(7, Purpose::Weights, &[nth]);
    (0..count)
        .map(|_| middle + 2.0 * stream.normal() as f32)
        .collect()
}

/// `[N, C, H, W]` as a convolution leaves it, with its channels innermost, or not.
fn planes(values: Vec<f32>, [n, c, h, w]: [usize; 4], inner: bool, device: &Device) -> Tensor<4> {
    if inner {
        let rows = TensorData::new(values, [n, h, w, c]);
        let rows = Tensor::<4>::from_data(rows, device);
        rows.permute([0, 3, 1, 2]).require_grad()
    } else {
        Tensor::from_data(TensorData::new(values, [n, c, h, w]), device).require_grad()
    }
}

fn line(values: Vec<f32>, device: &Device) -> Tensor<1> {
    let length = values.len();
    Tensor::from_data(TensorData::new(values, [length]), device).require_grad()
}

/// Output, statistics and all gradients.
fn all(shape: [usize; 4], then: usize, inner: bool, device: &Device) -> Vec<Vec<f32>> {
    let device = &device.clone().autodiff();
    let (count, c) = (shape.iter().product(), shape[1]);
    let x = planes(drawn(count, 0.3, 1), shape, inner, device);
    let skip = planes(drawn(count, 0.0, 2), shape, !inner, device);
    let (gamma, beta) = (
        line(drawn(c, 1.0, 3), device),
        line(drawn(c, 0.0, 4), device),
    );
    let activation = match then {
        0 => Activation::None,
        1 => Activation::Relu,
        _ => Activation::AddRelu(skip.clone()),
    };
    let found = by_batch(x.clone(), gamma.clone(), beta.clone(), 1e-5, activation);
    let weights = planes(drawn(count, 0.0, 5), shape, inner, device);
    let gradients = (found.output.clone() * weights).sum().backward();
    let mut out = vec![read(found.output.inner()).unwrap()];
    out.extend([found.mean, found.variance].map(|of| read(of.inner()).unwrap()));
    out.push(read(x.grad(&gradients).unwrap()).unwrap());
    out.extend([gamma, beta].map(|of| read(of.grad(&gradients).unwrap()).unwrap()));
    out.extend(skip.grad(&gradients).map(|of| read(of).unwrap()));
    out
}

fn agree(shape: [usize; 4], then: usize, inner: bool, device: &Device) {
    let [there, here] = [device, &Device::flex()].map(|device| all(shape, then, inner, device));
    assert_eq!(there.len(), here.len());
    for (nth, (there, here)) in there.iter().zip(&here).enumerate() {
        assert_eq!(there.len(), here.len());
        let scale = here.iter().fold(1e-3f32, |most, v| most.max(v.abs()));
        let pairs = there.iter().zip(here);
        let worst = pairs.fold(0.0f32, |most, (a, b)| most.max((a - b).abs())) / scale;
        // Not `>`: what is no number is off, too.
        assert!(
            worst <= OFF && there.iter().all(|v| v.is_finite()),
            "{shape:?}, {then}, {inner}, output {nth}: {worst}"
        );
    }
}

/// Numbers far from 0 beside their deviation: squares of them would lose the variance.
fn far_from_zero_they_keep_their_digits(device: &Device) {
    let shape = [40, 3, 96, 96];
    let values = drawn(shape.iter().product(), 1000.0, 6);
    let of = |values: &[f32], c: usize| -> [f64; 2] {
        let numbers = || values.iter().skip(c).step_by(3).map(|v| f64::from(*v));
        let count = numbers().count() as f64;
        let mean = numbers().sum::<f64>() / count;
        [
            mean,
            numbers().map(|v| (v - mean).powi(2)).sum::<f64>() / count,
        ]
    };
    let right: Vec<[f64; 2]> = (0..3).map(|c| of(&values, c)).collect();
    let device = &device.clone().autodiff();
    let x = planes(values, shape, true, device);
    let ones = || line(vec![1.0; 3], device);
    let found = by_batch(x, ones(), ones(), 1e-5, Activation::None);
    let found = [found.mean, found.variance].map(|of| read(of.inner()).unwrap());
    for (c, [mean, variance]) in right.into_iter().enumerate() {
        let off = [(found[0][c], mean), (found[1][c], variance)];
        let off = off.map(|(found, right)| (f64::from(found) - right).abs() / right);
        assert!(off[0] < 1e-6 && off[1] < 1e-5, "channel {c}: {off:?}");
    }
}

/// All of it.
pub fn is_what_the_cpu_computes(device: &Device) {
    // Fewer rows than units below each other; no block of channels full; vectors of one, two and four; several blocks and segments.
    let shapes = [
        [9, 5, 1, 1],
        [64, 8, 1, 1],
        [3, 5, 4, 6],
        [2, 6, 7, 5],
        [2, 130, 3, 3],
        [5, 260, 9, 3],
        [40, 8, 16, 16],
    ];
    for (nth, shape) in shapes.into_iter().enumerate() {
        for then in 0..3 {
            agree(shape, then, (nth + then) % 2 == 0, device);
        }
    }
    // As many segments as there may be. Without ReLU: of so many numbers, some are as good as 0.
    agree([64, 128, 32, 32], 0, true, device);
    far_from_zero_they_keep_their_digits(device);
}
