//! A run under way: the network with its optimizer, and where they stand.

use super::meter::Meter;
use super::observer::{Keep, Observer};
use super::{Setup, TrainError};
use crate::engine::checkpoint::{Checkpoint, CheckpointError, Progress};
use crate::engine::model::Network;
use crate::engine::optim::{Schedule, state};
use crate::engine::report::{Begin, Point};
use crate::engine::weights::{self, Beginning};
use burn::optim::ModuleOptimizer;
use burn::tensor::{Device, Tensor};
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
    /// Losses still on the device, with step and rate.
    pub(super) unread: Vec<(u64, f64, Tensor<1>)>,
    /// z of the newest step, without gradients.
    pub(super) z: Option<Tensor<2>>,
    pub(super) meter: Meter,
    /// Images that an evaluation named as missing.
    pub(super) missing: BTreeSet<String>,
}

impl<'a> Run<'a> {
    pub(super) fn new(setup: Setup<'a>, from: Beginning) -> Result<Self, TrainError> {
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

    pub(super) fn begin(&self) -> Begin {
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

    pub(super) fn save(
        &mut self,
        keep: Keep,
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
        observer.checkpoint(self.progress.step, keep, &checkpoint.to_bytes()?);
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
