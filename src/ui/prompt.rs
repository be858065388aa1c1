//! A line of text being typed: a value, a path, a search.

use crate::text::{self, fit};
use crate::text::{drawn, steers, tail};
use crate::ui::keys::{self, Hint, Table};
use crate::ui::theme::Theme;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

/// A line being typed.
#[derive(Clone, Debug, Default)]
pub struct Prompt {
    input: Input,
    /// Whether the text is selected: what is typed takes its place.
    selected: bool,
    /// What is wrong with what was typed.
    pub error: Option<String>,
    /// What a tab completes: where the part before the cursor begins, and all that it may become.
    completes: Option<Completions>,
    /// What it may become, where that is not one thing.
    offers: Vec<String>,
}

/// What the text before the cursor may go on with: where the part begins that is being typed, and all that may stand there.
pub type Completions = fn(&str) -> (usize, Vec<String>);

impl Prompt {
    /// A line that begins with some text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            input: Input::new(text.into()),
            ..Self::default()
        }
    }

    /// The same line, which a tab completes.
    #[must_use]
    pub fn completed_by(self, completes: Completions) -> Self {
        Self {
            completes: Some(completes),
            ..self
        }
    }

    /// What the part at the cursor may become.
    #[must_use]
    pub fn offers(&self) -> &[String] {
        &self.offers
    }

    /// Looks what the part at the cursor may become.
    pub fn offer(&mut self) {
        let (before, _) = self.around();
        let completes = self.completes.map(|completes| completes(before));
        self.offers = completes.map_or_else(Vec::new, |(start, mut names)| {
            names.retain(|name| *name != before[start..]);
            names
        });
    }

    /// Goes on with all that what may stand there has in common.
    fn complete(&mut self) {
        let (before, behind) = self.around();
        let Some((start, names)) = self.completes.map(|completes| completes(before)) else {
            return;
        };
        let common = names.iter().map(String::as_str).reduce(common);
        if let Some(common) = common.filter(|common| common.len() >= before.len() - start) {
            let before = format!("{}{common}", &before[..start]);
            let cursor = before.chars().count();
            self.input = Input::new(format!("{before}{behind}")).with_cursor(cursor);
        }
        self.offers = names;
        if self.offers.len() == 1 {
            self.offers.clear();
        }
    }

    /// A line whose text the first thing that is typed replaces; any other key goes on with it.
    #[must_use]
    pub fn replacing(text: impl Into<String>) -> Self {
        Self {
            selected: true,
            ..Self::new(text)
        }
    }

    /// Lets go of the selection; where text is to come, of what was selected too.
    fn deselect(&mut self, text_comes: bool) {
        if std::mem::take(&mut self.selected) && text_comes {
            self.input = Input::default();
        }
    }

    /// Takes a key.
    pub fn key(&mut self, key: &KeyEvent) {
        self.error = None;
        self.offers.clear();
        if key.code == KeyCode::Tab {
            self.deselect(false);
            return self.complete();
        }
        let plain = (key.modifiers - KeyModifiers::SHIFT).is_empty();
        self.deselect(plain && matches!(key.code, KeyCode::Char(_)));
        self.input.handle_event(&Event::Key(*key));
    }

    /// Takes pasted text as one line.
    pub fn paste(&mut self, text: &str) {
        self.error = None;
        self.deselect(true);
        let words = text.split(steers).filter(|word| !word.is_empty());
        let line = words.collect::<Vec<_>>().join(" ");
        let (before, behind) = self.around();
        let value = format!("{before}{line}{behind}");
        let cursor = self.input.cursor() + line.chars().count();
        self.input = Input::new(value).with_cursor(cursor);
    }

    /// The text before the cursor, and behind it.
    fn around(&self) -> (&str, &str) {
        let value = self.input.value();
        let at = value.char_indices().nth(self.input.cursor());
        value.split_at(at.map_or(value.len(), |(at, _)| at))
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
        let (before, behind) = self.around();
        let before = drawn(before);
        // Scrolled so far that the cursor has a cell.
        let before = tail(&before, width - 1);
        let line = format!("{before}{}", drawn(behind));
        let line = fit::left(&line, width);
        let buffer = frame.buffer_mut();
        buffer.set_stringn(area.x, area.y, &line, width, style);
        if self.selected {
            let width = text::width(line.trim_end()) as u16;
            let reversed = style.add_modifier(Modifier::REVERSED);
            buffer.set_style(Rect { width, ..area }, reversed);
        }
        let x = area.x + text::width(before) as u16;
        frame.set_cursor_position((x, area.y));
    }
}

/// What two names begin with.
fn common<'a>(one: &'a str, other: &'a str) -> &'a str {
    let pairs = one.char_indices().zip(other.chars());
    let unlike = pairs
        .filter(|((_, a), b)| a != b)
        .map(|((at, _), _)| at)
        .next();
    let shorter = if one.len() < other.len() { one } else { other };
    unlike.map_or(shorter, |at| &one[..at])
}

/// What is said of the keys while a line is typed: those of the table, and the line's own that empties it.
#[must_use]
pub fn hints<A: Copy>(table: &Table<A>) -> Vec<Hint> {
    let mut hints = table.hints();
    let help = "Clear the line";
    hints.push(Hint::new("ctrl-u", 3, "empty the line", help));
    hints
}

/// The same for the border of a box, which has less room.
#[must_use]
pub fn keys<A: Copy>(table: &Table<A>) -> String {
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
    let offers = prompt.offers.join("  ");
    let (words, style) = match &prompt.error {
        Some(error) => (error.as_str(), theme.bad),
        None if !offers.is_empty() => (offers.as_str(), theme.accent),
        None => (hint, theme.dim),
    };
    let most = usize::from(inner.height.saturating_sub(1));
    let lines = fit::lines(words, usize::from(inner.width), most).into_iter();
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

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    /// The line as drawn in so many cells, and the column of the cursor.
    fn seen(prompt: &Prompt, width: u16) -> (String, u16) {
        let mut terminal = Terminal::new(TestBackend::new(width, 1)).unwrap();
        let draw = |frame: &mut Frame| prompt.view(frame, frame.area(), Style::new());
        terminal.draw(draw).unwrap();
        let buffer = terminal.backend().buffer();
        let line = buffer.content.iter().map(ratatui::buffer::Cell::symbol);
        let line = line.collect::<String>();
        (line, terminal.get_cursor_position().unwrap().x)
    }

    #[test]
    fn the_cursor_stands_behind_the_letters_as_they_are_drawn() {
        for (text, cells) in [
            ("abc", 3),
            ("❤\u{fe0f}", 2),
            ("ｶﾞ", 1),
            ("学習", 4),
            ("a\tb", 4),
        ] {
            assert_eq!(seen(&Prompt::new(text), 12).1, cells, "{text}");
        }
        let long = Prompt::new("0123456789❤\u{fe0f}");
        let (line, at) = seen(&long, 6);
        assert!(line.starts_with("789❤") && at == 5, "{line:?} {at}");
    }

    #[test]
    fn typing_replaces_what_is_selected_and_other_keys_keep_it() {
        let typed = |keys: &[KeyCode]| {
            let mut prompt = Prompt::replacing("128");
            for key in keys {
                prompt.key(&KeyEvent::from(*key));
            }
            prompt.text().to_owned()
        };
        assert_eq!(typed(&[KeyCode::Char('6'), KeyCode::Char('4')]), "64");
        assert_eq!(typed(&[KeyCode::Backspace, KeyCode::Char('0')]), "120");
        assert_eq!(typed(&[KeyCode::Left, KeyCode::Char('0')]), "1208");
        assert_eq!(typed(&[]), "128");
        let mut prompt = Prompt::replacing("128");
        prompt.paste("64");
        assert_eq!(prompt.text(), "64");
    }

    #[test]
    fn a_tab_goes_on_with_what_all_have_in_common() {
        let of = |before: &str| {
            let start = before.rfind(' ').map_or(0, |at| at + 1);
            let all = ["temperature", "temporary", "rate"].into_iter();
            let begun = all.filter(|name| name.starts_with(&before[start..]));
            (start, begun.map(str::to_owned).collect())
        };
        let tab = KeyEvent::from(KeyCode::Tab);
        let mut prompt = Prompt::new("a t").completed_by(of);
        prompt.key(&tab);
        assert_eq!(prompt.text(), "a temp");
        assert_eq!(prompt.offers(), ["temperature", "temporary"]);
        for (typed, whole) in [("e", "a temperature"), ("x", "a temperaturex")] {
            prompt.key(&KeyEvent::from(KeyCode::Char(
                typed.chars().next().unwrap(),
            )));
            prompt.key(&tab);
            assert_eq!(prompt.text(), whole);
            assert!(prompt.offers().is_empty());
        }
        let mut plain = Prompt::new("a t");
        plain.key(&tab);
        assert_eq!(plain.text(), "a t");
    }

    #[test]
    fn a_paste_goes_in_at_the_cursor_in_one_line() {
        let mut prompt = Prompt::new("ad");
        prompt.key(&KeyEvent::from(crossterm::event::KeyCode::Left));
        prompt.paste("b\r\n\u{1b}\u{202e}c");
        assert_eq!(prompt.text(), "ab cd");
        prompt.paste("!");
        assert_eq!(prompt.text(), "ab c!d");
    }
}
