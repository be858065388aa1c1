//! One item of the queue while it is trained: its process, what that prints, and how it ended.

use crate::cli::child::{Line, Process, piped, program};
use crate::experiment;
use crate::queue::Claim;
use crate::runs::{NewRun, Run, Status};
use crate::sweep::{Plan, Source, State};
use crate::text::shown;
use std::io;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// How soon an interruption is passed on.
const TICK: Duration = Duration::from_millis(100);

/// How the training of an item ended.
pub enum End {
    /// All of it is trained.
    Complete,
    /// It was cancelled.
    Cancelled,
    /// Somebody ended the process, or had it stop.
    Cut(String),
    /// It could not be trained.
    Failed(String),
}

/// One item while it is trained.
pub struct QueueJob<'a> {
    claim: &'a Claim,
    runs: &'a Path,
    device: Option<&'a str>,
}

impl<'a> QueueJob<'a> {
    /// To train an item, on a device or where its experiments say.
    pub const fn new(claim: &'a Claim, runs: &'a Path, device: Option<&'a str>) -> Self {
        Self {
            claim,
            runs,
            device,
        }
    }

    /// Trains it; when `interrupted` rises, that stops after its step.
    pub fn run(&self, interrupted: &AtomicBool, mut tell: impl FnMut(&str)) -> End {
        let (mut process, lines) = match self.start() {
            Ok(started) => started,
            Err(why) => return End::Failed(why),
        };
        let mut error = None;
        loop {
            if interrupted.load(Ordering::Relaxed) || self.claim.is_cancelled() {
                process.stop();
            }
            match lines.recv_timeout(TICK) {
                Ok(line) => {
                    tell(&shown(&line.to_string()));
                    if let Line::Error(why) = line {
                        error = Some(why);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        match process.wait() {
            Ok(_) if self.claim.is_cancelled() => End::Cancelled,
            Ok(status) => self.end(status, error),
            Err(e) => End::Failed(format!("its process can't be checked: {e}")),
        }
    }

    /// Starts the process.
    fn start(&self) -> Result<(Process, Receiver<Line>), String> {
        let cant = |e: io::Error| format!("its process can't be started: {e}");
        let order = self.order()?;
        let mut command = program().map_err(cant)?;
        command.arg("--runs").arg(self.runs).args(self.arguments());
        command.arg("--lock").arg(self.claim.training_lock());
        if self.claim.item.experiment.is_none() {
            // Whatever the item's file says is no option.
            command.arg("--").arg(&self.claim.item.sweep);
        }
        if self.claim.folder.is_dir() {
            command.current_dir(&self.claim.folder);
        }
        let mut process = Process::start(piped(&mut command)).map_err(cant)?;
        let (sender, lines) = channel();
        process.listen(&sender, |line| line).map_err(cant)?;
        // A process that ended before it listened has said why.
        let _ = order.map_or(Ok(()), |order| process.send(&order));
        Ok((process, lines))
    }

    /// What the process of a single experiment is told.
    fn order(&self) -> Result<Option<NewRun>, String> {
        let (Some(text), Some(run)) = (&self.claim.item.experiment, &self.claim.run) else {
            return Ok(None);
        };
        let parsed = experiment::parse(text, "the queue's experiment");
        let mut experiment = parsed.map_err(|e| e.to_string())?;
        for assignment in &self.claim.item.set {
            let set = experiment.assign(assignment);
            set.map_err(|why| format!("--set {assignment}: {why}"))?;
        }
        if let Some(device) = self.device {
            experiment.set("machine.device", device)?;
        }
        Ok(Some(NewRun {
            name: Some(run.clone()),
            ..experiment.into()
        }))
    }

    /// The arguments of the process.
    fn arguments(&self) -> Vec<String> {
        let item = &self.claim.item;
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        if item.experiment.is_some() {
            return words(&["run", "--from-sweep"]);
        }
        let mut line: Vec<String> = words(&["sweep", "--yes"]);
        let device = self.device.map(|device| format!("machine.device={device}"));
        line.extend(item.scale.iter().map(|scale| format!("--scale={scale}")));
        line.extend(
            item.set
                .iter()
                .chain(&device)
                .map(|set| format!("--set={set}")),
        );
        line
    }

    /// How it ended, by the process's exit and the last error that it reported.
    fn end(&self, status: ExitStatus, error: Option<String>) -> End {
        match status.code() {
            Some(0)
                if self
                    .claim
                    .run
                    .as_ref()
                    .is_none_or(|run| self.completed(run)) =>
            {
                End::Complete
            }
            Some(0 | 130) => End::Cut("it was stopped before it was complete".to_owned()),
            None => End::Cut(format!("its process was killed: {status}")),
            Some(code) => {
                let why = error.or_else(|| self.reason());
                End::Failed(why.unwrap_or_else(|| format!("its process ended with {code}")))
            }
        }
    }

    fn completed(&self, run: &str) -> bool {
        Run::open(&self.runs.join(run)).status == Status::Completed
    }

    /// Why it failed, by what lies there of it.
    fn reason(&self) -> Option<String> {
        let item = &self.claim.item;
        if let Some(run) = &self.claim.run {
            return Run::open(&self.runs.join(run)).series.end?.reason;
        }
        let source = Source::open(&item.sweep).ok()?;
        let sweep = source.sweep(item.scale.as_deref(), &item.set).ok()?;
        let states = Plan::read(self.runs).ok()?.states(&sweep, 0);
        let all = states.len();
        let mut left = states
            .into_iter()
            .filter(|(_, state)| !matches!(state, State::Done(_)));
        let (first, state) = left.next()?;
        let why = match state {
            State::Unfinished(dir, status) => {
                let end = Run::open(&dir).series.end;
                end.and_then(|end| end.reason)
                    .unwrap_or_else(|| status.to_string())
            }
            _ => "not trained".to_owned(),
        };
        let (left, first) = (left.count() + 1, sweep.title(first));
        Some(format!(
            "{left} of {all} trainings are not complete; {first}: {why}"
        ))
    }
}
