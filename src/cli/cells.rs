//! Cells of a run that several tables have.

use super::output::Style;
use super::table::Cell;
use crate::runs::fact::epoch;
use crate::runs::{Run, Status};

/// The word for a status in its colour.
pub fn status(status: Status) -> Cell {
    let style = match status {
        Status::Running | Status::Paused => Style::Live,
        Status::Completed => Style::Good,
        Status::Failed | Status::Broken => Style::Bad,
        Status::Stopped | Status::Interrupted => Style::Plain,
    };
    Cell::styled(style, status.name())
}

/// Whole epochs done, and all of them.
pub fn epochs(run: &Run) -> String {
    let done = epoch(&run.series).map_or(0.0, f64::floor);
    run.experiment
        .as_ref()
        .map_or_else(|| "-".to_owned(), |e| format!("{done}/{}", e.train.epochs))
}
