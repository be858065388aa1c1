//! Whether a device computes a run's own layers as it should: each distinct convolution with its norm, and the loss, at what
//! the run passes at once and in its precision, there and back, beside the CPU.
//!
//! Kernels are chosen by the sizes that they are for, so a small network says little of a large one. The batch is a few
//! images over and over. Then the CPU has to compute only those few: outputs and their gradients are theirs again and again,
//! and gradients of weights are so many times theirs.

use super::difference::{Difference, apart};
use crate::engine::fault::Fault;
use crate::engine::loss::Loss;
use crate::engine::model::{Conv, Convolution, Init, Model, Norm, convolutions, normalized};
use crate::engine::norm::Activation;
use crate::engine::random::{Purpose, Stream};
use crate::engine::readback::read;
use crate::experiment::Experiment;
use burn::tensor::{Device, Tensor, TensorData};

/// Images that differ.
const FEW: usize = 4;
/// Pairs of the loss, at most: more would take the CPU long.
const PAIRS: usize = 4096;
/// How far a layer's result may be off. Rounding to the ten bits of a GPU's fast products moves it by a tenth of this.
const OF_A_LAYER: f64 = 0.02;
const SEED: u64 = 5;

/// What is computed for one layer, by name: parts that are the same for any number of repetitions.
type Parts = Vec<(&'static str, Vec<f32>)>;

/// What computes a layer for a number of repetitions of the few images. In tests, something that computes wrongly.
pub type Layer = fn(&Device, Convolution, &Model, usize) -> Result<Parts, Fault>;

/// Where a device is furthest from the CPU, of all distinct layers of a run; and how many those are.
///
/// # Errors
/// A sentence, when the device fails.
pub fn compare(
    device: &Device,
    run: &Experiment,
    layer: Layer,
) -> Result<(Difference, usize), Fault> {
    let views = 2 * run.train.at_once();
    let repetitions = (views / FEW).max(1);
    let mut layers = convolutions(&run.model, run.data.image_size);
    layers.sort_unstable_by_key(|c| (c.side, c.input, c.output, c.kernel, c.stride));
    layers.dedup();
    let mut all = Vec::new();
    for conv in &layers {
        let right = layer_of(&Device::flex(), *conv, &run.model, 1)?;
        let found = layer(device, *conv, &run.model, repetitions)?;
        all.extend(differences(&named(*conv), &found, &right));
    }
    let pairs = run.train.seen_by_loss().min(PAIRS);
    let (found, right) = (
        of_loss(device, &run.loss, pairs, run.head.out)?,
        of_loss(&Device::flex(), &run.loss, pairs, run.head.out)?,
    );
    all.extend(differences(
        &format!("the loss of {pairs} pairs"),
        &found,
        &right,
    ));
    let count = layers.len() + 1;
    let worst = all
        .into_iter()
        .max_by(|a, b| a.relative.total_cmp(&b.relative));
    worst
        .map(|worst| (worst, count))
        .ok_or_else(|| Fault::of("nothing was compared"))
}

fn named(conv: Convolution) -> String {
    let Convolution {
        input,
        output,
        kernel,
        stride,
        side,
    } = conv;
    format!(
        "the {kernel}x{kernel} convolution of {input} to {output} channels, stride {stride}, at {side} px"
    )
}

fn differences(layer: &str, found: &Parts, right: &Parts) -> Vec<Difference> {
    let one = |(name, right): &(&'static str, Vec<f32>)| {
        let of = |found: &[f32]| Difference {
            what: format!("{name} of {layer}"),
            relative: apart(found, right),
            allowed: OF_A_LAYER,
        };
        let mut found = found.iter().filter(|(n, _)| n == name).peekable();
        match found.peek() {
            None => vec![of(&[])],
            Some(_) => found.map(|(_, values)| of(values)).collect(),
        }
    };
    right.iter().flat_map(one).collect()
}

fn drawn<const D: usize>(shape: [usize; D], nth: u64, device: &Device) -> Tensor<D> {
    let mut stream = Stream::new(SEED, Purpose::Weights, &[nth]);
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|_| stream.normal() as f32)
        .collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// A convolution with its norm and ReLU on a batch of the few images over and over, and its gradients.
pub fn layer_of(
    device: &Device,
    conv: Convolution,
    model: &Model,
    repetitions: usize,
) -> Result<Parts, Fault> {
    let device = device.clone().autodiff();
    let mut init = Init::new(SEED, &device)
        .in_precision(model.precision)
        .normalized_by(model.norm);
    let Convolution {
        input,
        output,
        kernel,
        stride,
        side,
    } = conv;
    let (conv, norm) = (
        Conv::new(input, output, kernel, stride, &mut init),
        Norm::new(output, &mut init),
    );
    let over = |few: Tensor<4>| few.repeat(&[repetitions, 1, 1, 1]);
    let x = over(drawn([FEW, input, side, side], 1, &device)).require_grad();
    let y = normalized(&conv, &norm, x.clone(), Activation::Relu);
    let [_, _, high, wide] = y.dims();
    let gradient = over(drawn([FEW, output, high, wide], 2, &device));
    let gradients = (y.clone() * gradient).sum().backward();
    let missing = || Fault::of("a gradient is missing");
    let dx = x.grad(&gradients).ok_or_else(missing)?;
    let dw = conv.weight.grad(&gradients).ok_or_else(missing)?;
    let dgamma = norm.weight.grad(&gradients).ok_or_else(missing)?;
    let share = 1.0 / repetitions as f64;
    let mut parts = vec![
        ("the gradient of the weights", read(dw * share)?),
        ("the gradient of the norm's weights", read(dgamma * share)?),
    ];
    // The first and the last few: a kernel that is wrong at an edge of the batch is wrong there.
    let mut places = vec![0, (repetitions - 1) * FEW];
    places.dedup();
    for from in places {
        parts.push(("the output", read(y.clone().inner().narrow(0, from, FEW))?));
        parts.push((
            "the gradient of the input",
            read(dx.clone().narrow(0, from, FEW))?,
        ));
    }
    Ok(parts)
}

/// The loss of so many pairs, and its gradient.
fn of_loss(device: &Device, loss: &Loss, pairs: usize, dims: usize) -> Result<Parts, Fault> {
    let device = device.clone().autodiff();
    let z = drawn([2 * pairs, dims], 3, &device).require_grad();
    let value = loss.forward(z.clone());
    let gradients = value.backward();
    let gradient = z
        .grad(&gradients)
        .ok_or_else(|| Fault::of("the loss gave no gradient"))?;
    Ok(vec![
        ("the value", read(value.inner())?),
        ("the gradient", read(gradient)?),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::model::{Encoder, Precision, Stem};

    fn small(precision: Precision) -> Experiment {
        let mut run = Experiment::default();
        (run.model.encoder, run.model.width, run.model.precision) =
            (Encoder::Resnet10, 4, precision);
        (run.data.image_size, run.train.batch) = (16, 20);
        run
    }

    #[test]
    fn the_same_images_over_and_over_give_the_same_and_so_many_times_the_gradient() {
        for precision in [Precision::F32, Precision::Bf16] {
            let (worst, count) = compare(&Device::flex(), &small(precision), layer_of).unwrap();
            assert!(worst.relative < OF_A_LAYER / 10.0, "{worst:?}");
            // The stem, five shapes at four sides, three of them by two convolutions and a skip, and the loss.
            assert_eq!(count, 1 + 1 + 3 * 3 + 1);
        }
    }

    #[test]
    fn a_kernel_that_is_wrong_for_one_shape_or_at_the_end_of_the_batch_is_caught() {
        let spoilers: [(Layer, &str); 3] = [
            (
                |d, c, p, n| {
                    let mut parts = layer_of(d, c, p, n)?;
                    if (c.kernel, c.stride, c.side) == (3, 2, 4) && n > 1 {
                        parts[0].1.iter_mut().for_each(|v| *v *= 0.9);
                    }
                    Ok(parts)
                },
                "the gradient of the weights of the 3x3 convolution of 16 to 32 channels, stride 2, at 4 px",
            ),
            (
                |d, c, p, n| {
                    let mut parts = layer_of(d, c, p, n)?;
                    if n > 1 {
                        parts.last_mut().unwrap().1.fill(0.0);
                    }
                    Ok(parts)
                },
                "the gradient of the input of ",
            ),
            (
                |d, c, p, n| {
                    let mut parts = layer_of(d, c, p, n)?;
                    if n > 1 {
                        parts.truncate(2);
                    }
                    Ok(parts)
                },
                "the output of ",
            ),
        ];
        for (layer, what) in spoilers {
            let (worst, _) = compare(&Device::flex(), &small(Precision::F32), layer).unwrap();
            assert!(worst.relative > worst.allowed, "{worst:?}");
            assert!(
                worst.what.starts_with(what) || what == "the output of ",
                "{worst:?}"
            );
        }
    }

    #[test]
    fn the_layers_are_those_of_the_network() {
        let model = Model {
            encoder: Encoder::Resnet50,
            stem: Stem::Imagenet,
            width: 64,
            ..Default::default()
        };
        let all = convolutions(&model, 224);
        assert_eq!(all.len(), 1 + 3 * 16 + 4);
        let first = Convolution {
            input: 3,
            output: 64,
            kernel: 7,
            stride: 2,
            side: 224,
        };
        assert_eq!(all[0], first);
        let last = Convolution {
            input: 512,
            output: 2048,
            kernel: 1,
            stride: 1,
            side: 7,
        };
        assert_eq!(all[all.len() - 1], last);
    }
}
