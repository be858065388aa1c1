//! `queue work`: trains what waits in the queue, one item after another.

use super::{several, submit};
use crate::cli::background;
use crate::cli::child::until_end;
use crate::cli::error;
use crate::cli::interrupt::on_interrupt;
use crate::cli::output::{Screen, Style};
use crate::cli::sweep::{self, Array, Options};
use crate::cli::{CliError, Exit, Result};
use crate::disk::path::whole;
use crate::engine::catch_panic;
use crate::engine::device;
use crate::experiment::file::parse;
use crate::queue::{AUTO, CONSOLE, Claim, ItemState, Queue, Worker};
use crate::runs::live;
use crate::sweep::Plan;
use crate::text::shown;
use crate::text::suggest::command;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often the queue is looked at while there is nothing to do.
const PACE: Duration = Duration::from_secs(1);
/// How soon a signal is noticed then.
const TICK: Duration = Duration::from_millis(100);
/// How long a worker in the background may take to begin.
const BEGINNING: Duration = Duration::from_secs(30);

/// Trains what is in the queue; Ctrl-C stops after the current step with a checkpoint, and the next worker continues there
#[derive(Debug, clap::Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub struct Args {
    /// Where to compute: auto, cpu, cuda:N or wgpu:N, several with commas, or all for every CUDA card, each with a worker of its own [default: as experiments say]
    #[arg(long, value_name = "DEVICES")]
    device: Option<String>,
    /// Works in the background, even after the terminal is closed
    #[arg(long)]
    detached: bool,
    /// Ends when nothing is waiting
    #[arg(long)]
    once: bool,
    /// Submits what waits to Slurm as job arrays, as `sweep --slurm` does, and trains nothing here
    #[arg(long, conflicts_with_all = ["device", "detached", "once"])]
    slurm: bool,
    #[command(flatten)]
    array: Array,
    /// Is the one in the background: for the use of --detached and the workbench
    #[arg(long, hide = true, conflicts_with = "detached")]
    in_background: bool,
    /// Ends with its standard input: for the use of a process with several workers
    #[arg(long, hide = true)]
    as_child: bool,
    /// Says whether the device can be used, and trains nothing
    #[arg(long, hide = true, requires = "device")]
    try_device: bool,
}

pub fn main(args: &Args, settings: Option<&Path>, runs: &Path, out: &mut Screen) -> Result {
    let device = args.device.as_deref();
    if args.slurm {
        return submit::main(&args.array, settings, &whole(runs), out);
    }
    if args.try_device {
        device::choose(device.unwrap_or(AUTO))?;
        return Ok(Exit::Done);
    }
    // The worker goes to where items were added.
    let runs = std::path::absolute(runs).map_err(CliError::from)?;
    if let Some(devices) = device.map(several::devices).transpose()?.flatten() {
        return if args.detached {
            several::begin(&devices, &runs, |device| {
                detached(args, Some(device), &runs, out)
            })
        } else {
            several::work(&devices, &runs, args.once)
        };
    }
    device.map_or(Ok(()), several::usable)?;
    if args.detached {
        return detached(args, device, &runs, out);
    }
    if args.in_background {
        background::detach()?;
    }
    let interrupted = on_interrupt()?;
    if args.as_child {
        until_end(std::io::stdin(), &interrupted)?;
    }
    let queue = Queue::new(&runs);
    let worker = WorkerLoop {
        worker: queue.work(device.unwrap_or(AUTO))?,
        queue,
        runs: &runs,
        folder: env::current_dir().unwrap_or_default(),
        device,
        interrupted: &interrupted,
    };
    worker.work(args.once, out)
}

/// Starts a worker in the background, and waits until it is at work.
fn detached(args: &Args, device: Option<&str>, runs: &Path, out: &mut Screen) -> Result {
    let queue = Queue::new(runs);
    let name = device.unwrap_or(AUTO);
    if queue.has_worker(name) {
        return Err(crate::queue::QueueError::Occupied(name.to_owned()).into());
    }
    let started = background::worker(runs, device, args.once);
    let mut child =
        started.map_err(|e| CliError::Failed(format!("a worker can't be started: {e}")))?;
    let console = queue.dir.join(CONSOLE);
    let console = console.display();
    if begun(&mut child, &queue, name)? {
        let id = child.id();
        out.line(&format!(
            "a worker runs in the background, as process {id}; its output goes to {console}"
        ))?;
    } else {
        out.line(&format!(
            "nothing is waiting; the worker's output is in {console}"
        ))?;
    }
    Ok(Exit::Done)
}

/// Whether the worker is at work; otherwise it has ended already, having found nothing to do.
fn begun(child: &mut Child, queue: &Queue, device: &str) -> Result<bool> {
    let since = Instant::now();
    while since.elapsed() < BEGINNING {
        let ended = child.try_wait();
        match ended.map_err(|e| CliError::Failed(format!("the worker can't be checked: {e}")))? {
            Some(status) if status.success() => return Ok(false),
            Some(_) => break,
            None if queue.has_worker(device) => return Ok(true),
            None => std::thread::sleep(TICK),
        }
    }
    let console = queue.dir.join(CONSOLE);
    Err(CliError::Failed(format!(
        "the worker did not start; {} says why",
        console.display()
    )))
}

/// The worker of one device at its work.
struct WorkerLoop<'a> {
    worker: Worker,
    queue: Queue,
    runs: &'a Path,
    /// Where it was started.
    folder: PathBuf,
    device: Option<&'a str>,
    interrupted: &'a AtomicBool,
}

impl WorkerLoop<'_> {
    /// Trains item after item until it is interrupted, or nothing waits and that is its end.
    fn work(&self, once: bool, out: &mut Screen) -> Result {
        let (mut whole, mut said) = (true, String::new());
        while !self.interrupted.load(Ordering::Relaxed) {
            let paused = self.queue.is_paused();
            let busy = if paused { None } else { self.busy()? };
            if !paused
                && busy.is_none()
                && let Some(claim) = self.worker.take()?
            {
                whole &= self.train(claim, out)?;
                said.clear();
                continue;
            }
            if once && !self.waits()? {
                return Ok(if whole { Exit::Done } else { Exit::Failed });
            }
            let why = match busy {
                _ if paused => error::paused(),
                Some(name) => format!("waiting for {}, which trains on this device", shown(&name)),
                None => empty(),
            };
            if said != why {
                out.tell(&why);
                said = why;
            }
            self.rest();
        }
        Ok(Exit::Interrupted)
    }

    /// The run on the device of what waits first, if there is one: each device trains one at a time.
    fn busy(&self) -> Result<Option<String>> {
        let items = self.queue.items()?.into_iter();
        let mut waiting = items.filter(|item| item.state == ItemState::Waiting);
        let Some(item) = waiting.next() else {
            return Ok(None);
        };
        let own = item.experiment.and_then(|text| parse(&text, "").ok());
        let own = own.map(|experiment| experiment.machine.device);
        let device = self.device.or(own.as_deref()).unwrap_or(AUTO);
        Ok(live::trained_on(device, self.runs).map(|experiment| experiment.name))
    }

    /// Whether an item waits.
    fn waits(&self) -> Result<bool> {
        let items = self.queue.items()?;
        Ok(items.iter().any(|item| item.state == ItemState::Waiting))
    }

    /// Waits a moment, or until it is interrupted; whether it was.
    fn rest(&self) -> bool {
        let since = Instant::now();
        while since.elapsed() < PACE && !self.interrupted.load(Ordering::Relaxed) {
            std::thread::sleep(TICK);
        }
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Trains an item; whether it did not fail.
    fn train(&self, claim: Claim, out: &mut Screen) -> Result<bool> {
        let title = shown(&claim.item.title).into_owned();
        let head = out.paint(Style::Bold, &title);
        out.tell(&format!("{}: {head}", claim.item.key()));
        // Whatever goes wrong with an item is its end, not the worker's.
        let failure = match catch_panic::catch(|| self.failure(&claim, out)) {
            Ok(trained) => trained.unwrap_or_else(|error| Some(error.to_string())),
            Err(panic) => Some(format!("an internal error ({panic})")),
        };
        match failure {
            _ if claim.is_cancelled() => {
                claim.done()?;
                out.tell(&format!("{title} was stopped and removed from the queue"));
            }
            None => {
                claim.done()?;
                out.tell(&format!("{title} is complete"));
            }
            // Whoever stops everything may have got to the training first: the item waits again.
            Some(_) if self.rest() => {}
            Some(why) => {
                claim.failed(&why)?;
                out.tell(&format!("{title} failed: {}", shown(&why)));
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Trains an item as far as it is not; tells why it is not complete, where it is not.
    fn failure(&self, claim: &Claim, out: &mut Screen) -> Result<Option<String>> {
        let folder = &claim.item.folder;
        let start = if folder.is_dir() {
            folder
        } else {
            &self.folder
        };
        // What is relative and not found there says so.
        let _ = env::set_current_dir(start);
        let sweep = claim.sweep(self.device)?;
        let options = Options {
            runs: self.runs,
            round: 0,
            jobs: 1,
            queue: Some(&self.queue),
            stop: &|| self.interrupted.load(Ordering::Relaxed) || claim.is_cancelled(),
        };
        let states = Plan::read(self.runs)?.states(&sweep, 0);
        sweep::train(&sweep, sweep.metric, &states, options, out)
    }
}

/// What is said while there is nothing to do.
fn empty() -> String {
    format!("waiting for `{}`; Ctrl-C quits", command("queue add"))
}
