//! Deleted runs: they lie in a hidden folder beside the others until the user empties it.

use super::{Run, RunError, id_of, lock, names, now};
use crate::disk::sync_folder;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of deleted runs in the runs folder.
pub const TRASH: &str = ".trash";

/// A deleted run.
#[derive(Clone, Debug, PartialEq)]
pub struct Thrown {
    /// The name that it had.
    pub id: String,
    /// When it was deleted, in seconds since 1970.
    pub at: f64,
    /// Where it lies now.
    pub dir: PathBuf,
}

impl Thrown {
    /// Its place says when it was thrown away and what it was.
    fn of(dir: PathBuf) -> Option<Self> {
        let name = id_of(&dir);
        let (millis, id) = name.split_once('~')?;
        Some(Self {
            id: id.to_owned(),
            at: millis.parse::<u64>().ok()? as f64 / 1000.0,
            dir,
        })
    }

    /// Removes it for good.
    ///
    /// # Errors
    /// A sentence, when not all of it can be removed.
    pub fn destroy(&self) -> Result<(), RunError> {
        let link = fs::symlink_metadata(&self.dir).is_ok_and(|meta| meta.is_symlink());
        let removed = if link {
            fs::remove_file(&self.dir)
        } else {
            fs::remove_dir_all(&self.dir)
        };
        removed.map_err(|e| RunError::io(&self.dir, &e))
    }
}

/// The deleted runs of a runs folder, the newest first.
///
/// # Errors
/// A sentence, when the trash can't be read.
pub fn list(runs: &Path) -> Result<Vec<Thrown>, RunError> {
    let trash = runs.join(TRASH);
    let entries = match fs::read_dir(&trash) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(RunError::io(&trash, &e)),
    };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut thrown: Vec<Thrown> = paths.filter_map(Thrown::of).collect();
    thrown.sort_by(|a, b| b.at.total_cmp(&a.at).then_with(|| b.id.cmp(&a.id)));
    Ok(thrown)
}

/// Moves a run into the trash.
///
/// # Errors
/// A sentence, when it is being trained, lies elsewhere, or can't be moved; it is then where it was.
pub fn throw(runs: &Path, dir: &Path) -> Result<Thrown, RunError> {
    let id = id_of(dir);
    let own = fs::canonicalize(runs.join(&id)).ok();
    if own.is_none() || own != fs::canonicalize(dir).ok() {
        return Err(RunError::Elsewhere(dir.display().to_string()));
    }
    // Held until it is away, so that no trainer takes it meanwhile.
    let held = lock::take(dir);
    match held {
        Err(RunError::Locked(_)) => return Err(RunError::Living(id)),
        // Where no lock can be taken, such as in a folder that may only be read, the run's own word has to do.
        Err(_) if Run::open(dir).status.is_live() => return Err(RunError::Living(id)),
        _ => {}
    }
    let trash = runs.join(TRASH);
    // A clock that went back must not make this anything but the newest.
    let newest = list(runs)?.first().map_or(0.0, |thrown| thrown.at);
    let millis = (now().max(newest) * 1000.0).round() as u64 + 1;
    let to = trash.join(format!("{millis}~{id}"));
    let moved = fs::create_dir_all(&trash)
        .and_then(|()| fs::rename(runs.join(&id), &to))
        .and_then(|()| sync_folder(&trash))
        .and_then(|()| sync_folder(runs));
    moved.map_err(|e| RunError::io(&runs.join(&id), &e))?;
    Thrown::of(to).ok_or(RunError::Unknown(id))
}

/// The deleted run that a user means: by a part of its name as in [`locate`](super::locate), the newest of equal names.
///
/// # Errors
/// [`RunError::NotThrown`] or [`RunError::Ambiguous`].
pub fn find(runs: &Path, name: &str) -> Result<Thrown, RunError> {
    let mut thrown = list(runs)?;
    let mut ids: Vec<&str> = thrown.iter().map(|t| t.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let id = match names::choose(&ids, name) {
        Ok(at) => ids[at].to_owned(),
        Err(RunError::Unknown(name)) => return Err(RunError::NotThrown(name)),
        Err(error) => return Err(error),
    };
    let at = thrown.iter().position(|t| t.id == id);
    at.map(|at| thrown.swap_remove(at))
        .ok_or(RunError::NotThrown(id))
}

/// Puts a deleted run back where it was, and returns where that is.
///
/// # Errors
/// A sentence, when a run of that name is there or it can't be moved.
pub fn restore(runs: &Path, thrown: &Thrown) -> Result<PathBuf, RunError> {
    let dir = runs.join(&thrown.id);
    if fs::symlink_metadata(&dir).is_ok() {
        return Err(RunError::Occupied(thrown.id.clone()));
    }
    fs::rename(&thrown.dir, &dir)
        .and_then(|()| sync_folder(runs))
        .map_err(|e| RunError::io(&thrown.dir, &e))?;
    Ok(dir)
}

/// Bytes that a folder takes, links not followed; what can't be read counts for nothing.
#[must_use]
pub fn size(dir: &Path) -> u64 {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| Some((entry.path(), entry.metadata().ok()?)))
        .map(|(path, meta)| {
            if meta.is_dir() {
                size(&path)
            } else {
                meta.len()
            }
        })
        .sum()
}

#[cfg(test)]
mod tests;
