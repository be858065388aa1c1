//! Between two steps: what the user wants, and checkpoints.

use super::TrainError;
use super::evaluation::Due;
use super::observer::{CheckpointKind, Next, Observer};
use super::run::Run;
use crate::engine::report::{Level, Report};
use std::time::Instant;

impl Run<'_> {
    /// After the first step on a GPU, which tuned its kernels: the meter begins anew.
    pub(super) fn end_tuning(
        &mut self,
        began: Instant,
        observer: &mut dyn Observer,
    ) -> Result<(), TrainError> {
        self.wait()?;
        self.meter.forget();
        let took = began.elapsed().as_secs_f64();
        let text = format!("kernels are ready after a first step of {took:.1} s");
        observer.report(Report::note(Level::Info, text));
        Ok(())
    }

    /// Evaluates where an evaluation is due after this step, and keeps the best network.
    pub(super) fn evaluate_if_due(
        &mut self,
        observer: &mut dyn Observer,
    ) -> Result<(), TrainError> {
        let due = Due::at(self.setup, |every| self.is_last() || self.ends_epoch(every));
        if due.any() && self.evaluate(due, observer)? {
            self.save(CheckpointKind::Best, observer)?;
        }
        Ok(())
    }

    /// Saves where a checkpoint is due or wanted, waits for as long as the user pauses, and tells whether to stop.
    pub(super) fn obey(&mut self, observer: &mut dyn Observer) -> Result<Next, TrainError> {
        let machine = &self.setup.experiment.machine;
        let (every, keep_every) = (machine.checkpoint_every, machine.keep_every);
        let last = self.is_last();
        let mut save = last || self.ends_epoch(every) || self.ends_epoch(keep_every);
        loop {
            let decision = observer.decide();
            self.meter.skip(decision.paused);
            let stops = decision.next == Next::Stop;
            if save || decision.checkpoint || stops {
                // A resume goes on behind this step: all points before it have to be reported.
                self.report_losses(observer)?;
                let kind = if last || stops {
                    CheckpointKind::Last
                } else {
                    CheckpointKind::Newest
                };
                self.save(kind, observer)?;
                save = false;
            }
            match decision.next {
                Next::Stop | Next::Leave if !last => return Ok(Next::Stop),
                Next::Wait => {}
                _ => return Ok(Next::Step),
            }
        }
    }
}
