//! One run as a viewer sees it: read from its folder, in this process or another.

mod memory;
mod stamps;

use super::lock::{self, State};
use super::names;
use super::{
    ENVIRONMENT, EVENTS, EXPERIMENT, Environment, Follower, NOTES, Notes, Origin, RunError, Series,
    log,
};
use crate::engine::report::Outcome;
use crate::experiment::{self, Experiment, FileError};
pub(super) use memory::Memory;
use stamps::Stamps;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How a run stands. Derived from its folder whenever asked, never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// A trainer is at it.
    Running,
    /// A trainer waits for its user.
    Paused,
    /// All its steps were done.
    Completed,
    /// The user stopped it.
    Stopped,
    /// Something went wrong.
    Failed,
    /// Its trainer died; it can be resumed.
    Interrupted,
    /// Its folder can't be read.
    Broken,
}

impl Status {
    /// The word on screens and in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
            Self::Broken => "broken",
        }
    }

    /// Whether a trainer lives.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Running | Self::Paused)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One run. Whatever is wrong with its folder, it is a run that says so.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its name: that of its folder.
    pub id: String,
    /// Its folder.
    pub dir: PathBuf,
    /// What was trained.
    pub experiment: Option<Experiment>,
    /// With what it was trained.
    pub environment: Option<Environment>,
    /// The sweep that it belongs to.
    pub origin: Option<Origin>,
    /// What its log says so far; of a run that has ended it may be an outline, see [`is_whole`](Self::is_whole).
    pub series: Series,
    /// How it stands.
    pub status: Status,
    /// Why it can't be read, when it can't.
    pub broken: Option<String>,
    /// What the user says of it.
    pub notes: Notes,
    /// When it was made, in seconds since 1970.
    pub created: f64,
    /// Records of its log that were lost to damage.
    pub damaged: usize,
    follower: Follower,
    /// Why the experiment can't be read.
    unreadable: Option<String>,
    notes_changed: Option<SystemTime>,
    /// The files that it was read from, as they were then.
    stamps: Stamps,
}

impl Run {
    /// Opens the run in a folder. This never fails: what can't be read is a broken run with its reason.
    #[must_use]
    pub fn open(dir: &Path) -> Self {
        let environment = (!is_linked(dir)).then(|| Environment::load(&dir.join(ENVIRONMENT)).ok());
        let mut run = Self::unread(dir, environment.flatten());
        run.refresh();
        run
    }

    /// A run whose log and notes are still to be read.
    fn unread(dir: &Path, environment: Option<Environment>) -> Self {
        let started = environment.as_ref().map(|e| e.started);
        Self {
            id: super::id_of(dir),
            dir: dir.to_owned(),
            experiment: None,
            created: started.filter(|s| *s > 0.0).unwrap_or_else(|| made(dir)),
            environment,
            origin: Some(dir).filter(|dir| !is_linked(dir)).and_then(Origin::of),
            series: Series::default(),
            status: Status::Broken,
            broken: None,
            notes: Notes::default(),
            damaged: 0,
            follower: Follower::open(&dir.join(EVENTS)),
            unreadable: None,
            notes_changed: None,
            stamps: Stamps::default(),
        }
    }

    /// Reads what is new in the folder; whether anything was.
    pub fn refresh(&mut self) -> bool {
        if !self.is_whole() {
            return self.glance();
        }
        let before = (self.status, self.broken.clone(), self.damaged);
        if is_linked(&self.dir) {
            self.broken = Some(linked(&self.dir));
            return before.1 != self.broken;
        }
        // The lock first: a trainer writes its end before it lets go, so a free lock means that the log says all.
        let lock = lock::look(&self.dir);
        let found = self.read_experiment();
        let read = self.read_log();
        if found || read {
            self.stamps = Stamps::of(&self.dir).with_log_read(self.follower.read());
        }
        let news = read | self.read_notes();
        let newer = self.follower.format().filter(|f| *f > log::FORMAT);
        self.broken = self.unreadable.clone().or_else(|| newer.map(too_new));
        if let (None, Some(why)) = (&self.broken, self.follower.trouble()) {
            self.broken = Some(format!("{}: {why}", self.dir.join(EVENTS).display()));
        }
        self.status = self.derive(lock);
        news || before != (self.status, self.broken.clone(), self.damaged)
    }

    /// The user's name for it, else that of its experiment, else that of its folder.
    #[must_use]
    pub fn title(&self) -> &str {
        let named = Some(self.notes.name.as_str()).filter(|name| !name.is_empty());
        named
            .or(self.experiment.as_ref().map(|e| e.name.as_str()))
            .unwrap_or(&self.id)
    }

    /// Its title and its folder: nobody takes it for another.
    #[must_use]
    pub fn full(&self) -> String {
        names::titled(self.title(), &self.id)
    }

    /// The newest kNN accuracy in percent, if something was learnt by then.
    #[must_use]
    pub fn last_knn(&self) -> Option<f64> {
        let last = self.series.last("knn").filter(|s| s.step > 0);
        last.map(|s| s.value)
    }

    /// The best kNN accuracy in percent.
    #[must_use]
    pub fn best_knn(&self) -> Option<f64> {
        self.series.best("knn").map(|s| s.value)
    }

    /// The mean loss of the last epoch.
    #[must_use]
    pub fn epoch_loss(&self) -> Option<f64> {
        self.series.figure("loss")
    }

    /// Whether it ended, and nothing in its folder is expected to change but by the user's hand.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        !self.status.is_live()
    }

    /// Records of its log that only a newer program understands; not known of an outline.
    #[must_use]
    pub const fn newer_records(&self) -> usize {
        self.follower.newer()
    }

    /// Changes what the user says of it.
    ///
    /// # Errors
    /// A sentence, when that can't be read or written; the old words then still hold.
    pub fn annotate(&mut self, change: impl FnOnce(&mut Notes)) -> Result<(), RunError> {
        let path = self.dir.join(NOTES);
        self.notes = Notes::edit(&path, change)?;
        self.notes_changed = changed(&path);
        Ok(())
    }

    /// Reads the experiment if that is still to be done; whether it now is.
    fn read_experiment(&mut self) -> bool {
        if self.experiment.is_some() && self.dir.is_dir() {
            return false;
        }
        let read = experiment::file::stored(&self.dir.join(EXPERIMENT));
        self.unreadable = read.as_ref().err().map(FileError::in_a_line);
        let found = read.is_ok();
        // A run whose folder was deleted keeps what was known of it.
        self.experiment = read.ok().or(self.experiment.take());
        found
    }

    fn read_log(&mut self) -> bool {
        let (mut news, series) = (false, &mut self.series);
        self.follower.each(&mut |told| {
            news = true;
            match told {
                log::News::Restart => *series = Series::default(),
                log::News::Record(record) => series.apply(&record),
            }
        });
        self.damaged = self.follower.damaged();
        news
    }

    fn read_notes(&mut self) -> bool {
        let path = self.dir.join(NOTES);
        let changed = changed(&path);
        if changed == self.notes_changed {
            return false;
        }
        self.notes_changed = changed;
        // Notes that can't be read must not hide the run.
        self.notes = Notes::load(&path).unwrap_or_default();
        true
    }

    fn derive(&self, lock: State) -> Status {
        let live = lock == State::Held || (lock == State::Unknown && self.log_is_fresh());
        match (&self.broken, &self.series.end) {
            (Some(_), _) => Status::Broken,
            (None, Some(end)) => match end.outcome {
                Outcome::Completed => Status::Completed,
                Outcome::Stopped => Status::Stopped,
                Outcome::Failed => Status::Failed,
            },
            (None, None) if live && self.series.paused => Status::Paused,
            (None, None) if live => Status::Running,
            (None, None) => Status::Interrupted,
        }
    }

    /// Where a file system has no locks, a log that grew in the last minutes is the best sign of life.
    fn log_is_fresh(&self) -> bool {
        let changed = changed(&self.dir.join(EVENTS));
        // The clock of a file server may be ahead of ours.
        let age = changed.map(|at| at.elapsed().unwrap_or_else(|ahead| ahead.duration()));
        age.is_some_and(|age| age < Duration::from_mins(5))
    }
}

/// Opens the one run that a user means, without reading the logs of others; names as in [`locate`](names::locate).
///
/// # Errors
/// As [`locate`](names::locate).
pub fn find(runs: &Path, name: impl AsRef<OsStr>) -> Result<Run, RunError> {
    names::locate(runs, name).map(|found| Run::open(&found.dir))
}

/// Whether what is named as a run's folder is a link to another.
fn is_linked(dir: &Path) -> bool {
    fs::symlink_metadata(dir).is_ok_and(|meta| meta.is_symlink())
}

/// Its folder may be anybody's, and what is written into it lands there.
fn linked(dir: &Path) -> String {
    format!(
        "{} is a link, which isn't followed here; move the run's folder itself into the runs folder, or name it by its path",
        dir.display()
    )
}

fn too_new(format: u64) -> String {
    format!(
        "its log has format {format}, and this program reads up to {}: a newer simclr-tui wrote it",
        log::FORMAT
    )
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|meta| meta.modified()).ok()
}

/// When the folder was made or last changed, for a run that can't say.
fn made(dir: &Path) -> f64 {
    let time = fs::metadata(dir).and_then(|meta| meta.created().or_else(|_| meta.modified()));
    time.ok()
        .and_then(|t| t.duration_since(SystemTime::UNIX_EPOCH).ok())
        .map_or(0.0, |d| d.as_secs_f64())
}
