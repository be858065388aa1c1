//! A worker of the queue, and the item that it has taken: both as long as their locks are held.

use super::error::{QueueError, io_error};
use super::files::{self, Claimed, FORMAT, Failure};
use super::folder::Queue;
use super::item::{Item, ItemState};
use crate::disk::sweep;
use crate::disk::untrusted::entries;
use crate::experiment;
use crate::runs::environment::host;
use crate::runs::folder::is_run_name;
use crate::runs::lock::{self, Held};
use crate::runs::{fresh_name, now};
use crate::sweep::{Source, Sweep, SweepError};
use std::fs;

/// The only worker of a device, as long as this lives.
#[derive(Debug)]
pub struct Worker {
    queue: Queue,
    device: String,
    _lock: Held,
}

/// An item that nobody else trains, as long as this lives.
#[derive(Debug)]
pub struct Claim {
    /// What to train.
    pub item: Item,
    /// The name of its run, there or to be made, where it is a single experiment.
    pub run: Option<String>,
    queue: Queue,
    lock: Held,
}

impl Queue {
    /// Becomes the worker of a device.
    ///
    /// # Errors
    /// When the device has one, or the folder can't be written.
    pub fn work(&self, device: &str) -> Result<Worker, QueueError> {
        let _change = self.change()?;
        let path = self.dir.join(files::worker(device, &host()));
        let held = lock::take_file(&path).map_err(io_error(&path))?;
        let lock = held.ok_or_else(|| QueueError::Occupied(device.to_owned()))?;
        if !lock.sure {
            return Err(QueueError::NoLocks(self.dir.display().to_string()));
        }
        sweep(&self.dir);
        self.sweep_up()?;
        Ok(Worker {
            queue: self.clone(),
            device: device.to_owned(),
            _lock: lock,
        })
    }

    /// Removes what a crash left of items that are gone.
    fn sweep_up(&self) -> Result<(), QueueError> {
        let names = self.names()?;
        for entry in entries(&self.dir).into_iter().flatten().flatten() {
            let file = entry.file_name();
            let Some((key, ending)) = file.to_str().and_then(|file| file.split_once('.')) else {
                continue;
            };
            let known = key.starts_with("worker-") || names.iter().any(|name| name.key == key);
            if files::BESIDE.contains(&ending) && !known {
                // It does no harm.
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
    }
}

impl Worker {
    /// Takes the first item that waits, if there is one.
    ///
    /// # Errors
    /// When the folder can't be read or written.
    pub fn take(&self) -> Result<Option<Claim>, QueueError> {
        let queue = &self.queue;
        let _change = queue.change()?;
        for name in queue.names()? {
            if queue.is_left_cancelled(&name.key) {
                queue.forget(&name)?;
                continue;
            }
            let Some(item) = queue
                .item(&name)
                .filter(|item| item.state == ItemState::Waiting)
            else {
                continue;
            };
            let path = queue.of_key(&name.key, files::LOCK);
            let Some(lock) = lock::take_file(&path).map_err(io_error(&path))? else {
                continue;
            };
            let run = self.claim(&item)?;
            return Ok(Some(Claim {
                item,
                run,
                queue: queue.clone(),
                lock,
            }));
        }
        Ok(None)
    }

    /// Writes who has the item; its run, where it is a single experiment.
    fn claim(&self, item: &Item) -> Result<Option<String>, QueueError> {
        let path = self.queue.of_key(item.key(), files::CLAIM);
        let before = files::read::<Claimed>(&path).unwrap_or_default();
        let single = item.experiment.is_some();
        // What stands in a file may be a path to anywhere.
        let before = before.run.filter(|run| is_run_name(run));
        let run = single.then(|| before.unwrap_or_else(|| fresh_name(&item.title)));
        let claimed = Claimed {
            format: FORMAT,
            device: self.device.clone(),
            run: run.clone(),
        };
        files::write(&path, &claimed)?;
        Ok(run)
    }
}

impl Claim {
    /// What to train, on a device or where its experiments say.
    ///
    /// # Errors
    /// A sentence, when the sweep or the experiment can't be read.
    pub fn sweep(&self, device: Option<&str>) -> Result<Sweep, SweepError> {
        let item = &self.item;
        let device = device.map(|device| format!("machine.device={device}"));
        let set: Vec<String> = item.set.iter().cloned().chain(device).collect();
        match (&item.experiment, &self.run) {
            (Some(text), Some(run)) => {
                let experiment = experiment::parse(text, "the queue's experiment")?;
                Sweep::single(experiment, &set, run.clone())
            }
            _ => Source::open(&item.sweep)?.sweep(item.scale.as_deref(), &set),
        }
    }

    /// Whether somebody wants it stopped and taken out.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.queue.of_key(self.item.key(), files::STOP).exists()
    }

    /// The item is complete, or cancelled: takes it out of the queue.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn done(self) -> Result<(), QueueError> {
        let _change = self.queue.change()?;
        self.leave()
    }

    /// Takes the item out, while nobody else may change the queue.
    fn leave(&self) -> Result<(), QueueError> {
        let (name, _) = self.queue.find(&self.item.id)?;
        self.queue.forget(&name)
    }

    /// The item could not be trained: it stays, and is not taken again until that is asked for. One that was cancelled goes.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn failed(self, why: &str) -> Result<(), QueueError> {
        let _change = self.queue.change()?;
        if self.is_cancelled() {
            return self.leave();
        }
        let path = self.queue.of_key(self.item.key(), files::FAILED);
        let failure = Failure {
            format: FORMAT,
            why: why.to_owned(),
            at: now(),
        };
        let written = files::write(&path, &failure);
        // Not before it is written: the item would be taken again.
        drop(self.lock);
        written
    }
}
