//! The training loop: the paper's Algorithm 1, with evaluation, checkpoints and the user's wishes between its steps.

mod embed;
mod evaluation;
mod meter;
pub mod pace;

pub use embed::{Embedded, embed_spaces};

use crate::engine::augment::Augmenter;
use crate::engine::checkpoint::{Checkpoint, CheckpointError, Progress};
use crate::engine::data::{DataError, DataSet};
use crate::engine::device::Chosen;
use crate::engine::eval::diagnostics;
use crate::engine::fault::Fault;
use crate::engine::loader::{Batch, Loader, TrainPlan};
use crate::engine::model::Network;
use crate::engine::optim::{Schedule, state};
use crate::engine::readback;
use crate::engine::report::{Begin, Level, Outcome, Point, Report};
use crate::engine::selfcheck::{self, Untrue};
use crate::engine::weights::{self, Beginning, WeightsError};
use crate::experiment::Experiment;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor, TensorData};
use evaluation::Due;
use meter::Meter;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use thiserror::Error;

/// Who listens to a run and steers it.
pub trait Observer {
    /// Something happened.
    fn report(&mut self, report: Report);
    /// A checkpoint to keep.
    fn checkpoint(&mut self, step: u64, keep: Keep, bytes: &[u8]);
    /// Asked between steps; waits inside for as long as the user pauses.
    fn wish(&mut self) -> Wish;
}

/// Why a checkpoint is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// To go on from.
    Newest,
    /// To go on from, and nothing is trained after it: worth waiting for.
    Last,
    /// Its kNN accuracy is the best so far.
    Best,
}

/// What the user wants between two steps.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// Write a checkpoint now.
    pub checkpoint: bool,
    /// What comes next.
    pub next: Next,
    /// How long the user paused.
    pub paused: Duration,
}

/// What comes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Next {
    /// The next step.
    #[default]
    Step,
    /// Another wish: the user still pauses, or waits for the checkpoint.
    Wish,
    /// The end, with a checkpoint.
    Stop,
    /// The end; there is a checkpoint of this step already.
    Leave,
}

/// Why a run failed: a sentence.
#[derive(Debug, Error)]
pub enum TrainError {
    /// The data failed.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The experiment doesn't fit the data.
    #[error("{0}")]
    Objection(String),
    /// The loss is no number any more.
    #[error(
        "the loss became {value} at step {step}: the learning rate ({rate:.3e}) may be too high{suspect}, or the warm-up \
         too short; the last checkpoint is from before"
    )]
    NotANumber {
        /// NaN or infinity.
        value: f64,
        /// The first step at which it was.
        step: u64,
        /// The rate of that step.
        rate: f64,
        /// What else may be to blame, a part of the sentence.
        suspect: String,
    },
    /// The device failed.
    #[error("the device failed: {0}")]
    Device(Fault),
    /// The device computes something else than the CPU does, or nothing.
    #[error(transparent)]
    Untrue(#[from] Untrue),
    /// Weights can't be read or don't fit.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A checkpoint can't be written or read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// What a run is made of.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    /// What to do.
    pub experiment: &'a Experiment,
    /// On which images.
    pub data: &'a DataSet,
    /// Who loads them.
    pub loader: &'a Loader,
    /// Where.
    pub device: &'a Chosen,
}

/// Trains from a beginning to the end or until the user stops it.
///
/// # Errors
/// A sentence on what went wrong. All that was reported and saved until then stays.
pub fn train(
    setup: Setup,
    from: Beginning,
    observer: &mut dyn Observer,
) -> Result<Outcome, TrainError> {
    let data = setup.data;
    if let Some(objection) = setup
        .experiment
        .objections_to(data.train.len(), data.voters())
        .first()
    {
        return Err(TrainError::Objection(objection.to_string()));
    }
    readback::forget();
    let mut run = Run::new(setup, from)?;
    observer.report(Report::Begin(run.begin()));
    if setup.device.asynchronous {
        observer.report(Report::note(Level::Info, TUNING));
    }
    let compared = selfcheck::before_training(setup.device)?;
    let layers = selfcheck::layers_of(setup.device, setup.experiment)?;
    for text in compared.into_iter().chain(layers) {
        observer.report(Report::note(Level::Info, text));
    }
    let first = Due::at(setup, |_| true);
    if run.progress.step == 0 && first.any() {
        run.evaluate(first, observer)?;
    }
    let mut batches = setup.loader.train(plan(setup, run.progress.step));
    // A GPU's first step waits for its kernels, which says nothing of its speed.
    let mut tunes = setup.device.asynchronous;
    while let Some(batch) = batches.next()? {
        let began = Instant::now();
        run.step(batch);
        if std::mem::take(&mut tunes) {
            run.wait()?;
            run.meter.forget();
            let took = began.elapsed().as_secs_f64();
            let text = format!("kernels are ready after a first step of {took:.1} s");
            observer.report(Report::note(Level::Info, text));
        }
        if run.must_settle() {
            run.settle(observer)?;
        }
        for text in batches.take_notes() {
            observer.report(Report::note(Level::Warning, text));
        }
        let last = run.progress.step == run.schedule.total;
        let due = Due::at(setup, |every| last || run.ends_epoch(every));
        if due.any() && run.evaluate(due, observer)? {
            run.save(Keep::Best, observer)?;
        }
        let machine = &setup.experiment.machine;
        let mut due =
            last || run.ends_epoch(machine.checkpoint_every) || run.ends_epoch(machine.keep_every);
        loop {
            let wish = observer.wish();
            run.meter.skip(wish.paused);
            if due || wish.checkpoint || wish.next == Next::Stop {
                // A resume goes on behind this step: all points before it have to be reported.
                run.settle(observer)?;
                let ends = last || wish.next == Next::Stop;
                run.save(if ends { Keep::Last } else { Keep::Newest }, observer)?;
                due = false;
            }
            match wish.next {
                Next::Stop | Next::Leave if !last => return Ok(Outcome::Stopped),
                Next::Wish => {}
                _ => break,
            }
        }
    }
    Ok(Outcome::Completed)
}

/// Whether a run can begin so, before anything is written.
///
/// # Errors
/// A sentence, when no epoch is left to train.
pub fn check_beginning(
    experiment: &Experiment,
    data: &DataSet,
    beginning: &Beginning,
) -> Result<(), TrainError> {
    let Beginning::Checkpoint(checkpoint) = beginning else {
        return Ok(());
    };
    let epoch = experiment.steps_per_epoch(data.train.len());
    let steps = (epoch * experiment.train.epochs) as u64;
    let done = checkpoint.progress.step;
    if done >= steps {
        return Err(TrainError::Objection(format!(
            "train.epochs: the checkpoint has done {done} steps and {} epochs are {steps}; raise the epochs",
            experiment.train.epochs
        )));
    }
    Ok(())
}

/// What is told before the first step on a GPU.
const TUNING: &str = "tuning kernels: the first step on a device tries several ways to compute each operation, and is \
                      not counted as views/s";

/// What the loader is to deliver from a step on.
fn plan(setup: Setup, from_step: u64) -> TrainPlan {
    let e = setup.experiment;
    TrainPlan {
        images: Arc::clone(&setup.data.train),
        augmenter: Arc::new(Augmenter::new(&e.augment, e.data.image_size)),
        batch: e.train.batch,
        epochs: e.train.epochs as u64,
        seed: e.train.seed,
        from_step,
    }
}

/// A run under way.
struct Run<'a> {
    setup: Setup<'a>,
    /// With autodiff.
    device: Device,
    network: Network,
    optimizer: ModuleOptimizer,
    schedule: Schedule,
    steps_per_epoch: u64,
    progress: Progress,
    /// Losses still on the device, with step and rate.
    unread: Vec<(u64, f64, Tensor<1>)>,
    /// z of the newest step, without gradients.
    z: Option<Tensor<2>>,
    meter: Meter,
    /// Images that an evaluation named as missing.
    missing: BTreeSet<String>,
}

impl<'a> Run<'a> {
    fn new(setup: Setup<'a>, from: Beginning) -> Result<Self, TrainError> {
        let e = setup.experiment;
        let device = setup.device.device.clone().autodiff();
        let mut network = Network::new(&e.model, &e.head, e.train.seed, &device);
        let mut optimizer = e.train.optimizer(network.vectors());
        let mut progress = Progress::default();
        match from {
            Beginning::Scratch => {}
            Beginning::Weights(foreign) => network = foreign.into_network(network, &device)?,
            Beginning::Checkpoint(checkpoint) => {
                network = weights::restore(network, &checkpoint.network, &device)?;
                optimizer = state::restored(optimizer, checkpoint.optimizer, &network)
                    .map_err(CheckpointError::Damaged)?;
                progress = checkpoint.progress;
            }
        }
        let steps_per_epoch = e.steps_per_epoch(setup.data.train.len()) as u64;
        let schedule = Schedule {
            peak: e.scaled_rate(),
            warmup: (e.train.warmup * steps_per_epoch as f64).round() as u64,
            total: steps_per_epoch * e.train.epochs as u64,
        };
        let meter = Meter::new(progress.elapsed);
        Ok(Self {
            setup,
            device,
            network,
            optimizer,
            schedule,
            steps_per_epoch,
            progress,
            unread: Vec::new(),
            z: None,
            meter,
            missing: BTreeSet::new(),
        })
    }

    fn begin(&self) -> Begin {
        Begin {
            step: self.progress.step,
            steps: self.schedule.total,
            steps_per_epoch: self.steps_per_epoch,
            train_images: self.setup.data.train.len() as u64,
            test_images: self.setup.data.test.len() as u64,
            classes: self.setup.data.classes.len() as u64,
            parameters: self.network.trainable() as u64,
            device: self.setup.device.label.clone(),
            rate: self.schedule.peak,
        }
    }

    /// One optimizer step (Algorithm 1): two views of N images, z of all 2N, the loss, update.
    fn step(&mut self, batch: Batch) {
        let e = self.setup.experiment;
        let size = e.data.image_size;
        self.meter.waited(batch.waited);
        let shape = [batch.views.len() / (3 * size * size), 3, size, size];
        let views = Tensor::<4>::from_data(TensorData::new(batch.views, shape), &self.device);
        let z = self.network.z(views);
        let loss = e.loss.of(z.clone());
        let grads = GradientsParams::from_grads(loss.backward(), &self.network);
        let rate = self.schedule.rate(self.progress.step);
        self.network = self.optimizer.step(rate, self.network.clone(), grads);
        self.progress.step += 1;
        self.unread.push((self.progress.step, rate, loss.inner()));
        self.z = Some(z.inner());
        self.meter.stepped(2 * e.train.batch);
    }

    /// Waits until the device has done the newest step.
    fn wait(&self) -> Result<(), TrainError> {
        let newest = self.unread.last().map(|(.., loss)| loss.clone());
        let read = newest.map_or(Ok(()), |loss| readback::read(loss).map(drop));
        read.map_err(TrainError::Device)
    }

    /// Whether losses are to be read back now: each step where that is free, else gathered, so that a GPU isn't made to
    /// wait for the host.
    fn must_settle(&self) -> bool {
        let free = !self.setup.device.asynchronous;
        free || self.at_epoch_end() || self.unread.len() >= 16 || self.meter.is_due()
    }

    /// Reads losses back and reports them.
    fn settle(&mut self, observer: &mut dyn Observer) -> Result<(), TrainError> {
        if self.unread.is_empty() {
            return Ok(());
        }
        let end = self.at_epoch_end();
        let unread = std::mem::take(&mut self.unread);
        let losses = Tensor::cat(unread.iter().map(|(_, _, loss)| loss.clone()).collect(), 0);
        let losses = readback::read(losses).map_err(TrainError::Device)?;
        let elapsed = self.meter.elapsed();
        self.progress.elapsed = elapsed;
        let count = losses.len();
        for (i, ((step, rate, _), loss)) in unread.into_iter().zip(losses).enumerate() {
            let loss = f64::from(loss);
            let mut values = BTreeMap::from([("loss".to_owned(), loss), ("rate".to_owned(), rate)]);
            if i + 1 == count {
                values.extend(self.meter.take_if_due(end));
                if end {
                    values.extend(self.diagnose()?);
                }
            }
            observer.report(Report::Point(self.point(step, values)));
            if !loss.is_finite() {
                let suspect = self.setup.experiment.loss.suspect();
                return Err(TrainError::NotANumber {
                    value: loss,
                    step,
                    rate,
                    suspect,
                });
            }
        }
        Ok(())
    }

    /// Diagnostics of the newest batch's z.
    fn diagnose(&self) -> Result<BTreeMap<String, f64>, TrainError> {
        let Some(z) = &self.z else {
            return Ok(BTreeMap::new());
        };
        diagnostics::of_batch(z.clone()).map_err(TrainError::Device)
    }

    fn save(&mut self, keep: Keep, observer: &mut dyn Observer) -> Result<(), TrainError> {
        let optimizer = self
            .optimizer
            .into_bytes()
            .map_err(|e| CheckpointError::Damaged(e.to_string()))?;
        let checkpoint = Checkpoint {
            progress: self.progress.clone(),
            network: weights::collect(&self.network)?,
            optimizer: optimizer.to_vec(),
        };
        observer.checkpoint(self.progress.step, keep, &checkpoint.to_bytes()?);
        Ok(())
    }

    fn point(&self, step: u64, values: BTreeMap<String, f64>) -> Point {
        let epoch = step as f64 / self.steps_per_epoch.max(1) as f64;
        Point {
            step,
            epoch,
            elapsed: self.progress.elapsed,
            values,
        }
    }

    fn at_epoch_end(&self) -> bool {
        self.progress
            .step
            .is_multiple_of(self.steps_per_epoch.max(1))
    }

    /// Whether the newest step ended an epoch whose number `every` divides; 0 divides none.
    fn ends_epoch(&self, every: usize) -> bool {
        let epoch = self.progress.step / self.steps_per_epoch.max(1);
        self.at_epoch_end() && epoch.is_multiple_of(every as u64)
    }
}
