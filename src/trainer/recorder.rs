//! What stands between the loop and the world: reports go into the run's folder, commands come out of the channel.

use super::{Command, Notice};
use crate::engine::report::{Checkpoint, Level, Report};
use crate::engine::train::{Keep, Observer, Wish};
use crate::runs::{BEST_CHECKPOINT, RunFolder, step_checkpoint};
use std::sync::mpsc::{Receiver, Sender};
use std::time::Instant;

/// Writes a run's folder as it goes.
pub struct Recorder<'a> {
    /// The run's folder.
    pub folder: RunFolder,
    /// From the user.
    pub commands: &'a Receiver<Command>,
    /// To the user.
    pub notices: &'a Sender<Notice>,
    /// The last warning, so that a full disk warns once and not each step.
    pub warned: String,
    /// Steps between checkpoints that are kept for good; 0 for none.
    pub for_good: u64,
    /// Whether the run's folder is gone, so that going on would be in vain.
    pub gone: bool,
}

impl Recorder<'_> {
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

    /// Waits until the user lets training go on or stops it.
    fn pause(&mut self, wish: &mut Wish) {
        let began = Instant::now();
        self.report(Report::Paused);
        self.say(Notice::Paused);
        loop {
            match self.commands.recv() {
                // Also if whoever paused the run is gone: it goes on rather than waiting for ever.
                Ok(Command::Continue) | Err(_) => break,
                Ok(Command::Stop) => {
                    wish.stop = true;
                    break;
                }
                Ok(Command::Checkpoint) => wish.checkpoint = true,
                Ok(other) => self.refuse(&other),
            }
        }
        self.report(Report::Resumed);
        self.say(Notice::Continued);
        wish.paused += began.elapsed();
    }

    fn refuse(&self, command: &Command) {
        if matches!(
            command,
            Command::Start(_) | Command::Rerun(..) | Command::Resume(_)
        ) {
            self.say(Notice::Refused(
                "a run is in progress; stop it first, or wait until it is done".to_owned(),
            ));
        }
    }
}

impl Observer for Recorder<'_> {
    fn report(&mut self, report: Report) {
        if let Err(e) = self.folder.log().append(&report) {
            self.warn(format!(
                "the event log can't be written ({e}); training goes on and catches up when it can"
            ));
        } else if !self.warned.is_empty() && self.folder.log().pending() == 0 {
            self.warned.clear();
        }
    }

    fn checkpoint(&mut self, step: u64, keep: Keep, bytes: &[u8]) {
        let file = match keep {
            Keep::Newest => step_checkpoint(step),
            Keep::Best => BEST_CHECKPOINT.to_owned(),
        };
        match self.folder.write_checkpoint(&file, bytes) {
            Ok(bytes) => {
                self.report(Report::Checkpoint(Checkpoint { step, file, bytes }));
                self.folder.forget_checkpoints(self.for_good);
            }
            // The run is about to end with that as its reason.
            Err(_) if self.gone => {}
            Err(e) => {
                let text = format!("no checkpoint at step {step}: {e}; training goes on");
                self.warn(text.clone());
                self.note(Level::Warning, text);
            }
        }
    }

    fn wish(&mut self) -> Wish {
        let mut wish = Wish::default();
        self.gone = self.folder.is_gone();
        wish.stop = self.gone;
        while let Ok(command) = self.commands.try_recv() {
            match command {
                Command::Pause => self.pause(&mut wish),
                Command::Stop => wish.stop = true,
                Command::Checkpoint => wish.checkpoint = true,
                Command::Continue => {}
                other => self.refuse(&other),
            }
        }
        wish
    }
}
