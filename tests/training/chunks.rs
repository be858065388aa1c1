//! A batch that passes the network in chunks, beside one that passes at once.

use super::{bits, larger, run, tiny};
use burn::tensor::Device;
use simclr_tui::engine::loss::Kind;
use simclr_tui::engine::model::{Network, NormKind, Precision};
use simclr_tui::engine::optim::Negatives;
use simclr_tui::engine::report::Outcome;
use simclr_tui::engine::weights::{Array, Weights, collect};
use simclr_tui::experiment::Experiment;
use std::collections::BTreeMap;

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

/// How far the gradients of two networks after a step from the same beginning are apart, by their length, of each tensor.
fn each_apart(e: &Experiment, one: &Weights, other: &Weights) -> BTreeMap<String, f64> {
    let begun = Network::new(&e.model, &e.head, e.train.seed, &Device::flex());
    let begun = collect(&begun).expect("the CPU");
    let of = |(name, begun): (&String, &Array)| {
        let (one, other) = (&one[name].values, &other[name].values);
        let difference = length(one.iter().zip(other).map(|(a, b)| a - b));
        let gradient = length(one.iter().zip(&begun.values).map(|(a, b)| a - b));
        (name.clone(), difference / gradient.max(1e-9))
    };
    begun.iter().map(of).collect()
}

/// The furthest of all tensors.
fn apart(e: &Experiment, one: &Weights, other: &Weights) -> (f64, String) {
    let all = each_apart(e, one, other).into_iter();
    let (name, off) = all.max_by(|a, b| a.1.total_cmp(&b.1)).expect("weights");
    (off, name)
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

#[test]
fn with_negatives_of_a_chunk_a_batch_is_the_sum_of_smaller_ones() {
    /// So small that the second of two steps begins about where the first did.
    const RATE: f64 = 1e-3;
    let after = |batch, negatives, rate, steps| {
        let mut e = one_step(NormKind::Group, 32);
        (e.train.batch, e.train.negatives) = (batch, negatives);
        // So many that the rate falls by nothing that counts.
        (e.train.rate, e.train.epochs) = (rate, 10_000);
        let (memory, _) = run(&e, 1, None, Some(steps));
        let losses: Vec<f64> = memory.curve("loss").iter().map(|(_, loss)| *loss).collect();
        let loss = losses.iter().sum::<f64>() / losses.len() as f64;
        (loss, memory.newest.expect("a checkpoint").network)
    };
    // Of weights that are small beside their gradient, so that they are moved by more than rounding.
    let first = |one, other| {
        let e = one_step(NormKind::Group, 32);
        each_apart(&e, one, other)["encoder.conv1.weight"]
    };
    let (loss, small) = after(32, Negatives::Batch, RATE, 2);
    let (found, chunks) = after(64, Negatives::Chunk, 2.0 * RATE, 1);
    assert!((found - loss).abs() < 1e-3 * loss, "{found} {loss}");
    let off = first(&chunks, &small);
    assert!(off < 0.02, "{off}");
    let (found, whole) = after(64, Negatives::Batch, 2.0 * RATE, 1);
    assert!(found > loss + 0.5, "{found} {loss}: ln 2 more");
    let off = first(&whole, &small);
    assert!(off > 0.04, "{off}");
}
