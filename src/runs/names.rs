//! Which run a user means by a name or a part of one; other things that have names are chosen the same way.

use super::folder::is_run_name;
use super::{CHECKPOINTS, ENVIRONMENT, EVENTS, EXPERIMENT, NOTES, Notes, RunError, SWEEP, id_of};
use crate::disk::untrusted::{self, Links};
use caseless::Caseless;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

/// No experiment is larger than so many bytes.
const LARGEST: u64 = 1 << 20;

/// The run that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its folder.
    pub dir: PathBuf,
    /// Whether it was named in full: by its folder or the last part of that, its name or its experiment's, letter by letter, or
    /// by its place among the newest.
    pub exact: bool,
    /// What it is called, and its folder.
    pub full: String,
}

/// One of several things that have names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its place among them.
    pub at: usize,
    /// Whether it was named in full, letter by letter.
    pub exact: bool,
}

/// The one run that a user means: by its folder's name; by the name that its notes give it or its experiment has; by the last
/// part of its folder's name; by the path of a folder; by `last`, or `last-2` for the second before it; or by a part of a name
/// that no other has.
///
/// # Errors
/// [`RunError::Unknown`], or [`RunError::Ambiguous`] also where two runs have the whole name.
pub fn locate(runs: &Path, name: impl AsRef<OsStr>) -> Result<Found, RunError> {
    let name = name.as_ref();
    let folders: Vec<OsString> = folders(runs)?.into_iter().collect();
    if folders.iter().any(|folder| folder == name) {
        return Ok(Found::of(runs.join(name), true));
    }
    let names: Vec<Vec<String>> = folders.iter().map(|f| called(&runs.join(f))).collect();
    let wanted = name.to_string_lossy();
    let chosen = choose(&names, &wanted);
    let dir = |at: usize| runs.join(&folders[at]);
    match chosen {
        Ok(Choice { at, exact: true }) => Ok(Found::of(dir(at), true)),
        _ if Path::new(name).join(EXPERIMENT).is_file() => {
            // The user named it: a link is as good.
            let whole = fs::canonicalize(name).unwrap_or_else(|_| PathBuf::from(name));
            Ok(Found::of(whole, true))
        }
        chosen => match newest(folders.len(), &wanted).map_or(chosen, Ok) {
            Ok(Choice { at, exact }) => Ok(Found::of(dir(at), exact)),
            Err(several) if several.is_empty() => Err(RunError::unknown(&wanted, runs)),
            Err(several) => Err(RunError::Ambiguous {
                name: wanted.into_owned(),
                candidates: several.into_iter().map(|at| full(&dir(at))).collect(),
            }),
        },
    }
}

/// The place that `last` or `last-N` means among so many folders, whose names sort by time.
fn newest(folders: usize, wanted: &str) -> Option<Choice> {
    let before = match wanted.strip_prefix("last")? {
        "" => 0,
        before => before.strip_prefix('-')?.parse().ok()?,
    };
    let at = folders.checked_sub(1)?.checked_sub(before)?;
    Some(Choice { at, exact: true })
}

impl Found {
    fn of(dir: PathBuf, exact: bool) -> Self {
        let full = full(&dir);
        Self { dir, exact, full }
    }
}

/// What a run in a folder is called, and its folder: nobody takes it for another.
#[must_use]
pub fn full(dir: &Path) -> String {
    // The name that the user gave it goes before that of its experiment.
    let names = called(dir);
    titled(names.get(1).map_or("", String::as_str), &id_of(dir))
}

/// A title and the name of a folder as one.
pub(super) fn titled(title: &str, id: &str) -> String {
    if title.is_empty() || title == id {
        id.to_owned()
    } else {
        // In quotes, so that none passes for two or steers a terminal.
        format!("{title:?} ({id})")
    }
}

/// The names of the run in a folder: first the folder's, then that of its notes, then that of its experiment.
pub(super) fn called(dir: &Path) -> Vec<String> {
    if untrusted::folder(dir).is_err() {
        return vec![id_of(dir)];
    }
    let notes = Notes::load(&dir.join(NOTES)).unwrap_or_default();
    let names = [id_of(dir), notes.name, experiment(dir)];
    names.into_iter().filter(|name| !name.is_empty()).collect()
}

/// The name of the run's experiment, also where this program can't train that.
fn experiment(dir: &Path) -> String {
    #[derive(Default, Deserialize)]
    struct Named {
        #[serde(default)]
        name: String,
    }
    let text = untrusted::text(&dir.join(EXPERIMENT), Links::Refuse, LARGEST).unwrap_or_default();
    let read = super::ron_options().from_str::<Named>(&text);
    read.unwrap_or_default().name
}

/// The folders that are runs, or were to be: hidden ones are being made, or were thrown away.
pub(super) fn folders(dir: &Path) -> Result<BTreeSet<OsString>, RunError> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(e) => return Err(RunError::io(dir, &e)),
    };
    Ok(entries
        .flatten()
        .filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."))
        .filter(|entry| is_folder(entry) && is_run(&entry.path()))
        .map(|entry| entry.file_name())
        .collect())
}

/// Whether it is a folder, or a link to one.
fn is_folder(entry: &fs::DirEntry) -> bool {
    let kind = entry.file_type();
    kind.is_ok_and(|kind| kind.is_dir() || (kind.is_symlink() && entry.path().is_dir()))
}

/// Whether anything in a folder is a run's: systems and servers keep folders of their own on disks.
fn is_run(dir: &Path) -> bool {
    let ours = [EXPERIMENT, EVENTS, ENVIRONMENT, NOTES, SWEEP, CHECKPOINTS];
    ours.iter()
        .any(|file| match fs::symlink_metadata(dir.join(file)) {
            Ok(_) => true,
            // What may not be looked into is one of ours where it is named so.
            Err(e) => e.kind() == io::ErrorKind::PermissionDenied && is_run_name(&id_of(dir)),
        })
}

/// Whether something with these names is meant.
type Fits<'a, N> = &'a dyn Fn(&[N]) -> bool;

/// Which of several things is meant, each with its names: that with this name, first of all as its first; else the only run whose
/// folder ends with it; else the only one with this name but for capitals; else the only one of whose names it is a part.
///
/// # Errors
/// The places of those that it could be: none or several.
pub fn choose<N: AsRef<str>>(all: &[Vec<N>], wanted: &str) -> Result<Choice, Vec<usize>> {
    if wanted.is_empty() {
        return Err(Vec::new());
    }
    let (same, like) = (composed(wanted), folded(wanted));
    // Signs alone are part of too much.
    let says = like.chars().any(char::is_alphanumeric);
    let first = |names: &[N]| names.first().is_some_and(|n| composed(n.as_ref()) == same);
    let any = |names: &[N]| names.iter().any(|n| composed(n.as_ref()) == same);
    let tail = |names: &[N]| {
        names
            .first()
            .is_some_and(|n| last_part(n.as_ref()) == Some(wanted))
    };
    let alike = |names: &[N]| names.iter().any(|n| folded(n.as_ref()) == like);
    let part = |names: &[N]| says && names.iter().any(|n| folded(n.as_ref()).contains(&like));
    let ways: [(bool, Fits<N>); 5] = [
        (true, &first),
        (true, &any),
        (true, &tail),
        (false, &alike),
        (false, &part),
    ];
    for (exact, fits) in ways {
        let fitting: Vec<usize> = (0..all.len()).filter(|&at| fits(&all[at])).collect();
        match fitting.as_slice() {
            [] => {}
            [at] => return Ok(Choice { at: *at, exact }),
            _ => return Err(fitting),
        }
    }
    Err(Vec::new())
}

/// What tells a run's folder from others of the same second and name.
fn last_part(folder: &str) -> Option<&str> {
    let (_, last) = folder.rsplit_once('-').filter(|_| is_run_name(folder))?;
    Some(last)
}

/// The text with each letter and its accents as one, as most programs write them.
fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// The text without the difference between capitals and small letters, in any script.
fn folded(text: &str) -> String {
    text.nfd().default_case_fold().nfc().collect()
}

#[cfg(test)]
mod tests;
