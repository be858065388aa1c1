//! Without a subcommand: the workbench.

use super::output::Screen;
use super::{CliError, Exit, Result, background};
use crate::ui::config::Config;
use crate::{trainer, ui};
use std::path::PathBuf;

/// Opens the workbench with its trainer, until the user leaves.
pub fn open(
    runs: PathBuf,
    experiment: Option<PathBuf>,
    config: Config,
    mouse: bool,
    out: &mut Screen,
) -> Result {
    let trainer = trainer::spawn(runs.clone()).map_err(CliError::Failed)?;
    let options = ui::Options {
        runs,
        experiment,
        background: background::start,
        worker: background::start_worker,
        task: background::task,
        config,
        mouse,
    };
    let parting = ui::run(&options, trainer).map_err(|e| match e {
        ui::UiError::Experiment(_) | ui::UiError::Config(_) => CliError::Input(e.to_string()),
        _ => CliError::Failed(e.to_string()),
    })?;
    for line in parting.iter().flat_map(|text| text.lines()) {
        out.line(line)?;
    }
    Ok(Exit::Done)
}
