//! A line of text being typed: a value, a path, a search.

use crate::ui::keys::{self, Hint, Key, Table};
use crate::ui::text;
use crate::ui::theme::Theme;
use crossterm::event::{Event, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

/// A line being typed.
#[derive(Clone, Debug, Default)]
pub struct Prompt {
    input: Input,
    /// What is wrong with what was typed.
    pub error: Option<String>,
}

impl Prompt {
    /// A line that begins with some text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            input: Input::new(text.into()),
            error: None,
        }
    }

    /// Takes a key.
    pub fn key(&mut self, key: &KeyEvent) {
        self.error = None;
        self.input.handle_event(&Event::Key(*key));
    }

    /// Takes pasted text as one line.
    pub fn paste(&mut self, text: &str) {
        self.error = None;
        let words = text.split(char::is_control);
        let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>();
        for c in line.join(" ").chars() {
            self.input.handle(tui_input::InputRequest::InsertChar(c));
        }
    }

    /// What was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Draws the line with its cursor; scrolls where it is too long.
    pub fn view(&self, frame: &mut Frame, area: Rect, style: Style) {
        if area.is_empty() {
            return;
        }
        let width = usize::from(area.width);
        let scroll = self.input.visual_scroll(width.saturating_sub(1));
        let shown: String = skip_cells(self.input.value(), scroll);
        let line = text::left(&shown, width);
        frame
            .buffer_mut()
            .set_stringn(area.x, area.y, line, width, style);
        let cursor = self.input.visual_cursor().max(scroll) - scroll;
        let x = area.x + (cursor as u16).min(area.width - 1);
        frame.set_cursor_position((x, area.y));
    }
}

/// What is said of the keys while a line is typed: those of the table, and the line's own that empties it.
#[must_use]
pub fn hints<A: Copy>(table: Table<A>) -> Vec<Hint> {
    const ON: &[Key] = &[Key::ctrl('u')];
    let mut hints = keys::hints(table);
    hints.push(Hint {
        keys: "^u",
        name: "empty the line",
        help: "Take away all that stands in the line",
        rank: 3,
        on: ON,
        moves: false,
    });
    hints
}

/// The same for the border of a box, which has less room.
#[must_use]
pub fn keys<A: Copy>(table: Table<A>) -> String {
    let mut hints = hints(table);
    if let Some(own) = hints.last_mut() {
        own.name = "empty";
    }
    keys::line(&hints)
}

/// Draws a line in a box, and below it what is wrong with it, else a hint.
pub fn ask(
    prompt: &Prompt,
    hint: &str,
    frame: &mut Frame,
    theme: &Theme,
    inner: Rect,
    style: Style,
) {
    let line = Rect { height: 1, ..inner };
    prompt.view(frame, line.intersection(inner), style);
    let (words, style) = match &prompt.error {
        Some(error) => (error.as_str(), theme.bad),
        None => (hint, theme.dim),
    };
    let lines = text::wrap(words, usize::from(inner.width)).into_iter();
    let lines: Vec<Line> = lines.map(|l| Line::styled(l, style)).collect();
    let below = Rect {
        y: inner.y + 1,
        height: inner.height.saturating_sub(1),
        ..inner
    };
    frame.render_widget(Paragraph::new(lines), below.intersection(inner));
}

/// Draws the line that narrows a list, after its sign, and how many rows it leaves of how many.
pub fn narrow(
    prompt: &Prompt,
    (found, all): (usize, usize),
    frame: &mut Frame,
    theme: &Theme,
    area: Rect,
) {
    let count = format!("{found} of {all}");
    frame.render_widget(Line::styled(&count, theme.dim).right_aligned(), area);
    let sign = Rect { width: 1, ..area }.intersection(area);
    frame.render_widget(Line::styled("›", theme.accent), sign);
    let line = Rect {
        x: area.x + 2,
        width: area.width.saturating_sub(count.len() as u16 + 4),
        ..area
    };
    prompt.view(frame, line.intersection(area), theme.bright);
}

fn skip_cells(text: &str, cells: usize) -> String {
    let mut skipped = 0;
    text.chars()
        .skip_while(|c| {
            let skip = skipped < cells;
            skipped += unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
            skip
        })
        .collect()
}
