//! Runs on disk: one folder each, written by the trainer as it goes and read by any number of viewers.

pub mod column;
pub mod comparison;
pub mod control;
mod data_path;
pub mod environment;
pub mod evaluation;
pub mod fact;
pub mod filter;
mod flat_loss;
pub mod folder;
pub mod listing;
pub mod live;
pub mod lock;
pub mod log;
pub mod map;
pub mod names;
mod new_run;
pub mod notes;
pub mod origin;
mod resume;
pub mod run;
pub mod series;
mod smooth;
pub mod standard_error;
pub mod trash;

pub use crate::engine::data::Fingerprint;
pub use column::Column;
pub use control::Request;
pub use data_path::data_from_here;
pub use environment::Environment;
pub use evaluation::Evaluation;
pub use fact::Fact;
pub use filter::Filter;
pub use flat_loss::{flat, is_flat};
pub use folder::{RunFolder, fresh_name, step_checkpoint};
pub use listing::Listing;
pub use log::{Follower, LogWriter, Record};
pub use names::{Found, locate};
pub use new_run::NewRun;
pub use notes::Notes;
pub use origin::{Origin, at_scale};
pub use run::{Run, Status, find};
pub use series::{Gap, Sample, Series};
pub use smooth::smooth;

use crate::disk::untrusted::{self, Links};
use crate::experiment::{self, ron_errors};
use crate::text::suggest::command;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use thiserror::Error;

/// The experiment of a run: complete, and never changed.
pub const EXPERIMENT: &str = "experiment.ron";
/// What the run was trained with.
pub const ENVIRONMENT: &str = "environment.ron";
/// The event log.
pub const EVENTS: &str = "events.jsonl";
/// What the user says of the run.
pub const NOTES: &str = "notes.ron";
/// Which sweep the run belongs to, if it does.
pub const SWEEP: &str = "sweep.ron";
/// The folder of checkpoints.
pub const CHECKPOINTS: &str = "checkpoints";
/// The checkpoint with the best kNN accuracy.
pub const BEST_CHECKPOINT: &str = "best.safetensors";
/// The folder of what its network was judged to be worth.
pub const EVALUATIONS: &str = "evaluations";
/// The folder of where images lie in what it learnt.
pub const MAPS: &str = "maps";
/// The folder of requests to whoever trains the run.
pub const CONTROL: &str = "control";
/// What libraries print while the run is trained.
pub const CONSOLE: &str = "console.log";
/// The file whose lock the trainer holds.
pub const LOCK: &str = "lock";

/// What can go wrong with runs on disk, as a sentence for the user.
#[derive(Debug, Error)]
pub enum RunError {
    /// A file or folder can't be read or written.
    #[error("{path}: {why}")]
    Io {
        /// Which one.
        path: String,
        /// What stood in the way.
        why: String,
        /// Whether it may work later without anybody's doing in the program, as with a full disk.
        passes: bool,
    },
    /// Another process trains this run.
    #[error(
        "run {0} is being trained by another process; it can be watched, but not trained twice"
    )]
    Locked(String),
    /// The run was trained to its end.
    #[error("run {0} is complete; there is nothing to continue")]
    Complete(String),
    /// No run has this name.
    #[error("no run in {1} matches {0:?}; `{list}` lists them", list = command("runs"))]
    Unknown(String, String),
    /// Several runs' names start so.
    #[error(
        "{name:?} could be {}; use its folder, in brackets, or the last part of that",
        some(candidates)
    )]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// The runs it could be, in full.
        candidates: Vec<String>,
    },
    /// A run that is being trained was to be deleted.
    #[error("run {0} is being trained; stop it before deleting it")]
    Living(String),
    /// Only runs in the runs folder can be deleted.
    #[error("{0} is not in the runs folder; only runs there can be deleted")]
    Elsewhere(String),
    /// The trash has no such run.
    #[error("no run in the trash has {0:?} in its name; `{list}` lists them", list = command("trash"))]
    NotThrown(String),
    /// Another process was faster.
    #[error("run {0} was brought back or removed for good in the meantime")]
    Removed(String),
    /// A run of that name is there.
    #[error("there is a run {0} already; delete or rename its folder first")]
    Occupied(String),
    /// The folder holds no readable experiment.
    #[error("{0}")]
    Broken(String),
}

/// The first few, and how many more there are.
fn some(candidates: &[String]) -> String {
    let (shown, more) = candidates.split_at(candidates.len().min(8));
    match more.len() {
        0 => shown.join(" or "),
        n => format!("{} or one of {n} more", shown.join(", ")),
    }
}

impl RunError {
    /// That no run in a folder of runs is called so.
    pub(crate) fn unknown(name: &str, runs: &Path) -> Self {
        Self::Unknown(name.to_owned(), runs.display().to_string())
    }

    /// A sentence on a file or folder.
    #[must_use]
    pub fn io(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as E;
        let why = match error.kind() {
            E::NotFound => "there is no such file or folder".to_owned(),
            E::PermissionDenied => "can't be used (permission denied)".to_owned(),
            E::StorageFull | E::QuotaExceeded => "the disk is full".to_owned(),
            E::ReadOnlyFilesystem => "is on a read-only file system".to_owned(),
            E::NotADirectory => "is no folder, or a file lies where a folder should be".to_owned(),
            _ => error.to_string(),
        };
        // A disk gets room again, a server comes back, a disk is mounted anew; a limit of this process, or what lies in the way, stays.
        let lasting = [
            E::NotFound,
            E::PermissionDenied,
            E::FileTooLarge,
            E::NotADirectory,
            E::IsADirectory,
            E::AlreadyExists,
            E::InvalidInput,
            E::InvalidFilename,
        ];
        let path = path.display().to_string();
        let passes = !lasting.contains(&error.kind());
        Self::Io { path, why, passes }
    }

    /// Whether the same may work later.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Io { passes: true, .. })
    }
}

/// Where runs are kept: `SIMCLR_TUI_RUNS`, else a folder among the user's data.
#[must_use]
pub fn default_dir() -> PathBuf {
    if let Some(dir) = std::env::var_os("SIMCLR_TUI_RUNS").filter(|dir| !dir.is_empty()) {
        return PathBuf::from(dir);
    }
    directories::ProjectDirs::from("", "", "simclr-tui").map_or_else(
        || PathBuf::from("simclr-tui-runs"),
        |dirs| dirs.data_dir().join("runs"),
    )
}

/// Seconds since 1970 by this machine's clock.
#[must_use]
pub fn now() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |d| d.as_secs_f64())
}

/// The name of the run in this folder: that of the folder, with what is no text in it spelled as `\xE9`, so that no two are the same.
#[must_use]
pub fn id_of(dir: &Path) -> String {
    let name = dir.file_name().unwrap_or(dir.as_os_str());
    let mut id = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                c if c.is_control() => id.extend(c.escape_unicode()),
                c => id.push(c),
            }
        }
        id.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:X}")));
    }
    id
}

pub(crate) fn ron_options() -> ron::Options {
    ron::Options::default()
        .with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME)
        .with_recursion_limit(64)
}

/// Reads a small file of a run's or of the queue's folder.
///
/// # Errors
/// A sentence with the file's path, and line and column where its text is wrong.
pub(crate) fn ron_file<T: DeserializeOwned>(path: &Path, most: u64) -> Result<T, RunError> {
    let text = untrusted::text(path, Links::Refuse, most).map_err(|e| RunError::io(path, &e))?;
    ron_options().from_str(&text).map_err(|e| {
        let (at, why) = ron_errors::explain(&text, &e);
        let file = path.display().to_string();
        RunError::Broken(experiment::file::invalid(&file, &text[..at], &why).to_string())
    })
}

/// No file of a person's words, or of who trained a run, is larger.
pub(crate) const LARGEST: u64 = 1 << 20;

pub(crate) fn ron_text<T: serde::Serialize>(value: &T) -> String {
    let config = ron::ser::PrettyConfig::new().struct_names(false);
    let mut text = ron::ser::to_string_pretty(value, config).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
