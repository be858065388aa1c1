//! Opening a data set where somebody looks on: how far it is, and Ctrl-C.

use super::interrupt::on_interrupt;
use super::output::beside;
use super::{CliError, Result};
use crate::engine::data::{self, Data, DataError, DataSet, Progress, Seldom, Watch};
use crate::machine::signals;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Between two looks at how far it is.
const PACE: Duration = Duration::from_millis(100);

/// Opens a data set. Once it is open, an interrupt ends the program on the spot.
pub fn opened(data: &Data) -> Result<DataSet> {
    let (interrupted, pace) = (on_interrupt()?, Seldom::every(PACE));
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{wide_msg}") {
        bar.set_style(style);
    }
    let told = |progress: Progress| {
        if pace.is_due() {
            beside(&bar, &progress.to_string());
            bar.tick();
        }
        !interrupted.load(Ordering::Relaxed)
    };
    let opened = data::open_watched(data, &Watch::new(&told));
    bar.finish_and_clear();
    signals::end_at_once();
    if interrupted.load(Ordering::Relaxed) {
        return Err(CliError::Interrupted);
    }
    opened.map_err(|why| match why {
        DataError::Stopped => CliError::Interrupted,
        why => CliError::Input(why.to_string()),
    })
}
