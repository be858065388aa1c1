//! Whether the file system of the runs folder does what runs rely on, tried between two processes.

use super::finding::Finding;
use crate::disk::{sync_folder, write_own};
use crate::runs::lock::{self, State};
use crate::text::figures::duration;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::SystemTime;

/// Clocks that differ by more seconds end leases too early or too late.
const SKEW: f64 = 60.0;

const WHAT: &str = "file system";
/// How to do without.
const OTHER: &str = "keep runs on another file system, with --runs DIR or $SIMCLR_TUI_RUNS";

/// Tries it in a folder of its own inside the runs folder; nothing where that isn't there yet.
pub fn finding(runs: &Path) -> Option<Finding> {
    runs.is_dir().then(|| {
        let folder = runs.join(format!(".doctor-{}", std::process::id()));
        let tried = fs::create_dir(&folder).and_then(|()| tried(&folder));
        // It was made by this process.
        let _ = fs::remove_dir_all(&folder);
        tried.unwrap_or_else(|e| Finding::failed(WHAT, e.to_string(), OTHER))
    })
}

fn tried(folder: &Path) -> io::Result<Finding> {
    let (locked, log) = (folder.join("lock"), folder.join("log"));
    for text in ["one", "two"] {
        // The second takes the first one's place by a rename.
        write_own(&log, text.as_bytes())?;
    }
    OpenOptions::new()
        .append(true)
        .open(&log)?
        .write_all(b"3")?;
    sync_folder(folder)?;
    let held = lock::take_file(&locked)?;
    let sure = held.as_ref().is_some_and(|held| held.sure);
    let [while_held, text] = other(&locked, &log)?;
    drop(held);
    let [after, _] = other(&locked, &log)?;
    let away = fs::metadata(&log)?.modified()?;
    let now = SystemTime::now();
    let skew = now
        .duration_since(away)
        .or_else(|e| Ok::<_, io::Error>(e.duration()))?;
    Ok(match (while_held.as_str(), after.as_str()) {
        _ if text != "two3" => {
            let found = format!("another process reads {text:?} where this one wrote \"two3\"");
            Finding::failed(WHAT, found, OTHER)
        }
        ("Held", "Free" | "Unknown") if skew.as_secs_f64() > SKEW => {
            let found = format!(
                "its clock and this machine's differ by {}",
                duration(skew.as_secs_f64())
            );
            let remedy =
                "synchronise the clocks: other machines tell by them whether a run's process lives";
            Finding::warning(WHAT, found, remedy)
        }
        ("Held", "Free") if sure => {
            Finding::ok(WHAT, "renames, appends and locks work between processes")
        }
        ("Held", "Unknown" | "Free") => {
            let found = "it has no locks; leases of two minutes stand in for them, and the queue needs locks";
            Finding::warning(WHAT, found, OTHER)
        }
        _ => {
            let found = format!(
                "another process saw a lock as {while_held}, and as {after} once it was released"
            );
            Finding::failed(WHAT, found, OTHER)
        }
    })
}

/// What another process sees of a lock and a log.
fn other(lock: &Path, log: &Path) -> io::Result<[String; 2]> {
    let output = Command::new(std::env::current_exe()?)
        .args(["doctor", "--probe"])
        .args([lock, log])
        .stdin(Stdio::null())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut lines = text.lines().map(str::to_owned);
    let mut next = || lines.next().unwrap_or_default();
    Ok([next(), next()])
}

/// In the other process: the lock's state and the log's text, a line each.
pub fn probe(lock: &Path, log: &Path) -> [String; 2] {
    let state: State = lock::look_file(lock);
    let text = fs::read_to_string(log).unwrap_or_else(|e| e.to_string());
    [format!("{state:?}"), text]
}
