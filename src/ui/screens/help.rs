//! The help: every key of the screen in front, from the key tables themselves.

use crate::ui::keys::{self, Binding, Hint, Key, Table};
use crate::ui::text;
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use std::cell::Cell;

/// What the keys do in the help.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    /// Close it.
    Close,
    /// Scroll by lines.
    Scroll(isize),
}

/// The keys of the help.
pub const KEYS: Table<Action> = Table::of("help", ROWS);

const ROWS: &[Binding<Action>] = &[
    Binding::new(
        &[Key::plain(KeyCode::Down), Key::char('j')],
        Action::Scroll(1),
        2,
        "↑↓",
        "scroll",
        "Scroll",
    ),
    Binding::new(
        &[Key::plain(KeyCode::Up), Key::char('k')],
        Action::Scroll(-1),
        0,
        "↑",
        "scroll up",
        "Scroll up",
    ),
    Binding::new(
        &[Key::plain(KeyCode::PageDown), Key::char(' ')],
        Action::Scroll(10),
        0,
        "PgDn",
        "page",
        "Scroll by ten lines",
    ),
    Binding::new(
        &[Key::plain(KeyCode::PageUp)],
        Action::Scroll(-10),
        0,
        "PgUp",
        "page up",
        "Scroll by ten lines up",
    ),
    Binding::new(
        &[
            Key::plain(KeyCode::Esc),
            Key::char('?'),
            Key::char('q'),
            Key::ctrl('c'),
            Key::plain(KeyCode::Enter),
            Key::plain(KeyCode::F(1)),
        ],
        Action::Close,
        1,
        "esc",
        "close",
        "Close",
    ),
];

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
    pub fn new(screen: &'static str, own: &[Hint], everywhere: &[Hint]) -> Self {
        Self {
            screen,
            own: own.to_vec(),
            everywhere: everywhere.to_vec(),
            top: Cell::new(0),
        }
    }

    /// The keys that work in the help.
    #[must_use]
    pub fn hints() -> Vec<Hint> {
        keys::hints(KEYS)
    }

    /// Takes a key; whether the help is to be closed.
    pub fn update(&mut self, key: &KeyEvent) -> bool {
        match keys::action(KEYS, key) {
            Some(Action::Close) => return true,
            Some(Action::Scroll(lines)) => self.scroll(lines),
            None => {}
        }
        false
    }

    /// Scrolls by so many lines.
    pub fn scroll(&mut self, lines: isize) {
        self.top.set(self.top.get().saturating_add_signed(lines));
    }

    /// Draws the help over the screen.
    pub fn view(&self, frame: &mut Frame, theme: &Theme, area: Rect) {
        let width = 74.min(area.width.saturating_sub(2));
        let lines = self.lines(theme, usize::from(width.saturating_sub(6)));
        let height = (lines.len() as u16 + 4).min(area.height.saturating_sub(2));
        let inner = popup::open(
            frame,
            theme,
            area,
            (width, height),
            "help",
            &keys::line(&Self::hints()),
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
                let words = text::wrap(hint.help, room.saturating_sub(10));
                let mut keys = hint.each();
                for words in words {
                    lines.push(Line::from(vec![
                        Span::styled(text::right(&keys, 8), theme.accent),
                        Span::raw(format!("  {words}")),
                    ]));
                    keys.clear();
                }
            }
            lines.push(Line::default());
        }
        let more = [
            "The mouse: tabs, rows, headings and the footer can be clicked,",
            "charts take clicks and the wheel, which scrolls elsewhere.",
            "Shift+drag selects text. --no-mouse leaves the mouse alone.",
        ];
        lines.extend(more.map(|line| Line::styled(line, theme.dim)));
        lines
    }
}
