//! The list of shipped experiments on the Experiment screen.

use super::form::Form;
use super::{ExperimentScreen, Mode};
use crate::experiment::presets::{PRESETS, Preset};
use crate::ui::intent::Intent;
use crate::ui::keymap::Keymap;
use crate::ui::keymap::experiment::{Action, ListAction};
use crossterm::event::KeyEvent;

impl ExperimentScreen {
    pub(super) fn presets(&mut self, key: &KeyEvent, keys: &Keymap) -> Vec<Intent> {
        let Mode::Presets(at) = &mut self.mode else {
            return Vec::new();
        };
        match keys.experiment_presets.action(key) {
            Some(ListAction::Move(rows)) => {
                *at = at.saturating_add_signed(rows).min(PRESETS.len() - 1);
            }
            Some(ListAction::Take) => return self.take_preset(keys),
            Some(ListAction::Close) => self.mode = Mode::Browse,
            None => {}
        }
        Vec::new()
    }

    pub(super) fn take_preset(&mut self, keys: &Keymap) -> Vec<Intent> {
        let Mode::Presets(at) = self.mode else {
            return Vec::new();
        };
        vec![Intent::Say(self.preset(&PRESETS[at], keys))]
    }

    /// Edits a shipped experiment, and says which.
    pub fn preset(&mut self, preset: &Preset, keys: &Keymap) -> String {
        let edited = self.form.is_edited();
        self.replace(Form::of_preset(preset));
        let key = keys.experiment.key(Action::Undo);
        if edited {
            format!("preset {}; {key} brings your changes back", preset.name)
        } else {
            format!("preset {}", preset.name)
        }
    }
}
