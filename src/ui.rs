//! The workbench in the terminal: edit an experiment, train it, watch it, find it again, compare it.
//!
//! [`app::App`] holds the [`screens`] and does what they want; `terminal` owns the screen's modes and the loop. Only
//! this layer names ratatui and crossterm.

pub mod app;
pub mod axis;
pub mod backend;
pub mod background;
pub mod chart_view;
mod clipboard;
pub mod clock;
pub mod config;
mod curves;
pub mod draw_context;
mod evaluations;
mod frame;
pub mod intent;
pub mod keymap;
pub mod keys;
pub mod live;
pub mod maps;
pub mod meters;
pub mod nearest;
pub mod notify;
mod options;
pub mod overlay;
pub mod palette;
pub mod pictures;
mod prompt;
pub mod queue_state;
mod run_remarks;
mod save_dialog;
pub mod saved_state;
pub mod screen_id;
pub mod screens;
pub mod shared;
pub mod slurm;
mod status;
mod status_line;
pub mod sweep_draft;
pub mod symbols;
pub mod task;
mod terminal;
pub mod terminal_info;
pub mod theme;
mod welcome;
pub mod widgets;

pub use options::{Options, UiError};

use crate::machine::capacity::Capacity;
use crate::runs::Listing;
use crate::trainer::Handle;
use app::{App, Parts};
use clock::Clock;
use meters::Meters;
use saved_state::SavedState;
use screens::experiment::ExperimentScreen;

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
        task: options.task,
    };
    let mut app = App::new(parts, experiment);
    if let Some(path) = saved_state::default_path() {
        app.remember(SavedState::read(&path));
    }
    app.shared.keys = keys;
    app.notifier = options.config.notifier();
    app.shared.capacity = Capacity::look();
    app.shared.meters = Some(Meters::default());
    app.go_on(options.experiment.is_some());
    // Whoever asked for an experiment is not led away from it.
    app.greet(options.experiment.is_none());
    app.tell_colours();
    terminal::run(app, options)
}
