//! The event log of a run, `events.jsonl`: append-only, one writer, any number of readers.
//!
//! Each line is one JSON object that carries the CRC-32 of its own text after the checksum, up to the closing brace:
//! ```text
//! {"crc":"9f3a21bc","at":1790000000.123,"header":{"format":1,"program":"0.1.0"}}
//! {"crc":"0b77e015","at":1790000000.208,"event":{"kind":"point","step":1,...}}
//! ```
//! A damaged line costs that record alone; the others are found again at the next line, or within the same line where
//! the line's end was what was damaged.

mod follower;
mod frame;
pub(super) mod plausible;
mod writer;

pub use follower::{Follower, News};
pub use writer::{LogWriter, Sink};

use crate::engine::report::Report;

/// The newest format of `events.jsonl`.
pub const FORMAT: u64 = 1;

/// One report and when it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Seconds since 1970 by the writer's clock.
    pub at: f64,
    /// What happened.
    pub report: Report,
}

#[cfg(test)]
mod tests;
