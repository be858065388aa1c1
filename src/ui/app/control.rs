//! Pausing, checkpointing and stopping runs: our own through the trainer, those of other processes through their
//! folders.

use super::App;
use crate::runs::control::{self, Request};
use crate::trainer::Command;
use crate::ui::keymap::everywhere::Global;
use crate::ui::screen_id::ScreenId;
use crate::ui::shared::Subject;

impl App {
    /// Asks whoever trains the run.
    pub(super) fn control(&mut self, id: &str, request: Request) {
        let Some(run) = self.shared.run(id) else {
            return;
        };
        let of = match request {
            Request::Checkpoint => Subject::Checkpoint(id.to_owned()),
            _ => Subject::Run(id.to_owned()),
        };
        if self.shared.trains(run) {
            self.shared.live.send(Command::Ask(request));
            if request == Request::Checkpoint {
                let text = "a checkpoint is written after this step";
                self.say_of(of, text.to_owned(), false);
            }
            return;
        }
        let what = match request {
            Request::Pause => "to pause",
            Request::Continue => "to continue",
            Request::Checkpoint => "for a checkpoint",
            Request::Stop | Request::HandOver => "to stop",
        };
        match control::send(&run.dir, request) {
            Ok(()) => {
                let text = format!(
                    "asked the other process that trains {} {what}; it will after its step",
                    run.title()
                );
                self.say_of(of, text, false);
            }
            Err(e) => self.say(
                format!("the other process can't be asked {what}: {e}"),
                true,
            ),
        }
    }

    /// Shows the run and asks whether to stop it.
    pub(super) fn ask_to_stop(&mut self, id: &str) {
        self.shared.chosen = Some(id.to_owned());
        self.screen = ScreenId::Train;
        self.train.ask_to_stop(&self.shared);
    }

    /// Says at once what trains already; `show` brings it to the front.
    pub fn greet(&mut self, show: bool) {
        let live = self.shared.listing.runs.iter();
        let live: Vec<_> = live.filter(|run| run.status.is_live()).collect();
        let (first, text) = match live[..] {
            [] => return,
            [run] => (
                run,
                format!("{} is training in another process", run.title()),
            ),
            [first, ..] => {
                let text = format!("{} runs are training in other processes", live.len());
                (first, text)
            }
        };
        let first = Subject::Run(first.id.clone());
        if show {
            self.screen = ScreenId::Train;
            return self.say_of(first, text, false);
        }
        let keys = &self.shared.keys.everywhere;
        let key = keys.key(Global::Screen(ScreenId::Train));
        self.say_of(first, format!("{text}: {key} shows it"), false);
    }
}
