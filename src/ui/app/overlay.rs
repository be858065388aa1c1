//! Keys while a box is over the screen.

use super::App;
use crate::ui::overlay::Overlay;
use crossterm::event::KeyEvent;

impl App {
    pub(super) fn overlay_key(&mut self, key: &KeyEvent) {
        let keys = &self.shared.keys;
        match &mut self.overlay {
            Some(Overlay::Help(help)) => {
                let closes = help.update(key, &keys.help);
                if closes {
                    self.overlay = None;
                }
            }
            Some(Overlay::Palette(_)) => self.palette_key(key),
            Some(Overlay::Ask(question)) => {
                if let Some(yes) = keys.ask.action(key) {
                    let then = std::mem::take(&mut question.yes);
                    self.overlay = None;
                    if yes {
                        self.apply(then);
                    }
                }
            }
            Some(question) => {
                let answer = question.answers(keys).and_then(|table| table.action(key));
                if let Some(answer) = answer {
                    self.answer(answer);
                }
            }
            None => {}
        }
    }
}
