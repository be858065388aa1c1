//! Opening a data set with all that it is judged by.

use super::open_alone::open_alone;
use super::{Data, DataError, DataSet, Validation, Watch, judged, validation};
use crate::engine::threads;
use rayon::ThreadPoolBuilder;

/// Opens a data set: finds its files, checks them and applies the limits.
///
/// # Errors
/// A sentence that names the path and what would be right.
pub fn open(data: &Data) -> Result<DataSet, DataError> {
    open_watched(data, &Watch::new(&|_| true))
}

/// The same, watched by somebody who may end it.
///
/// # Errors
/// As [`open`], and [`DataError::Stopped`].
pub fn open_watched(data: &Data, watch: &Watch) -> Result<DataSet, DataError> {
    // Whoever opens data to train on them chooses a device as well, and is told there.
    let _ = threads::start();
    if !data.source.needs_path() {
        return opened(data, watch);
    }
    // Threads of its own: those of all may be at another data set for minutes, which this one would wait for, deaf to a stop.
    let own = ThreadPoolBuilder::new().num_threads(rayon::current_num_threads());
    match own.build() {
        Ok(own) => own.install(|| opened(data, watch)),
        Err(_) => opened(data, watch),
    }
}

fn opened(data: &Data, watch: &Watch) -> Result<DataSet, DataError> {
    let mut set = open_alone(data, watch)?;
    if data.is_judged_elsewhere() {
        set = judged::apart(set, data, watch)?;
    }
    set.notes.extend(set.unjudged().map(str::to_owned));
    match &data.validation {
        Validation::Share(share) => Ok(validation::hold_out(set, *share)),
        Validation::Path(path) => judged::chosen_by(set, path, data, watch),
    }
}
