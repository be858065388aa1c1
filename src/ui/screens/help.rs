//! What is read in a box: the help, which is every key of the screen in front, from the key tables themselves, and pages of text.

use crate::text::{self, fit};
use crate::ui::intent::Page;
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

/// Widest box of keys, and of text, in cells.
const WIDTHS: (u16, u16) = (74, 120);

/// A box that is read: the help of one screen, or a page of text.
#[derive(Debug)]
pub struct Help {
    title: String,
    body: Body,
    top: Cell<usize>,
}

#[derive(Debug)]
enum Body {
    Keys([(&'static str, Vec<Hint>); 2]),
    Text(Vec<String>),
}

impl Help {
    /// The help of a screen with these keys.
    #[must_use]
    pub fn new(screen: &'static str, own: Vec<Hint>, everywhere: Vec<Hint>) -> Self {
        Self {
            title: "help".to_owned(),
            body: Body::Keys([(screen, own), ("Everywhere", everywhere)]),
            top: Cell::new(0),
        }
    }

    /// A page of text.
    #[must_use]
    pub fn of_text(page: Page) -> Self {
        Self {
            title: page.title,
            body: Body::Text(page.lines),
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
        let widest = popup::widest(area);
        let (width, lines) = match &self.body {
            Body::Keys(tables) => {
                let width = WIDTHS.0.min(widest);
                (
                    width,
                    keys(tables, theme, usize::from(width.saturating_sub(6))),
                )
            }
            Body::Text(page) => {
                let longest = page.iter().map(|line| text::width(line)).max();
                let width = longest.unwrap_or(0) as u16 + 6;
                let widest = widest.min(WIDTHS.1);
                let lines = plain(page, theme, usize::from(widest).saturating_sub(6));
                (width.min(widest), lines)
            }
        };
        let height = (lines.len() as u16 + 4).min(area.height.saturating_sub(2));
        let inner = popup::open(
            frame,
            theme,
            area,
            (width, height),
            &self.title,
            &shared.keys.help.line(),
        );
        let most = lines.len().saturating_sub(usize::from(inner.height));
        self.top.set(self.top.get().min(most));
        let paragraph = Paragraph::new(lines).scroll((self.top.get() as u16, 0));
        frame.render_widget(paragraph, inner);
    }
}

/// The lines of a text.
fn plain(text: &[String], theme: &Theme, room: usize) -> Vec<Line<'static>> {
    let (heading, rest) = text.split_at(text.len().min(1));
    let heading = heading.iter().flat_map(|line| fit::wrap(line, room));
    let heading = heading.map(|line| Line::styled(line, theme.bright));
    heading
        .chain(rest.iter().map(|l| Line::raw(l.clone())))
        .collect()
}

/// Cells of the keys before what they do, at least.
const KEYS: usize = 8;

/// The lines of some key tables.
fn keys(tables: &[(&'static str, Vec<Hint>)], theme: &Theme, room: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let spelt = |hint: &Hint| theme.symbols.spell(&hint.each()).into_owned();
    let all = tables.iter().flat_map(|(_, hints)| hints);
    let widest = all.map(|hint| text::width(&spelt(hint))).max().unwrap_or(0);
    let column = widest.max(KEYS);
    for (title, hints) in tables {
        lines.push(Line::styled(*title, theme.bright));
        for hint in hints {
            let words = theme.symbols.spell(&hint.help);
            let words = fit::wrap(&words, room.saturating_sub(column + 2));
            let mut keys = spelt(hint);
            for words in words {
                lines.push(Line::from(vec![
                    Span::styled(fit::right(&keys, column), theme.accent),
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
