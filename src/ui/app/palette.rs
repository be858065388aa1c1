//! The palette over the screens: what it offers, and doing what was chosen.

use super::App;
use crate::experiment::presets::PRESETS;
use crate::ui::keymap::everywhere::Global;
use crate::ui::keys::Key;
use crate::ui::overlay::Overlay;
use crate::ui::palette::{Does, Entry, Outcome, Palette};
use crate::ui::screen_id::ScreenId;
use crossterm::event::KeyEvent;

impl App {
    /// Opens it with what the screen can do now, what works everywhere, and the shipped experiments.
    pub(super) fn open_palette(&mut self) {
        if let Some(id) = self.meant() {
            // What the history offers is of the run in front.
            self.history.select(id);
        }
        let screen = self.screen_ref().hints(&self.shared).into_iter();
        let mut entries: Vec<Entry> = screen
            .map(|hint| Entry::of(&hint, Does::Press(hint.key())))
            .collect();
        let everywhere = self.shared.keys.everywhere.rows.iter();
        let others = everywhere.filter(|row| row.action != Global::Palette);
        entries.extend(others.map(|row| Entry::of(&row.hint, Does::Global(row.action))));
        // What the history does, it does to a run; elsewhere than on Train nobody sees to which.
        let runs = self.meant().is_some();
        let others = ScreenId::ALL
            .into_iter()
            .filter(|id| *id != self.screen && (runs || *id != ScreenId::History));
        entries.extend(others.flat_map(|id| self.elsewhere(id)));
        let presets = PRESETS.iter();
        entries.extend(presets.map(|preset| Entry {
            keys: String::new(),
            name: preset.name,
            help: preset.about.into(),
            place: "",
            does: Does::Preset(preset),
        }));
        self.overlay = Some(Overlay::Palette(Palette::new(entries)));
    }

    /// What another screen can do now, but for moving about and looking at charts there.
    fn elsewhere(&self, id: ScreenId) -> impl Iterator<Item = Entry> {
        let charts = self.shared.keys.charts.hints();
        let hints = self.screen_of(id).hints(&self.shared).into_iter();
        let acts = hints.filter(move |hint| !hint.moves && !charts.contains(hint));
        acts.map(move |hint| Entry {
            place: id.title(),
            ..Entry::of(&hint, Does::PressOn(id, hint.key()))
        })
    }

    /// The run in front of the user on the Train screen.
    fn meant(&self) -> Option<String> {
        let train = self.screen == ScreenId::Train;
        let shown = self.shared.shown().filter(|_| train);
        shown.map(|run| run.id.clone())
    }

    /// Does on another screen what a key does there; the run in front stays the one that is meant.
    fn press_on(&mut self, screen: ScreenId, key: Key) {
        let meant = self.meant().filter(|_| screen == ScreenId::History);
        self.screen = screen;
        match meant {
            Some(id) if !self.history.sees(&id, &self.shared) => {
                self.refuse("this run is archived or left out by the filter: nothing was done");
            }
            _ => self.key(&key.event()),
        }
    }

    pub(super) fn palette_key(&mut self, key: &KeyEvent) {
        if let Some(Overlay::Palette(palette)) = &mut self.overlay {
            let outcome = palette.update(key, &self.shared.keys.palette);
            self.end_palette(outcome);
        }
    }

    /// Closes it and does what was chosen, unless it is still open.
    pub(super) fn end_palette(&mut self, outcome: Outcome) {
        if matches!(outcome, Outcome::Open) {
            return;
        }
        self.overlay = None;
        match outcome {
            Outcome::Open | Outcome::Close => {}
            Outcome::Do(Does::Press(key)) => self.key(&key.event()),
            Outcome::Do(Does::PressOn(screen, key)) => self.press_on(screen, key),
            Outcome::Do(Does::Global(action)) => self.global(action),
            Outcome::Do(Does::Preset(preset)) => {
                self.screen = ScreenId::Experiment;
                let text = self.experiment.preset(preset, &self.shared.keys);
                self.say(text, false);
            }
        }
    }
}
