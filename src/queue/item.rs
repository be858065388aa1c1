//! What waits in the queue, and what names it.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One thing to train: a sweep, or an experiment as a sweep of one case. Every field may be missing from its file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Item {
    /// Version of its file's format.
    pub format: u64,
    /// The stem of its file; sorts by the order of the queue. An old one still names the item after it was shifted.
    #[serde(skip)]
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
    /// Where it was added: relative paths start there.
    pub folder: PathBuf,
    /// How it stands, as of when it was asked for.
    #[serde(skip)]
    pub state: ItemState,
}

impl Item {
    /// What stays of its name however it is shifted: a few letters, enough to name it by.
    #[must_use]
    pub fn key(&self) -> &str {
        key(&self.id)
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

/// The order and the key in the stem of an item's file.
pub fn place(stem: &str) -> Option<(u64, &str)> {
    let (order, key) = stem.split_once('-')?;
    let plain = !key.is_empty() && key.bytes().all(|b| b.is_ascii_hexdigit());
    let order = order.bytes().all(|b| b.is_ascii_digit()).then_some(order)?;
    Some((order.parse().ok().filter(|_| plain)?, key))
}

/// What stays of an id when its item is shifted.
pub fn key(id: &str) -> &str {
    place(id).map_or(id, |(_, key)| key)
}
