//! The trainer thread: commands in, notices out, a fence around panics. It writes the run's folder, so that what is on
//! disk never depends on a screen; curves are read from there, also by the screen of the same process.

mod failure;
mod gauges;
mod job;
mod recorder;
mod takeover;

use crate::engine::loader::Loader;
use crate::engine::report::Outcome;
use crate::engine::threads::HINT;
use crate::experiment::Experiment;
use crate::runs::{NewRun, Origin, Request};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};

/// What a user may ask of the trainer.
#[derive(Clone, Debug)]
pub enum Command {
    /// Trains an experiment as a new run in the runs folder.
    Start(Box<Experiment>),
    /// Trains an experiment that comes from a run, in this folder, as a new run: other data than that run's are worth a
    /// warning.
    Rerun(Box<Experiment>, PathBuf),
    /// Trains an experiment of a sweep as a new run that knows its sweep.
    Case(Box<Experiment>, Box<Origin>),
    /// Trains an experiment as a new run with a name that was chosen before.
    Named(Box<Experiment>, String),
    /// Goes on with an interrupted or stopped run from its last checkpoint.
    Resume(PathBuf),
    /// The same with what of its experiment doesn't shape the numbers as this one has it, such as the device, and with the data
    /// where this one says; they have to be the same images.
    ResumeWith(PathBuf, Box<Experiment>),
    /// Goes on with a run that another process trains, once that one has handed it over.
    TakeOver(PathBuf),
    /// Waits after the current step.
    Pause,
    /// Goes on after a pause.
    Continue,
    /// Writes a checkpoint after the current step.
    Checkpoint,
    /// Ends the run after the current step, with a checkpoint.
    Stop,
    /// Lets go of the run after the current step, with a checkpoint, for another process to go on with.
    HandOver,
}

impl From<Request> for Command {
    fn from(request: Request) -> Self {
        match request {
            Request::Pause => Self::Pause,
            Request::Continue => Self::Continue,
            Request::Checkpoint => Self::Checkpoint,
            Request::Stop => Self::Stop,
            Request::HandOver => Self::HandOver,
        }
    }
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
    commands: Receiver<Command>,
    notices: Sender<Notice>,
}

impl Trainer {
    /// Waits for work until nobody is left to ask for any.
    fn serve(mut self) {
        while let Ok(command) = self.commands.recv() {
            match command {
                Command::Start(experiment) => self.start(*experiment, None, NewRun::Plain),
                Command::Rerun(experiment, of) => self.start(*experiment, Some(&of), NewRun::Plain),
                Command::Case(experiment, of) => {
                    self.start(*experiment, None, NewRun::OfSweep(&of));
                }
                Command::Named(experiment, name) => {
                    self.start(*experiment, None, NewRun::Named(&name));
                }
                Command::Resume(dir) => self.resume(&dir, None),
                Command::ResumeWith(dir, experiment) => self.resume(&dir, Some(*experiment)),
                Command::TakeOver(dir) => self.take_over(&dir),
                Command::Pause
                | Command::Continue
                | Command::Checkpoint
                | Command::Stop
                | Command::HandOver => {}
            }
        }
    }

    /// Tells whoever listens; that nobody does is no reason to stop training.
    fn say(&self, notice: Notice) {
        let _ = self.notices.send(notice);
    }
}
