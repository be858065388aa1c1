//! The folder of one run, held by its trainer.

use super::lock::{self, Held};
use super::{
    CHECKPOINTS, ENVIRONMENT, EVENTS, EXPERIMENT, Environment, LogWriter, NewRun, RunError,
};
use crate::disk::untrusted::{Links, entries, folder, is_plain, own_folder};
use crate::disk::{random, sweep, sync_folder, write_own};
use crate::engine::checkpoint::{Checkpoint, CheckpointError};
use crate::experiment::{Experiment, file};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How the names of checkpoints to go on from begin.
const STEP: &str = "step-";
/// How the names of checkpoints end.
const SAFETENSORS: &str = ".safetensors";
/// Checkpoints to go on from that always stay: the newest, and the one before in case it is damaged.
const KEPT: usize = 2;

/// The file of a checkpoint to go on from; names sort as their steps do.
#[must_use]
pub fn step_checkpoint(step: u64) -> String {
    format!("{STEP}{step:08}{SAFETENSORS}")
}

/// The step of a checkpoint to go on from, by its file name.
#[must_use]
pub fn step_of(path: &Path) -> Option<u64> {
    let file = path.file_name()?.to_str()?;
    let digits = file.strip_prefix(STEP)?.strip_suffix(SAFETENSORS)?;
    digits.parse().ok()
}

/// The files in a run's folder of checkpoints with the size of each, in the order of their names.
#[must_use]
pub fn stored(dir: &Path) -> Vec<(String, u64)> {
    let entries = entries(&dir.join(CHECKPOINTS)).into_iter().flatten();
    let mut files: Vec<_> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let meta = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some((entry.file_name().to_string_lossy().into_owned(), meta.len()))
        })
        .collect();
    files.sort();
    files
}

/// Bytes that a run's files take; `None` where its folder can't be read.
#[must_use]
pub fn disk_bytes(dir: &Path) -> Option<u64> {
    let size = |entry: io::Result<fs::DirEntry>| {
        let entry = entry.ok()?;
        let meta = entry.metadata().ok()?;
        if meta.is_dir() {
            disk_bytes(&entry.path())
        } else {
            Some(meta.len())
        }
    };
    Some(entries(dir).ok()?.filter_map(size).sum())
}

/// The checkpoints in a run's folder that it can go on from, the newest first; none where the folder can't be read.
#[must_use]
pub fn checkpoints(dir: &Path) -> Vec<PathBuf> {
    let entries = entries(&dir.join(CHECKPOINTS)).into_iter().flatten();
    let mut paths: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| step_of(path).is_some())
        .collect();
    paths.sort_by_key(|path| std::cmp::Reverse(step_of(path)));
    paths
}

/// What was found to go on from: the newest checkpoint in a run's folder that is whole, and the newer ones that aren't, with the reason.
pub type Newest = (
    Option<(PathBuf, Checkpoint)>,
    Vec<(PathBuf, CheckpointError)>,
);

/// Reads the newest whole checkpoint in the folder of a run, whose experiment this is.
#[must_use]
pub fn newest(dir: &Path, experiment: &Experiment) -> Newest {
    let mut passed = Vec::new();
    for path in checkpoints(dir) {
        match Checkpoint::read(&path, Links::Refuse, &experiment.model, &experiment.head) {
            Ok(checkpoint) => return (Some((path, checkpoint)), passed),
            Err(why) => passed.push((path, why)),
        }
    }
    (None, passed)
}

/// A run's folder with its lock: while this lives, no other process trains the run.
#[derive(Debug)]
pub struct RunFolder {
    id: String,
    dir: PathBuf,
    log: LogWriter,
    _lock: Held,
}

impl RunFolder {
    /// Makes the folder of a new run, complete before anybody sees it.
    ///
    /// # Errors
    /// A sentence, when the runs folder can't be written, or the run is there already.
    pub fn create(
        runs: &Path,
        run: impl Into<NewRun>,
        environment: &Environment,
    ) -> Result<Self, RunError> {
        let run = run.into();
        fs::create_dir_all(runs).map_err(|e| RunError::io(runs, &e))?;
        let (id, hidden) = match &run.name {
            Some(name) => claim_named(runs, name)?,
            None => claim(runs, &run.experiment.name)?,
        };
        let dir = runs.join(&id);
        let made = furnish(&hidden, &run, environment).and_then(|made| {
            let moved = fs::rename(&hidden, &dir).and_then(|()| sync_folder(runs));
            moved.map_err(|e| RunError::io(&dir, &e)).map(|()| made)
        });
        if made.is_err() {
            // Half a folder is of no use to anybody, and why it is half is what the user has to hear.
            let _ = fs::remove_dir_all(&hidden);
        }
        let (lock, log) = made?;
        Ok(Self {
            id,
            dir,
            log,
            _lock: lock,
        })
    }

    /// Takes an existing run's folder, to train it on.
    ///
    /// # Errors
    /// [`RunError::Locked`] while another process, or another thread of this one, trains it.
    pub fn resume(dir: &Path) -> Result<Self, RunError> {
        let id = super::id_of(dir);
        folder(dir).map_err(|e| RunError::io(dir, &e))?;
        let saved = dir.join(EXPERIMENT);
        if !saved.is_file() {
            let why = format!("{}: no run is saved here", saved.display());
            return Err(RunError::Broken(why));
        }
        let lock = lock::take(dir)?;
        sweep(&dir.join(CHECKPOINTS));
        let events = dir.join(EVENTS);
        let log = LogWriter::open(&events).map_err(|e| RunError::io(&events, &e))?;
        Ok(Self {
            id,
            dir: dir.to_owned(),
            log,
            _lock: lock,
        })
    }

    /// Where it is.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The run's name: that of the folder.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The run's event log.
    pub const fn log(&mut self) -> &mut LogWriter {
        &mut self.log
    }

    /// Whether the folder, or the log in it, was deleted or moved away: what is written from here on is not kept.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        let look = fs::symlink_metadata(self.dir.join(EVENTS));
        look.is_err_and(|e| e.kind() == io::ErrorKind::NotFound)
    }

    /// Puts a checkpoint that can't be read out of the way and returns its new name: a run that goes on from an older
    /// one must not meet it again, for its steps will have been done anew.
    ///
    /// # Errors
    /// When it can't be renamed.
    pub fn set_aside(&self, checkpoint: &Path) -> io::Result<String> {
        let aside = checkpoint.with_extension("damaged");
        fs::rename(checkpoint, &aside)?;
        let name = aside.file_name().unwrap_or_default().to_string_lossy();
        Ok(name.into_owned())
    }

    /// Removes the checkpoints to go on from that are not needed any more: all but the newest two and those at a
    /// multiple of `for_good` steps (0: none).
    pub fn forget_checkpoints(&self, for_good: u64) {
        let needless = |path: &PathBuf| {
            let step = step_of(path).unwrap_or_default();
            for_good == 0 || !step.is_multiple_of(for_good)
        };
        let old = checkpoints(&self.dir).into_iter().skip(KEPT);
        for path in old.filter(needless) {
            // It goes the next time.
            let _ = fs::remove_file(path);
        }
    }

    /// Writes a checkpoint that is whole or absent, and returns its size.
    ///
    /// # Errors
    /// A sentence, when the disk is full or the folder gone; an older file of this name is then still there.
    pub fn write_checkpoint(&mut self, file: &str, bytes: &[u8]) -> Result<u64, RunError> {
        // A resume goes on behind the checkpoint's step, so the points before it have to last as well. A log that can't
        // be synced says so at the next record; the weights are worth more than it.
        let _ = self.log.sync();
        let folder = self.dir.join(CHECKPOINTS);
        let path = folder.join(file);
        // Not the run's folder: one that was deleted under way must not come back as a broken run.
        own_folder(&folder)
            .and_then(|()| write_own(&path, bytes))
            .map_err(|e| RunError::io(&path, &e))?;
        Ok(bytes.len() as u64)
    }
}

/// A name for the folder of a run that is made now; no other run has it, as far as anybody can tell.
#[must_use]
pub fn fresh_name(name: &str) -> String {
    let time = jiff::ZonedDateTime::now()
        .strftime("%Y%m%d-%H%M%S")
        .to_string();
    format!("{time}-{}-{:04x}", slug(name), random() & 0xffff)
}

/// Whether it is such a name, wherever it was read.
#[must_use]
pub fn is_run_name(name: &str) -> bool {
    // What file systems take.
    const LONGEST: usize = 255;
    let digits = |part: &str, n| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
    let mut parts = name.splitn(3, '-');
    let dated = parts.next().is_some_and(|date| digits(date, 8))
        && parts.next().is_some_and(|time| digits(time, 6));
    let short = name.len() <= LONGEST;
    dated && short && parts.next().is_some() && is_plain(name) && !name.contains(char::is_control)
}

/// Finds a name that is free and takes it, as a hidden folder at first.
fn claim(runs: &Path, name: &str) -> Result<(String, PathBuf), RunError> {
    loop {
        let id = fresh_name(name);
        if runs.join(&id).exists() {
            continue;
        }
        let hidden = runs.join(format!(".{id}"));
        match fs::create_dir(&hidden) {
            Ok(()) => return Ok((id, hidden)),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(RunError::io(&hidden, &e)),
        }
    }
}

/// Takes a name that was chosen before, as a hidden folder at first; one that a crash left half is made anew.
fn claim_named(runs: &Path, name: &str) -> Result<(String, PathBuf), RunError> {
    // What isn't such a name may be a path to anywhere, and the folder that it hides is removed.
    if !is_run_name(name) {
        let why = format!("{name:?} is not the name of a run's folder");
        return Err(RunError::Broken(why));
    }
    let hidden = runs.join(format!(".{name}"));
    if fs::symlink_metadata(runs.join(name)).is_ok() {
        return Err(RunError::Occupied(name.to_owned()));
    }
    let cleared = match fs::remove_dir_all(&hidden) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        cleared => cleared,
    };
    cleared
        .and_then(|()| fs::create_dir(&hidden))
        .map_err(|e| RunError::io(&hidden, &e))?;
    Ok((name.to_owned(), hidden))
}

fn furnish(
    dir: &Path,
    run: &NewRun,
    environment: &Environment,
) -> Result<(Held, LogWriter), RunError> {
    let lock = lock::take(dir)?;
    let write = |name: &str, text: String| {
        let path = dir.join(name);
        write_own(&path, text.as_bytes()).map_err(|e| RunError::io(&path, &e))
    };
    write(EXPERIMENT, file::to_text(&run.experiment))?;
    write(ENVIRONMENT, environment.to_text())?;
    run.sweep.as_ref().map_or(Ok(()), |of| of.save(dir))?;
    let events = dir.join(EVENTS);
    let mut log = LogWriter::open(&events).map_err(|e| RunError::io(&events, &e))?;
    log.sync().map_err(|e| RunError::io(&events, &e))?;
    Ok((lock, log))
}

/// Bytes of a name in that of a folder; file systems take 255 in all.
const LONGEST: usize = 120;

/// The name in what every file system takes: small letters and digits of any script, with single hyphens between them.
pub(super) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().nfc().take(40) {
        if slug.len() + c.len_utf8() > LONGEST {
            break;
        }
        // A mark belongs to the letter before it.
        let mark = is_combining_mark(c) && !slug.is_empty() && !slug.ends_with('-');
        if c.is_alphanumeric() || mark {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "untitled".to_owned()
    } else {
        slug.to_owned()
    }
}

#[cfg(test)]
mod tests;
