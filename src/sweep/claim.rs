//! Who trains what a sweep or the queue wants trained: one process at a time, from before it is prepared. Several of them, or what is left
//! of one that was killed, so never train the same twice.

use crate::disk::untrusted::own_folder;
use crate::runs::lock::{self, Held, State};
use crate::runs::{NewRun, RunError};
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of claims in the runs folder: one file for each order that is being trained, whose lock is the claim.
pub const CLAIMS: &str = ".claims";

/// What no other such process trains, as long as this lives.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    held: Held,
}

impl Claim {
    /// Takes an order; nothing while somebody has it.
    ///
    /// # Errors
    /// A sentence, when the runs folder can't be written.
    pub fn take(runs: &Path, order: &NewRun) -> Result<Option<Self>, RunError> {
        let folder = runs.join(CLAIMS);
        let made = fs::create_dir_all(runs).and_then(|()| own_folder(&folder));
        made.map_err(|e| RunError::io(&folder, &e))?;
        let path = file(runs, order);
        loop {
            let held = lock::take_file(&path).map_err(|e| RunError::io(&path, &e))?;
            match held {
                // Whoever had it may have removed the file between our opening and our locking it.
                Some(held) if !held.is(&path) => {}
                held => return Ok(held.map(|held| Self { path, held })),
            }
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // Still held, so that nobody else's is removed. One that stays does no harm.
        if self.held.sure {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether a process has the order.
#[must_use]
pub fn is_held(runs: &Path, order: &NewRun) -> bool {
    lock::look_file(&file(runs, order)) == State::Held
}

fn file(runs: &Path, order: &NewRun) -> PathBuf {
    runs.join(CLAIMS).join(format!("{}.lock", order.key()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;

    #[test]
    fn an_experiment_has_one_process_whatever_it_is_called() {
        let runs = tempfile::tempdir().unwrap();
        let experiment = NewRun::default();
        let mut renamed = experiment.clone();
        renamed.experiment.name = "other".to_owned();
        let claim = Claim::take(runs.path(), &experiment).unwrap();
        assert!(claim.is_some() && is_held(runs.path(), &renamed));
        assert!(Claim::take(runs.path(), &renamed).unwrap().is_none());
        let mut seeded = experiment.clone();
        seeded.experiment.train.seed = 1;
        assert!(Claim::take(runs.path(), &seeded).unwrap().is_some());
        let mut named = experiment.clone();
        named.name = Some("20261124-101500-a-1f2e".to_owned());
        assert!(Claim::take(runs.path(), &named).unwrap().is_some());
        drop(claim);
        assert!(!is_held(runs.path(), &experiment));
        assert!(Claim::take(runs.path(), &renamed).unwrap().is_some());
        let left = fs::read_dir(runs.path().join(CLAIMS)).unwrap();
        assert_eq!(left.count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn no_claim_is_made_beyond_the_runs_folder() {
        let (runs, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(other.path(), runs.path().join(CLAIMS)).unwrap();
        Claim::take(runs.path(), &NewRun::default())
            .unwrap_err()
            .says("is a link");
        assert_eq!(fs::read_dir(other.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_claim_whose_file_was_removed_is_not_one() {
        let runs = tempfile::tempdir().unwrap();
        let experiment = NewRun::default();
        let path = file(runs.path(), &experiment);
        fs::create_dir(runs.path().join(CLAIMS)).unwrap();
        let held = lock::take_file(&path).unwrap().unwrap();
        assert!(held.is(&path));
        fs::remove_file(&path).unwrap();
        assert!(!held.is(&path));
        let _claim = Claim::take(runs.path(), &experiment).unwrap().unwrap();
        assert!(!held.is(&path), "another file has its name");
    }
}
