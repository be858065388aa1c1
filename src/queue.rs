//! The queue: sweeps and experiments that wait to be trained, one small file each in the hidden folder `.queue` of the
//! runs. What is at work is never stored: a worker holds the lock of its item, and the system lets go when it dies.

mod claim;
mod files;
mod inside;

pub use claim::{Claim, Worker};

use crate::disk::foreign::entries;
use crate::disk::{random, sync_folder, write_own};
use crate::runs::RunError;
use crate::runs::lock::{self, State};
use files::{Name, Stored, text};
use inside::without;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The folder of the queue in the runs folder.
pub const QUEUE: &str = ".queue";
/// What workers without a terminal print, in the queue's folder.
pub const CONSOLE: &str = "console.log";

/// Starts a worker in the background that ends once nothing waits.
pub type StartWorker = fn(runs: &Path) -> io::Result<std::process::Child>;

/// One thing to train: a sweep, or a single experiment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// The stem of its file; sorts by the order of the queue. An old one still names the item after it was shifted.
    pub id: String,
    /// What it is in words.
    pub title: String,
    /// The name of a shipped sweep, or the absolute path of a sweep's file; empty for a single experiment.
    pub sweep: String,
    /// The sweep's scale; its first without one.
    pub scale: Option<String>,
    /// What is set besides the file, as `PATH=VALUE`.
    pub set: Vec<String>,
    /// The text of a single experiment, in place of a sweep.
    pub experiment: Option<String>,
    /// When it was added, in seconds since 1970.
    pub added: f64,
    /// How it stands, as of when it was asked for.
    pub state: ItemState,
}

impl Item {
    /// What stays of its name however it is shifted: a few letters, enough to name it by.
    #[must_use]
    pub fn key(&self) -> &str {
        files::key(&self.id)
    }
}

/// How an item stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ItemState {
    /// It waits for a worker.
    #[default]
    Waiting,
    /// A worker trains it.
    Working {
        /// Where that worker computes.
        device: String,
    },
    /// It could not be trained, or not be read.
    Failed {
        /// Why.
        why: String,
    },
}

/// What can go wrong with the queue, as a sentence for the user.
#[derive(Debug, Error)]
pub enum QueueError {
    /// A file or folder can't be read or written.
    #[error("{0}")]
    Io(RunError),
    /// No item has this name.
    #[error("the queue has no item {0:?}; `simclr-tui queue` lists them")]
    Unknown(String),
    /// A place in the list, or an id of too few digits to tell it from one.
    #[error(
        "items are named by their id, as `simclr-tui queue` lists it, or four letters of it at least; number {0} may soon be another one"
    )]
    Number(String),
    /// Several items' names begin so.
    #[error("{name:?} could be {}; type more of the name", keys.join(", "))]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// The items it could be.
        keys: Vec<String>,
    },
    /// An item that is being trained was to be removed.
    #[error("{0:?} is being trained; `simclr-tui queue remove --stop` stops it after its step")]
    Working(String),
    /// An item that did not fail was to be tried again.
    #[error("{0:?} did not fail; it waits for its turn")]
    Sound(String),
    /// The folder in which relative paths start can't be kept.
    #[error("{0}")]
    Folder(String),
    /// The item can't be read.
    #[error("{0}; `simclr-tui queue remove` takes it out of the queue")]
    Broken(String),
    /// The same sweep is in the queue.
    #[error("{title:?} is in the queue already, as {key}; `simclr-tui queue` lists it")]
    Twice {
        /// What it is.
        title: String,
        /// What the other one is named by.
        key: String,
    },
    /// The device has its worker.
    #[error(
        "a worker for device {0} is at work already; stop that one first, or give this one another --device"
    )]
    Occupied(String),
    /// Nobody could be kept from training the same.
    #[error(
        "{0}: this file system has no locks, without which two workers would train the same; choose another folder by --runs"
    )]
    NoLocks(String),
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> QueueError {
    let path = path.to_owned();
    move |e| QueueError::Io(RunError::io(&path, &e))
}

/// The queue of a runs folder. Costs nothing until it is asked.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Its folder.
    pub dir: PathBuf,
}

impl Queue {
    /// The queue of this runs folder.
    #[must_use]
    pub fn of(runs: &Path) -> Self {
        Self {
            dir: runs.join(QUEUE),
        }
    }

    /// All items in their order. One whose file can't be read is there too, as failed.
    ///
    /// # Errors
    /// When the folder is there and can't be read.
    pub fn items(&self) -> Result<Vec<Item>, QueueError> {
        let names = self.names()?;
        // One that was removed meanwhile is none.
        Ok(names.iter().filter_map(|name| self.item(name)).collect())
    }

    /// Puts an item at the end, whatever its id and state, and returns it with its own.
    ///
    /// # Errors
    /// When the same sweep is in the queue, or the folder can't be written.
    pub fn add(&self, item: Item) -> Result<Item, QueueError> {
        let _change = self.change()?;
        let items = self.items()?;
        let same = |other: &&Item| {
            let what = |item: &Item| (item.sweep.clone(), item.scale.clone(), item.set.clone());
            item.experiment.is_none() && what(other) == what(&item)
        };
        if let Some(other) = items.iter().find(same) {
            return Err(QueueError::Twice {
                title: item.title,
                key: other.key().to_owned(),
            });
        }
        let names = self.names()?;
        let last = names.iter().filter_map(|name| name.order).max();
        let key = loop {
            let key = format!("{:06x}", random() & 0xff_ffff);
            if names.iter().all(|name| name.key != key) {
                break key;
            }
        };
        let name = Name::new(files::next(last.unwrap_or(0)), &key);
        let path = self.file(&name);
        let stored = Stored::of(&item).map_err(QueueError::Folder)?;
        write_own(&path, text(&stored).as_bytes()).map_err(io_error(&path))?;
        Ok(Item {
            id: name.stem,
            state: ItemState::Waiting,
            ..item
        })
    }

    /// The item that is meant, and whether it was named in full.
    ///
    /// # Errors
    /// When there is none, or several may be meant.
    pub fn locate(&self, id: &str) -> Result<(Item, bool), QueueError> {
        let (name, exact) = self.meant(id)?;
        let item = self.item(&name).ok_or_else(|| unknown(id))?;
        Ok((item, exact))
    }

    /// Takes an item out.
    ///
    /// # Errors
    /// When there is none, a worker trains it, or the folder can't be written.
    pub fn remove(&self, id: &str) -> Result<(), QueueError> {
        let _change = self.change()?;
        let name = self.find(id)?;
        if let Some(Item { title, .. }) = self.working(&name) {
            return Err(QueueError::Working(title));
        }
        self.forget(&name)
    }

    /// Takes an item out; one that is being trained stops after its step first, and its worker takes it out then. Returns whether it has
    /// to stop first.
    ///
    /// # Errors
    /// When there is none, or the folder can't be written.
    pub fn call_off(&self, id: &str) -> Result<bool, QueueError> {
        let _change = self.change()?;
        let name = self.find(id)?;
        if self.working(&name).is_none() {
            return self.forget(&name).map(|()| false);
        }
        let path = self.of_key(&name.key, files::STOP);
        write_own(&path, b"").map_err(io_error(&path))?;
        Ok(true)
    }

    /// Moves an item so many places down, or up where that is negative, at most to the end; its id changes with its place.
    ///
    /// # Errors
    /// When there is none, or the folder can't be written.
    pub fn shift(&self, id: &str, places: isize) -> Result<Item, QueueError> {
        let _change = self.change()?;
        let found = self.find(id)?;
        if found.order.is_none() {
            return Err(QueueError::Broken(files::foreign(&found.stem)));
        }
        let mut names = self.placed()?;
        let at = names.iter().position(|name| *name == found).unwrap_or(0);
        let to = at.saturating_add_signed(places).min(names.len() - 1);
        if to == at {
            return self.item(&found).ok_or_else(|| unknown(id));
        }
        if files::between(&without(&names, at), to).is_none() {
            names = self.spread(&names)?;
        }
        let order = files::between(&without(&names, at), to).unwrap_or(u64::MAX);
        let moved = self.rename(&names[at], order)?;
        sync_folder(&self.dir).map_err(io_error(&self.dir))?;
        self.item(&moved).ok_or_else(|| unknown(id))
    }

    /// Has an item that failed wait for its turn again, where it stands.
    ///
    /// # Errors
    /// When there is none, it did not fail or can't be read, or the folder can't be written.
    pub fn retry(&self, id: &str) -> Result<(), QueueError> {
        let _change = self.change()?;
        let name = self.find(id)?;
        let item = self.item(&name).ok_or_else(|| unknown(id))?;
        let ItemState::Failed { why } = item.state else {
            return Err(QueueError::Sound(item.title));
        };
        if self.stored(&name).is_err() {
            return Err(QueueError::Broken(why));
        }
        let path = self.of_key(&name.key, files::FAILED);
        fs::remove_file(&path).map_err(io_error(&path))
    }

    /// Whether workers begin nothing new.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        fs::symlink_metadata(self.dir.join(files::PAUSED)).is_ok()
    }

    /// Has workers begin no run, or go on; a run that is being trained is trained to its end.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn pause(&self, pause: bool) -> Result<(), QueueError> {
        let _change = self.change()?;
        let path = self.dir.join(files::PAUSED);
        let done = if pause {
            write_own(&path, text(&files::Pause::default()).as_bytes())
        } else {
            match fs::remove_file(&path) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
                removed => removed,
            }
        };
        done.map_err(io_error(&path))
    }

    /// The devices whose workers live.
    #[must_use]
    pub fn workers(&self) -> Vec<String> {
        let entries = entries(&self.dir).into_iter().flatten().flatten();
        let locks = entries.filter_map(|entry| {
            let device = files::device_of(entry.file_name().to_str()?)?;
            (lock::look_file(&entry.path()) == State::Held).then_some(device)
        });
        let mut devices: Vec<String> = locks.collect();
        devices.sort();
        devices
    }
}

fn unknown(id: &str) -> QueueError {
    QueueError::Unknown(id.to_owned())
}

#[cfg(test)]
mod tests;
