//! Opening a data set with all that it is judged by.

use super::open_alone::open_alone;
use super::{Data, DataError, DataSet, Validation, Watch, judged, validation};
use crate::engine::threads;

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
