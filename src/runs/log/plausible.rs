//! Whether a run can have said what a file says of it. Whoever wrote the file, nothing that reckons with these numbers
//! overflows.

use super::Record;
use crate::engine::report::{Begin, Checkpoint, Point, Report};

/// More than any run has of anything: exact as a real number, and so is its product with a few others.
const MOST: u64 = 1 << 40;

/// Whether so many steps, images or bytes can be.
pub const fn count(count: u64) -> bool {
    count <= MOST
}

/// Whether it is a moment, in seconds since 1970: before the year 9999.
pub fn moment(at: f64) -> bool {
    (0.0..2.5e11).contains(&at)
}

/// Whether so many epochs or seconds can have passed.
pub fn span(of: f64) -> bool {
    (0.0..1e12).contains(&of)
}

/// What is known when training starts.
pub fn begin(of: &Begin) -> bool {
    let images = [of.train_images, of.test_images, of.classes, of.parameters];
    let steps = [of.step, of.steps, of.steps_per_epoch];
    images.into_iter().chain(steps).all(count) && of.rate.is_finite()
}

/// A checkpoint of a run.
pub const fn checkpoint(of: &Checkpoint) -> bool {
    count(of.step) && count(of.bytes)
}

/// A record of a log.
pub fn record(of: &Record) -> bool {
    let said = match &of.report {
        Report::Begin(report) => begin(report),
        Report::Point(Point {
            step,
            epoch,
            elapsed,
            ..
        }) => count(*step) && span(*epoch) && span(*elapsed),
        Report::Checkpoint(report) => checkpoint(report),
        Report::End(end) => end.fits.is_none_or(count),
        Report::Note(_) | Report::Paused | Report::Resumed => true,
    };
    said && moment(of.at)
}
