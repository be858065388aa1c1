//! The end of a run on a full disk: the last checkpoint and the end of the log are waited for, so that a run is complete
//! only where both lie there.

use super::Recorder;
use crate::engine::report::{End, Level, Outcome, Report};
use crate::engine::train::Observer;
use crate::runs::control::{PACE, Request};
use crate::runs::{BEST_CHECKPOINT, EVENTS, RunError, RunFolder, step_checkpoint};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

/// The longest pause between two tries: a large checkpoint that is tried again takes a disk's time.
const LONGEST: Duration = Duration::from_secs(5);

impl Recorder<'_> {
    /// Writes the checkpoint after which nothing is trained, and waits for room where there is none.
    pub(super) fn save_last(&mut self, step: u64, bytes: &[u8]) {
        let file = step_checkpoint(step);
        let what = format!("the last checkpoint, at step {step}, can't be written");
        let written = self.insist(&what, |folder| folder.write_checkpoint(&file, bytes));
        self.saved = written.is_ok();
        self.room.lacks = None;
        match written {
            Ok(size) => {
                self.wrote(step, &file, size);
                self.save_owed();
            }
            Err(e) => self.room.lacks = Some((step, e.to_string())),
        }
    }

    /// Writes the best checkpoint that could not be written before.
    fn save_owed(&mut self) {
        let Some((step, bytes)) = self.owed.take() else {
            return;
        };
        let what = format!("the best checkpoint, of step {step}, can't be written");
        let written = self.insist(&what, |f| f.write_checkpoint(BEST_CHECKPOINT, &bytes));
        match written {
            Ok(size) => self.wrote(step, BEST_CHECKPOINT, size),
            Err(e) => self.note(Level::Warning, format!("{what}: {e}; it is lost")),
        }
    }

    /// The end of a run whose training ended so: one that promises a checkpoint has it.
    pub fn verdict(&mut self, outcome: Outcome) -> End {
        let outcome_without = if self.room.ended {
            Outcome::Stopped
        } else {
            Outcome::Failed
        };
        let reached = self.limits.reached.take();
        let reached = reached.filter(|_| outcome == Outcome::Stopped);
        let by_rule = reached.as_ref().is_some_and(|(_, by_rule)| *by_rule);
        let (outcome, reason) = match self.room.lacks.take() {
            None => (outcome, reached.map(|(why, _)| why)),
            Some((step, why)) => {
                let reason = format!(
                    "its last checkpoint, at step {step}, could not be written ({why}); `run --resume` continues from the one before, once there is room"
                );
                (outcome_without, Some(reason))
            }
        };
        End {
            reason,
            by_rule,
            ..outcome.into()
        }
    }

    /// Records the end, and waits for room where the log can't be written; what the user is to be told of the end.
    pub fn end(&mut self, end: End) -> End {
        self.report(Report::End(end.clone()));
        let what = "the end of the event log can't be written";
        let written = self.insist(what, |folder| {
            let path = folder.dir().join(EVENTS);
            folder.log().sync().map_err(|e| RunError::io(&path, &e))
        });
        let Err(why) = written else { return end };
        let outcome = match end.outcome {
            Outcome::Completed if !self.room.ended => Outcome::Failed,
            Outcome::Completed => Outcome::Stopped,
            other => other,
        };
        let reason = format!(
            "the end of its log could not be written ({why}), which may cost its last records; `run --resume` ends it, once there is \
             room"
        );
        let reason = end
            .reason
            .map_or_else(|| reason.clone(), |first| format!("{first}; {reason}"));
        End {
            outcome,
            reason: Some(reason),
            ..end
        }
    }

    /// Tries something until it works, or cannot work, or the time is up, or the user wants the end without it.
    fn insist<T>(
        &mut self,
        what: &str,
        attempt: impl Fn(&mut RunFolder) -> Result<T, RunError>,
    ) -> Result<T, RunError> {
        let mut pause = PACE;
        let mut told = false;
        loop {
            let error = match attempt(&mut self.folder) {
                Err(e) if e.may_pass() && !self.folder.is_gone() => e,
                other => return other,
            };
            if self.room.left.is_zero() || self.room.ended {
                return Err(error);
            }
            if !told {
                let left = self.room.left.as_secs_f64().ceil();
                let text = format!(
                    "{what}: {error}; the run waits up to {left} s for room, or until it is stopped"
                );
                self.warn(text.clone());
                self.note(Level::Warning, text);
                told = true;
            }
            self.rest(pause.min(self.room.left));
            pause = (pause * 2).min(LONGEST);
        }
    }

    /// Waits a while, less where the user wants the end.
    fn rest(&mut self, pause: Duration) {
        let began = Instant::now();
        while !self.room.ended && began.elapsed() < pause {
            let left = pause.saturating_sub(began.elapsed()).min(PACE);
            match self.commands.recv_timeout(left) {
                Ok(command) => self.hear(&command),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(left),
            }
            self.listen();
            self.room.ended |= self.asked.drain(..).any(|request| request == Request::Stop);
        }
        self.room.left = self.room.left.saturating_sub(began.elapsed());
    }
}
