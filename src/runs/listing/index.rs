//! What was read of runs that have ended, in one file, so that the next start need not read their logs again.
//!
//! The first line says the format; each other line is one run, with a checksum. Everything here can be read again from
//! the runs themselves: a line, or a file, that is damaged, foreign or of another version counts for nothing, and the file
//! may be deleted at any time. Several processes may write it: each keeps the lines of the others, and the file is
//! replaced as a whole.

use crate::disk::untrusted::{self, Links};
use crate::disk::write_own;
use crate::runs::log;
use crate::runs::run::Memory;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

/// The file in the runs folder.
pub const INDEX: &str = ".index.jsonl";
/// Version of the file's format.
const FORMAT: u64 = 2;
/// A file larger than this is no index of ours.
const LARGEST: u64 = 1 << 28;

/// One run's line without its checksum.
type Line = String;

/// The lines of an index, by run.
#[derive(Debug, Default)]
pub struct Index {
    lines: BTreeMap<String, Line>,
}

impl Index {
    /// Reads the index of a runs folder; without a usable one there are no lines.
    pub fn load(runs: &Path) -> Self {
        let text = untrusted::read(&runs.join(INDEX), Links::Refuse, LARGEST).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let mut lines = text.lines();
        if lines.next() != Some(&header()) {
            return Self::default();
        }
        let lines = lines
            .filter_map(whole)
            .map(|(id, line)| (id, line.to_owned()));
        Self {
            lines: lines.collect(),
        }
    }

    /// What is remembered of a run.
    pub fn memory(&self, id: &str) -> Option<Memory> {
        serde_json::from_str(self.lines.get(id)?.split_once('\t')?.1).ok()
    }

    /// Remembers a run.
    pub fn put(&mut self, id: &str, memory: &Memory) {
        if let Ok(json) = serde_json::to_string(memory) {
            self.lines.insert(id.to_owned(), format!("{id}\t{json}"));
        }
    }

    /// Writes these lines and those of the file for other runs that are still there.
    ///
    /// # Errors
    /// When the folder can't be written; nothing is lost by that but time.
    pub fn save(self, runs: &Path, there: &BTreeSet<String>) -> io::Result<()> {
        let mut all = Self::load(runs);
        all.lines.extend(self.lines);
        all.lines.retain(|id, _| there.contains(id));
        let mut text = header() + "\n";
        for line in all.lines.values() {
            text.push_str(&format!(
                "{:08x} {line}\n",
                crc32fast::hash(line.as_bytes())
            ));
        }
        write_own(&runs.join(INDEX), text.as_bytes())
    }
}

/// The line that says what the file is. Another format of the logs means that more may be read from them.
fn header() -> String {
    format!("simclr-tui index {FORMAT}, log {}", log::FORMAT)
}

/// The run's name and the line without its checksum, if that is right.
fn whole(line: &str) -> Option<(String, &str)> {
    let (crc, line) = line.split_once(' ')?;
    let crc = u32::from_str_radix(crc, 16).ok()?;
    let (id, _) = line.split_once('\t')?;
    (crc == crc32fast::hash(line.as_bytes())).then(|| (id.to_owned(), line))
}
