//! `pause`, `continue`, `checkpoint` and `stop`: asks whichever process trains a run, and waits for what its log says.

use super::confirm::Sure;
use super::output::Screen;
use super::{CliError, Exit, Result};
use crate::engine::report::Report;
use crate::runs::control::{Request, send};
use crate::runs::{BEST_CHECKPOINT, EVENTS, Follower, Run, Status, locate};
use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often the run's folder is looked at.
const TICK: Duration = Duration::from_millis(100);

/// What all of them take.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The run, named as in show
    run: OsString,
    /// Seconds to wait for the run to respond; it responds after its current step
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    wait: u32,
    #[command(flatten)]
    sure: Sure,
}

pub fn main(args: &Args, request: Request, runs: &Path, out: &mut Screen) -> Result {
    let found = locate(runs, &args.run)?;
    let id = &found.full;
    let mut watched = Watched::new(Run::open(&found.dir));
    if !watched.run.status.is_live() {
        let status = watched.run.status;
        let why = format!("run {id} is not being trained: it is {status}");
        return Err(CliError::Input(why));
    }
    if let Some(Ok(text)) = watched.answer(request) {
        out.tell(&format!("run {id} {text} already"));
        return Ok(Exit::Done);
    }
    // The others take nothing from a run that wasn't meant.
    let harms = matches!(request, Request::Pause | Request::Stop);
    if harms && !args.sure.means(found.exact, request.name(), &found.full)? {
        out.tell("nothing was done");
        return Ok(Exit::Done);
    }
    send(&watched.run.dir, request)?;
    let asked = Instant::now();
    while asked.elapsed() < Duration::from_secs(args.wait.into()) {
        std::thread::sleep(TICK);
        watched.look();
        match watched.answer(request) {
            None => {}
            Some(Ok(text)) => {
                out.tell(&format!("run {id} {text}"));
                return Ok(Exit::Done);
            }
            Some(Err(why)) => return Err(CliError::Failed(format!("run {id} {why}"))),
        }
    }
    let why = format!(
        "run {id} has not answered within {} s; it will after its current step",
        args.wait
    );
    Err(CliError::Failed(why))
}

/// A run whose answer is waited for.
struct Watched {
    run: Run,
    log: Follower,
    /// Whether a checkpoint to go on from was written since.
    saved: bool,
}

impl Watched {
    fn new(run: Run) -> Self {
        let mut log = Follower::open(&run.dir.join(EVENTS));
        log.poll();
        let saved = false;
        Self { run, log, saved }
    }

    fn look(&mut self) {
        self.run.refresh();
        let wanted =
            |report: &Report| matches!(report, Report::Checkpoint(c) if c.file != BEST_CHECKPOINT);
        self.saved |= self.log.poll().iter().any(|r| wanted(&r.report));
    }

    /// What the run's folder says to a request: that it was obeyed, or that it never will be.
    fn answer(&self, request: Request) -> Option<std::result::Result<String, String>> {
        let step = self.run.series.progress().map_or(0, |(done, _)| done);
        match (request, self.run.status) {
            (Request::Pause, Status::Paused) => Some(Ok(format!("is paused at step {step}"))),
            (Request::Continue, Status::Running) => Some(Ok("is training".to_owned())),
            (Request::Checkpoint, _) if self.saved => {
                Some(Ok(format!("has a checkpoint at step {step}")))
            }
            (Request::Stop, Status::Stopped) => {
                Some(Ok(format!("is stopped at step {step}, with a checkpoint")))
            }
            (_, Status::Running | Status::Paused) => None,
            (_, status) => Some(Err(format!(
                "can't answer any more: it is {status} at step {step}"
            ))),
        }
    }
}
