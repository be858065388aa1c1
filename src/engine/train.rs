//! The training loop: the paper's Algorithm 1, with evaluation, checkpoints and the user's wishes between its steps.

mod embed;
mod error;
mod evaluation;
mod losses;
mod meter;
mod observer;
pub mod pace;
mod run;

pub use embed::{Embedded, embed_spaces};
pub use error::TrainError;
pub use observer::{Keep, Next, Observer, Wish};

use crate::engine::augment::Augmenter;
use crate::engine::data::DataSet;
use crate::engine::device::Chosen;
use crate::engine::loader::{Batch, Loader, TrainPlan};
use crate::engine::readback;
use crate::engine::report::{Level, Outcome, Report};
use crate::engine::selfcheck;
use crate::engine::weights::Beginning;
use crate::experiment::Experiment;
use burn::optim::GradientsParams;
use burn::tensor::{Tensor, TensorData};
use evaluation::Due;
use run::Run;
use std::sync::Arc;
use std::time::Instant;

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

impl Run<'_> {
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
}
