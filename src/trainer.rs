//! The trainer thread: commands in, notices out, a fence around panics. It writes the run's folder, so that what is on
//! disk never depends on a screen; curves are read from there, also by the screen of the same process.

mod failure;
mod gauges;
mod job;
mod opening;
mod recorder;
mod takeover;

use crate::engine::data::Progress;
use crate::engine::loader::Loader;
use crate::engine::report::Outcome;
use crate::engine::threads::HINT;
use crate::experiment::Experiment;
use crate::runs::{NewRun, Request};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};

/// What a user may ask of the trainer.
#[derive(Clone, Debug)]
pub enum Command {
    /// Trains a new run in the runs folder.
    Train(Box<NewRun>),
    /// Goes on with an interrupted or stopped run from its last checkpoint. An experiment says what is other now of all that doesn't
    /// shape the numbers, such as the device, and where the data are; they have to be the same images.
    Resume(PathBuf, Option<Box<Experiment>>),
    /// Goes on with a run that another process trains, once that one has handed it over.
    TakeOver(PathBuf),
    /// Asks something of the run that is being trained.
    Ask(Request),
}

/// What the trainer says besides what it writes into the run's folder.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// The data set is being opened or the network built; no run folder yet.
    Preparing(String),
    /// So far the data set is opened.
    Opening(Progress),
    /// The run's folder exists and training starts.
    Started {
        /// The run's folder.
        dir: PathBuf,
    },
    /// The experiment was not started; nothing was written.
    Refused(String),
    /// It was asked to stop before training began; nothing was written.
    CalledOff,
    /// Training waits.
    Paused,
    /// Training goes on.
    Continued,
    /// Something went wrong that training survives, such as a full disk.
    Warning(String),
    /// The run goes on in another process, which asked for it.
    HandedOver {
        /// The run's folder.
        dir: PathBuf,
    },
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
    pub commands: Sender<Command>,
    /// From the trainer.
    pub notices: Receiver<Notice>,
}

/// Starts the trainer thread, which trains one run at a time into the runs folder.
///
/// # Errors
/// A sentence when the system refuses another thread.
pub fn spawn(runs: PathBuf) -> Result<Handle, String> {
    let (commands, received) = mpsc::channel();
    let (said, notices) = mpsc::channel();
    let work = move || {
        Trainer {
            runs,
            loader: None,
            asked: Vec::new(),
            commands: received,
            notices: said,
        }
        .serve();
    };
    std::thread::Builder::new()
        .name(THREAD.to_owned())
        .spawn(work)
        .map_err(|e| format!("the trainer's thread can't be started ({e}); {HINT}"))?;
    Ok(Handle { commands, notices })
}

/// Name of the trainer's thread, by which a panic hook can tell that the panic is caught.
pub const THREAD: &str = "trainer";

/// The thread's own state.
struct Trainer {
    runs: PathBuf,
    /// The loader and how many threads it was made with; its threads outlive a run.
    loader: Option<(usize, Loader)>,
    /// What was asked before training began.
    asked: Vec<Request>,
    commands: Receiver<Command>,
    notices: Sender<Notice>,
}

/// Why no other run is begun.
const BUSY: &str = "a run is in progress; stop it first, or wait until it is done";

impl Trainer {
    /// Waits for work until nobody is left to ask for any.
    fn serve(mut self) {
        while let Ok(command) = self.commands.recv() {
            match command {
                Command::Train(run) => self.start(*run),
                Command::Resume(dir, other) => self.resume(&dir, other.map(|e| *e)),
                Command::TakeOver(dir) => self.take_over(&dir),
                // It came too late: nothing is being trained.
                Command::Ask(_) => {}
            }
        }
    }

    /// Tells whoever listens; that nobody does is no reason to stop training.
    fn say(&self, notice: Notice) {
        let _ = self.notices.send(notice);
    }
}
