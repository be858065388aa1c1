//! The queue's folder: which files are items, and how each of them stands.

use super::error::{QueueError, io_error, unknown};
use super::files::{self, Claimed, Failure, Name};
use super::item::{Item, ItemState, key};
use crate::disk::sync_folder;
use crate::disk::untrusted::{entries, own_folder};
use crate::runs::lock::{self, Held, State};
use crate::runs::names::{Choice, choose};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Digits from which on they may be the beginning of an id.
const LEAST: usize = 4;

/// The folder of the queue in the runs folder.
pub const QUEUE: &str = ".queue";

/// The queue of a runs folder. Costs nothing until it is asked.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Its folder.
    pub dir: PathBuf,
}

impl Queue {
    /// The queue of this runs folder.
    #[must_use]
    pub fn new(runs: &Path) -> Self {
        Self {
            dir: runs.join(QUEUE),
        }
    }

    /// Keeps other processes from changing the queue at the same time.
    pub(super) fn change(&self) -> Result<Held, QueueError> {
        let runs = self.dir.parent().unwrap_or(&self.dir);
        let made = fs::create_dir_all(runs).and_then(|()| own_folder(&self.dir));
        made.map_err(io_error(&self.dir))?;
        let path = self.dir.join(files::CHANGE);
        lock::await_file(&path).map_err(io_error(&path))
    }

    /// The files of items, in the order of the queue.
    pub(super) fn names(&self) -> Result<Vec<Name>, QueueError> {
        let entries = match entries(&self.dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(io_error(&self.dir)(e)),
        };
        let files = entries.flatten().map(|entry| entry.file_name());
        let mut names: Vec<Name> = files.filter_map(|name| Name::of(name.to_str()?)).collect();
        names.sort();
        Ok(names)
    }

    /// The one that is meant by an id, also by one from before it was shifted, or by a part of its key; and whether it was named in full.
    pub(super) fn find(&self, wanted: &str) -> Result<(Name, bool), QueueError> {
        let mut names = self.names()?;
        let keys: Vec<Vec<&str>> = names.iter().map(|name| vec![name.key.as_str()]).collect();
        let chosen = choose(&keys, key(wanted));
        let number =
            (1..LEAST).contains(&wanted.len()) && wanted.bytes().all(|c| c.is_ascii_digit());
        match chosen {
            Ok(Choice { at, exact: true }) => Ok((names.swap_remove(at), true)),
            // A number of the list, which changes as the queue goes on, could be part of the id of another item.
            _ if number => Err(QueueError::Number(wanted.to_owned())),
            Ok(Choice { at, .. }) => Ok((names.swap_remove(at), false)),
            Err(several) if several.is_empty() => Err(unknown(wanted)),
            Err(several) => Err(QueueError::Ambiguous {
                name: wanted.to_owned(),
                keys: several.iter().map(|&at| names[at].key.clone()).collect(),
            }),
        }
    }

    /// The item of a file; nothing where that is gone, or cancelled with nobody at work.
    pub(super) fn item(&self, name: &Name) -> Option<Item> {
        let read = self.read(name);
        let gone = read.is_err() && fs::symlink_metadata(self.file(name)).is_err();
        if gone || self.is_left_cancelled(&name.key) {
            return None;
        }
        Some(match read {
            Ok(item) => Item {
                id: name.stem.clone(),
                state: self.state(&name.key),
                ..item
            },
            Err(why) => Item {
                id: name.stem.clone(),
                title: name.stem.clone(),
                state: ItemState::Failed { why },
                ..Item::default()
            },
        })
    }

    /// Whether somebody wants an item taken out whose worker was to do that and is gone.
    pub(super) fn is_left_cancelled(&self, key: &str) -> bool {
        self.of_key(key, files::STOP).exists()
            && lock::look_file(&self.of_key(key, files::LOCK)) != State::Held
    }

    /// What stands in a file, or a sentence why that can't be told.
    pub(super) fn read(&self, name: &Name) -> Result<Item, String> {
        if name.order.is_none() {
            return Err(files::foreign(&name.stem));
        }
        let path = self.file(name);
        let item: Item = files::read(&path)?;
        if item.sweep.is_empty() && item.experiment.is_none() {
            let path = path.display();
            return Err(format!(
                "{path}: it names neither a sweep nor an experiment"
            ));
        }
        Ok(item)
    }

    pub(super) fn state(&self, key: &str) -> ItemState {
        if lock::look_file(&self.of_key(key, files::LOCK)) == State::Held {
            let claimed = files::read::<Claimed>(&self.of_key(key, files::CLAIM));
            let device = claimed.map_or_else(|_| String::new(), |claimed| claimed.device);
            return ItemState::Working { device };
        }
        let path = self.of_key(key, files::FAILED);
        match files::read::<Failure>(&path) {
            Ok(failure) => ItemState::Failed { why: failure.why },
            Err(why) if fs::symlink_metadata(&path).is_ok() => ItemState::Failed { why },
            Err(_) => ItemState::Waiting,
        }
    }

    pub(super) fn file(&self, name: &Name) -> PathBuf {
        self.dir.join(format!("{}.ron", name.stem))
    }

    /// A file that belongs to an item, wherever that stands.
    pub(super) fn of_key(&self, key: &str, ending: &str) -> PathBuf {
        self.dir.join(format!("{key}.{ending}"))
    }

    /// Removes an item with all that belongs to it.
    pub(super) fn forget(&self, name: &Name) -> Result<(), QueueError> {
        let path = self.file(name);
        fs::remove_file(&path)
            .and_then(|()| sync_folder(&self.dir))
            .map_err(io_error(&path))?;
        for ending in files::BESIDE {
            // What stays is swept up by the next worker.
            let _ = fs::remove_file(self.of_key(&name.key, ending));
        }
        Ok(())
    }

    /// Makes room between all items; their order is the same at any moment.
    pub(super) fn spread(&self, names: &[Name]) -> Result<Vec<Name>, QueueError> {
        let last = names.last().and_then(|name| name.order).unwrap_or(0);
        let orders =
            std::iter::successors(Some(files::next(last)), |order| Some(files::next(*order)));
        let orders: Vec<u64> = orders.take(names.len()).collect();
        let pairs = names.iter().zip(orders).rev();
        let spread: Result<Vec<Name>, _> = pairs
            .map(|(name, order)| self.rename(name, order))
            .collect();
        spread.map(|mut names| {
            names.reverse();
            names
        })
    }

    pub(super) fn rename(&self, name: &Name, order: u64) -> Result<Name, QueueError> {
        let (new, old) = (Name::new(order, &name.key), self.file(name));
        fs::rename(&old, self.file(&new)).map_err(io_error(&old))?;
        Ok(new)
    }
}

/// The orders of all but one.
pub(super) fn without(names: &[Name], at: usize) -> Vec<u64> {
    let others = names.iter().enumerate().filter(|(nth, _)| *nth != at);
    others.filter_map(|(_, name)| name.order).collect()
}
