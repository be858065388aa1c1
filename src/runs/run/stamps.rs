//! Which files a run was read from, as they were then.

use crate::runs::{EVENTS, EXPERIMENT};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Length and time of change of a file, in nanoseconds since 1970; `None` without the file.
type Stamp = Option<(u64, u64)>;

/// The files that a run is read from. What the user says of it is not among them: that is always read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamps {
    experiment: Stamp,
    events: Stamp,
}

impl Stamps {
    /// The files as they are.
    pub fn of(dir: &Path) -> Self {
        Self {
            experiment: stamp(&dir.join(EXPERIMENT)),
            events: stamp(&dir.join(EVENTS)),
        }
    }

    /// The same with as much of the log as was read: had it grown since, it would count as changed.
    pub fn with_log_read(mut self, bytes: u64) -> Self {
        self.events = self.events.map(|(_, time)| (bytes, time));
        self
    }

    /// Whether there was a log.
    pub const fn have_log(&self) -> bool {
        self.events.is_some()
    }
}

fn stamp(path: &Path) -> Stamp {
    let meta = fs::metadata(path).ok()?;
    let time = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((meta.len(), u64::try_from(time.as_nanos()).ok()?))
}
