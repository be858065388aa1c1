//! Who listens to a run and steers it.

use crate::engine::report::Report;
use std::time::Duration;

/// Who listens to a run and steers it.
pub trait Observer {
    /// Something happened.
    fn report(&mut self, report: Report);
    /// A checkpoint to keep.
    fn checkpoint(&mut self, step: u64, kind: CheckpointKind, bytes: &[u8]);
    /// Asked between steps; waits inside for as long as the user pauses.
    fn decide(&mut self) -> Decision;
}

/// Why a checkpoint is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckpointKind {
    /// To go on from.
    Newest,
    /// To go on from, and nothing is trained after it: worth waiting for.
    Last,
    /// Its kNN accuracy is the best so far.
    Best,
}

/// What the user wants between two steps.
#[derive(Clone, Copy, Debug, Default)]
pub struct Decision {
    /// Write a checkpoint now.
    pub checkpoint: bool,
    /// What comes next.
    pub next: Next,
    /// How long the user paused.
    pub paused: Duration,
}

/// What comes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Next {
    /// The next step.
    #[default]
    Step,
    /// Another decision: the user still pauses, or waits for the checkpoint.
    Wait,
    /// The end, with a checkpoint.
    Stop,
    /// The end; there is a checkpoint of this step already.
    Leave,
}
