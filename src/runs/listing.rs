//! All runs in the runs folder, kept up to date at little cost.

mod index;
mod reader;

use super::names::folders;
use super::{EVENTS, Notes, Run, RunError, id_of, trash};
use index::Index;
use reader::Reader;
use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::Builder;
use std::time::{Duration, Instant, SystemTime};

/// Runs that have ended are looked at in turn, each at every so many refreshes: they seldom change.
const TURNS: usize = 8;
/// A folder changed within this time may have changed again without a new time stamp.
const COARSE: Duration = Duration::from_secs(2);
/// Logs of so many bytes together are read before the first frame; more are read meanwhile.
const AT_ONCE: u64 = 4 << 20;
/// Of a run that has ended with a longer log only an outline is kept, unless it is looked at.
const LONG: u64 = 1 << 18;
/// So many of the runs looked at last, which have ended, are kept with all of their logs.
const AT_HAND: usize = 8;
/// Between two writes of the index.
const SAVING: Duration = Duration::from_secs(3);

/// The runs of one runs folder, newest first.
#[derive(Debug, Default)]
pub struct Listing {
    /// The runs folder.
    pub dir: PathBuf,
    /// Its runs, newest first, broken ones among them. Of those that have ended only an outline may be at hand.
    pub runs: Vec<Run>,
    /// Why the folder itself can't be read; a missing one is empty.
    pub trouble: Option<String>,
    /// Whether what was read of runs that have ended is kept in the index and taken from there.
    indexed: bool,
    scanned: Option<SystemTime>,
    turn: usize,
    /// Runs whose folders are said to have changed.
    expired: BTreeSet<String>,
    reader: Reader,
    /// The runs that were looked at last, the latest first.
    recent: VecDeque<String>,
    /// Runs that have ended and are not in the index yet.
    unsaved: BTreeSet<String>,
    saved: Option<Instant>,
}

impl Listing {
    /// Reads all runs in a folder by their logs; one that is not there has none.
    #[must_use]
    pub fn open(dir: &Path) -> Self {
        let mut listing = Self {
            dir: dir.to_owned(),
            ..Self::default()
        };
        listing.rescan();
        listing
    }

    /// The runs in a folder as far as lists need them: those that have ended by the index, where it has them. Says first
    /// how many logs have to be read, which takes its time.
    #[must_use]
    pub fn outlined(dir: &Path, tell: impl FnOnce(usize)) -> Self {
        let mut listing = Self {
            dir: dir.to_owned(),
            indexed: true,
            ..Self::default()
        };
        let new = listing.scan().unwrap_or_default();
        let unread = listing.recall(new);
        if !unread.is_empty() {
            tell(unread.len());
        }
        listing.take_in(read_all(&unread, read_briefly));
        if !listing.unsaved.is_empty() {
            let (index, there) = listing.news();
            // In a folder that can't be written the logs are read again next time.
            let _ = index.save(dir, &there);
            listing.unsaved.clear();
        }
        listing
    }

    /// The same for a screen: what would take long is read meanwhile, and comes with [`refresh`](Self::refresh).
    #[must_use]
    pub fn follow(dir: &Path) -> Self {
        let mut listing = Self {
            dir: dir.to_owned(),
            indexed: true,
            ..Self::default()
        };
        listing.rescan();
        listing
    }

    /// Looks for new, changed and vanished runs; whether there were any. Meant to be called several times a second.
    pub fn refresh(&mut self) -> bool {
        let read = self.reader.take();
        let mut changed = !read.is_empty();
        // Before the folder is looked at: a run that has come and isn't taken in yet would be taken for a new one.
        self.take_in(read);
        changed |= self.rescan();
        self.turn = (self.turn + 1) % TURNS;
        for (nth, run) in self.runs.iter_mut().enumerate() {
            let settled = run.is_settled();
            let told = self.expired.contains(&run.id);
            if settled && !told && nth % TURNS != self.turn {
                continue;
            }
            if run.is_stale() {
                self.reader.ask(&run.dir);
                continue;
            }
            changed |= run.refresh();
            if !settled && run.is_settled() {
                self.unsaved.insert(run.id.clone());
            }
        }
        self.expired.clear();
        self.save_at_times();
        changed
    }

    /// Something has changed in a folder: the next refresh looks at it.
    pub fn expire(&mut self, folder: &Path) {
        self.expired.insert(super::id_of(folder));
    }

    /// Whether runs are being read, or are soon to be kept in the index.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        !self.reader.pending().is_empty() || (self.indexed && !self.unsaved.is_empty())
    }

    /// How many runs are still to be read.
    #[must_use]
    pub fn unread(&self) -> usize {
        let known = |id: &&String| !self.runs.iter().any(|run| run.id == **id);
        self.reader.pending().iter().filter(known).count()
    }

    /// Has all of these runs read, and lets go of others that have ended and were not looked at lately.
    pub fn want(&mut self, ids: &[String]) {
        for id in ids.iter().rev() {
            self.recent.retain(|recent| recent != id);
            self.recent.push_front(id.clone());
        }
        self.recent.truncate(AT_HAND.max(ids.len()));
        for run in &mut self.runs {
            if run.is_whole() {
                if run.is_settled() && !self.recent.contains(&run.id) {
                    run.forget();
                }
            } else if ids.contains(&run.id) {
                self.reader.ask_first(&run.dir);
            }
        }
    }

    /// Changes what the user says of a run.
    ///
    /// # Errors
    /// A sentence, when that can't be written.
    pub fn annotate(&mut self, id: &str, change: impl FnOnce(&mut Notes)) -> Result<(), RunError> {
        let run = self.runs.iter_mut().find(|run| run.id == id);
        run.ok_or_else(|| RunError::unknown(id, &self.dir))?
            .annotate(change)
    }

    /// Moves a run into the trash.
    ///
    /// # Errors
    /// A sentence, when it is being trained or can't be moved.
    pub fn delete(&mut self, id: &str) -> Result<(), RunError> {
        let run = self.runs.iter().find(|run| run.id == id);
        let run = run.ok_or_else(|| RunError::unknown(id, &self.dir))?;
        trash::throw(&self.dir, &run.dir)?;
        self.runs.retain(|run| run.id != id);
        Ok(())
    }

    /// Puts the run that was deleted last back, and returns its name; `None` if the trash is empty.
    ///
    /// # Errors
    /// A sentence, when it can't be moved.
    pub fn undelete(&mut self) -> Result<Option<String>, RunError> {
        let Some(newest) = trash::list(&self.dir)?.into_iter().next() else {
            return Ok(None);
        };
        trash::restore(&self.dir, &newest)?;
        self.scanned = None;
        self.rescan();
        Ok(Some(newest.id))
    }

    /// Takes in what came and drops what went; whether there was anything.
    fn rescan(&mut self) -> bool {
        let before = self.runs.len();
        let Some(new) = self.scan() else { return false };
        let gone = self.runs.len() < before;
        let come = !new.is_empty();
        let unread = self.recall(new);
        let (now, later) = if self.indexed {
            by_size(unread)
        } else {
            (unread, Vec::new())
        };
        self.take_in(read_all(&now, Run::open));
        for dir in later {
            self.reader.ask(&dir);
        }
        gone || come
    }

    /// The new folders, newest first, once those that are gone are dropped; `None` if nothing has changed.
    fn scan(&mut self) -> Option<Vec<PathBuf>> {
        let changed = fs::metadata(&self.dir).and_then(|meta| meta.modified());
        let changed = changed.ok();
        let settled = changed.and_then(|t| t.elapsed().ok());
        if changed.is_some() && changed == self.scanned && settled.is_some_and(|age| age > COARSE) {
            return None;
        }
        let found = folders(&self.dir);
        self.trouble = found.as_ref().err().map(ToString::to_string);
        let found = found.ok()?.into_iter().map(|name| self.dir.join(name));
        let found: BTreeSet<PathBuf> = found.collect();
        self.scanned = changed;
        self.runs.retain(|run| found.contains(&run.dir));
        let known: BTreeSet<&PathBuf> = self.runs.iter().map(|run| &run.dir).collect();
        let pending = self.reader.pending();
        let new = found
            .iter()
            .filter(|dir| !known.contains(dir) && !pending.contains(&id_of(dir)));
        Some(new.rev().cloned().collect())
    }

    /// Takes in the runs that are remembered, and returns the folders of the others.
    fn recall(&mut self, new: Vec<PathBuf>) -> Vec<PathBuf> {
        // One new run while the screen is up was not there when the index was written.
        let index = if !self.indexed || new.is_empty() || (new.len() == 1 && !self.runs.is_empty())
        {
            Index::default()
        } else {
            Index::load(&self.dir)
        };
        let mut unread = Vec::new();
        for dir in new {
            match index
                .memory(&id_of(&dir))
                .and_then(|memory| Run::remembered(&dir, memory))
            {
                Some(run) => self.runs.push(run),
                None => unread.push(dir),
            }
        }
        self.sort();
        unread
    }

    /// Takes in runs that were read.
    fn take_in(&mut self, read: Vec<Run>) {
        if read.is_empty() {
            return;
        }
        for run in read.into_iter().filter(|run| run.dir.is_dir()) {
            if run.is_settled() {
                self.unsaved.insert(run.id.clone());
            }
            match self.runs.iter_mut().find(|known| known.id == run.id) {
                Some(known) => *known = run,
                None => self.runs.push(run),
            }
        }
        self.sort();
    }

    fn sort(&mut self) {
        self.runs.sort_by(|a, b| {
            let newest = b.created.total_cmp(&a.created);
            newest.then_with(|| b.id.cmp(&a.id))
        });
    }

    /// Has the index written when there is something to write, but not all the time.
    fn save_at_times(&mut self) {
        let lately = self.saved.is_some_and(|at| at.elapsed() < SAVING);
        if !self.indexed || self.unsaved.is_empty() || lately {
            return;
        }
        let (index, there) = self.news();
        self.reader.save(&self.dir, index, there);
        self.unsaved.clear();
        self.saved = Some(Instant::now());
    }

    /// The index's news, and the names of all runs that are there.
    fn news(&self) -> (Index, BTreeSet<String>) {
        let mut index = Index::default();
        let unsaved = self
            .runs
            .iter()
            .filter(|run| self.unsaved.contains(&run.id));
        for (run, memory) in unsaved.filter_map(|run| Some((run, run.memory()?))) {
            index.put(&run.id, &memory);
        }
        let there = self.runs.iter().map(|run| run.id.clone());
        let pending = self.reader.pending().iter().cloned();
        (index, there.chain(pending).collect())
    }
}

/// Divides folders into those whose logs are read at once, the first few, and those for later.
fn by_size(dirs: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let mut bytes = 0;
    dirs.into_iter().partition(|dir| {
        bytes += fs::metadata(dir.join(EVENTS)).map_or(0, |meta| meta.len());
        bytes <= AT_ONCE
    })
}

/// Reads runs with all processors.
fn read_all(dirs: &[PathBuf], one: fn(&Path) -> Run) -> Vec<Run> {
    let read = |dirs: &[PathBuf]| -> Vec<Run> { dirs.iter().map(|dir| one(dir)).collect() };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = dirs.len().div_ceil(threads);
    if share < 2 {
        return read(dirs);
    }
    std::thread::scope(|scope| {
        let parts = dirs.chunks(share);
        let threads: Vec<_> = parts
            .map(|part| {
                let thread = Builder::new().spawn_scoped(scope, move || read(part));
                (part, thread)
            })
            .collect();
        // Where the system refuses a thread, its part is read here.
        let read = threads.into_iter().map(|(part, thread)| {
            let done = thread.ok().and_then(|thread| thread.join().ok());
            done.unwrap_or_else(|| read(part))
        });
        read.flatten().collect()
    })
}

/// Keeps only an outline of a long log.
fn read_briefly(dir: &Path) -> Run {
    let mut run = Run::open(dir);
    if fs::metadata(dir.join(EVENTS)).is_ok_and(|meta| meta.len() > LONG) {
        run.forget();
    }
    run
}

#[cfg(test)]
mod tests;
