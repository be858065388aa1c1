//! The help: every key of the screen in front, from the key tables themselves.

use crate::text::fit;
use crate::ui::keymap::overlays::HelpAction;
use crate::ui::keys::{Hint, Table};
use crate::ui::shared::Shared;
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use std::cell::Cell;

/// The help of one screen.
#[derive(Debug)]
pub struct Help {
    screen: &'static str,
    own: Vec<Hint>,
    everywhere: Vec<Hint>,
    top: Cell<usize>,
}

impl Help {
    /// The help of a screen with these keys.
    #[must_use]
    pub fn new(screen: &'static str, own: Vec<Hint>, everywhere: Vec<Hint>) -> Self {
        Self {
            screen,
            own,
            everywhere,
            top: Cell::new(0),
        }
    }

    /// Takes a key; whether the help is to be closed.
    pub fn update(&mut self, key: &KeyEvent, keys: &Table<HelpAction>) -> bool {
        match keys.action(key) {
            Some(HelpAction::Close) => return true,
            Some(HelpAction::Scroll(lines)) => self.scroll(lines),
            None => {}
        }
        false
    }

    /// Scrolls by so many lines.
    pub fn scroll(&mut self, lines: isize) {
        self.top.set(self.top.get().saturating_add_signed(lines));
    }

    /// Draws the help over the screen.
    pub fn view(&self, frame: &mut Frame, shared: &Shared, area: Rect) {
        let theme = &shared.theme;
        let width = 74.min(area.width.saturating_sub(2));
        let lines = self.lines(theme, usize::from(width.saturating_sub(6)));
        let height = (lines.len() as u16 + 4).min(area.height.saturating_sub(2));
        let inner = popup::open(
            frame,
            theme,
            area,
            (width, height),
            "help",
            &shared.keys.help.line(),
        );
        let most = lines.len().saturating_sub(usize::from(inner.height));
        self.top.set(self.top.get().min(most));
        let paragraph = Paragraph::new(lines).scroll((self.top.get() as u16, 0));
        frame.render_widget(paragraph, inner);
    }

    fn lines(&self, theme: &Theme, room: usize) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        for (title, hints) in [(self.screen, &self.own), ("Everywhere", &self.everywhere)] {
            lines.push(Line::styled(title, theme.bright));
            for hint in hints {
                let words = fit::wrap(&hint.help, room.saturating_sub(10));
                let mut keys = hint.each();
                for words in words {
                    lines.push(Line::from(vec![
                        Span::styled(fit::right(&keys, 8), theme.accent),
                        Span::raw(format!("  {words}")),
                    ]));
                    keys.clear();
                }
            }
            lines.push(Line::default());
        }
        let more = [
            "Click tabs, rows, headings, charts and the keys in the footer.",
            "The wheel zooms and moves charts, and scrolls elsewhere.",
            "Shift+drag selects text. --no-mouse leaves the mouse alone.",
        ];
        lines.extend(more.map(|line| Line::styled(line, theme.dim)));
        lines
    }
}
