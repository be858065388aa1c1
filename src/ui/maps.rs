//! The maps of the runs that are explored, read again when they change on disk.

use crate::runs::Run;
use crate::runs::map::Map;
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::SystemTime;

/// The maps that were looked at last, each with the time of its file.
#[derive(Debug, Default)]
pub struct Maps(HashMap<PathBuf, (Option<SystemTime>, Option<Map>)>);

impl Maps {
    /// Looks at the maps of the runs in some folders in a representation, and forgets all others; tells whether one is
    /// another.
    pub fn look(&mut self, runs: &[PathBuf], space: &str) -> bool {
        let before = self.0.len();
        let paths: Vec<PathBuf> = runs.iter().map(|run| Map::path(run, space)).collect();
        self.0.retain(|path, _| paths.contains(path));
        let mut news = before != self.0.len();
        for (run, path) in runs.iter().zip(paths) {
            let file = std::fs::metadata(&path);
            let time = file.and_then(|file| file.modified()).ok();
            if self.0.get(&path).is_none_or(|(known, _)| *known != time) {
                let map = time.and_then(|_| Map::read(run, space));
                self.0.insert(path, (time, map));
                news = true;
            }
        }
        news
    }

    /// The map of a run in a representation, if there is one and it was looked at.
    #[must_use]
    pub fn of(&self, run: &Run, space: &str) -> Option<&Map> {
        self.0.get(&Map::path(&run.dir, space))?.1.as_ref()
    }
}
