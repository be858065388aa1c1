//! What stands between the loop and the world: reports go into the run's folder, commands come out of the channel.

mod ending;
mod limits;

use super::gauges::Gauges;
use super::{BUSY, Command, Notice};
use crate::engine::report::{Checkpoint, Level, Report};
use crate::engine::stop::Stop;
use crate::engine::train::{CheckpointKind, Decision, Next, Observer};
use crate::runs::control::{self, Mailbox, Request};
use crate::runs::{BEST_CHECKPOINT, RunFolder, step_checkpoint};
use limits::Limits;
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, TryRecvError};
use std::time::{Duration, Instant};

/// Whether the run goes to another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandOver {
    /// Nobody asked for it.
    No,
    /// Once a checkpoint of this step is on disk.
    Asked,
    /// That process goes on with it.
    Done,
}

/// Writes a run's folder as it goes.
pub struct Recorder<'a> {
    /// The run's folder.
    pub folder: RunFolder,
    /// Whether the run goes to another process.
    pub hand_over: HandOver,
    commands: &'a Receiver<Command>,
    /// From other processes.
    mailbox: Mailbox,
    /// What was asked and is not yet done.
    asked: VecDeque<Request>,
    notices: &'a Sender<Notice>,
    /// The last warning, so that a full disk warns once and not each step.
    warned: String,
    /// Steps between checkpoints that are kept for good; 0 for none.
    for_good: u64,
    /// Whether the run's folder is gone, so that going on would be in vain.
    pub gone: bool,
    /// The device whose meters are recorded.
    device: String,
    /// The machine's meters; they begin with the training.
    gauges: Option<Gauges>,
    paused: bool,
    /// Whether the last checkpoint to go on from could be written.
    saved: bool,
    /// The best checkpoint, where it could not be written: there may never be a better one.
    owed: Option<(u64, Vec<u8>)>,
    /// For a disk that is full at the end.
    room: RoomWait,
    limits: Limits,
}

/// How long the end of a run may still wait.
#[derive(Debug, Default)]
struct RoomWait {
    left: Duration,
    /// Whether the user wanted the end while it waited.
    ended: bool,
    /// Why the last checkpoint isn't there, and of which step it is.
    lacks: Option<(u64, String)>,
}

impl<'a> Recorder<'a> {
    /// Records into the folder, obeying the commands and what other processes ask for.
    pub fn new(
        folder: RunFolder,
        commands: &'a Receiver<Command>,
        notices: &'a Sender<Notice>,
        for_good: u64,
    ) -> Self {
        let mailbox = Mailbox::of(folder.dir());
        // What a crash kept from being removed: behind the last step no checkpoint is written that would do it.
        folder.forget_checkpoints(for_good);
        Self {
            folder,
            hand_over: HandOver::No,
            commands,
            mailbox,
            asked: VecDeque::new(),
            notices,
            warned: String::new(),
            for_good,
            gone: false,
            device: String::new(),
            gauges: None,
            paused: false,
            saved: false,
            owed: None,
            room: RoomWait::default(),
            limits: Limits::default(),
        }
    }

    /// The same, waiting so long for room at the end.
    pub fn waiting(mut self, room: Duration) -> Self {
        self.room.left = room;
        self
    }

    /// The same, with the meters of this device, such as `cuda:0`.
    pub fn metering(mut self, device: &str) -> Self {
        device.clone_into(&mut self.device);
        self
    }

    /// The same, with what was asked before.
    pub fn asked(mut self, requests: Vec<Request>) -> Self {
        self.asked.extend(requests);
        self
    }

    /// The same, ending where the experiment says.
    pub fn limited(mut self, stop: &Stop) -> Self {
        self.limits = Limits::of(stop);
        self
    }

    /// Records a line for the console.
    pub fn note(&mut self, level: Level, text: impl Into<String>) {
        self.report(Report::note(level, text));
    }

    fn say(&self, notice: Notice) {
        let _ = self.notices.send(notice);
    }

    fn warn(&mut self, text: String) {
        if self.warned != text {
            self.say(Notice::Warning(text.clone()));
            self.warned = text;
        }
    }

    /// Obeys what was asked since last time, up to a pause.
    fn obey(&mut self, decision: &mut Decision) {
        self.listen();
        while let Some(request) = self.asked.pop_front() {
            match request {
                Request::Pause => self.pause(true),
                Request::Continue => self.pause(false),
                Request::Checkpoint => decision.checkpoint = true,
                Request::Stop => {
                    decision.next = Next::Stop;
                    // Who wants the run to end wants no other process to go on with it.
                    self.hand_over = HandOver::No;
                }
                Request::HandOver if decision.next == Next::Stop => {}
                Request::HandOver => {
                    decision.checkpoint = true;
                    self.hand_over = HandOver::Asked;
                }
            }
        }
    }

    /// Takes in what was asked.
    fn listen(&mut self) {
        loop {
            match self.commands.try_recv() {
                Ok(command) => self.hear(&command),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    // Whoever could go on with a paused run is gone: it goes on rather than waiting for ever.
                    self.pause(false);
                    break;
                }
            }
        }
        self.asked.extend(self.mailbox.take());
    }

    /// Takes in one command: a run that is being trained can be asked for something, and no other can be started.
    fn hear(&mut self, command: &Command) {
        match command {
            Command::Ask(request) => self.asked.push_back(*request),
            _ => self.say(Notice::Refused(BUSY.to_owned())),
        }
    }

    fn pause(&mut self, pause: bool) {
        if self.paused == pause {
            return;
        }
        self.paused = pause;
        let (report, notice) = if pause {
            (Report::Paused, Notice::Paused)
        } else {
            (Report::Resumed, Notice::Continued)
        };
        // In this order: who reads of it in the log finds that it was said.
        self.say(notice);
        self.report(report);
    }

    /// Waits, while paused, until something is asked or it is time to look what other processes ask.
    fn wait(&mut self) {
        if let Ok(command) = self.commands.recv_timeout(control::PACE) {
            self.hear(&command);
        }
    }

    /// Writes a checkpoint, or warns that it can't; whether it did.
    fn save(&mut self, step: u64, file: &str, bytes: &[u8]) -> bool {
        match self.folder.write_checkpoint(file, bytes) {
            Ok(bytes) => {
                self.wrote(step, file, bytes);
                return true;
            }
            // The run is about to end with that as its reason.
            Err(_) if self.gone => {}
            Err(e) => {
                let text = format!("no checkpoint at step {step}: {e}; training continues");
                self.warn(text.clone());
                self.note(Level::Warning, text);
            }
        }
        false
    }

    /// Records a checkpoint that lies there.
    fn wrote(&mut self, step: u64, file: &str, bytes: u64) {
        let file = file.to_owned();
        self.report(Report::Checkpoint(Checkpoint { step, file, bytes }));
        self.folder.forget_checkpoints(self.for_good);
    }

    /// Writes the best checkpoint that could not be written before, if it now can be.
    fn pay(&mut self) {
        let Some((step, bytes)) = self.owed.take() else {
            return;
        };
        match self.folder.write_checkpoint(BEST_CHECKPOINT, &bytes) {
            Ok(size) => self.wrote(step, BEST_CHECKPOINT, size),
            Err(_) => self.owed = Some((step, bytes)),
        }
    }
}

impl Observer for Recorder<'_> {
    fn report(&mut self, mut report: Report) {
        match (&mut report, &mut self.gauges) {
            (Report::Begin(_), gauges) => *gauges = Some(Gauges::of(&self.device)),
            (Report::Point(point), Some(gauges)) => point.values.extend(gauges.take()),
            _ => {}
        }
        self.limits.hear(&report);
        if let Err(e) = self.folder.log().append(&report) {
            self.warn(format!(
                "the event log can't be written ({e}); training continues, and the log catches up when it can"
            ));
        } else if !self.warned.is_empty() && self.folder.log().pending() == 0 {
            self.warned.clear();
        }
    }

    fn checkpoint(&mut self, step: u64, kind: CheckpointKind, bytes: &[u8]) {
        match kind {
            CheckpointKind::Newest => self.saved = self.save(step, &step_checkpoint(step), bytes),
            CheckpointKind::Last => return self.save_last(step, bytes),
            CheckpointKind::Best => {
                let saved = self.save(step, BEST_CHECKPOINT, bytes);
                self.owed = (!saved).then(|| (step, bytes.to_vec()));
            }
        }
        if self.saved {
            self.pay();
        }
    }

    fn decide(&mut self) -> Decision {
        let mut decision = Decision::default();
        self.gone = self.folder.is_gone();
        if self.gone {
            decision.next = Next::Stop;
            return decision;
        }
        if self.hand_over == HandOver::Asked {
            if self.saved {
                self.hand_over = HandOver::Done;
                self.pause(false);
                decision.next = Next::Leave;
                return decision;
            }
            // Without a checkpoint of this step, what was learnt would be lost: the run stays here.
            self.hand_over = HandOver::No;
        }
        self.obey(&mut decision);
        if self.limits.reached.is_some() {
            decision.next = Next::Stop;
            self.hand_over = HandOver::No;
        }
        if self.paused {
            let began = Instant::now();
            while self.paused && !decision.checkpoint && decision.next != Next::Stop {
                self.wait();
                self.obey(&mut decision);
            }
            decision.paused = began.elapsed();
        }
        if decision.next == Next::Stop {
            self.pause(false);
        } else if self.paused || self.hand_over == HandOver::Asked {
            decision.next = Next::Wait;
        }
        decision
    }
}

#[cfg(test)]
mod tests;
