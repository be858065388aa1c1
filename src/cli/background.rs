//! Processes in the background, which outlive the terminal: one that takes a run over from the workbench, and workers of the
//! queue.

use super::child::program;
use super::{CliError, Result};
use crate::disk::untrusted;
use crate::queue;
use crate::runs::CONSOLE;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Starts the process that takes over the run in this folder; what it prints goes to the run's console.
pub fn start(run: &Path) -> io::Result<Child> {
    untrusted::folder(run)?;
    let name = run.file_name().unwrap_or(run.as_os_str());
    spawn(run.parent().unwrap_or(run), &run.join(CONSOLE), |command| {
        command.args(["run", "--detached", "--resume"]).arg(name)
    })
}

/// Starts a worker of the queue that ends once nothing waits; what it prints goes to the queue's console.
pub fn start_worker(runs: &Path) -> io::Result<Child> {
    worker(runs, None, true)
}

/// Starts this program with some arguments over a folder of runs, without a terminal; its errors are piped.
pub fn task(runs: &Path, args: &[OsString]) -> io::Result<Child> {
    let mut command = program()?;
    command.arg("--runs").arg(runs).args(args);
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(Stdio::piped()).spawn()
}

/// Starts a worker of the queue, for one device or wherever experiments say.
pub fn worker(runs: &Path, device: Option<&str>, once: bool) -> io::Result<Child> {
    let queue = runs.join(queue::QUEUE);
    fs::create_dir_all(runs)?;
    untrusted::own_folder(&queue)?;
    let console = queue.join(queue::CONSOLE);
    spawn(&std::path::absolute(runs)?, &console, |command| {
        command
            .args(["queue", "work", "--in-background"])
            .args(once.then_some("--once"))
            .args(device.iter().flat_map(|device| ["--device", device]))
    })
}

/// Starts this program with more arguments; what it prints goes to the end of a file.
fn spawn(
    runs: &Path,
    console: &Path,
    more: impl Fn(&mut Command) -> &mut Command,
) -> io::Result<Child> {
    let console = untrusted::open_own(console, OpenOptions::new().append(true).create(true))?;
    let mut command = program()?;
    more(command.arg("--runs").arg(runs))
        .stdin(Stdio::null())
        .stdout(console.try_clone()?)
        .stderr(console)
        .spawn()
}

/// Leaves the terminal's session, so that its end does not end this process.
#[cfg(unix)]
pub fn detach() -> Result<()> {
    match rustix::process::setsid() {
        // Refused where it has a session of its own already.
        Ok(_) | Err(rustix::io::Errno::PERM) => Ok(()),
        Err(e) => Err(CliError::Failed(format!(
            "the process can't leave the terminal's session: {e}"
        ))),
    }
}

/// There are no sessions to leave.
#[cfg(not(unix))]
pub fn detach() -> Result<()> {
    Err(CliError::Failed(
        "runs can't continue in the background on this system".to_owned(),
    ))
}
