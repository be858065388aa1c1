//! Training a sweep: so many processes side by side, each with one case, until none is left.

use super::child::{Order, each_line};
use crate::cli::output::{Screen, Style};
use crate::cli::queue::PAUSED;
use crate::cli::{CliError, Result};
use crate::engine::threads;
use crate::queue::Queue;
use crate::runs::{Run, id_of};
use crate::sweep::{Plan, State, Sweep, Training};
use crate::text::shown;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often the processes are looked at.
const TICK: Duration = Duration::from_millis(100);

/// A sweep while it is trained.
pub struct Conductor<'a> {
    sweep: &'a Sweep,
    runs: &'a Path,
    /// See [`Plan::state`].
    round: u64,
    jobs: usize,
    interrupted: &'a AtomicBool,
    queue: VecDeque<Training>,
    slots: Vec<Slot>,
    said: Receiver<String>,
    say: Sender<String>,
    stopping: bool,
    /// The queue, where the sweep is one of its items: while that is paused, no training begins.
    of: Option<Queue>,
    /// Whether it waits for that, and has said so.
    rested: bool,
}

/// One training that is under way.
struct Slot {
    training: Training,
    work: Work,
}

enum Work {
    /// In a process of ours.
    Ours {
        child: Child,
        /// Let go of, it ends the process.
        leash: Option<ChildStdin>,
        readers: Vec<JoinHandle<()>>,
    },
    /// In another process, which is waited for.
    Theirs(PathBuf),
}

impl<'a> Conductor<'a> {
    /// For the trainings in the queue; when `interrupted` rises, all stop after their step.
    pub fn new(
        sweep: &'a Sweep,
        runs: &'a Path,
        round: u64,
        jobs: usize,
        interrupted: &'a AtomicBool,
        queue: VecDeque<Training>,
    ) -> Self {
        let (say, said) = channel();
        Self {
            sweep,
            runs,
            round,
            jobs,
            interrupted,
            queue,
            slots: Vec::new(),
            said,
            say,
            stopping: false,
            of: None,
            rested: false,
        }
    }

    /// Whether it is an item of the queue, and begins nothing while that is paused.
    pub fn pausing(mut self, queued: bool) -> Self {
        self.of = queued.then(|| Queue::of(self.runs));
        self
    }

    /// Trains until nothing is left to train; whether it was not interrupted before that.
    pub fn train(mut self, out: &mut Screen) -> Result<bool> {
        loop {
            if self.interrupted.load(Ordering::Relaxed) && !self.stopping {
                self.stop();
            }
            self.reap()?;
            self.fill(out)?;
            if self.slots.is_empty() && self.queue.is_empty() {
                break;
            }
            let rests = self.slots.is_empty();
            if rests && !self.rested {
                out.tell(PAUSED);
            }
            self.rested = rests;
            if let Ok(line) = self.said.recv_timeout(TICK) {
                out.tell(&shown(&line));
            }
        }
        self.said
            .try_iter()
            .for_each(|line| out.tell(&shown(&line)));
        Ok(!self.stopping)
    }

    fn stop(&mut self) {
        self.stopping = true;
        self.queue.clear();
        self.slots
            .retain(|slot| matches!(slot.work, Work::Ours { .. }));
        for slot in &mut self.slots {
            if let Work::Ours { leash, .. } = &mut slot.work {
                leash.take();
            }
        }
    }

    /// Lets go of what has ended.
    fn reap(&mut self) -> Result<()> {
        let mut nth = 0;
        while nth < self.slots.len() {
            if !ended(&mut self.slots[nth].work)? {
                nth += 1;
                continue;
            }
            let slot = self.slots.remove(nth);
            match slot.work {
                Work::Ours { readers, .. } => {
                    for reader in readers {
                        // One that panicked has nothing more to say.
                        let _ = reader.join();
                    }
                }
                // Whatever became of it: its folder tells.
                Work::Theirs(_) => self.queue.push_front(slot.training),
            }
        }
        Ok(())
    }

    /// Starts what there is room for.
    fn fill(&mut self, out: &mut Screen) -> Result<()> {
        while self.slots.len() < self.jobs {
            if self.of.as_ref().is_some_and(Queue::is_paused) {
                break;
            }
            let Some(training) = self.queue.pop_front() else {
                break;
            };
            // Looked up anew: another process may have trained it meanwhile.
            let experiment = self.sweep.experiment(training);
            let (order, how) = match Plan::read(self.runs)?.state(&experiment, self.round) {
                State::Done(_) => continue,
                State::Live(dir) => {
                    let how = format!(
                        "waiting for run {}, which another process trains",
                        id_of(&dir)
                    );
                    self.head(out, training, &how)?;
                    let work = Work::Theirs(dir);
                    self.slots.push(Slot { training, work });
                    continue;
                }
                State::Unfinished(dir, status) => {
                    let run = id_of(&dir);
                    let how = format!("going on with run {run}, which is {status}");
                    (Order::resume(run, &experiment), how)
                }
                State::New => {
                    let origin = self.sweep.origin(training, self.round);
                    (Order::start(&experiment, origin), String::new())
                }
            };
            self.head(out, training, &how)?;
            let work = self.spawn(training, &order)?;
            self.slots.push(Slot { training, work });
        }
        Ok(())
    }

    /// The line above a training.
    fn head(&self, out: &mut Screen, training: Training, how: &str) -> Result<()> {
        let all: Vec<Training> = self.sweep.trainings().collect();
        let nth = all.iter().position(|t| *t == training).unwrap_or(0) + 1;
        let title = format!("[{nth}/{}] {}", all.len(), self.sweep.title(training));
        let title = out.paint(Style::Bold, &title);
        let how = if how.is_empty() {
            String::new()
        } else {
            format!(": {how}")
        };
        out.line(&format!("{title}{how}"))?;
        Ok(())
    }

    fn spawn(&self, training: Training, order: &Order) -> Result<Work> {
        let piped = self.jobs > 1;
        let (mut child, leash) = order
            .spawn(self.runs, piped)
            .map_err(|e| CliError::Failed(format!("a training can't be started: {e}")))?;
        let name = self.sweep.title(training);
        let outputs: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|o| Box::new(o) as _),
            child.stderr.take().map(|o| Box::new(o) as _),
        ];
        let readers = outputs.into_iter().flatten();
        let readers = readers.map(|output| {
            let (say, name) = (self.say.clone(), name.clone());
            each_line(output, move |line| {
                // Nobody listens once the sweep is over.
                let _ = say.send(format!("{name}: {line}"));
            })
        });
        let readers: io::Result<_> = readers.collect();
        let readers = readers.map_err(|e| {
            let hint = threads::HINT;
            CliError::Failed(format!("a training can't be listened to ({e}); {hint}"))
        })?;
        Ok(Work::Ours {
            readers,
            child,
            leash: Some(leash),
        })
    }
}

fn ended(work: &mut Work) -> Result<bool> {
    match work {
        Work::Ours { child, .. } => child
            .try_wait()
            .map(|status| status.is_some())
            .map_err(|e| CliError::Failed(format!("a training can't be looked at: {e}"))),
        Work::Theirs(dir) => Ok(!Run::open(dir).status.is_live()),
    }
}
