//! All runs in the runs folder, kept up to date at little cost.

use super::{EXPERIMENT, Run, RunError};
use crate::experiment::Experiment;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Runs that have ended are looked at in turn, each at every so many refreshes: they seldom change.
const TURNS: usize = 8;
/// A folder changed within this time may have changed again without a new time stamp.
const COARSE: Duration = Duration::from_secs(2);

/// The runs of one runs folder, newest first.
#[derive(Debug, Default)]
pub struct Listing {
    /// The runs folder.
    pub dir: PathBuf,
    /// Its runs, newest first, broken ones among them.
    pub runs: Vec<Run>,
    /// Why the folder itself can't be read; a missing one is empty.
    pub trouble: Option<String>,
    scanned: Option<SystemTime>,
    turn: usize,
}

impl Listing {
    /// Reads all runs in a folder; one that is not there has none.
    #[must_use]
    pub fn open(dir: &Path) -> Self {
        let mut listing = Self {
            dir: dir.to_owned(),
            ..Self::default()
        };
        listing.rescan();
        listing
    }

    /// Looks for new, changed and vanished runs; whether there were any. Meant to be called several times a second.
    pub fn refresh(&mut self) -> bool {
        let mut changed = self.rescan();
        self.turn = (self.turn + 1) % TURNS;
        for (nth, run) in self.runs.iter_mut().enumerate() {
            if !run.is_settled() || nth % TURNS == self.turn {
                changed |= run.refresh();
            }
        }
        changed
    }

    /// The run with this name, or a unique beginning, ending or part of it, or in this folder.
    ///
    /// # Errors
    /// [`RunError::Unknown`] or [`RunError::Ambiguous`].
    pub fn resolve(&self, name: &str) -> Result<&Run, RunError> {
        let ids: Vec<&str> = self.runs.iter().map(|run| run.id.as_str()).collect();
        match choose(&ids, name) {
            Ok(at) => Ok(&self.runs[at]),
            Err(error) => self.at(Path::new(name)).ok_or(error),
        }
    }

    /// The runs of the same experiment, whatever its name and device; see [`Experiment::identity`].
    pub fn same<'a>(&'a self, identity: &'a str) -> impl Iterator<Item = &'a Run> {
        self.runs.iter().filter(move |run| {
            let own = run.experiment.as_ref().map(Experiment::identity);
            own.as_deref() == Some(identity)
        })
    }

    fn at(&self, dir: &Path) -> Option<&Run> {
        let dir = fs::canonicalize(dir).ok()?;
        let mut runs = self.runs.iter();
        runs.find(|run| fs::canonicalize(&run.dir).is_ok_and(|d| d == dir))
    }

    fn rescan(&mut self) -> bool {
        let changed = fs::metadata(&self.dir).and_then(|meta| meta.modified());
        let changed = changed.ok();
        let settled = changed.and_then(|t| t.elapsed().ok());
        if changed.is_some() && changed == self.scanned && settled.is_some_and(|age| age > COARSE) {
            return false;
        }
        let found = folders(&self.dir);
        self.trouble = found.as_ref().err().map(ToString::to_string);
        let Ok(found) = found else { return false };
        self.scanned = changed;
        self.keep(&found)
    }

    /// Opens the folders that are new and drops the runs whose folders are gone.
    fn keep(&mut self, found: &BTreeSet<String>) -> bool {
        let before = self.runs.len();
        self.runs.retain(|run| found.contains(&run.id));
        let gone = self.runs.len() < before;
        let known: BTreeSet<&str> = self.runs.iter().map(|run| run.id.as_str()).collect();
        let new = found.iter().filter(|id| !known.contains(id.as_str()));
        let new: Vec<Run> = new.map(|id| Run::open(&self.dir.join(id))).collect();
        let come = !new.is_empty();
        self.runs.extend(new);
        if come {
            self.runs.sort_by(|a, b| {
                let newest = b.created.total_cmp(&a.created);
                newest.then_with(|| b.id.cmp(&a.id))
            });
        }
        gone || come
    }
}

/// Opens the one run that a user means, without reading the others; names as in [`Listing::resolve`], and any folder.
///
/// # Errors
/// [`RunError::Unknown`] or [`RunError::Ambiguous`].
pub fn find(runs: &Path, name: &str) -> Result<Run, RunError> {
    let ids: Vec<String> = folders(runs)?.into_iter().collect();
    let names: Vec<&str> = ids.iter().map(String::as_str).collect();
    match choose(&names, name) {
        Ok(at) => Ok(Run::open(&runs.join(&ids[at]))),
        Err(_) if Path::new(name).join(EXPERIMENT).is_file() => Ok(Run::open(Path::new(name))),
        Err(error) => Err(error),
    }
}

/// The folders that are runs, or were to be: hidden ones are being made, or were thrown away.
fn folders(dir: &Path) -> Result<BTreeSet<String>, RunError> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(e) => return Err(RunError::io(dir, &e)),
    };
    Ok(entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect())
}

/// Which of the names is meant: the same, else the only one that begins so, else that ends so, else that contains it.
fn choose(names: &[&str], wanted: &str) -> Result<usize, RunError> {
    let unknown = || RunError::Unknown(wanted.to_owned());
    if wanted.is_empty() {
        return Err(unknown());
    }
    let ways: [fn(&str, &str) -> bool; 4] = [
        |name, wanted| name == wanted,
        |name, wanted| name.starts_with(wanted),
        |name, wanted| name.ends_with(wanted),
        |name, wanted| name.contains(wanted),
    ];
    for way in ways {
        let fitting: Vec<usize> = (0..names.len())
            .filter(|&at| way(names[at], wanted))
            .collect();
        match fitting.as_slice() {
            [] => {}
            [one] => return Ok(*one),
            several => {
                let candidates = several.iter().map(|&at| names[at].to_owned()).collect();
                let name = wanted.to_owned();
                return Err(RunError::Ambiguous { name, candidates });
            }
        }
    }
    Err(unknown())
}
