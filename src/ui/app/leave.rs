//! Leaving the workbench while a run trains: stop it, leave it to a process of its own, or stay.

use super::App;
use crate::runs::{Request, default_dir};
use crate::trainer::Command;
use crate::ui::background::{HandOver, Progress};
use crate::ui::keymap::overlays::LeaveAnswer;
use crate::ui::live::Stage;
use crate::ui::overlay::{LeaveReason, Overlay};
use std::path::Path;

impl App {
    /// Quits, or asks what is to become of the run.
    pub(super) fn quit(&mut self) {
        match self.shared.live.stage {
            Stage::Stopping => self.overlay = Some(Overlay::Stopping),
            _ if self.shared.live.is_busy() => {
                self.overlay = Some(Overlay::Leave(LeaveReason::Quit));
            }
            _ => self.done = true,
        }
    }

    /// Does what the question came before; nothing trains any more.
    fn go(&mut self, why: LeaveReason) {
        match why {
            LeaveReason::Quit => {
                self.farewell = self.ended();
                self.done = true;
            }
            LeaveReason::Suspend => self.suspended = true,
        }
    }

    /// Gives the terminal back to the shell for a while, unless a run would stand still meanwhile.
    pub(super) fn suspend(&mut self) {
        if self.shared.live.is_busy() {
            self.overlay = Some(Overlay::Leave(LeaveReason::Suspend));
        } else {
            self.suspended = true;
        }
    }

    /// Whether the user wants the shell for a while; asking takes the answer away.
    pub const fn take_suspended(&mut self) -> bool {
        std::mem::replace(&mut self.suspended, false)
    }

    /// What to tell the user on the terminal once the screen is gone.
    pub const fn take_farewell(&mut self) -> Option<String> {
        self.farewell.take()
    }

    pub(super) fn answer(&mut self, answer: LeaveAnswer) {
        match answer {
            LeaveAnswer::Background => self.go_on_in_background(),
            LeaveAnswer::Stop => {
                self.shared.live.send(Command::Ask(Request::Stop));
                self.overlay = Some(Overlay::Stopping);
            }
            LeaveAnswer::Now => self.done = true,
            LeaveAnswer::Stay => {
                if let Some(Overlay::HandingOver(hand_over)) = self.overlay.take() {
                    self.call_off(hand_over);
                }
            }
        }
    }

    fn go_on_in_background(&mut self) {
        self.overlay = None;
        let run = self.shared.own().filter(|run| self.shared.trains(run));
        let Some(run) = run else {
            let text =
                "the run is still being prepared; it can continue in the background once it trains";
            return self.say(text.to_owned(), true);
        };
        match HandOver::begin(run, self.background) {
            Ok(hand_over) => self.overlay = Some(Overlay::HandingOver(hand_over)),
            Err(e) => self.say(format!("no process can be started for it: {e}"), true),
        }
    }

    /// The run goes on here.
    fn call_off(&mut self, hand_over: HandOver) {
        let (dir, given) = (hand_over.dir().to_owned(), hand_over.is_given());
        let in_time = hand_over.call_off();
        if given {
            self.shared.live.send(Command::Resume(dir, None));
        } else if !in_time {
            // Our trainer may have taken the request already: then it comes back to us.
            self.orphan = Some(dir);
        }
    }

    /// Whatever goes wrong on the way to the background: the run stays, where its warning is seen.
    pub(super) fn keep_here(&mut self) {
        match self.overlay.take() {
            Some(Overlay::HandingOver(hand_over)) if !hand_over.is_given() => {
                self.call_off(hand_over);
            }
            other => self.overlay = other,
        }
    }

    /// Our trainer has let go of a run that another process asked for.
    pub(super) fn handed_over(&mut self, dir: &Path) {
        match &mut self.overlay {
            Some(Overlay::HandingOver(hand_over)) if hand_over.dir() == dir => hand_over.give(),
            _ if self.orphan.as_deref() == Some(dir) => {
                self.orphan = None;
                self.shared.live.send(Command::Resume(dir.to_owned(), None));
            }
            _ => self.say("another process took over the run".to_owned(), false),
        }
    }

    /// Looks whether what leaving waits for has happened.
    pub(super) fn look_after_leaving(&mut self) {
        let busy = self.shared.live.is_busy();
        match self.overlay.take() {
            Some(Overlay::Stopping) if !busy => self.done = true,
            // The run ended while the question stood: nothing is left to ask, and what was wanted is done.
            Some(Overlay::Leave(why)) if !busy => self.go(why),
            Some(Overlay::HandingOver(hand_over)) => self.look_after(hand_over, busy),
            other => self.overlay = other,
        }
    }

    fn look_after(&mut self, mut hand_over: HandOver, busy: bool) {
        if !busy && !hand_over.is_given() {
            // It ended first, and its end is on disk.
            hand_over.call_off();
            self.farewell = self.ended();
            self.done = true;
            return;
        }
        let runs = &mut self.shared.listing.runs;
        let run = runs.iter_mut().find(|run| run.dir == hand_over.dir());
        let run = run.map(|run| {
            run.refresh();
            &*run
        });
        match hand_over.look(run) {
            Progress::Waiting => self.overlay = Some(Overlay::HandingOver(hand_over)),
            Progress::Done => {
                self.farewell = self.goes_on(&hand_over);
                self.done = true;
            }
            Progress::Failed(why) => {
                self.call_off(hand_over);
                self.stale = true;
                self.say(format!("it can't continue in the background: {why}"), true);
            }
        }
    }

    fn ended(&self) -> Option<String> {
        let run = self.shared.own()?;
        let text = format!("{} ended before you left: {}.", run.title(), run.status);
        Some(text)
    }

    fn goes_on(&self, hand_over: &HandOver) -> Option<String> {
        let run = self.shared.own()?;
        let runs = &self.shared.listing.dir;
        let mut program = "simclr-tui".to_owned();
        if *runs != default_dir() {
            program += &format!(" --runs {}", runs.display());
        }
        Some(format!(
            "{} continues in the background, as process {}.\n`{program}` shows it again; `{program} stop {}` stops it.",
            run.title(),
            hand_over.process(),
            run.id
        ))
    }
}
