//! What the user does to runs that are there: words about them, putting away, deleting and undoing that.

use super::App;
use crate::disk;
use crate::runs::{Notes, Run, RunError};
use crate::ui::intent::NoteChange;
use crate::ui::keymap::experiment as form;
use crate::ui::keymap::history::Action;
use crate::ui::saved_state::{Draft, Place, Source};
use crate::ui::screen_id::ScreenId;
use crate::ui::screens::experiment::form::Origin;
use crate::ui::theme::Depth;

impl App {
    pub(super) fn annotate(&mut self, ids: &[String], words: &NoteChange) {
        for id in ids {
            if let Err(error) = self
                .shared
                .listing
                .annotate(id, |notes| apply(words, notes))
            {
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
                format!("archived {title}; {all} shows archived runs, where {back} restores it")
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
        let text = format!("{key} {back}: {full} {is} in the trash");
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

    /// Remembers where the workbench is left, or would be.
    pub fn leave_behind(&mut self) {
        let place = Place {
            screen: self.screen.title().to_owned(),
            runs: disk::path::whole(&self.shared.listing.dir),
            marked: self.shared.marked.clone(),
        };
        // Changes of an earlier start that nobody took up are still wanted, unless there are others.
        let earlier = self.saved.draft.as_ref().is_some_and(Draft::is_edited);
        let waits = earlier && !self.saved.draft_is_open;
        let draft = self.experiment.draft();
        let draft = Some(draft).filter(|draft| draft.is_edited() || !waits);
        // Who left can't be told that it failed; nobody may be kept from leaving by it either.
        let _ = self.saved.leave(place, draft);
    }

    /// Goes on where the workbench was left: with the marks, and unless another experiment was asked for, on the same screen
    /// with the same experiment.
    pub fn go_on(&mut self, asked: bool) {
        let place = self.saved.place.clone();
        if place.runs == disk::path::whole(&self.shared.listing.dir) {
            self.shared.marked = place.marked;
            self.shared.listing_changed();
        }
        if asked {
            if let Origin::File(path) = &self.experiment.form.origin {
                self.opened(&path.clone());
            }
            return;
        }
        let screens = ScreenId::ALL.into_iter();
        let screen = screens.into_iter().find(|id| id.title() == place.screen);
        self.screen = screen.unwrap_or(self.screen);
        if let Some(draft) = self.saved.draft.clone() {
            self.take_up(&draft);
        }
    }

    /// Tells once how a terminal gets more colours that may have them.
    pub fn tell_colours(&mut self) {
        let theme = &self.shared.theme;
        let lacking = theme
            .lacking
            .clone()
            .filter(|_| theme.depth == Depth::Indexed);
        if let Some(why) = lacking
            && self.shared.message.is_none()
            && self.saved.tell_colours()
        {
            self.say(why, false);
        }
    }

    fn take_up(&mut self, draft: &Draft) {
        if !self.experiment.take_up(draft) {
            // Changes stay where they are until there are others to remember.
            return match &draft.from {
                Source::File(path) if !draft.is_edited() => {
                    let path = path.display();
                    self.say(format!("{path} can't be opened any more"), true);
                }
                _ => self.refuse("this version can't read your experiment from last time"),
            };
        }
        self.saved.draft_is_open = true;
        if self.screen == ScreenId::Experiment && draft.is_edited() {
            let name = self.experiment.form.experiment.name.clone();
            let key = self.shared.keys.experiment.key(form::Action::Undo);
            let text = format!("restored your unsaved changes to {name}; {key} undoes them");
            self.say(text, false);
        }
    }

    fn full(&self, id: &str) -> String {
        self.shared.run(id).map_or_else(|| id.to_owned(), Run::full)
    }

    /// The title of a run, or how many they are.
    fn titles(&self, ids: &[String]) -> String {
        match ids {
            [id] => self
                .shared
                .run(id)
                .map_or(id.as_str(), Run::title)
                .to_owned(),
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
            notes
                .tags
                .retain(|tag| !was.contains(tag) && !now.contains(tag));
            notes.tags.extend(now.iter().cloned());
        }
    }
}
