//! The experiment as text, in the user's editor.

use super::App;
use crate::ui::keymap::experiment::Action;
use crate::ui::overlay::Overlay;
use crate::ui::screens::experiment::files;
use crate::ui::screens::help::Help;

impl App {
    /// Whether the user wants to edit a text.
    #[must_use]
    pub const fn is_writing(&self) -> bool {
        self.writes.is_some()
    }

    /// The text to edit; asking takes it away.
    pub const fn take_writing(&mut self) -> Option<String> {
        self.writes.take()
    }

    /// Takes the edited text, or why there is none. What can't be read comes back at the next try.
    pub fn written(&mut self, text: Result<String, String>) {
        self.stale = true;
        let taken = text.and_then(|text| {
            let taken = self.experiment.take_text(&text);
            self.unread = taken.is_err().then_some(text);
            taken.map_err(|error| {
                let page = files::faults(&error).map(Help::of_text);
                self.overlay = page.map(Overlay::Help);
                error.in_a_line()
            })
        });
        let keys = &self.shared.keys.experiment;
        match taken {
            Ok(false) => self.say("nothing was changed".to_owned(), false),
            Ok(true) => {
                let undo = keys.key(Action::Undo);
                let text = format!("form updated from your text; {undo} undoes it");
                self.say(text, false);
            }
            Err(why) if self.unread.is_some() => {
                let again = keys.key(Action::Editor);
                self.say(format!("{why}; {again} goes on with your text"), true);
            }
            Err(why) => self.say(why, true),
        }
    }
}
