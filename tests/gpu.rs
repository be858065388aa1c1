//! A GPU computes what the CPU does: twenty steps of training from the same weights and views, and what is judged of
//! them. Without a GPU, a software driver such as Mesa's lavapipe runs the same kernels.
//!
//! `scripts/gpu-in-software` runs it; it is left out of builds without wgpu, and skipped loudly where no driver is.
#![cfg(feature = "wgpu")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that can't go on has failed; who skips says so"
)]

#[path = "gpu/norm.rs"]
mod norm;

use burn::tensor::Tensor;
use simclr_tui::engine::catch_panic;
use simclr_tui::engine::checkpoint::Checkpoint;
use simclr_tui::engine::data;
use simclr_tui::engine::device::{Chosen, DeviceError, choose, prepare};
use simclr_tui::engine::fault::Fault;
use simclr_tui::engine::loader::Loader;
use simclr_tui::engine::model::{Encoder, Precision};
use simclr_tui::engine::readback;
use simclr_tui::engine::report::{Outcome, Report};
use simclr_tui::engine::selfcheck;
use simclr_tui::engine::train::{CheckpointKind, Decision, Observer, Setup, train};
use simclr_tui::engine::weights::InitFrom;
use simclr_tui::experiment::Experiment;

/// How far a loss may be off, as a share of it. On lavapipe 22.3 those of twenty steps were off by a tenth of it.
const OF_A_LOSS: f64 = 5e-3;
/// How far a share of 60 test images may be off, in points: two of them.
const OF_KNN: f64 = 3.4;

/// What a run reports, by metric.
#[derive(Default)]
struct Curves {
    loss: Vec<f64>,
    knn: Vec<f64>,
    notes: Vec<String>,
    checkpoint: Vec<u8>,
}

impl Observer for Curves {
    fn report(&mut self, report: Report) {
        match report {
            Report::Point(point) => {
                self.loss.extend(point.values.get("loss"));
                self.knn.extend(point.values.get("knn"));
            }
            Report::Note(note) => self.notes.push(note.text),
            _ => {}
        }
    }
    fn checkpoint(&mut self, _: u64, kind: CheckpointKind, bytes: &[u8]) {
        if kind != CheckpointKind::Best {
            self.checkpoint = bytes.to_vec();
        }
    }
    fn decide(&mut self) -> Decision {
        Decision::default()
    }
}

/// A small network on few small shapes: 20 steps.
fn small() -> Experiment {
    let mut e = Experiment::default();
    e.data.image_size = 16;
    (e.data.train_limit, e.data.test_limit) = (160, 60);
    (e.model.encoder, e.model.width) = (Encoder::Resnet10, 8);
    (e.train.batch, e.train.epochs, e.train.warmup) = (32, 4, 0.0);
    e.knn.k = 20;
    e
}

fn trained(experiment: &Experiment, device: &Chosen) -> Curves {
    let data = data::open(&experiment.data).unwrap();
    let setup = Setup {
        experiment,
        data: &data,
        loader: &Loader::new(1),
        device,
    };
    let mut curves = Curves::default();
    let outcome = train(setup, InitFrom::Scratch, &mut curves);
    assert_eq!(outcome.unwrap(), Outcome::Completed);
    curves
}

/// One test, for the device is opened once and the default is settled before any thread.
#[test]
fn a_gpu_trains_as_the_cpu_does() {
    prepare();
    let gpu = match choose("wgpu:0") {
        Ok(gpu) => gpu,
        Err(why @ DeviceError::Absent { .. })
            if std::env::var_os("SIMCLR_TUI_GPU_EXPECTED").is_none() =>
        {
            return eprintln!("SKIPPED, nothing was compared: {why}");
        }
        Err(why) => panic!("{why}"),
    };
    norm::is_what_the_cpu_computes(&gpu.device);
    let verdict = selfcheck::check(&gpu.device, 20, selfcheck::trace).unwrap();
    eprintln!("{:?} in {:?}", verdict.largest, verdict.took);
    assert!(verdict.agrees(), "{verdict:?}");

    let experiment = small();
    let there = trained(&experiment, &gpu);
    let here = trained(&experiment, &choose("cpu").unwrap());
    assert_eq!((there.loss.len(), here.loss.len()), (20, 20));
    let off = |a: &f64, b: &f64| (a - b).abs() / b;
    let apart = there.loss.iter().zip(&here.loss).map(|(a, b)| off(a, b));
    let furthest = apart.fold(0.0, f64::max);
    eprintln!(
        "losses of 20 steps are {furthest:.1e} apart at most; kNN {:?} and {:?}",
        there.knn, here.knn
    );
    assert!(furthest < OF_A_LOSS, "{:?} {:?}", there.loss, here.loss);
    assert_eq!(there.knn.len(), here.knn.len());
    for (a, b) in there.knn.iter().zip(&here.knn) {
        assert!((a - b).abs() < OF_KNN, "{:?} {:?}", there.knn, here.knn);
    }
    assert!(
        there
            .notes
            .iter()
            .any(|note| note.contains("computes as the CPU does"))
    );
    assert!(
        there
            .notes
            .iter()
            .any(|note| note.contains("kernels are ready"))
    );
    let layers = there
        .notes
        .iter()
        .find(|n| n.contains("layers of this run"));
    eprintln!("{}", layers.unwrap());
    let tensors = |curves: &Curves| -> Vec<String> {
        let checkpoint = Checkpoint::from_bytes(&curves.checkpoint).unwrap();
        checkpoint.network.into_keys().collect()
    };
    assert_eq!(tensors(&there), tensors(&here));

    // WGSL has no numbers of 16 bits with eight for the exponent.
    let why = gpu.cannot(Precision::Bf16).unwrap();
    assert!(why.contains("set it to f32"), "{why}");

    // More than any device has: it fails, on the device's own thread or on ours, and is told as what it is.
    let more = || readback::read(Tensor::<1>::ones([1_usize << 38], &gpu.device).slice([0..1]));
    let fault = catch_panic::catch(more).unwrap_or_else(Err).unwrap_err();
    eprintln!("{}", fault.to_string().lines().next().unwrap());
    assert!(matches!(fault, Fault::OutOfMemory { .. }), "{fault}");
}
