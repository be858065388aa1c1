//! Workers of several devices, a process each: in the background, or as long as this process.

use crate::cli::child::{Process, last_error, piped, program};
use crate::cli::interrupt::on_interrupt;
use crate::cli::output::complain;
use crate::cli::{CliError, Exit, Result};
use crate::engine::device::Wanted;
use crate::machine::devices as machine;
use crate::queue::Queue;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// What stands for every CUDA card.
const ALL: &str = "all";
/// How soon the end of a worker, or a signal, is noticed.
const TICK: Duration = Duration::from_millis(100);

/// The devices that are meant, where it is not one.
pub fn devices(words: &str) -> Result<Option<Vec<String>>> {
    if words == ALL {
        let cards = machine::cuda();
        let none = "--device all: no CUDA card was found; `simclr-tui doctor` says why";
        let some = (!cards.is_empty()).then_some(Some(cards));
        return some.ok_or_else(|| CliError::Input(none.to_owned()));
    }
    let several: Vec<String> = words
        .split(',')
        .map(|word| word.trim().to_owned())
        .collect();
    Ok((several.len() > 1).then_some(several))
}

/// Those that have no worker yet.
fn idle<'a>(devices: &'a [String], runs: &Path) -> Vec<&'a str> {
    let queue = Queue::new(runs);
    let idle = devices.iter().filter(|device| !queue.has_worker(device));
    let idle: Vec<&str> = idle.map(String::as_str).collect();
    if idle.is_empty() {
        complain("each device has a worker already");
    }
    idle
}

/// Refuses a device that can't be used: every item would fail on it.
pub fn usable(device: &str) -> Result<()> {
    let wanted: Wanted = device.parse()?;
    if matches!(wanted, Wanted::Auto | Wanted::Cpu) {
        return Ok(());
    }
    // In a process of its own, which gives the device back.
    let tried = program().and_then(|mut program| {
        let words = ["queue", "work", "--try-device", "--device", device];
        piped(program.args(words)).stdin(Stdio::null()).output()
    });
    let tried = tried.map_err(|e| CliError::Failed(format!("{device} can't be tested: {e}")))?;
    if tried.status.success() {
        return Ok(());
    }
    let why = last_error(&tried.stderr);
    Err(CliError::Input(
        why.unwrap_or_else(|| format!("{device} can't be used")),
    ))
}

/// Begins a worker for each device that has none. A device that fails costs no other its worker.
pub fn begin(devices: &[String], runs: &Path, mut begin: impl FnMut(&str) -> Result) -> Result {
    let mut failed = None;
    for device in idle(devices, runs) {
        if let Err(why) = usable(device).and_then(|()| begin(device)) {
            complain(&format!("{device} gets no worker: {why}"));
            failed = Some(why);
        }
    }
    failed.map_or(Ok(Exit::Done), Err)
}

/// Keeps a worker for each device that has none at work, until all have ended; a signal to this process reaches them.
pub fn work(devices: &[String], runs: &Path, once: bool) -> Result {
    let interrupted = on_interrupt()?;
    let mut workers = Vec::new();
    let begun = begin(devices, runs, |device| {
        let started = program()
            .and_then(|mut command| Process::start(worker(&mut command, device, runs, once)));
        workers.push(
            started.map_err(|e| CliError::Failed(format!("a worker can't be started: {e}")))?,
        );
        Ok(Exit::Done)
    });
    if workers.is_empty() {
        return begun;
    }
    let mut whole = begun.is_ok();
    while !workers.is_empty() {
        if interrupted.load(Ordering::Relaxed) {
            workers.iter_mut().for_each(Process::stop);
        }
        let mut still = Vec::new();
        for mut worker in workers {
            match worker.try_wait().map_err(CliError::from)? {
                Some(status) => whole &= status.success(),
                None => still.push(worker),
            }
        }
        workers = still;
        std::thread::sleep(TICK);
    }
    Ok(match () {
        () if interrupted.load(Ordering::Relaxed) => Exit::Interrupted,
        () if whole => Exit::Done,
        () => Exit::Failed,
    })
}

fn worker<'a>(command: &'a mut Command, device: &str, runs: &Path, once: bool) -> &'a mut Command {
    let command = command.arg("--runs").arg(runs);
    let command = command.args(["queue", "work", "--as-child", "--device", device]);
    command.args(once.then_some("--once"))
}
