//! What the user does to runs that are there: words about them, putting away, deleting and undoing that.

use super::App;
use crate::runs::{Notes, Run, RunError};
use crate::text::suggest::command;
use crate::ui::intent::NoteChange;
use crate::ui::keymap::experiment as form;
use crate::ui::keymap::history::Action;
use crate::ui::screen_id::ScreenId;

impl App {
    pub(super) fn annotate(&mut self, id: &str, words: NoteChange) {
        let title = self.title(id);
        let message = match &words {
            NoteChange::Name(_) => String::new(),
            NoteChange::Tags(tags) if tags.is_empty() => format!("{title} has no tags now"),
            NoteChange::Tags(tags) => format!("{title} is tagged {}", tags.join(", ")),
            NoteChange::Note(note) if note.is_empty() => format!("{title} has no note now"),
            NoteChange::Note(_) => format!("the note on {title} is saved"),
            NoteChange::Archived(true) => {
                let keys = &self.shared.keys.history;
                let (all, back) = (keys.key(Action::Archived), keys.key(Action::Archive));
                format!(
                    "archived {title}; {all} shows archived runs, and {back} there brings it back"
                )
            }
            NoteChange::Archived(false) => format!("{title} is back from the archive"),
        };
        let change = |notes: &mut Notes| match words {
            NoteChange::Name(name) => notes.name = name,
            NoteChange::Tags(tags) => notes.tags = tags,
            NoteChange::Note(note) => notes.note = note,
            NoteChange::Archived(archived) => notes.archived = archived,
        };
        match self.shared.listing.annotate(id, change) {
            Ok(()) if message.is_empty() => {
                self.say(format!("it is now called {}", self.title(id)), false);
            }
            Ok(()) => self.say(message, false),
            Err(error) => self.say(error.to_string(), true),
        }
    }

    pub(super) fn delete(&mut self, id: &str) {
        let full = self.full(id);
        match self.shared.listing.delete(id) {
            Ok(()) => {
                self.shared.chosen.take_if(|chosen| chosen == id);
                self.shared.listing_changed();
                let key = self.shared.keys.history.key(Action::Undo);
                let empty = command("trash empty");
                self.say(
                    format!("{full} is in the trash: {key} brings it back, `{empty}` empties it"),
                    false,
                );
            }
            Err(error) => self.say(error.to_string(), true),
        }
    }

    pub(super) fn undelete(&mut self) {
        let back: Result<Option<String>, RunError> = self.shared.listing.undelete();
        match back {
            Ok(Some(id)) => {
                self.shared.listing_changed();
                self.say(format!("{} is back", self.full(&id)), false);
                self.history.select(id);
            }
            Ok(None) => self.say(
                "there is nothing to undo: the trash is empty".to_owned(),
                true,
            ),
            Err(error) => self.say(error.to_string(), true),
        }
    }

    /// Remembers what is being edited, unless a run or a file has it.
    pub fn keep_draft(&mut self) {
        let edited = &self.experiment.form.experiment;
        let runs = self.shared.listing.runs.iter();
        let trained = runs
            .filter_map(|run| run.experiment.as_ref())
            .any(|e| e == edited);
        let draft = self.experiment.draft().filter(|_| !trained);
        if draft.is_none() && !self.saved.draft_is_open {
            // That of an earlier start is still wanted.
            return;
        }
        // Who left can't be told that it failed; nobody may be kept from leaving by it either.
        let _ = self.saved.keep_draft(draft);
    }

    /// Goes on with what was being edited when the workbench was left.
    pub fn take_up_draft(&mut self) {
        let Some(draft) = self.saved.draft.clone() else {
            return;
        };
        if !self.experiment.take_up(&draft) {
            // It stays where it is until there are other changes to remember.
            return self.refuse("this version can't read your changes from last time");
        }
        self.saved.draft_is_open = true;
        if self.screen == ScreenId::Experiment {
            let name = self.experiment.form.experiment.name.clone();
            let key = self.shared.keys.experiment.key(form::Action::Undo);
            let text = format!("your changes to {name} are as you left them; {key} undoes them");
            self.say(text, false);
        }
    }

    fn full(&self, id: &str) -> String {
        self.shared.run(id).map_or_else(|| id.to_owned(), Run::full)
    }

    fn title(&self, id: &str) -> String {
        let run = self.shared.run(id);
        run.map_or(id, |run| run.title()).to_owned()
    }
}
