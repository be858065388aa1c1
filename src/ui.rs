//! The workbench in the terminal: edit an experiment, train it, watch it, find it again, compare it.
//!
//! [`app::App`] holds the [`screens`] and does what they want; `terminal` owns the screen's modes and the loop. Only
//! this layer names ratatui and crossterm.

pub mod app;
pub mod axis;
pub mod backend;
pub mod background;
mod begin;
pub mod bench;
pub mod canvas;
pub mod clock;
pub mod config;
mod copy;
mod curves;
mod evaluations;
mod frame;
mod insight;
pub mod intent;
pub mod keymap;
pub mod keys;
pub mod lens;
pub mod live;
pub mod memory;
pub mod nearest;
pub mod overlay;
pub mod palette;
pub mod pictures;
mod prompt;
pub mod screen_id;
pub mod screens;
pub mod shared;
pub mod sight;
mod status;
pub mod symbols;
mod terminal;
pub mod text;
pub mod theme;
pub mod vary;
pub mod waiting;
pub mod widgets;
mod write;

use crate::experiment::FileError;
use crate::machine::capacity::Capacity;
use crate::queue::StartWorker;
use crate::runs::Listing;
use crate::trainer::Handle;
use app::{App, Parts};
use clock::Clock;
use config::{Config, ConfigError};
use memory::Memory;
use screens::experiment::ExperimentScreen;
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

/// Opens the workbench and stays until the user leaves; returns what is then to be told on the terminal.
///
/// # Errors
/// A sentence, when there is no terminal, when it fails, or when the experiment file can't be used.
pub fn run(options: &Options, trainer: Handle) -> Result<Option<String>, UiError> {
    let experiment = match &options.experiment {
        Some(path) => ExperimentScreen::of_file(path)?,
        None => ExperimentScreen::default(),
    };
    let theme = options.config.theme()?;
    let keys = options.config.keymap(theme.symbols);
    let parts = Parts {
        trainer,
        listing: Listing::follow(&options.runs),
        clock: Clock::System,
        theme,
        background: options.background,
        worker: options.worker,
    };
    let mut app = App::new(parts, experiment);
    if let Some(path) = memory::default_path() {
        app.remember(Memory::read(&path));
    }
    app.shared.keys = keys;
    app.shared.capacity = Capacity::look();
    // Whoever asked for an experiment is not led away from it.
    app.greet(options.experiment.is_none());
    if options.experiment.is_none() {
        app.take_up_draft();
    }
    terminal::run(app, options)
}
