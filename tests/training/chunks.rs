//! A batch that passes the network in chunks, beside one that passes at once.

use super::{bits, larger, run, tiny};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor, TensorData};
use simclr_tui::engine::data;
use simclr_tui::engine::device::choose;
use simclr_tui::engine::loader::Loader;
use simclr_tui::engine::loss::Kind;
use simclr_tui::engine::model::{Network, NormKind, Precision};
use simclr_tui::engine::optim::Negatives;
use simclr_tui::engine::report::Outcome;
use simclr_tui::engine::train::{Setup, standalone};
use simclr_tui::engine::weights::{Weights, collect};
use simclr_tui::experiment::Experiment;

/// One step of gradient descent on 64 pairs, of which as many pass at once.
fn one_step(norm: NormKind, chunk: usize) -> Experiment {
    let mut e = tiny();
    (e.train.batch, e.train.epochs, e.train.warmup) = (64, 1, 0.0);
    (e.train.rate, e.train.momentum, e.train.weight_decay) = (1.0, 0.0, 0.0);
    (e.train.chunk, e.model.norm, e.head.norm) = (chunk, norm, true);
    e.model.width = 8;
    e.knn.every = 0;
    e
}

/// The loss of the step, and the network after it.
fn stepped(e: &Experiment) -> (f64, Weights) {
    let (memory, outcome) = run(e, 1, None, None);
    assert_eq!(outcome.expect("no failure"), Outcome::Completed);
    let loss = memory.curve("loss")[0].1;
    let network = memory.newest.expect("a checkpoint at the end").network;
    (loss, network)
}

fn length(numbers: impl Iterator<Item = f32>) -> f64 {
    numbers.map(|v| f64::from(v).powi(2)).sum::<f64>().sqrt()
}

/// How far the gradients of two networks after a step from the same beginning are apart, by their length: the furthest of all
/// tensors.
fn apart(e: &Experiment, one: &Weights, other: &Weights) -> (f64, String) {
    let begun = Network::new(&e.model, &e.head, e.train.seed, &Device::flex());
    let begun = collect(&begun).expect("the CPU");
    let of = |(name, begun): (&String, &simclr_tui::engine::weights::Array)| {
        let (one, other) = (&one[name].values, &other[name].values);
        let difference = length(one.iter().zip(other).map(|(a, b)| a - b));
        let gradient = length(one.iter().zip(&begun.values).map(|(a, b)| a - b));
        (difference / gradient.max(1e-9), name.clone())
    };
    let all = begun.iter().map(of);
    all.max_by(|a, b| a.0.total_cmp(&b.0)).expect("weights")
}

#[test]
fn without_batch_norm_the_gradient_of_chunks_is_the_whole_batchs() {
    for kind in [
        Kind::NtXent,
        Kind::Dcl,
        Kind::NtLogistic,
        Kind::MarginTriplet,
    ] {
        let of = |chunk| {
            let mut e = one_step(NormKind::Group, chunk);
            e.loss.kind = kind;
            (stepped(&e), e)
        };
        let ((loss, whole), e) = of(0);
        // Chunks of one size and of two: 64 pairs are 2 x 32, 3 x 16 + 16, and 21 + 21 + 22.
        for chunk in [32, 16, 22] {
            let ((found, cut), _) = of(chunk);
            assert!(
                (found - loss).abs() < 1e-5 * loss.abs(),
                "{kind:?}, {chunk}: {found} {loss}"
            );
            // Sums of 128 views in another order: f32 has seven digits, and gradients that cancel lose two or three.
            let (off, name) = apart(&e, &cut, &whole);
            assert!(off < 2e-4, "{kind:?}, {chunk}: {name} by {off:e}");
        }
    }
}

#[test]
fn with_batch_norm_or_in_bf16_chunks_are_near_and_not_the_same() {
    let (_, whole) = stepped(&one_step(NormKind::Batch, 0));
    let e = one_step(NormKind::Batch, 22);
    let (off, name) = apart(&e, &stepped(&e).1, &whole);
    assert!(off > 1e-3, "{name} by {off:e}");
    let mixed = |chunk| {
        let mut e = one_step(NormKind::Group, chunk);
        e.model.precision = Precision::Bf16;
        (stepped(&e), e)
    };
    let ((loss, _), _) = mixed(0);
    let ((found, _), _) = mixed(22);
    assert!((found - loss).abs() < 1e-3 * loss, "{found} {loss}");
}

#[test]
fn a_chunk_that_holds_the_batch_changes_no_bit() {
    let of = |chunk| {
        let mut e = tiny();
        e.train.chunk = chunk;
        let (memory, _) = run(&e, 1, None, None);
        let network = memory
            .newest
            .as_ref()
            .expect("a checkpoint")
            .network
            .clone();
        (
            bits(&memory.curve("loss")),
            bits(&memory.curve("uniformity")),
            network,
        )
    };
    let whole = of(0);
    assert!(!whole.1.is_empty(), "diagnostics of z");
    for chunk in [16, 17, 1000] {
        assert!(of(chunk) == whole, "{chunk}");
    }
}

#[test]
fn running_statistics_count_each_chunk_once() {
    let mean = |chunk| {
        let (_, network) = stepped(&one_step(NormKind::Batch, chunk));
        length(network["encoder.bn1.running_mean"].values.iter().copied())
    };
    // The means of halves are about that of the whole, m: .1 m once, and .9 x .1 m + .1 m for two of them. Were both passes
    // counted, it would be 3.4 times as much.
    let share = mean(32) / mean(0);
    assert!((share - 1.9).abs() < 0.1, "{share}");
}

#[test]
fn it_learns_in_chunks_by_batch_and_by_group() {
    for norm in [NormKind::Batch, NormKind::Group] {
        let mut e = larger();
        (e.model.norm, e.train.chunk) = (norm, 24);
        let (memory, outcome) = run(&e, 0, None, None);
        assert_eq!(outcome.expect("no failure"), Outcome::Completed);
        let knn = memory.curve("knn");
        let last = knn.last().expect("a last evaluation").1;
        assert!(
            last > 15.0,
            "{norm:?}: ten classes, so chance is 10 %: {knn:?}"
        );
    }
}

/// The network after one step on the mean of the losses of so many equal parts of the first batch, each with its views' partners.
fn by_hand(e: &Experiment, parts: usize) -> (f64, Weights) {
    let data = data::open(&e.data).expect("embedded data");
    let (loader, chosen) = (Loader::new(1), choose("cpu").expect("a processor"));
    let setup = Setup {
        experiment: e,
        data: &data,
        loader: &loader,
        device: &chosen,
    };
    let batch = standalone::batches(setup).next().expect("no failure");
    let views = batch.expect("a batch").views;
    let (pairs, size) = (e.train.batch, e.data.image_size);
    let device = Device::flex().autodiff();
    let views = TensorData::new(views, [2 * pairs, 3, size, size]);
    let views = Tensor::<4>::from_data(views, &device);
    let network = Network::new(&e.model, &e.head, e.train.seed, &device);
    let each = pairs / parts;
    let losses = (0..parts).map(|nth| {
        let of = |from: usize| views.clone().narrow(0, from + nth * each, each);
        e.loss
            .forward(network.z(Tensor::cat(vec![of(0), of(pairs)], 0)))
    });
    let loss = Tensor::cat(losses.collect(), 0).mean();
    let gradients = GradientsParams::from_grads(loss.backward(), &network);
    let mut optimizer = e.train.optimizer(network.vectors());
    let network = optimizer.step(e.train.rate, network, gradients);
    let loss = f64::from(loss.into_scalar::<f32>());
    (loss, collect(&network).expect("the CPU"))
}

#[test]
fn with_negatives_of_a_chunk_gradients_of_its_own_loss_are_accumulated() {
    for chunk in [32, 16] {
        for recompute in [false, true] {
            let mut e = one_step(NormKind::Group, chunk);
            (e.train.negatives, e.train.recompute) = (Negatives::Chunk, recompute);
            let ((found, chunks), (want, right)) = (stepped(&e), by_hand(&e, 64 / chunk));
            assert!((found - want).abs() < 1e-5 * want, "{found} {want}");
            let (off, name) = apart(&e, &chunks, &right);
            assert!(off < 2e-4, "{chunk}: {name} by {off:e}");
            e.train.negatives = Negatives::Batch;
            assert!(stepped(&e).0 > want + 0.5, "{want}: at least ln 2 more");
        }
    }
}
