//! The queue as the screens see it, read again once a second while it is looked at.

use crate::queue::{Item, Queue};
use std::path::Path;

/// What waits, and who works.
#[derive(Debug, Default, PartialEq)]
pub struct QueueState {
    /// In their order.
    pub items: Vec<Item>,
    /// Whether nothing new is begun.
    pub paused: bool,
    /// The devices whose workers live.
    pub workers: Vec<String>,
    /// Why it can't be read.
    pub trouble: Option<String>,
    second: u64,
}

impl QueueState {
    /// Whether somebody trains what waits.
    #[must_use]
    pub const fn works(&self) -> bool {
        !self.paused && !self.workers.is_empty()
    }

    /// Looks again, if not in this second yet; tells whether anything changed.
    pub fn look(&mut self, runs: &Path, second: u64) -> bool {
        self.second != second && self.read(runs, second)
    }

    /// What is known is old, whatever second it is of.
    pub const fn expire(&mut self) {
        self.second = u64::MAX;
    }

    /// Looks again; tells whether anything changed.
    pub fn read(&mut self, runs: &Path, second: u64) -> bool {
        let queue = Queue::new(runs);
        let items = queue.items();
        let trouble = items.as_ref().err().map(ToString::to_string);
        let new = Self {
            items: items.unwrap_or_default(),
            paused: queue.is_paused(),
            workers: queue.workers(),
            trouble,
            second,
        };
        self.second = second;
        let changed = new != *self;
        *self = new;
        changed
    }
}
