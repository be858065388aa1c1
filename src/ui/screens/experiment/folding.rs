//! What keys and clicks do to the sections of the form.

use super::form::place::Row;
use super::{ExperimentScreen, say};
use crate::ui::intent::Intent;
use crate::ui::keymap::Keymap;
use crate::ui::keymap::experiment::Action;

impl ExperimentScreen {
    /// What a key does to a section, the cursor on its heading; nothing where it does what it does everywhere.
    pub(super) fn act_on_heading(
        &mut self,
        act: Action,
        section: usize,
        keys: &Keymap,
    ) -> Option<Vec<Intent>> {
        let open = match act {
            Action::Edit | Action::Fold => !self.form.is_open(section),
            Action::Nudge(steps, _) => steps > 0,
            Action::Default | Action::AsLoaded | Action::Vary => {
                let key = keys.experiment.key(Action::Edit);
                return Some(say(&format!("this is a group of fields; {key} opens it")));
            }
            _ => return None,
        };
        self.form.set_open(section, open);
        Some(Vec::new())
    }

    /// Closes the section around the cursor.
    pub(super) fn fold(&mut self) -> Vec<Intent> {
        let Row::Field(nth) = self.form.place.at else {
            return Vec::new();
        };
        let section = self.form.section(nth);
        if !self.form.folds(section) {
            return say("this field is always shown");
        }
        self.form.set_open(section, false);
        Vec::new()
    }

    /// A click on a line: opens or closes a section by its heading, and edits the field that the cursor is on already.
    pub(super) fn click_line(&mut self, line: usize) {
        let Some(row) = self.form.lines().get(line).copied() else {
            return;
        };
        let again = self.form.place.at == row;
        self.form.go_row(row);
        match row {
            Row::Heading(section) => {
                let open = self.form.is_open(section);
                self.form.set_open(section, !open);
            }
            Row::Field(_) if again => self.edit(),
            Row::Field(_) => {}
        }
    }
}
