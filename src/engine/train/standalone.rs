//! Training without a run: single steps and single batches, to be timed or to have their kernels tuned.

use super::error::TrainError;
use super::run::Run;
use super::setup::Setup;
use super::start;
use crate::engine::loader::Batches;
use crate::engine::random::{Purpose, Stream};
use crate::engine::readback;
use crate::engine::selfcheck;
use crate::engine::weights::InitFrom;
use burn::module::Module;
use burn::tensor::Tensor;
use std::time::{Duration, Instant};

/// The batches of a training from its first step.
pub fn batches(setup: Setup) -> Batches {
    setup.loader.train(start::plan(setup, 0))
}

impl Run<'_> {
    /// A step as that of the loop, through to its loss.
    fn step(&mut self, views: Vec<f32>) -> Result<(), TrainError> {
        let (z, loss, gradients) = if self.keeps_less() {
            self.keeping_less(views)?
        } else {
            let z = self.network.z(self.on_device(views));
            let loss = self.setup.experiment.loss.forward(z.clone());
            let gradients = self.gradients(&loss);
            (z, loss, gradients)
        };
        let rate = self.update(gradients);
        self.stepped(rate, loss, z);
        self.wait()?;
        self.pending.clear();
        Ok(())
    }
}

/// How long each of so many steps takes on one batch, which is made before; the first is not counted.
///
/// # Errors
/// When data or device fail.
pub fn steps(setup: Setup, count: usize) -> Result<Vec<Duration>, TrainError> {
    let mut run = Run::new(setup, InitFrom::Scratch)?;
    // The loader's threads must be idle while steps are timed.
    let batch = batches(setup).next()?.unwrap_or_default();
    let mut times = Vec::with_capacity(count);
    for nth in 0..=count {
        let views = batch.views.clone();
        let began = Instant::now();
        run.step(views)?;
        if nth > 0 {
            times.push(began.elapsed());
        }
    }
    Ok(times)
}

/// Does everything of a run once whose kernels depend on its sizes, on noise: the comparisons with the CPU, steps, and a
/// chunk of an evaluation. `told` hears what took how long.
///
/// # Errors
/// When the device fails or computes wrongly.
pub fn rehearse(setup: Setup, told: &mut dyn FnMut(&str, Duration)) -> Result<(), TrainError> {
    fn timed<T>(
        what: &str,
        told: &mut dyn FnMut(&str, Duration),
        work: impl FnOnce() -> Result<T, TrainError>,
    ) -> Result<T, TrainError> {
        let began = Instant::now();
        let done = work()?;
        told(what, began.elapsed());
        Ok(done)
    }
    let e = setup.experiment;
    readback::forget();
    timed("a small network beside the CPU", told, || {
        Ok(selfcheck::before_training(setup.device)?)
    })?;
    timed("each layer at this batch beside the CPU", told, || {
        Ok(selfcheck::layers_of(setup.device, e)?)
    })?;
    let mut run = Run::new(setup, InitFrom::Scratch)?;
    run.schedule.total = STEPS;
    let size = e.data.image_size;
    let mut noise = Stream::new(e.train.seed, Purpose::Weights, &[]);
    let views: Vec<f32> = (0..2 * e.train.batch * 3 * size * size)
        .map(|_| noise.unit() as f32)
        .collect();
    for nth in 1..=STEPS {
        let what = if nth == 1 { "the first step" } else { "a step" };
        timed(what, told, || run.step(views.clone()))?;
    }
    timed("a chunk of an evaluation", told, || {
        let device = &setup.device.device;
        let count = super::embed::chunk(device, size);
        let views = Tensor::<4>::zeros([count, 3, size, size], device);
        readback::read(run.network.valid().h(views)).map_err(TrainError::Device)
    })?;
    Ok(())
}

/// Steps of a rehearsal: what the first tunes, the second reads from a cache, and the third does as the rest of a run.
const STEPS: u64 = 3;
