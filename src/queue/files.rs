//! The files of the queue: what stands in them, and what their names say.
//!
//! An item is `ORDER-KEY.ron`. Whatever else belongs to it is named by its key alone, so that it may be shifted while it is
//! trained: `KEY.lock` is held by its worker, `KEY.claim` says who took it last, `KEY.failed` why it failed, and `KEY.stop` that its
//! worker is to stop and take it out.

use super::error::{QueueError, io_error};
use super::item::{key, place};
use crate::disk::write_own;
use crate::runs::{RunError, ron_file, ron_text};
use crate::text::suggest::command;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The newest format of the queue's files.
pub const FORMAT: u64 = 1;
/// A file that is larger is none of the queue's.
const LARGEST: u64 = 4 << 20;
/// The file whose lock whoever changes the queue holds for a moment.
pub const CHANGE: &str = "lock";
/// The file that is there while workers begin nothing new.
pub const PAUSED: &str = "paused";
/// Held while a worker has the item.
pub const LOCK: &str = "lock";
/// Who took the item last.
pub const CLAIM: &str = "claim";
/// There while the item is to be stopped and taken out.
pub const STOP: &str = "stop";
/// Why the item failed.
pub const FAILED: &str = "failed";
/// How the names of the files beside an item end; the last one is that of an older version.
pub const BESIDE: [&str; 5] = [FAILED, STOP, CLAIM, LOCK, "turn"];

/// Between the orders of two items that were added one after another.
const GAP: u64 = 1_000_000;

/// The order of an item behind another.
pub const fn next(order: u64) -> u64 {
    order.saturating_add(GAP)
}

/// An order between those before this place and at it; nothing where there is no room.
pub fn between(orders: &[u64], place: usize) -> Option<u64> {
    let before = place.checked_sub(1).map_or(0, |before| orders[before]);
    match orders.get(place) {
        Some(after) => (after.saturating_sub(before) >= 2).then(|| u64::midpoint(before, *after)),
        None => Some(next(before)),
    }
}

/// The name of an item's file; sorts as the queue does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Its place; nothing for a file that was not put here by the queue.
    pub order: Option<u64>,
    /// What stays when it is shifted.
    pub key: String,
    /// All but the ending.
    pub stem: String,
}

impl Name {
    pub fn new(order: u64, key: &str) -> Self {
        Self {
            order: Some(order),
            key: key.to_owned(),
            stem: format!("{order:012}-{key}"),
        }
    }

    /// That of a file, if it is one of an item.
    pub fn of(file: &str) -> Option<Self> {
        let stem = file.strip_suffix(".ron").filter(|s| !s.starts_with('.'))?;
        Some(Self {
            order: place(stem).map(|(order, _)| order),
            key: key(stem).to_owned(),
            stem: stem.to_owned(),
        })
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let by = |name: &Self| (name.order.is_none(), name.order, name.stem.clone());
        by(self).cmp(&by(other))
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// What is wrong with a file that the queue did not put here.
pub fn foreign(stem: &str) -> String {
    format!(
        "{stem}.ron is not an item of the queue; `{}` adds one",
        command("queue add")
    )
}

/// The lock of the worker of a device of a machine: two machines may have devices of the same name.
pub fn worker(device: &str, host: &str) -> String {
    let plain = |c: char| {
        if c.is_alphanumeric() || "-._".contains(c) {
            c
        } else {
            '_'
        }
    };
    let host: String = host.chars().map(plain).collect();
    format!("worker-{}@{host}.lock", device.replace(':', "-"))
}

/// The device and the machine of the worker whose lock this is; older versions named no machine.
pub fn device_of(file: &str) -> Option<(String, &str)> {
    let name = file.strip_prefix("worker-")?.strip_suffix(".lock")?;
    let (device, host) = name.split_once('@').unwrap_or((name, ""));
    Some((device.replace('-', ":"), host))
}

/// Who took an item last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Claimed {
    pub format: u64,
    pub device: String,
    /// The run of a single experiment: chosen before it is made, so that no crash can make two.
    pub run: Option<String>,
}

/// Why an item failed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Failure {
    pub format: u64,
    pub why: String,
    pub at: f64,
}

/// A file's version, whatever else stands in it.
#[derive(Deserialize)]
struct Version {
    #[serde(default)]
    format: u64,
}

/// Reads a file of the queue, or says why it can't be read.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    // The text of an experiment is in it, with each line end as two letters.
    let read = |e: RunError| e.to_string();
    let version: Version = ron_file(path, LARGEST).map_err(read)?;
    if version.format > FORMAT {
        return Err(format!(
            "{} has format {}, and this program reads up to {FORMAT}: a newer simclr-tui wrote it",
            path.display(),
            version.format
        ));
    }
    ron_file(path, LARGEST).map_err(read)
}

/// Writes a file of the queue.
pub fn write<T: Serialize>(path: &Path, value: &T) -> Result<(), QueueError> {
    write_own(path, ron_text(value).as_bytes()).map_err(io_error(path))
}
