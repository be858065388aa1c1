//! Losses on their way from the device, and what is reported of them.

use super::TrainError;
use super::observer::Observer;
use super::run::Run;
use crate::engine::eval::diagnostics;
use crate::engine::readback;
use crate::engine::report::Report;
use burn::tensor::Tensor;
use std::collections::BTreeMap;

impl Run<'_> {
    /// Waits until the device has done the newest step.
    pub(super) fn wait(&self) -> Result<(), TrainError> {
        let newest = self.unread.last().map(|(.., loss)| loss.clone());
        let read = newest.map_or(Ok(()), |loss| readback::read(loss).map(drop));
        read.map_err(TrainError::Device)
    }

    /// Whether losses are to be read back now: each step where that is free, else gathered, so that a GPU isn't made to
    /// wait for the host.
    pub(super) fn must_settle(&self) -> bool {
        let free = !self.setup.device.asynchronous;
        free || self.at_epoch_end() || self.unread.len() >= 16 || self.meter.is_due()
    }

    /// Reads losses back and reports them.
    pub(super) fn settle(&mut self, observer: &mut dyn Observer) -> Result<(), TrainError> {
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
}
