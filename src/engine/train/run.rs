//! A run under way: the network with its optimizer, and where they stand.

use super::error::TrainError;
use super::meter::Meter;
use super::observer::{CheckpointKind, Observer};
use super::setup::Setup;
use crate::engine::checkpoint::{Checkpoint, CheckpointError, Progress};
use crate::engine::model::Network;
use crate::engine::optim::{Schedule, state};
use crate::engine::report::{Begin, Point};
use crate::engine::weights::{self, InitFrom};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor, TensorData};
use std::collections::{BTreeMap, BTreeSet};

/// A run under way.
pub(super) struct Run<'a> {
    pub(super) setup: Setup<'a>,
    /// With autodiff.
    pub(super) device: Device,
    pub(super) network: Network,
    pub(super) optimizer: ModuleOptimizer,
    pub(super) schedule: Schedule,
    pub(super) steps_per_epoch: u64,
    pub(super) progress: Progress,
    /// Losses still on the device.
    pub(super) pending: Vec<PendingLoss>,
    /// z of the newest step, without gradients.
    pub(super) z: Option<Tensor<2>>,
    pub(super) meter: Meter,
    /// Images that an evaluation named as missing.
    pub(super) missing: BTreeSet<String>,
}

/// A step's loss that is still on the device.
pub(super) struct PendingLoss {
    pub(super) step: u64,
    pub(super) rate: f64,
    /// `[1]`, without gradient.
    pub(super) loss: Tensor<1>,
}

impl<'a> Run<'a> {
    pub(super) fn new(setup: Setup<'a>, from: InitFrom) -> Result<Self, TrainError> {
        let e = setup.experiment;
        let device = setup.device.device.clone().autodiff();
        let mut network = Network::new(&e.model, &e.head, e.train.seed, &device);
        let mut optimizer = e.train.optimizer(network.vectors());
        let mut progress = Progress::default();
        match from {
            InitFrom::Scratch => {}
            InitFrom::Weights(pretrained) => network = pretrained.into_network(network, &device)?,
            InitFrom::Checkpoint(checkpoint) => {
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
            pending: Vec::new(),
            z: None,
            meter,
            missing: BTreeSet::new(),
        })
    }

    pub(super) fn begin(&self) -> Begin {
        Begin {
            step: self.progress.step,
            steps: self.schedule.total,
            steps_per_epoch: self.steps_per_epoch,
            train_images: self.setup.data.train.len() as u64,
            test_images: self.setup.data.chosen_on().len() as u64,
            classes: self.setup.data.classes.len() as u64,
            parameters: self.network.trainable() as u64,
            device: self.setup.device.label.clone(),
            rate: self.schedule.peak,
        }
    }

    /// Views `[2N, 3, S, S]` from the loader, of which rows k and k + N are one image's.
    pub(super) fn on_device(&self, views: Vec<f32>) -> Tensor<4> {
        let size = self.setup.experiment.data.image_size;
        let shape = [views.len() / (3 * size * size), 3, size, size];
        Tensor::from_data(TensorData::new(views, shape), &self.device)
    }

    /// dL/dw of all weights of f and g.
    pub(super) fn gradients(&self, loss: &Tensor<1>) -> GradientsParams {
        GradientsParams::from_grads(loss.backward(), &self.network)
    }

    /// Updates f and g to lower the loss; tells the learning rate.
    pub(super) fn update(&mut self, gradients: GradientsParams) -> f64 {
        let rate = self.schedule.rate(self.progress.step);
        self.network = self.optimizer.step(rate, self.network.clone(), gradients);
        rate
    }

    /// Counts a step that is done, and keeps what will be reported of it.
    pub(super) fn stepped(&mut self, rate: f64, loss: Tensor<1>, z: Tensor<2>) {
        self.progress.step += 1;
        self.pending.push(PendingLoss {
            step: self.progress.step,
            rate,
            loss: loss.inner(),
        });
        self.z = Some(z.inner());
        self.meter.stepped(2 * self.setup.experiment.train.batch);
    }

    pub(super) fn save(
        &mut self,
        kind: CheckpointKind,
        observer: &mut dyn Observer,
    ) -> Result<(), TrainError> {
        let optimizer = self
            .optimizer
            .into_bytes()
            .map_err(|e| CheckpointError::Damaged(e.to_string()))?;
        let checkpoint = Checkpoint {
            progress: self.progress.clone(),
            network: weights::collect(&self.network)?,
            optimizer: optimizer.to_vec(),
        };
        observer.checkpoint(self.progress.step, kind, &checkpoint.to_bytes()?);
        Ok(())
    }

    pub(super) fn point(&self, step: u64, values: BTreeMap<String, f64>) -> Point {
        let epoch = step as f64 / self.steps_per_epoch.max(1) as f64;
        Point {
            step,
            epoch,
            elapsed: self.progress.elapsed,
            values,
        }
    }

    /// Whether the newest step was the run's last.
    pub(super) const fn is_last(&self) -> bool {
        self.progress.step == self.schedule.total
    }

    pub(super) fn at_epoch_end(&self) -> bool {
        self.progress
            .step
            .is_multiple_of(self.steps_per_epoch.max(1))
    }

    /// Whether the newest step ended an epoch whose number `every` divides; 0 divides none.
    pub(super) fn ends_epoch(&self, every: usize) -> bool {
        let epoch = self.progress.step / self.steps_per_epoch.max(1);
        self.at_epoch_end() && epoch.is_multiple_of(every as u64)
    }
}
