//! How the workbench is opened, and why it can't be.

use crate::experiment::FileError;
use crate::queue::StartWorker;
use crate::ui::background;
use crate::ui::config::{Config, ConfigError};
use crate::ui::task;
use std::path::PathBuf;
use thiserror::Error;

/// How the workbench is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of all runs.
    pub runs: PathBuf,
    /// The experiment file to open with; without one, the first preset.
    pub experiment: Option<PathBuf>,
    /// How a run goes on in the background when the user leaves.
    pub background: background::Start,
    /// How the queue is worked in the background.
    pub worker: StartWorker,
    /// How evaluations, exports and reports are made.
    pub task: task::Start,
    /// How the user wants it.
    pub config: Config,
    /// Whether clicks and the wheel are taken; the terminal's own selection then needs Shift.
    pub mouse: bool,
}

/// Why the workbench can't be opened or had to end.
#[derive(Debug, Error)]
pub enum UiError {
    /// There is no terminal to draw on.
    #[error(
        "the workbench needs a terminal for input and output; `simclr-tui run FILE.ron` trains without one"
    )]
    NoTerminal,
    /// The experiment file can't be used.
    #[error(transparent)]
    Experiment(#[from] FileError),
    /// The settings can't be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The terminal refused to be drawn on.
    #[error("the terminal failed: {0}")]
    Terminal(#[from] std::io::Error),
}
