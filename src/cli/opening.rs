//! Opening a data set where somebody looks on: how far it is, and Ctrl-C.

use super::interrupt::on_interrupt;
use super::output::{beside, complain};
use super::{CliError, Result};
use crate::engine::data::{self, Data, DataSet, Progress, Seldom, Watch};
use crate::machine::signals;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Between two looks at how far it is.
const PACE: Duration = Duration::from_millis(100);

/// Whether what is under way is to end, asked from any thread.
pub type Stop<'a> = dyn Fn() -> bool + Sync + 'a;

/// Opens a data set. Once it is open, an interrupt ends the program on the spot.
pub fn opened(data: &Data) -> Result<DataSet> {
    let interrupted = on_interrupt()?;
    let stop = || interrupted.load(Ordering::Relaxed);
    let opened = watched(false, &stop, |watch| data::open_watched(data, watch));
    signals::end_at_once();
    if stop() {
        return Err(CliError::Interrupted);
    }
    Ok(opened?)
}

/// Does what opens data sets and shows how far it is, in `lines` for a program or beside a bar, until it is to stop.
pub fn watched<T>(lines: bool, stop: &Stop, open: impl FnOnce(&Watch) -> T) -> T {
    let pace = Seldom::every(PACE);
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{wide_msg}") {
        bar.set_style(style);
    }
    let told = |progress: Progress| {
        if !pace.is_due() {
            return true;
        }
        if lines {
            complain(&progress.to_string());
        } else {
            beside(&bar, &progress.to_string());
            bar.tick();
        }
        !stop()
    };
    let opened = open(&Watch::new(&told));
    bar.finish_and_clear();
    opened
}
