//! What the user does to runs that are there: words about them, putting away, deleting and undoing that.

use super::App;
use crate::runs::{Notes, Run, RunError};
use crate::text::suggest::command;
use crate::ui::intent::NoteChange;
use crate::ui::keymap::experiment as form;
use crate::ui::keymap::history::Action;
use crate::ui::screen_id::ScreenId;

impl App {
    pub(super) fn annotate(&mut self, ids: &[String], words: &NoteChange) {
        for id in ids {
            if let Err(error) = self.shared.listing.annotate(id, |notes| apply(words, notes)) {
                return self.say(error.to_string(), true);
            }
        }
        let (title, one) = (self.titles(ids), ids.len() == 1);
        let message = match words {
            NoteChange::Name(_) => format!("it is now called {title}"),
            NoteChange::Tags { now, .. } if now.is_empty() && one => {
                format!("{title} has no tags now")
            }
            NoteChange::Tags { now, .. } if now.is_empty() => {
                format!("{title} have no tags in common now")
            }
            NoteChange::Tags { now, .. } => {
                format!("{title} {} tagged {}", is(one), now.join(", "))
            }
            NoteChange::Note(note) if note.is_empty() => format!("no note is on {title} now"),
            NoteChange::Note(_) => format!("the note on {title} is saved"),
            NoteChange::Archived(true) => {
                let keys = &self.shared.keys.history;
                let (all, back) = (keys.key(Action::Archived), keys.key(Action::Archive));
                format!(
                    "archived {title}; {all} shows archived runs, and {back} there brings back"
                )
            }
            NoteChange::Archived(false) => {
                format!("{title} {} back from the archive", is(one))
            }
        };
        self.say(message, false);
    }

    pub(super) fn delete(&mut self, ids: &[String]) {
        let full = match ids {
            [id] => self.full(id),
            _ => self.titles(ids),
        };
        for id in ids {
            if let Err(error) = self.shared.listing.delete(id) {
                self.shared.listing_changed();
                return self.say(error.to_string(), true);
            }
            self.shared.chosen.take_if(|chosen| chosen == id);
        }
        self.shared.listing_changed();
        let key = self.shared.keys.history.key(Action::Undo);
        let (is, back) = match ids.len() {
            1 => ("is", "brings it back"),
            _ => ("are", "brings them back, one after another"),
        };
        let empty = command("trash empty");
        let text = format!("{full} {is} in the trash: {key} {back}, `{empty}` empties it");
        self.say(text, false);
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

    /// The title of a run, or how many they are.
    fn titles(&self, ids: &[String]) -> String {
        match ids {
            [id] => self.shared.run(id).map_or(id.as_str(), Run::title).to_owned(),
            _ => format!("{} runs", ids.len()),
        }
    }
}

const fn is(one: bool) -> &'static str {
    if one { "is" } else { "are" }
}

fn apply(words: &NoteChange, notes: &mut Notes) {
    match words {
        NoteChange::Name(name) => notes.name.clone_from(name),
        NoteChange::Note(note) => notes.note.clone_from(note),
        NoteChange::Archived(archived) => notes.archived = *archived,
        NoteChange::Tags { was, now } => {
            notes.tags.retain(|tag| !was.contains(tag) && !now.contains(tag));
            notes.tags.extend(now.iter().cloned());
        }
    }
}
