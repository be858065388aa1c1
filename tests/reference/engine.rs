//! Checks of what the engine computes: loss, schedule, optimizers, kNN, networks.

use crate::case::Case;
use burn::module::{Module, Param, ParamId};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor, TensorData};
use simclr_tui::engine::eval::knn::{Embeddings, Knn, accuracy, votes};
use simclr_tui::engine::eval::probe::fit;
use simclr_tui::engine::finetune;
use simclr_tui::engine::group_norm::{by_group, groups};
use simclr_tui::engine::loss::Loss;
use simclr_tui::engine::model::{Encoder, Head, Init, Model, Network, NormKind, ResNet, Stem};
use simclr_tui::engine::norm::Activation;
use simclr_tui::engine::optim::{Optimizer, Schedule, Training, nesterov};
use simclr_tui::engine::weights::{Array, Weights, restore};
use simclr_tui::experiment::Experiment;

fn tensor<const D: usize>(case: &Case, key: &str, device: &Device) -> Tensor<D> {
    Tensor::from_data(
        TensorData::new(case.values(key).to_vec(), case.shape(key).to_vec()),
        device,
    )
}

fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.try_into_vec_as::<f32>().unwrap()
}

pub fn nt_xent(case: &Case) -> Result<(), String> {
    let loss = Loss {
        temperature: case.number("temperature"),
        ..Loss::default()
    };
    loss_and_gradient(case, &loss)
}

/// Any of the losses, named as an experiment names it.
pub fn loss(case: &Case) -> Result<(), String> {
    let mut experiment = Experiment::default();
    experiment.set("loss.kind", case.text("loss"))?;
    for name in ["temperature", "normalize", "margin", "mining"] {
        experiment.set(&format!("loss.{name}"), case.text(name))?;
    }
    if case.has("class_prior") {
        experiment.set("loss.class_prior", case.text("class_prior"))?;
    }
    loss_and_gradient(case, &experiment.loss)
}

fn loss_and_gradient(case: &Case, loss: &Loss) -> Result<(), String> {
    let device = Device::flex().autodiff();
    let z = tensor::<2>(case, "z", &device).require_grad();
    let loss = loss.forward(z.clone());
    let gradient = z.grad(&loss.backward()).unwrap();
    case.near("want_loss", &floats(loss.inner()), 1e-4)?;
    case.near("want_grad", &floats(gradient), 1e-4)
}

pub fn cross_entropy(case: &Case) -> Result<(), String> {
    let device = Device::flex().autodiff();
    let logits = tensor::<2>(case, "logits", &device).require_grad();
    let labels: Vec<u32> = case.ints["labels"].iter().map(|l| *l as u32).collect();
    let loss = finetune::cross_entropy(logits.clone(), &labels);
    let gradient = logits.grad(&loss.backward()).unwrap();
    case.near("want_loss", &floats(loss.inner()), 1e-5)?;
    case.near("want_grad", &floats(gradient), 1e-5)
}

pub fn group_norm(case: &Case) -> Result<(), String> {
    let device = Device::flex().autodiff();
    let x = tensor::<4>(case, "x", &device).require_grad();
    let [gamma, beta] = ["gamma", "beta"].map(|key| tensor::<1>(case, key, &device).require_grad());
    if groups(x.dims()[1]) != case.whole("groups") {
        return Err("another number of groups".to_owned());
    }
    let affine = (gamma.clone(), beta.clone(), 1e-5);
    let y = by_group(x.clone(), affine, Activation::Relu);
    let gradients = (y.clone() * tensor::<4>(case, "grad", &device))
        .sum()
        .backward();
    case.near("want", &floats(y.inner()), 1e-5)?;
    case.near("want_dx", &floats(x.grad(&gradients).unwrap()), 1e-4)?;
    case.near(
        "want_dgamma",
        &floats(gamma.grad(&gradients).unwrap()),
        1e-4,
    )?;
    case.near("want_dbeta", &floats(beta.grad(&gradients).unwrap()), 1e-4)
}

pub fn schedule(case: &Case) -> Result<(), String> {
    let total = case.whole("total") as u64;
    let schedule = Schedule {
        peak: case.number("base_lr"),
        warmup: case.whole("warmup") as u64,
        total,
    };
    let rates: Vec<f32> = (0..total).map(|t| schedule.rate(t) as f32).collect();
    case.near("want_lr", &rates, 1e-4)
}

/// A network of one weight, so that the optimizer is made and stepped as in training.
#[derive(Module, Debug)]
struct One<const D: usize> {
    weight: Param<Tensor<D>>,
}

pub fn optimizer(case: &Case) -> Result<(), String> {
    match case.shape("w0").len() {
        1 => steps::<1>(case),
        2 => steps::<2>(case),
        4 => steps::<4>(case),
        rank => Err(format!("no check for weights of rank {rank}")),
    }
}

fn steps<const D: usize>(case: &Case) -> Result<(), String> {
    let device = Device::flex().autodiff();
    let weight = Param::from_tensor(tensor::<D>(case, "w0", &device).require_grad());
    let id = weight.id;
    let mut one = One { weight };
    let mut optimizer = of_kind(case, id);
    for step in 1.. {
        let key = format!("g{step}");
        if !case.floats.contains_key(&key) {
            return if step > 1 {
                Ok(())
            } else {
                Err("no gradients".to_owned())
            };
        }
        let mut gradients = GradientsParams::new();
        gradients.register(id, tensor::<D>(case, &key, &Device::flex()));
        one = optimizer.step(case.number("lr"), one, gradients);
        case.near(
            &format!("want_w{step}"),
            &floats(one.weight.val().inner()),
            1e-4,
        )?;
    }
    Ok(())
}

fn of_kind(case: &Case, id: ParamId) -> ModuleOptimizer {
    if case.kind() == "nesterov" {
        return nesterov();
    }
    let excluded = case.kind().ends_with("_excluded");
    let training = Training {
        optimizer: match case.kind() {
            "sgd" => Optimizer::Sgd,
            "adamw" | "adamw_excluded" => Optimizer::AdamW,
            _ => Optimizer::Lars,
        },
        momentum: case.number("momentum"),
        // What is excluded must not decay even where the others do.
        weight_decay: if excluded {
            0.5
        } else {
            case.number("weight_decay")
        },
        ..Training::default()
    };
    training.optimizer(if excluded { vec![id] } else { Vec::new() })
}

fn embeddings(case: &Case, values: &str, labels: &str) -> Embeddings {
    Embeddings {
        values: case.values(values).to_vec(),
        dims: case.shape(values)[1],
        labels: case.ints[labels].iter().map(|l| *l as u32).collect(),
    }
}

pub fn linear(case: &Case) -> Result<(), String> {
    let train = embeddings(case, "train_h", "train_labels");
    let test = embeddings(case, "test_h", "test_labels");
    let classes = 1 + train
        .labels
        .iter()
        .chain(&test.labels)
        .max()
        .copied()
        .unwrap_or(0) as usize;
    let classifier = fit(&train, classes, case.number("c"));
    if !classifier.converged {
        return Err(format!(
            "not converged after {} iterations",
            classifier.iterations
        ));
    }
    let (found, wanted) = (
        classifier.evaluate(&test).top1,
        f64::from(case.values("want_accuracy")[0]),
    );
    if (found - wanted).abs() <= 0.01 {
        Ok(())
    } else {
        Err(format!("accuracy {found} in place of {wanted}"))
    }
}

pub fn knn(case: &Case) -> Result<(), String> {
    let bank = embeddings(case, "bank", "bank_labels");
    let query = embeddings(case, "query", "query_labels");
    let classes = case.shape("want_scores")[1];
    let knn = Knn {
        k: case.whole("k"),
        temperature: case.number("temperature"),
        ..Knn::default()
    };
    let scores = votes(&bank, &query, &knn, classes);
    let scores: Vec<f32> = scores.into_iter().map(|v| v as f32).collect();
    case.near("want_scores", &scores, 1e-4)?;
    let found = accuracy(&bank, &query, &knn, classes) as f32;
    case.near("want_accuracy", &[found], 1e-4)
}

pub fn resnet(case: &Case) -> Result<(), String> {
    let encoder = match case.whole("depth") {
        10 => Encoder::Resnet10,
        18 => Encoder::Resnet18,
        34 => Encoder::Resnet34,
        50 => Encoder::Resnet50,
        other => return Err(format!("no encoder of depth {other}")),
    };
    let stem = if case.text("stem") == "cifar" {
        Stem::Cifar
    } else {
        Stem::Imagenet
    };
    let model = Model {
        encoder,
        width: case.whole("width"),
        stem,
        norm: if case.has("norm") {
            NormKind::Group
        } else {
            NormKind::Batch
        },
        ..Model::default()
    };
    let plain = Device::flex();
    let weights: Weights = case
        .floats
        .iter()
        .filter_map(|(name, (shape, values))| {
            let name = name.strip_prefix("encoder.")?;
            Some((
                name.to_owned(),
                Array {
                    shape: shape.clone(),
                    values: values.clone(),
                },
            ))
        })
        .collect();
    let network = restore(
        ResNet::new(&model, &mut Init::new(0, &plain).normalized_by(model.norm)),
        &weights,
        &plain,
    )
    .map_err(|e| e.to_string())?;
    case.near(
        "want_h",
        &floats(network.forward(tensor(case, "x", &plain))),
        1e-3,
    )?;
    let tracking = Device::flex().autodiff();
    let network = restore(
        ResNet::new(
            &model,
            &mut Init::new(0, &tracking).normalized_by(model.norm),
        ),
        &weights,
        &tracking,
    )
    .map_err(|e| e.to_string())?;
    case.near(
        "want_h_train",
        &floats(network.forward(tensor(case, "x", &tracking)).inner()),
        1e-3,
    )
}

#[test]
fn a_network_has_as_many_parameters_as_torchvisions() {
    // torchvision.models.resnet18 without its classifier has 11,176,512 parameters; the CIFAR stem's 3x3 convolution
    // takes 7,680 fewer than the 7x7 one.
    let device = Device::flex().autodiff();
    let head = Head {
        layers: 0,
        ..Head::default()
    };
    let network = Network::new(&Model::default(), &head, 0, &device);
    assert_eq!(network.trainable(), 11_176_512 - 64 * 3 * (49 - 9));
}
