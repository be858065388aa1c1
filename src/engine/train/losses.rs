//! Losses on their way from the device, and what is reported of them.

use super::TrainError;
use super::observer::Observer;
use super::run::{PendingLoss, Run};
use crate::engine::eval::diagnostics;
use crate::engine::readback;
use crate::engine::report::Report;
use burn::tensor::Tensor;
use std::collections::BTreeMap;

/// Losses that wait on the device at most: to read one back waits for all that was asked before.
const MOST: usize = 16;

impl Run<'_> {
    /// Waits until the device has done the newest step.
    pub(super) fn wait(&self) -> Result<(), TrainError> {
        let newest = self.pending.last().map(|pending| pending.loss.clone());
        let read = newest.map_or(Ok(()), |loss| readback::read(loss).map(drop));
        read.map_err(TrainError::Device)
    }

    /// Whether losses are to be read back now: each step where that is free, else gathered, so that a GPU isn't made to
    /// wait for the host.
    pub(super) fn must_read_losses(&self) -> bool {
        let free = !self.setup.device.asynchronous;
        free || self.at_epoch_end() || self.pending.len() >= MOST || self.meter.is_due()
    }

    /// Reads losses back and reports them, the newest with speed and, at an epoch's end, diagnostics.
    pub(super) fn report_losses(&mut self, observer: &mut dyn Observer) -> Result<(), TrainError> {
        let pending = std::mem::take(&mut self.pending);
        let Some(newest) = pending.last().map(|pending| pending.step) else {
            return Ok(());
        };
        let losses = pending.iter().map(|pending| pending.loss.clone());
        let losses =
            readback::read(Tensor::cat(losses.collect(), 0)).map_err(TrainError::Device)?;
        self.progress.elapsed = self.meter.elapsed();
        for (PendingLoss { step, rate, .. }, loss) in pending.into_iter().zip(losses) {
            let loss = f64::from(loss);
            let mut values = BTreeMap::from([("loss".to_owned(), loss), ("rate".to_owned(), rate)]);
            if step == newest {
                values.extend(self.meter.take_if_due(self.at_epoch_end()));
                values.extend(self.diagnose_epoch()?);
            }
            observer.report(Report::Point(self.point(step, values)));
            self.check_loss(loss, step, rate)?;
        }
        Ok(())
    }

    /// Diagnostics of the newest batch's z, where it ended an epoch.
    fn diagnose_epoch(&self) -> Result<BTreeMap<String, f64>, TrainError> {
        match &self.z {
            Some(z) if self.at_epoch_end() => {
                diagnostics::for_batch(z.clone()).map_err(TrainError::Device)
            }
            _ => Ok(BTreeMap::new()),
        }
    }

    fn check_loss(&self, value: f64, step: u64, rate: f64) -> Result<(), TrainError> {
        if value.is_finite() {
            return Ok(());
        }
        let suspect = self.setup.experiment.loss.suspect();
        Err(TrainError::NotANumber {
            value,
            step,
            rate,
            suspect,
        })
    }
}
