//! The trainer thread: commands in, notices out, a fence around panics. It writes the run's folder, so that what is on
//! disk never depends on a screen; curves are read from there, also by the screen of the same process.

use crate::engine::report::Outcome;
use crate::experiment::Experiment;
use std::path::PathBuf;

/// What a user may ask of the trainer.
#[derive(Clone, Debug)]
pub enum Command {
    /// Trains an experiment as a new run in the runs folder.
    Start(Box<Experiment>),
    /// Goes on with an interrupted or stopped run from its last checkpoint.
    Resume(PathBuf),
    /// Waits after the current step.
    Pause,
    /// Goes on after a pause.
    Continue,
    /// Writes a checkpoint after the current step.
    Checkpoint,
    /// Ends the run after the current step, with a checkpoint.
    Stop,
}

/// What the trainer says besides what it writes into the run's folder.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// The data set is being opened or the network built; no run folder yet.
    Preparing(String),
    /// The run's folder exists and training starts.
    Started {
        /// The run's folder.
        dir: PathBuf,
    },
    /// The experiment was not started; nothing was written.
    Refused(String),
    /// Training waits.
    Paused,
    /// Training goes on.
    Continued,
    /// Something went wrong that training survives, such as a full disk.
    Warning(String),
    /// The run is over and its folder whole.
    Finished {
        /// The run's folder.
        dir: PathBuf,
        /// How it ended.
        outcome: Outcome,
        /// Why, where there is more to say.
        reason: Option<String>,
    },
}

/// A running trainer thread, or a stand-in in tests: two channels of plain values.
#[derive(Debug)]
pub struct Handle {
    /// To the trainer.
    pub commands: std::sync::mpsc::Sender<Command>,
    /// From the trainer.
    pub notices: std::sync::mpsc::Receiver<Notice>,
}
