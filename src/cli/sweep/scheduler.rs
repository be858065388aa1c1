//! Training a sweep: so many processes side by side, each with one case, until none is left.

use crate::cli::child::{Line, Process, piped, program};
use crate::cli::error::{TAKEN, paused};
use crate::cli::opening::Stop;
use crate::cli::output::{Screen, Style};
use crate::cli::{CliError, Result};
use crate::engine::threads;
use crate::queue::Queue;
use crate::runs::{NewRun, id_of};
use crate::sweep::claim::is_held;
use crate::sweep::{Plan, Standing, State, Sweep, Training, standings};
use crate::text::shown;
use std::collections::{HashMap, HashSet, VecDeque};
use std::io;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often the processes are looked at.
const TICK: Duration = Duration::from_millis(100);

/// How often all runs are looked at while others train what is left.
const PACE: Duration = Duration::from_secs(1);
/// What is said then.
const ELSEWHERE: &str = "waiting for other processes, which train the rest";

/// How a sweep is to be trained.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The folder of runs.
    pub runs: &'a Path,
    /// See [`Plan::state`].
    pub round: u64,
    /// So many at once.
    pub jobs: usize,
    /// The queue, where the sweep is one of its items: while that is paused, no training begins.
    pub queue: Option<&'a Queue>,
    /// Whether it is to stop: what is being trained then ends after its step.
    pub stop: &'a Stop<'a>,
}

/// A sweep while it is trained.
pub struct Scheduler<'a> {
    sweep: &'a Sweep,
    options: Options<'a>,
    pending: VecDeque<Training>,
    slots: Vec<Slot>,
    lines: Receiver<(Training, Line)>,
    sender: Sender<(Training, Line)>,
    stopping: bool,
    /// Why trainings ended, where their processes told.
    reasons: HashMap<Training, String>,
    /// What was said last of why it waits.
    waiting: Option<String>,
    /// With how many steps done each training was begun last.
    begun: HashMap<Training, u64>,
    /// The cases of which it was said that they are cut.
    cut: HashSet<usize>,
    /// When it was last looked for something to begin, where there was nothing.
    idle_since: Option<Instant>,
}

/// One training that is under way.
struct Slot {
    training: Training,
    process: Process,
    readers: Vec<JoinHandle<()>>,
}

impl<'a> Scheduler<'a> {
    /// For these trainings.
    pub fn new(sweep: &'a Sweep, options: Options<'a>, pending: VecDeque<Training>) -> Self {
        let (sender, lines) = channel();
        Self {
            sweep,
            options,
            pending,
            slots: Vec::new(),
            lines,
            sender,
            stopping: false,
            reasons: HashMap::new(),
            waiting: None,
            begun: HashMap::new(),
            cut: HashSet::new(),
            idle_since: None,
        }
    }

    /// Trains until nothing is left to train, or it is to stop; tells why trainings failed, as far as their processes told.
    pub fn train(mut self, out: &mut Screen) -> Result<HashMap<Training, String>> {
        loop {
            if !self.stopping && (self.options.stop)() {
                self.stop();
            }
            self.reap()?;
            // Before the next one is announced.
            while let Ok((training, line)) = self.lines.try_recv() {
                self.tell(training, line, out);
            }
            self.fill(out)?;
            if self.slots.is_empty() && self.pending.is_empty() {
                break;
            }
            self.explain(out);
            if let Ok((training, line)) = self.lines.recv_timeout(TICK) {
                self.tell(training, line, out);
            }
        }
        Ok(self.reasons)
    }

    /// Passes on what a training said.
    fn tell(&mut self, training: Training, line: Line, out: &mut Screen) {
        let mut text = line.to_string();
        if self.options.jobs > 1 {
            text = format!("{}: {text}", self.sweep.title(training));
        }
        out.tell(&shown(&text));
        if let Line::Error(why) = line {
            self.reasons.insert(training, why);
        }
    }

    /// Whether nothing may begin now.
    fn is_paused(&self) -> bool {
        self.options.queue.is_some_and(Queue::is_paused)
    }

    /// Says once why nothing is being trained, where that is so.
    fn explain(&mut self, out: &mut Screen) {
        let why = || {
            if self.is_paused() {
                paused()
            } else {
                ELSEWHERE.to_owned()
            }
        };
        let why = self.slots.is_empty().then(why);
        if let Some(why) = why.as_ref().filter(|_| why != self.waiting) {
            out.tell(why);
        }
        self.waiting = why;
    }

    fn stop(&mut self) {
        self.stopping = true;
        self.pending.clear();
        for slot in &mut self.slots {
            slot.process.stop();
        }
    }

    /// Lets go of what has ended.
    fn reap(&mut self) -> Result<()> {
        let mut nth = 0;
        while nth < self.slots.len() {
            let ended = self.slots[nth].process.try_wait();
            let ended =
                ended.map_err(|e| CliError::Failed(format!("a run can't be checked: {e}")))?;
            let Some(status) = ended else {
                nth += 1;
                continue;
            };
            let slot = self.slots.remove(nth);
            for reader in slot.readers {
                // One that panicked has nothing more to say.
                let _ = reader.join();
            }
            // Another process had it first: what comes of that is looked up later.
            let taken = status.code() == Some(TAKEN.into());
            if (taken || self.sweep.halving.is_some()) && !self.stopping {
                self.pending.push_back(slot.training);
            }
            if !taken {
                self.idle_since = None;
                if let Some(why) = unusual(status) {
                    self.reasons.entry(slot.training).or_insert(why);
                }
            }
        }
        Ok(())
    }

    /// Starts what there is room for.
    fn fill(&mut self, out: &mut Screen) -> Result<()> {
        let lately = |at: Instant| at.elapsed() < PACE;
        while self.slots.len() < self.options.jobs && !self.idle_since.is_some_and(lately) {
            if self.is_paused() {
                break;
            }
            let Some((training, order, state)) = self.next(out)? else {
                break;
            };
            let mut how = match &state {
                State::Unfinished(dir, status) => {
                    format!(": continuing run {}, which is {status}", id_of(dir))
                }
                _ => String::new(),
            };
            if let (Some(_), epoch @ 1..) = (self.sweep.halving, order.experiment.stop.after) {
                how.push_str(&format!(", to epoch {epoch}"));
            }
            if self.sweep.run.is_none() {
                self.announce(out, training, &how);
            }
            let slot = self.spawn(training, &order)?;
            self.slots.push(slot);
        }
        Ok(())
    }

    /// The next training that nobody is at, and how it stands. Those of others are looked at again when there is nothing else, as they may
    /// end early.
    fn next(&mut self, out: &mut Screen) -> Result<Option<(Training, NewRun, State)>> {
        if self.pending.is_empty() {
            return Ok(None);
        }
        // Looked up anew: other processes train too.
        let plan = Plan::read(self.options.runs)?;
        let all = self.sweep.standings(&plan, self.options.round);
        self.tell_cuts(all.as_deref().unwrap_or_default(), out);
        let mut elsewhere = !self.slots.is_empty();
        for _ in 0..self.pending.len() {
            let Some(training) = self.pending.pop_front() else {
                break;
            };
            let mut order = self.sweep.order(training, self.options.round);
            let standing = all.as_ref().map(|all| &all[training.case]);
            let state = plan.state(&order);
            match (standing, &state) {
                (Some(Standing::Cut(_)), _) | (_, State::Done(_) | State::Ended(_)) => continue,
                (_, State::Live(_)) => elsewhere = true,
                _ if is_held(self.options.runs, &order) => elsewhere = true,
                (Some(Standing::Waits), _) => {}
                (Some(Standing::Until(epoch)), _) => {
                    let run = plan.run(&order);
                    if !epoch.is_some_and(|epoch| standings::is_there(run, epoch)) {
                        let steps = run.and_then(|run| run.series.progress());
                        let steps = steps.map_or(0, |(done, _)| done);
                        // What got no further the last time won't now.
                        if self.begun.insert(training, steps) == Some(steps) {
                            continue;
                        }
                        order.experiment.stop.after = epoch.unwrap_or(0) as usize;
                        return Ok(Some((training, order, state)));
                    }
                }
                (None, _) => return Ok(Some((training, order, state))),
            }
            self.pending.push_back(training);
        }
        if !elsewhere {
            // All that is left waits for one that can't be trained.
            self.pending.clear();
        }
        self.idle_since = Some(Instant::now());
        Ok(None)
    }

    /// Says once of each case that it is cut.
    fn tell_cuts(&mut self, standings: &[Standing], out: &mut Screen) {
        for (nth, (case, standing)) in self.sweep.cases.iter().zip(standings).enumerate() {
            if let Standing::Cut(why) = standing
                && self.cut.insert(nth)
            {
                out.tell(&shown(&format!("{}: {why}", case.name)));
            }
        }
    }

    /// The line above a training.
    fn announce(&self, out: &mut Screen, training: Training, how: &str) {
        let all: Vec<Training> = self.sweep.trainings().collect();
        let nth = all.iter().position(|t| *t == training).unwrap_or(0) + 1;
        let title = format!("[{nth}/{}] {}", all.len(), self.sweep.title(training));
        let title = out.paint(Style::Bold, &title);
        out.tell(&format!("{title}{how}"));
    }

    fn spawn(&self, training: Training, order: &NewRun) -> Result<Slot> {
        let started = self.start(order);
        let mut process =
            started.map_err(|e| CliError::Failed(format!("a run can't be started: {e}")))?;
        let sender = self.sender.clone();
        let readers = process.listen(move |line| {
            // Nobody listens once the sweep is through.
            let _ = sender.send((training, line));
        });
        let readers = readers.map_err(|e| {
            let hint = threads::HINT;
            CliError::Failed(format!("a run's output can't be read ({e}); {hint}"))
        })?;
        Ok(Slot {
            training,
            process,
            readers,
        })
    }

    fn start(&self, order: &NewRun) -> io::Result<Process> {
        let mut command = program()?;
        command.arg("--runs").arg(self.options.runs);
        command.args(["run", "--from-sweep"]);
        if self.options.jobs > 1 || self.options.queue.is_some() {
            piped(&mut command);
        }
        let mut process = Process::start(&mut command)?;
        process.send(order)?;
        Ok(process)
    }
}

/// How a process ended, where neither it nor its run says why.
fn unusual(status: ExitStatus) -> Option<String> {
    match status.code() {
        None => Some(format!("its process was killed: {status}")),
        Some(0..=2 | 130) => None,
        Some(code) => Some(format!("its process ended with {code}")),
    }
}
