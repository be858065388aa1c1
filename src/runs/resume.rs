//! Which runs can be gone on with.

use super::{CHECKPOINTS, Run, RunError, Status, step_checkpoint};

impl Run {
    /// The run, if it is one to go on with.
    ///
    /// # Errors
    /// A sentence, when it is trained now, complete or broken.
    pub fn resumable(self) -> Result<Self, RunError> {
        match self.status {
            Status::Running | Status::Paused => Err(RunError::Locked(self.id)),
            Status::Completed if has_its_end(&self) => Err(RunError::Complete(self.id)),
            Status::Broken => {
                let why = self.broken.unwrap_or_default();
                let id = self.id;
                Err(RunError::Broken(format!("run {id} can't be read: {why}")))
            }
            Status::Completed | Status::Stopped | Status::Failed | Status::Interrupted => Ok(self),
        }
    }
}

/// Whether the last checkpoint of a complete run was written, or lies there: older versions ended without it on a full disk.
fn has_its_end(run: &Run) -> bool {
    let Some((_, last)) = run.series.progress() else {
        return true;
    };
    let mut written = run.series.checkpoints.iter().map(|c| c.step);
    written.any(|step| step == last)
        || run
            .dir
            .join(CHECKPOINTS)
            .join(step_checkpoint(last))
            .exists()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::report::{Begin, End, Outcome, Point, Report};
    use crate::experiment::Experiment;
    use crate::runs::{Environment, RunFolder};

    /// As older versions left runs whose disk was full at their end.
    #[test]
    fn a_complete_run_without_its_last_checkpoint_can_be_gone_on_with() {
        let runs = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(runs.path(), Experiment::default(), &Environment::default());
        let mut folder = folder.unwrap();
        let begin = Begin {
            steps: 4,
            steps_per_epoch: 2,
            ..Begin::default()
        };
        let point = Point {
            step: 4,
            values: [("loss".to_owned(), 1.0)].into(),
            ..Point::default()
        };
        let end = End {
            outcome: Outcome::Completed,
            reason: None,
            fits: None,
            chunk: None,
        };
        for report in [Report::Begin(begin), Report::Point(point), Report::End(end)] {
            folder.log().append(&report).unwrap();
        }
        let dir = folder.dir().to_owned();
        folder
            .write_checkpoint(&step_checkpoint(2), b"whole")
            .unwrap();
        drop(folder);
        let found = Run::open(&dir).resumable().unwrap();
        assert_eq!(found.status, Status::Completed);
        RunFolder::resume(&dir)
            .unwrap()
            .write_checkpoint(&step_checkpoint(4), b"whole")
            .unwrap();
        let why = Run::open(&dir).resumable().unwrap_err().to_string();
        assert!(why.contains("is complete"), "{why}");
    }
}
