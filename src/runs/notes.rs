//! What the user says of a run, `notes.ron`: never written by the trainer.

use super::{RunError, lock};
use crate::disk::untrusted;
use crate::disk::write_own;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The newest format of `notes.ron`.
pub const FORMAT: u64 = 1;
/// Whose lock whoever changes the notes holds for a moment, beside them.
const CHANGE: &str = "notes.lock";
/// No notes of ours are larger than so many bytes.
const LARGEST: u64 = 1 << 20;

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
        if std::fs::symlink_metadata(path).is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound)
        {
            return Ok(Self::default());
        }
        super::ron_file(path, LARGEST)
    }

    /// Changes the notes in a file as they are now, which another process may have changed, and keeps others from doing so meanwhile.
    ///
    /// # Errors
    /// A sentence with the file's path, when it can't be read or written, or a newer program wrote it: its words are kept.
    pub fn edit(path: &Path, edit: impl FnOnce(&mut Self)) -> Result<Self, RunError> {
        let folder = path.parent().unwrap_or(path);
        untrusted::folder(folder).map_err(|e| RunError::io(folder, &e))?;
        let change = folder.join(CHANGE);
        let _held = lock::await_file(&change).map_err(|e| RunError::io(&change, &e))?;
        let mut notes = Self::load(path)?;
        if notes.format > FORMAT {
            let why = format!(
                "{} has format {}, and this program writes {FORMAT}: a newer simclr-tui wrote it",
                path.display(),
                notes.format
            );
            return Err(RunError::Broken(why));
        }
        edit(&mut notes);
        notes.name = notes.name.trim().to_owned();
        notes.note = notes.note.trim().to_owned();
        notes.tags = tidy(&notes.tags);
        notes.save(path)?;
        Ok(notes)
    }

    /// Writes the notes of a run.
    ///
    /// # Errors
    /// A sentence with the file's path.
    pub fn save(&self, path: &Path) -> Result<(), RunError> {
        write_own(path, super::ron_text(self).as_bytes()).map_err(|e| RunError::io(path, &e))
    }
}

/// The tags in a text, with commas between them.
#[must_use]
pub fn tags(text: &str) -> Vec<String> {
    let tags: Vec<String> = text.split(',').map(str::to_owned).collect();
    tidy(&tags)
}

/// Each tag once, and none that is empty.
fn tidy(tags: &[String]) -> Vec<String> {
    let mut tidy: Vec<String> = Vec::new();
    for tag in tags.iter().map(|tag| tag.trim()) {
        if !tag.is_empty() && !tidy.iter().any(|t| t == tag) {
            tidy.push(tag.to_owned());
        }
    }
    tidy
}
