//! The run that this process trains: what the trainer said last, and what it may be asked.

use crate::engine::report::Outcome;
use crate::runs::Request;
use crate::trainer::{Command, Handle, Notice};
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, TryRecvError};
use std::time::Duration;

/// How long a silent trainer is listened to before signals are looked at again.
const LISTEN: Duration = Duration::from_millis(250);

/// Where the trainer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing to do.
    Idle,
    /// The data set is being opened or the network built.
    Preparing(String),
    /// Training.
    Training,
    /// Waiting for the user.
    Paused,
    /// Ending after the current step.
    Stopping,
    /// The thread is gone; nothing can be trained until the program is started anew.
    Gone,
}

/// The trainer as the screens see it.
#[derive(Debug)]
pub struct Live {
    handle: Handle,
    /// Where it is.
    pub stage: Stage,
    /// The folder of the run that it trains, or trained last.
    pub dir: Option<PathBuf>,
    /// Why the last launch was refused.
    pub refused: Option<String>,
    /// What went wrong that training survives, newest last.
    pub warnings: Vec<String>,
}

impl Live {
    /// A trainer that has said nothing yet.
    #[must_use]
    pub fn new(handle: Handle) -> Self {
        Self {
            handle,
            stage: Stage::Idle,
            dir: None,
            refused: None,
            warnings: Vec::new(),
        }
    }

    /// Whether quitting now would cut something short.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !matches!(self.stage, Stage::Idle | Stage::Gone)
    }

    /// Asks the trainer for something; a trainer that is gone is noticed.
    pub fn send(&mut self, command: Command) {
        match &command {
            Command::Train(_) | Command::Resume(..) | Command::TakeOver(_) => {
                self.refused = None;
                self.warnings.clear();
                self.stage = Stage::Preparing("starting".to_owned());
            }
            Command::Ask(Request::Stop) => self.stage = Stage::Stopping,
            Command::Ask(_) => {}
        }
        if self.handle.commands.send(command).is_err() {
            self.lost();
        }
    }

    /// Takes what the trainer said since last time.
    pub fn poll(&mut self) -> Vec<Notice> {
        let mut notices = Vec::new();
        loop {
            match self.handle.notices.try_recv() {
                Ok(notice) => notices.push(notice),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.lost();
                    break;
                }
            }
        }
        for notice in &notices {
            self.hear(notice);
        }
        notices
    }

    /// Waits until the run is over, with nothing left to draw on; once `stop` says so, the run is asked to stop.
    pub fn wait(&mut self, stop: impl Fn() -> bool) {
        let mut asked = false;
        while self.is_busy() {
            self.listen();
            if !asked && stop() {
                asked = true;
                self.send(Command::Ask(Request::Stop));
            }
        }
    }

    /// Waits until the run is over or `give_up` says so.
    pub fn wait_or(&mut self, give_up: impl Fn() -> bool) {
        while self.is_busy() && !give_up() {
            self.listen();
        }
    }

    fn listen(&mut self) {
        match self.handle.notices.recv_timeout(LISTEN) {
            Ok(notice) => self.hear(&notice),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => self.lost(),
        }
    }

    fn hear(&mut self, notice: &Notice) {
        match notice {
            Notice::Preparing(what) => {
                if self.stage != Stage::Stopping {
                    self.stage = Stage::Preparing(what.clone());
                }
            }
            Notice::Opening(progress) => {
                if self.stage != Stage::Stopping {
                    self.stage = Stage::Preparing(progress.to_string());
                }
            }
            Notice::CalledOff => self.stage = Stage::Idle,
            Notice::Started { dir } => {
                self.dir = Some(dir.clone());
                if self.stage != Stage::Stopping {
                    self.stage = Stage::Training;
                }
            }
            Notice::Refused(why) => {
                self.refused = Some(why.clone());
                self.stage = Stage::Idle;
            }
            Notice::Paused if self.stage == Stage::Training => self.stage = Stage::Paused,
            Notice::Continued if self.stage == Stage::Paused => self.stage = Stage::Training,
            Notice::Paused | Notice::Continued => {}
            Notice::Warning(text) => self.warnings.push(text.clone()),
            Notice::HandedOver { dir } => {
                self.dir = Some(dir.clone());
                self.stage = Stage::Idle;
            }
            Notice::Finished {
                dir,
                outcome,
                reason,
            } => {
                self.dir = Some(dir.clone());
                self.stage = Stage::Idle;
                if *outcome == Outcome::Failed {
                    self.warnings.extend(reason.clone());
                }
            }
        }
    }

    fn lost(&mut self) {
        self.stage = Stage::Gone;
        let text = "the trainer thread is gone; restart simclr-tui to train".to_owned();
        if self.warnings.last() != Some(&text) {
            self.warnings.push(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn a_run_goes_from_launch_to_end() {
        let (commands, asked) = channel();
        let (say, notices) = channel();
        let mut live = Live::new(Handle { commands, notices });
        assert!(!live.is_busy());
        live.send(Command::Train(Box::default()));
        assert!(live.is_busy() && matches!(asked.recv(), Ok(Command::Train(_))));
        say.send(Notice::Started { dir: "a".into() }).unwrap();
        live.poll();
        assert_eq!(live.stage, Stage::Training);
        live.send(Command::Ask(Request::Stop));
        say.send(Notice::Paused).unwrap();
        say.send(Notice::Started { dir: "a".into() }).unwrap();
        live.poll();
        assert_eq!(
            live.stage,
            Stage::Stopping,
            "late notices must not undo the stop"
        );
        let end = Notice::Finished {
            dir: "a".into(),
            outcome: Outcome::Stopped,
            reason: None,
        };
        say.send(end).unwrap();
        live.wait(|| false);
        assert!(!live.is_busy());
        drop(say);
        live.poll();
        assert_eq!(live.stage, Stage::Gone);
    }
}
