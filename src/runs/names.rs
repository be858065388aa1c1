//! Which run a user means by a name or a part of one.

use super::folder::slug;
use super::{EXPERIMENT, NOTES, Notes, Run, RunError};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Opens the one run that a user means, without reading the others; names as in [`locate`].
///
/// # Errors
/// As [`locate`].
pub fn find(runs: &Path, name: &str) -> Result<Run, RunError> {
    locate(runs, name).map(|dir| Run::open(&dir))
}

/// The folder of the one run that a user means, by its name, that of its experiment, a unique beginning, ending or part of it, or by the folder.
///
/// # Errors
/// [`RunError::Unknown`] or [`RunError::Ambiguous`].
pub fn locate(runs: &Path, name: &str) -> Result<PathBuf, RunError> {
    let ids: Vec<String> = folders(runs)?.into_iter().collect();
    let names: Vec<&str> = ids.iter().map(String::as_str).collect();
    match choose(&names, name) {
        Ok(at) => Ok(runs.join(&ids[at])),
        Err(_) if Path::new(name).join(EXPERIMENT).is_file() => Ok(PathBuf::from(name)),
        Err(RunError::Unknown(_)) => renamed(runs, &names, name),
        Err(error) => Err(error),
    }
}

/// The only one that its notes call so.
fn renamed(runs: &Path, ids: &[&str], name: &str) -> Result<PathBuf, RunError> {
    let called = |id: &str| {
        let notes = Notes::load(&runs.join(id).join(NOTES));
        // Notes that give no name have an empty one.
        notes.is_ok_and(|notes| !name.is_empty() && notes.name == name)
    };
    match only(ids, name, called)? {
        Some(at) => Ok(runs.join(ids[at])),
        None => Err(RunError::Unknown(name.to_owned())),
    }
}

/// The place of the only one that fits what is wanted, if any does.
fn only(
    names: &[&str],
    wanted: &str,
    fits: impl Fn(&str) -> bool,
) -> Result<Option<usize>, RunError> {
    let fitting: Vec<usize> = (0..names.len()).filter(|&at| fits(names[at])).collect();
    match fitting.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        several => Err(RunError::Ambiguous {
            name: wanted.to_owned(),
            candidates: several.iter().map(|&at| names[at].to_owned()).collect(),
        }),
    }
}

/// The folders that are runs, or were to be: hidden ones are being made, or were thrown away.
pub(super) fn folders(dir: &Path) -> Result<BTreeSet<String>, RunError> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(e) => return Err(RunError::io(dir, &e)),
    };
    Ok(entries
        .flatten()
        .filter(is_folder)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect())
}

/// Whether it is a folder, or a link to one.
fn is_folder(entry: &fs::DirEntry) -> bool {
    let kind = entry.file_type();
    kind.is_ok_and(|kind| kind.is_dir() || (kind.is_symlink() && entry.path().is_dir()))
}

/// Which of the names is meant: the same, else the only one whose experiment is called so, else that begins so, ends so or contains it.
pub(super) fn choose(names: &[&str], wanted: &str) -> Result<usize, RunError> {
    let unknown = || RunError::Unknown(wanted.to_owned());
    if wanted.is_empty() {
        return Err(unknown());
    }
    let ways: [fn(&str, &str) -> bool; 5] = [
        |name, wanted| name == wanted,
        |name, wanted| experiment(name) == Some(&slug(wanted)),
        |name, wanted| name.starts_with(wanted),
        |name, wanted| name.ends_with(wanted),
        |name, wanted| name.contains(wanted),
    ];
    for way in ways {
        if let Some(at) = only(names, wanted, |name| way(name, wanted))? {
            return Ok(at);
        }
    }
    Err(unknown())
}

/// The experiment's part of a name, which stands between date and time and what tells runs of one second apart.
fn experiment(name: &str) -> Option<&str> {
    let (experiment, _) = name.splitn(3, '-').nth(2)?.rsplit_once('-')?;
    Some(experiment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_experiment_goes_before_a_part_of_another() {
        let names = [
            "20261126-014810-like-c284",
            "20261126-014811-unlike-24c6",
            "20261126-014812-crop-only-24c7",
            "20261126-014813-only-24c8",
            "20261126-014814-twice-24c9",
            "20261126-014815-twice-24ca",
        ];
        let chosen = |wanted| choose(&names, wanted).ok();
        assert_eq!(chosen("like"), Some(0));
        assert_eq!(chosen("crop-only"), Some(2));
        assert_eq!(chosen("Crop only"), Some(2), "as it was typed");
        assert_eq!(chosen("only"), Some(3));
        assert_eq!(chosen("crop"), Some(2), "a part");
        assert_eq!(chosen("24c8"), Some(3), "an ending");
        assert_eq!(chosen("twice"), None, "there are two");
        assert_eq!(chosen("twice-24ca"), Some(5));
    }
}
