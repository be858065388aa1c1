//! The queue: sweeps and experiments that wait to be trained, one small file each in the hidden folder `.queue` of the
//! runs. What is at work is never stored: a worker holds the lock of its item, and the system lets go when it dies.

mod claim;
mod error;
mod files;
mod folder;
mod item;

pub use claim::{Claim, Worker};
pub use error::QueueError;
pub use folder::{QUEUE, Queue};
pub use item::{Item, ItemState, key};

use crate::disk::untrusted::entries;
use crate::disk::{random, sync_folder, write_own};
use crate::runs::environment::host;
use crate::runs::lock::{self, State};
use error::{io_error, unknown};
use files::{FORMAT, Name};
use folder::without;
use std::env;
use std::fs;
use std::io;
use std::path::Path;

/// What workers without a terminal print, in the queue's folder.
pub const CONSOLE: &str = "console.log";

/// The device of a worker that leaves it to the experiments.
pub const AUTO: &str = "auto";

/// Starts a worker in the background that ends once nothing waits.
pub type StartWorker = fn(runs: &Path) -> io::Result<std::process::Child>;

impl Queue {
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
        let folder = env::current_dir().unwrap_or_default();
        if folder.to_str().is_none() {
            return Err(QueueError::Folder(folder));
        }
        let item = Item {
            format: FORMAT,
            id: name.stem,
            folder,
            state: ItemState::Waiting,
            ..item
        };
        files::write(&path, &item)?;
        Ok(item)
    }

    /// The item that is meant, and whether it was named in full.
    ///
    /// # Errors
    /// When there is none, or several may be meant.
    pub fn locate(&self, id: &str) -> Result<(Item, bool), QueueError> {
        let (name, exact) = self.find(id)?;
        let item = self.item(&name).ok_or_else(|| unknown(id))?;
        Ok((item, exact))
    }

    /// Takes an item out; one that is being trained only where it is to `stop` after its step first, and its worker takes it out then. Returns
    /// whether it has to stop first.
    ///
    /// # Errors
    /// When there is none, a worker trains it, or the folder can't be written.
    pub fn remove(&self, id: &str, stop: bool) -> Result<bool, QueueError> {
        let _change = self.change()?;
        let (name, _) = self.find(id)?;
        let item = self.item(&name);
        let works = |item: &Item| matches!(item.state, ItemState::Working { .. });
        match item.filter(works) {
            None => self.forget(&name).map(|()| false),
            Some(item) if !stop => Err(QueueError::Working(item.title)),
            Some(_) => {
                let path = self.of_key(&name.key, files::STOP);
                write_own(&path, b"").map_err(io_error(&path))?;
                Ok(true)
            }
        }
    }

    /// Moves an item so many places down, or up where that is negative, at most to the end; its id changes with its place.
    ///
    /// # Errors
    /// When there is none, or the folder can't be written.
    pub fn shift(&self, id: &str, places: isize) -> Result<Item, QueueError> {
        let _change = self.change()?;
        let (found, _) = self.find(id)?;
        if found.order.is_none() {
            return Err(QueueError::Broken(files::foreign(&found.stem)));
        }
        let mut names = self.names()?;
        names.retain(|name| name.order.is_some());
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
        let (name, _) = self.find(id)?;
        let item = self.item(&name).ok_or_else(|| unknown(id))?;
        let ItemState::Failed { why } = item.state else {
            return Err(QueueError::Sound(item.title));
        };
        if self.read(&name).is_err() {
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
            write_own(&path, b"")
        } else {
            match fs::remove_file(&path) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
                removed => removed,
            }
        };
        done.map_err(io_error(&path))
    }

    /// Whether a device of this machine has a worker that lives.
    #[must_use]
    pub fn has_worker(&self, device: &str) -> bool {
        let path = self.dir.join(files::worker(device, &host()));
        lock::look_file(&path) == State::Held
    }

    /// The devices whose workers live; those of another machine with its name, such as `cuda:0 on n02`.
    #[must_use]
    pub fn workers(&self) -> Vec<String> {
        let here = host();
        let entries = entries(&self.dir).into_iter().flatten().flatten();
        let locks = entries.filter_map(|entry| {
            let file = entry.file_name();
            let file = file.to_str()?;
            let (device, host) = files::device_of(file)?;
            let is_here = host.is_empty() || file == files::worker(&device, &here);
            let held = lock::look_file(&entry.path()) == State::Held;
            held.then(|| {
                if is_here {
                    device
                } else {
                    format!("{device} on {host}")
                }
            })
        });
        let mut devices: Vec<String> = locks.collect();
        devices.sort();
        devices
    }
}

#[cfg(test)]
mod tests;
