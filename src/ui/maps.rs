//! The map of the run that is explored, read again when it changes on disk.

use crate::runs::Run;
use crate::runs::map::Map;
use std::path::PathBuf;
use std::time::SystemTime;

/// The newest map that was looked at.
#[derive(Debug, Default)]
pub struct Maps {
    of: PathBuf,
    time: Option<SystemTime>,
    map: Option<Map>,
}

impl Maps {
    /// Looks at the map of a run in a representation; tells whether it is another.
    pub fn look(&mut self, run: &Run, space: &str) -> bool {
        let path = Map::path(&run.dir, space);
        let time = std::fs::metadata(&path)
            .and_then(|file| file.modified())
            .ok();
        if path == self.of && time == self.time {
            return false;
        }
        self.map = time.and_then(|_| Map::read(&run.dir, space));
        (self.of, self.time) = (path, time);
        true
    }

    /// The map of a run in a representation, if there is one and it was looked at.
    #[must_use]
    pub fn of(&self, run: &Run, space: &str) -> Option<&Map> {
        self.map
            .as_ref()
            .filter(|_| self.of == Map::path(&run.dir, space))
    }
}
