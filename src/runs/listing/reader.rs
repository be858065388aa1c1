//! A thread that reads whole logs, which may take a second each, while the screen goes on.

use super::index::Index;
use crate::runs::Run;
use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// One thing to do.
#[derive(Debug)]
enum Job {
    /// Read a run, and keep only the outline of one that has ended unless all of it is wanted.
    Read { dir: PathBuf, whole: bool },
    /// Write the index of a runs folder that holds these runs.
    Save(PathBuf, Index, BTreeSet<String>),
}

impl Job {
    fn reads(&self, wanted: &Path) -> bool {
        matches!(self, Self::Read { dir, .. } if dir == wanted)
    }

    fn run(self, queue: &Queue, done: &Sender<Run>) {
        match self {
            Self::Read { dir, whole } => {
                let mut run = Run::open(&dir);
                if !whole {
                    run.forget();
                }
                // Nobody listens any more when the program ends.
                let _ = done.send(run);
            }
            Self::Save(runs, index, there) => {
                let _writing = locked(&queue.writing);
                // In a folder that can't be written the logs are read again next time.
                let _ = index.save(&runs, &there);
            }
        }
    }
}

#[derive(Debug, Default)]
struct Queue {
    jobs: Mutex<VecDeque<Job>>,
    news: Condvar,
    closed: AtomicBool,
    /// Held while a file is being written.
    writing: Mutex<()>,
}

impl Queue {
    /// Does what there is to do until nobody wants anything any more.
    fn work(&self, done: &Sender<Run>) {
        loop {
            let mut jobs = locked(&self.jobs);
            while jobs.is_empty() && !self.closed.load(Ordering::Relaxed) {
                jobs = self.news.wait(jobs).unwrap_or_else(PoisonError::into_inner);
            }
            let Some(job) = jobs.pop_front() else { return };
            drop(jobs);
            job.run(self, done);
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread, started when there is something to do.
#[derive(Debug)]
pub struct Reader {
    queue: Arc<Queue>,
    started: bool,
    done: Sender<Run>,
    read: Receiver<Run>,
    /// The runs that were asked for and have not come.
    pending: BTreeSet<String>,
}

impl Default for Reader {
    fn default() -> Self {
        let (done, read) = channel();
        Self {
            queue: Arc::default(),
            started: false,
            done,
            read,
            pending: BTreeSet::new(),
        }
    }
}

impl Reader {
    /// Asks for a run, after all others.
    pub fn ask(&mut self, dir: &Path) {
        if self.pending.insert(crate::runs::id_of(dir)) {
            let dir = dir.to_owned();
            locked(&self.queue.jobs).push_back(Job::Read { dir, whole: false });
            self.wake();
        }
    }

    /// Asks for all of a run, before any other.
    pub fn ask_first(&mut self, dir: &Path) {
        let mut jobs = locked(&self.queue.jobs);
        let waiting = jobs.iter().position(|job| job.reads(dir));
        if waiting.is_none() && self.pending.contains(&crate::runs::id_of(dir)) {
            return;
        }
        if let Some(at) = waiting {
            jobs.remove(at);
        }
        let job = Job::Read {
            dir: dir.to_owned(),
            whole: true,
        };
        jobs.push_front(job);
        drop(jobs);
        self.pending.insert(crate::runs::id_of(dir));
        self.wake();
    }

    /// Has an index written.
    pub fn save(&mut self, runs: &Path, index: Index, there: BTreeSet<String>) {
        locked(&self.queue.jobs).push_front(Job::Save(runs.to_owned(), index, there));
        self.wake();
    }

    /// The runs that have been read since the last call.
    pub fn take(&mut self) -> Vec<Run> {
        let runs: Vec<Run> = self.read.try_iter().collect();
        for run in &runs {
            self.pending.remove(&run.id);
        }
        runs
    }

    /// The runs that were asked for and have not come.
    pub const fn pending(&self) -> &BTreeSet<String> {
        &self.pending
    }

    fn wake(&mut self) {
        if !self.started {
            let thread = std::thread::Builder::new().name("runs".to_owned());
            let (queue, done) = (Arc::clone(&self.queue), self.done.clone());
            self.started = thread.spawn(move || queue.work(&done)).is_ok();
        }
        if self.started {
            return self.queue.news.notify_one();
        }
        // Without a thread it takes the caller's time.
        while let Some(job) = { locked(&self.queue.jobs).pop_front() } {
            job.run(&self.queue, &self.done);
        }
    }
}

impl Drop for Reader {
    /// Waits for a file that is being written, so that none is left half beside it.
    fn drop(&mut self) {
        let mut jobs = locked(&self.queue.jobs);
        jobs.clear();
        self.queue.closed.store(true, Ordering::Relaxed);
        drop(jobs);
        self.queue.news.notify_one();
        drop(locked(&self.queue.writing));
    }
}
