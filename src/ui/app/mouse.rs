//! Clicks and the wheel: on tabs, rows, sliders, headings, charts and the footer, or on the box over them.

use super::App;
use crate::ui::intent::{Intent, Question};
use crate::ui::keys::Key;
use crate::ui::overlay::Overlay;
use crate::ui::widgets::slider;
use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

impl App {
    pub(super) fn mouse(&mut self, mouse: MouseEvent) {
        let turns = match mouse.kind {
            MouseEventKind::ScrollLeft => return self.pan(mouse, -0.1),
            MouseEventKind::ScrollRight => return self.pan(mouse, 0.1),
            MouseEventKind::ScrollDown => 1,
            MouseEventKind::ScrollUp => -1,
            MouseEventKind::Down(_) | MouseEventKind::Drag(_)
                if self.slides(mouse) || self.aims_at(mouse) =>
            {
                return;
            }
            MouseEventKind::Up(_) => return self.held = None,
            MouseEventKind::Down(_) => return self.click(mouse.column, mouse.row),
            _ => return,
        };
        match &mut self.overlay {
            Some(Overlay::Help(help)) => help.scroll(turns),
            Some(Overlay::Palette(palette)) => palette.go(turns),
            Some(_) => {}
            None => {
                let place = self.place_in_chart(mouse);
                let (screen, shared) = self.parts();
                if let Some(at) = place {
                    return screen.zoom(at, turns < 0, shared);
                }
                screen.wheel(turns, shared);
            }
        }
    }

    /// Moves along the curves under the mouse.
    fn pan(&mut self, mouse: MouseEvent, share: f64) {
        if self.overlay.is_none() && self.place_in_chart(mouse).is_some() {
            let (screen, shared) = self.parts();
            screen.pan(share, shared);
        }
    }

    /// The place of x under the mouse, if it is over a chart.
    fn place_in_chart(&self, mouse: MouseEvent) -> Option<f64> {
        let at = Position::new(mouse.column, mouse.row);
        let (plot, (low, high)) = self
            .hits
            .charts
            .iter()
            .find(|(plot, _)| plot.contains(at))?;
        let share = f64::from(mouse.column - plot.x) / f64::from(plot.width.max(2) - 1);
        Some(low + share * (high - low))
    }

    /// Puts the crosshair under the mouse, if it is over a chart.
    fn aims_at(&mut self, mouse: MouseEvent) -> bool {
        let place = self
            .place_in_chart(mouse)
            .filter(|_| self.overlay.is_none());
        if let Some(at) = place {
            self.screen_mut().aim(at);
        }
        place.is_some()
    }

    /// Moves the slider under the mouse, or the one that it has held since the button went down.
    fn slides(&mut self, mouse: MouseEvent) -> bool {
        let at = Position::new(mouse.column, mouse.row);
        if matches!(mouse.kind, MouseEventKind::Down(_)) {
            let sliders = self.hits.sliders.iter().filter(|_| self.overlay.is_none());
            self.held = sliders.copied().find(|(rail, _)| rail.contains(at));
        }
        let Some((rail, row)) = self.held else {
            return false;
        };
        self.shared.message = None;
        let share = slider::share(mouse.column.saturating_sub(rail.x));
        self.screen_mut().slide(row, share);
        true
    }

    /// Does what a key does, but a click that misses by a cell is no reason to train: that is asked first.
    fn press(&mut self, key: Key) {
        if self.overlay.is_some() {
            return self.key(&key.event());
        }
        let (screen, shared) = self.parts();
        match screen.update(&key.event(), shared).as_deref() {
            Some([train @ (Intent::Train(_) | Intent::Resume(_))]) => {
                let words = match train {
                    Intent::Train(run) => shared.takes(std::slice::from_ref(&run.experiment)),
                    _ => "It continues from its last checkpoint".to_owned(),
                };
                self.apply(vec![Intent::Ask(Question {
                    title: "train now?".to_owned(),
                    words: vec![format!("{words}.")],
                    yes: vec![train.clone()],
                })]);
            }
            Some(intents) => self.apply(intents.to_vec()),
            None => self.key(&key.event()),
        }
    }

    fn click(&mut self, column: u16, row: u16) {
        let at = Position::new(column, row);
        if let Some(key) = under(&self.hits.keys, at) {
            self.shared.message = None;
            return self.press(key);
        }
        self.shared.message = None;
        if let Some(Overlay::Palette(palette)) = &mut self.overlay {
            let chosen = palette.click(at);
            return self.end_palette(chosen);
        }
        if self.overlay.is_some() {
            return;
        }
        let hits = &self.hits;
        if let Some(tab) = under(&hits.tabs, at) {
            self.screen = tab;
        } else if let Some(row) = under(&hits.rows, at) {
            let (screen, shared) = self.parts();
            let intents = screen.click(row, shared);
            self.apply(intents);
        } else if let Some(column) = under(&hits.headings, at) {
            let (screen, _) = self.parts();
            let intents = screen.click_heading(column);
            self.apply(intents);
        }
    }
}

/// What was drawn at a place.
fn under<T: Copy>(places: &[(Rect, T)], at: Position) -> Option<T> {
    let hit = places.iter().find(|(area, _)| area.contains(at));
    hit.map(|(_, what)| *what)
}
