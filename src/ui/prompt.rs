//! A line of text being typed: a value, a path, a search.

use crossterm::event::{Event, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
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

    /// Takes pasted text, its first line.
    pub fn paste(&mut self, text: &str) {
        self.error = None;
        for c in text
            .lines()
            .next()
            .unwrap_or("")
            .chars()
            .filter(|c| !c.is_control())
        {
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
        let line = crate::ui::text::left(&shown, width);
        frame
            .buffer_mut()
            .set_stringn(area.x, area.y, line, width, style);
        let cursor = self.input.visual_cursor().max(scroll) - scroll;
        let x = area.x + (cursor as u16).min(area.width - 1);
        frame.set_cursor_position((x, area.y));
    }
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
