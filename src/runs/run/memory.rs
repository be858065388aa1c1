//! What is remembered of a run that has ended, so that its log need not be read again.

use super::Run;
use super::stamps::Stamps;
use crate::experiment::Experiment;
use crate::runs::lock::{self, State};
use crate::runs::{ENVIRONMENT, EVENTS, Environment, Series, log};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A run that has ended, in a few kilobytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Memory {
    stamps: Stamps,
    experiment: Option<Experiment>,
    environment: Option<Environment>,
    damaged: usize,
    series: Series,
}

impl Run {
    /// The run in a folder by what is remembered of it; `None` if that no longer holds.
    pub(in crate::runs) fn remembered(dir: &Path, memory: Memory) -> Option<Self> {
        let series = &memory.series;
        let holds = !series.is_whole() && series.is_sound() && memory.stamps == Stamps::of(dir);
        if super::is_linked(dir) || !holds {
            return None;
        }
        let environment = memory.environment;
        let environment = environment.or_else(|| Environment::load(&dir.join(ENVIRONMENT)).ok());
        let mut run = Self::unread(dir, environment);
        run.experiment = memory.experiment;
        run.damaged = memory.damaged;
        run.series = memory.series;
        run.stamps = memory.stamps;
        run.look(lock::look(dir));
        run.is_settled().then_some(run)
    }

    /// What to remember of it: nothing while it may go on, or while reading it met with trouble that may pass.
    pub(in crate::runs) fn memory(&self) -> Option<Memory> {
        let newer = self.follower.format().is_some_and(|f| f > log::FORMAT);
        if !self.is_settled() || newer || self.follower.trouble().is_some() {
            return None;
        }
        if !self.stamps.have_log() {
            return None;
        }
        Some(Memory {
            stamps: self.stamps,
            experiment: self.experiment.clone(),
            environment: self.environment.clone(),
            damaged: self.damaged,
            series: self.outline(),
        })
    }

    fn outline(&self) -> Series {
        if self.is_whole() {
            self.series.outline()
        } else {
            self.series.clone()
        }
    }

    /// Whether all of its log is at hand, and not an outline.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.series.is_whole()
    }

    /// Keeps an outline of a run that has ended, which takes kilobytes where all of a long log takes megabytes.
    pub fn forget(&mut self) {
        if self.is_whole() && self.memory().is_some() {
            self.series = self.series.outline();
            self.follower = super::Follower::open(&self.dir.join(EVENTS));
        }
    }

    /// Whether it is an outline of what is no longer so: it has to be read again.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        let changed = || Stamps::of(&self.dir) != self.stamps;
        // A trainer that goes on with a run that had its end says so in the log as soon as it does.
        let lives = || self.series.end.is_none() && lock::look(&self.dir) == State::Held;
        !self.is_whole() && self.dir.is_dir() && (changed() || lives())
    }

    /// Brings an outline up to date; whether anything was new.
    pub(super) fn glance(&mut self) -> bool {
        if self.is_stale() {
            *self = Self::open(&self.dir);
            return true;
        }
        let before = self.status;
        let noted = self.look(State::Free);
        noted || self.status != before
    }

    /// Derives how an outline stands; whether the user's words are new.
    fn look(&mut self, lock: State) -> bool {
        self.read_experiment();
        let noted = self.read_notes();
        self.broken.clone_from(&self.unreadable);
        self.status = self.derive(lock);
        noted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::Status;

    #[test]
    fn nothing_is_remembered_of_a_folder_without_a_log() {
        let dir = tempfile::tempdir().unwrap();
        let mut run = Run::open(dir.path());
        assert_eq!(run.status, Status::Broken);
        assert!(run.memory().is_none());
        run.forget();
        assert!(run.is_whole());
    }
}
