//! What screens want done; only the app does it.

use crate::experiment::Experiment;
use crate::runs::{NewRun, Request};
use crate::sweep::slurm::Order;
use crate::ui::saved_state::HistoryColumns;
use crate::ui::screen_id::ScreenId;
use crate::ui::sweep_draft::Vary;
use crate::ui::task::Task;
use std::path::PathBuf;

/// What a screen wants done; only the app does it.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Show another screen.
    Go(ScreenId),
    /// Train a new run.
    Train(Box<NewRun>),
    /// Go on with the run in this folder.
    Resume(PathBuf),
    /// Do what takes a while.
    Begin(Task),
    /// Have the user edit the experiment as this text.
    Write(String),
    /// Have the user read a page.
    Read(Page),
    /// Ask whoever trains this run to do something.
    Control(String, Request),
    /// Stop what is being prepared, of which there is no run yet.
    CallOff,
    /// Show this run and ask whether to stop it.
    AskToStop(String),
    /// Show this run on the Train screen, or follow our own again.
    Show(Option<String>),
    /// Mark the run for comparison, or unmark it.
    Mark(String),
    /// Unmark all.
    Unmark,
    /// Edit a copy of this run's experiment.
    Fork(String),
    /// Edit an experiment that has this name.
    Edit(Box<Experiment>, String),
    /// Put a sweep, by name or path and at a scale, at the end of the queue.
    Enqueue(String, Option<String>),
    /// Put this experiment alone at the end of the queue.
    Wait(Box<Experiment>),
    /// Put the sweep of some values around this experiment, under this name, into the queue.
    Vary(Box<Experiment>, String, Vary),
    /// Change the queue.
    Queue(QueueChange),
    /// Give jobs of Slurm an order.
    Slurm(Order, Vec<String>),
    /// Change what the user says of these runs.
    Annotate(Vec<String>, NoteChange),
    /// Move these runs into the trash.
    Delete(Vec<String>),
    /// Bring back the run that was deleted last.
    Undelete,
    /// Remember that this experiment file was opened or saved.
    Opened(PathBuf),
    /// Remember the columns of the list of runs and their order.
    Remember(HistoryColumns),
    /// Put a text on the clipboard.
    Copy(String),
    /// Ask the user first.
    Ask(Question),
    /// Tell the user news.
    Say(String),
    /// Tell the user why something can't be done.
    Refuse(String),
}

/// A text in a box that scrolls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// Its lines, the first of them a heading.
    pub lines: Vec<String>,
}

/// What training in the queue means.
pub const IN_BACKGROUND: &str = "They train in the background, even after you leave; on the Sweeps screen P pauses the queue, and g, then d removes the sweep.";

/// What the user is asked, and what follows a yes.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The question.
    pub title: String,
    /// What it means, in sentences.
    pub words: Vec<String>,
    /// What is done then.
    pub yes: Vec<Intent>,
}

/// A change of the queue; items go by their ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueChange {
    /// Take an item out; one that is being trained after its step, where it is to be stopped.
    Remove(String, bool),
    /// Move an item so many places down.
    Shift(String, isize),
    /// Have an item that failed wait again.
    Retry(String),
    /// Begin nothing new, or go on.
    Pause,
    /// Go on, with a worker where none lives.
    Work,
}

/// What the user says of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoteChange {
    /// A name in place of the experiment's; empty for none.
    Name(String),
    /// These tags in place of those; others stay.
    Tags {
        /// What was shown to be changed.
        was: Vec<String>,
        /// What is wanted.
        now: Vec<String>,
    },
    /// A note.
    Note(String),
    /// Whether it is put away.
    Archived(bool),
}
