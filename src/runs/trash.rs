//! Deleted runs: they lie in a hidden folder beside the others until the user empties it.

use super::{Run, RunError, id_of, lock, names, now};
use crate::disk::untrusted::{entries, own_folder};
use crate::disk::{random, sync_folder};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of deleted runs in the runs folder.
pub const TRASH: &str = ".trash";

/// A deleted run.
#[derive(Clone, Debug, PartialEq)]
pub struct Thrown {
    /// The name that it had, as it is shown.
    pub id: String,
    /// The same as its folder had it.
    folder: OsString,
    /// When it was deleted, in seconds since 1970.
    pub at: f64,
    /// Where it lies now.
    pub dir: PathBuf,
}

/// The latest that a run can have been deleted, in milliseconds: the year 9999. A later one is nobody's clock, and
/// nothing could be deleted after it.
const LATEST: u64 = 253_402_300_799_999;

/// How the names of folders begin that are being removed; no list shows them.
const GOING: &str = ".going-";

impl Thrown {
    /// Its place says when it was thrown away and what it was.
    fn of(dir: &Path) -> Option<Self> {
        let (millis, folder) = parts(dir.file_name()?)?;
        // Whatever lies here may be put back: never as one of our hidden folders, or as the runs folder itself.
        let plain = !folder.is_empty() && !folder.as_encoded_bytes().starts_with(b".");
        let millis: u64 = millis.parse().ok().filter(|millis| *millis <= LATEST)?;
        plain.then_some(Self {
            id: id_of(Path::new(folder)),
            folder: folder.to_owned(),
            at: millis as f64 / 1000.0,
            dir: dir.to_owned(),
        })
    }

    /// Its name in full, as [`names::full`] has it.
    #[must_use]
    pub fn full(&self) -> String {
        let names = names::called(&self.dir);
        names::titled(names.get(1).map_or("", String::as_str), &self.id)
    }

    /// Removes it for good; whether it was still there. Nobody brings it back from when this has begun.
    ///
    /// # Errors
    /// A sentence, when not all of it can be removed.
    pub fn destroy(&self) -> Result<bool, RunError> {
        let going = format!("{GOING}{:016x}", random());
        let going = self.dir.with_file_name(going);
        match fs::rename(&self.dir, &going) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
            renamed => renamed.and_then(|()| remove(&going)),
        }
        .map_err(|e| RunError::io(&self.dir, &e))?;
        Ok(true)
    }
}

/// When a run was thrown away, and its folder's name, by that of its place.
#[cfg(unix)]
fn parts(place: &OsStr) -> Option<(&str, &OsStr)> {
    use std::os::unix::ffi::OsStrExt;
    let bytes = place.as_bytes();
    let at = bytes.iter().position(|byte| *byte == b'~')?;
    let millis = std::str::from_utf8(&bytes[..at]).ok()?;
    Some((millis, OsStr::from_bytes(&bytes[at + 1..])))
}

/// When a run was thrown away, and its folder's name, by that of its place.
#[cfg(not(unix))]
fn parts(place: &OsStr) -> Option<(&str, &OsStr)> {
    let (millis, folder) = place.to_str()?.split_once('~')?;
    Some((millis, OsStr::new(folder)))
}

/// Removes a folder, or a link but not what it leads to.
fn remove(dir: &Path) -> io::Result<()> {
    if fs::symlink_metadata(dir)?.is_dir() {
        fs::remove_dir_all(dir)
    } else {
        fs::remove_file(dir)
    }
}

/// Removes what was being removed when a program was cut off.
pub fn sweep(runs: &Path) {
    for entry in entries(&runs.join(TRASH)).into_iter().flatten().flatten() {
        if entry
            .file_name()
            .as_encoded_bytes()
            .starts_with(GOING.as_bytes())
        {
            // Another process may be at it, and what stays goes the next time.
            let _ = remove(&entry.path());
        }
    }
}

/// The deleted runs of a runs folder, the newest first.
///
/// # Errors
/// A sentence, when the trash can't be read.
pub fn list(runs: &Path) -> Result<Vec<Thrown>, RunError> {
    let trash = runs.join(TRASH);
    let entries = match entries(&trash) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(RunError::io(&trash, &e)),
    };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut thrown: Vec<Thrown> = paths.filter_map(|path| Thrown::of(&path)).collect();
    thrown.sort_by(|a, b| b.at.total_cmp(&a.at).then_with(|| b.id.cmp(&a.id)));
    Ok(thrown)
}

/// Moves a run into the trash.
///
/// # Errors
/// A sentence, when it is being trained, lies elsewhere, or can't be moved; it is then where it was.
pub fn throw(runs: &Path, dir: &Path) -> Result<Thrown, RunError> {
    let id = id_of(dir);
    let Some(own) = in_folder(runs, dir) else {
        return Err(RunError::Elsewhere(dir.display().to_string()));
    };
    // Held until it is away, so that no trainer takes it meanwhile. A link goes, and nothing where it leads to is touched.
    let link = fs::symlink_metadata(&own).is_ok_and(|meta| meta.is_symlink());
    let held = (!link).then(|| lock::take(&own)).transpose();
    match held {
        Err(RunError::Locked(_)) => return Err(RunError::Living(id)),
        // Where no lock can be taken, such as in a folder that may only be read, the run's own word has to do.
        Err(_) if Run::open(&own).status.is_live() => return Err(RunError::Living(id)),
        _ => {}
    }
    let trash = runs.join(TRASH);
    // A clock that went back must not make this anything but the newest.
    let newest = list(runs)?.first().map_or(0.0, |thrown| thrown.at);
    let millis = (now().max(newest) * 1000.0).round() as u64 + 1;
    let mut place = OsString::from(format!("{millis}~"));
    place.push(own.file_name().unwrap_or_default());
    let to = trash.join(place);
    let moved = own_folder(&trash)
        .and_then(|()| fs::rename(&own, &to))
        .and_then(|()| sync_folder(&trash))
        .and_then(|()| sync_folder(runs));
    moved.map_err(|e| RunError::io(&own, &e))?;
    Thrown::of(&to).ok_or_else(|| RunError::unknown(&id, runs))
}

/// Where the run lies in the runs folder, if it does.
fn in_folder(runs: &Path, dir: &Path) -> Option<PathBuf> {
    let own = runs.join(dir.file_name()?);
    let same = fs::canonicalize(&own).ok() == fs::canonicalize(dir).ok();
    (same && fs::symlink_metadata(&own).is_ok()).then_some(own)
}

/// The deleted run that a user means, named as in [`locate`](super::locate), the newest of equal names; and whether it was named in full.
///
/// # Errors
/// [`RunError::NotThrown`] or [`RunError::Ambiguous`].
pub fn find(runs: &Path, name: impl AsRef<OsStr>) -> Result<(Thrown, bool), RunError> {
    let mut all = list(runs)?;
    if let Some(at) = all.iter().position(|one| one.folder == name.as_ref()) {
        return Ok((all.swap_remove(at), true));
    }
    let mut thrown: Vec<Thrown> = Vec::new();
    for one in all {
        if thrown.iter().all(|newer| newer.folder != one.folder) {
            thrown.push(one);
        }
    }
    let names = thrown.iter().map(|one| {
        let mut names = names::called(&one.dir);
        names[0].clone_from(&one.id);
        names
    });
    let name = name.as_ref().to_string_lossy();
    match names::choose(&names.collect::<Vec<_>>(), &name) {
        Ok(choice) => Ok((thrown.swap_remove(choice.at), choice.exact)),
        Err(several) if several.is_empty() => Err(RunError::NotThrown(name.into_owned())),
        Err(several) => Err(RunError::Ambiguous {
            name: name.into_owned(),
            candidates: several.into_iter().map(|at| thrown[at].full()).collect(),
        }),
    }
}

/// Puts a deleted run back where it was, and returns where that is.
///
/// # Errors
/// A sentence, when a run of that name is there, or it can't be moved, or was removed for good meanwhile.
pub fn restore(runs: &Path, thrown: &Thrown) -> Result<PathBuf, RunError> {
    let dir = runs.join(&thrown.folder);
    if fs::symlink_metadata(&dir).is_ok() {
        return Err(RunError::Occupied(thrown.id.clone()));
    }
    match fs::rename(&thrown.dir, &dir).and_then(|()| sync_folder(runs)) {
        Ok(()) => Ok(dir),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Err(RunError::Removed(thrown.id.clone())),
        Err(e) => Err(RunError::io(&thrown.dir, &e)),
    }
}

/// Bytes that a folder takes, links not followed; what can't be read counts for nothing.
#[must_use]
pub fn size(dir: &Path) -> u64 {
    let entries = entries(dir).into_iter().flatten().flatten();
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
