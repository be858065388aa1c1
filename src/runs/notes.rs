//! What the user says of a run, `notes.ron`: never written by the trainer.

use super::RunError;
use crate::disk::write_whole;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The newest format of `notes.ron`.
pub const FORMAT: u64 = 1;

/// The user's name, tags and note for a run. Every field may be missing from a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notes {
    /// Version of the file's format.
    pub format: u64,
    /// A name in place of the experiment's; empty for none.
    pub name: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Free text.
    pub note: String,
    /// Whether the run is put away.
    pub archived: bool,
}

impl Default for Notes {
    fn default() -> Self {
        Self {
            format: FORMAT,
            name: String::new(),
            tags: Vec::new(),
            note: String::new(),
            archived: false,
        }
    }
}

impl Notes {
    /// Reads the notes of a run; without a file there are none.
    ///
    /// # Errors
    /// A sentence with the file's path, when it is there and can't be read.
    pub fn load(path: &Path) -> Result<Self, RunError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(e) => return Err(RunError::io(path, &e)),
        };
        super::ron_options()
            .from_str(&text)
            .map_err(|e| RunError::Broken(format!("{}:{e}", path.display())))
    }

    /// Writes the notes of a run.
    ///
    /// # Errors
    /// A sentence with the file's path.
    pub fn save(&self, path: &Path) -> Result<(), RunError> {
        write_whole(path, super::ron_text(self).as_bytes()).map_err(|e| RunError::io(path, &e))
    }
}
