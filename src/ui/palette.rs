//! The palette: every action that can be done now, found by typing some of its words.

use crate::experiment::presets::Preset;
use crate::text::{self, fit};
use crate::ui::keymap::everywhere::Global;
use crate::ui::keymap::overlays::PaletteAction;
use crate::ui::keys::{Hint, Key, Table};
use crate::ui::prompt::{self, Prompt};
use crate::ui::screen_id::ScreenId;
use crate::ui::shared::Shared;
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use crate::ui::widgets::table::Scroll;
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use std::borrow::Cow;
use std::cell::Cell;

/// What an entry does.
#[derive(Clone, Copy, Debug)]
pub enum Does {
    /// What this key does on the screen.
    Press(Key),
    /// The same on another screen, which comes to the front.
    PressOn(ScreenId, Key),
    /// What works everywhere.
    Global(Global),
    /// Edit a shipped experiment.
    Preset(&'static Preset),
}

/// One row of the palette.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its keys, as printed.
    pub keys: String,
    /// It in a word or two.
    pub name: &'static str,
    /// It in a sentence.
    pub help: Cow<'static, str>,
    /// The screen that it belongs to, where that isn't the one in front.
    pub place: &'static str,
    /// What it does.
    pub does: Does,
}

impl Entry {
    /// The entry of a row of a key table.
    #[must_use]
    pub fn of(hint: &Hint, does: Does) -> Self {
        Self {
            keys: hint.keys.clone(),
            name: hint.name,
            help: hint.help.clone(),
            place: "",
            does,
        }
    }

    /// How far it is from what was typed; the smallest comes first, and `None` is left out. Each word has to be in its
    /// name, in its sentence, or, letter by letter, in its name.
    fn distance(&self, words: &[String]) -> Option<usize> {
        let (name, help) = (self.name.to_lowercase(), self.help.to_lowercase());
        let place = self.place.to_lowercase();
        let elsewhere = usize::from(!place.is_empty());
        let of_word = |word: &String| {
            if name.starts_with(word.as_str()) {
                Some(0)
            } else if name.contains(word.as_str()) {
                Some(1)
            } else if help.contains(word.as_str()) || place.starts_with(word.as_str()) {
                Some(2)
            } else {
                is_within(word, &name).then_some(3)
            }
        };
        let far: Option<usize> = words.iter().map(of_word).sum();
        // Of two that fit alike, what the screen in front does comes first.
        far.map(|far| 2 * far + elsewhere)
    }
}

/// Whether the letters come in this order, others between them.
fn is_within(letters: &str, text: &str) -> bool {
    let mut rest = text.chars();
    letters.chars().all(|c| rest.any(|other| other == c))
}

/// What a key or a click made of the palette.
#[derive(Clone, Copy, Debug)]
pub enum Outcome {
    /// It is still open.
    Open,
    /// It is closed.
    Close,
    /// This is to be done.
    Do(Does),
}

/// The palette while it is open.
#[derive(Debug)]
pub struct Palette {
    entries: Vec<Entry>,
    prompt: Prompt,
    cursor: usize,
    scroll: Scroll,
    /// Where the rows were drawn, and the first of them.
    drawn: Cell<(Rect, usize)>,
}

impl Palette {
    /// The palette of some entries.
    #[must_use]
    pub fn new(entries: Vec<Entry>) -> Self {
        Self {
            entries,
            prompt: Prompt::default(),
            cursor: 0,
            scroll: Scroll::default(),
            drawn: Cell::default(),
        }
    }

    /// The entries that fit what was typed, the nearest first.
    fn found(&self) -> Vec<&Entry> {
        let typed = self.prompt.text().to_lowercase();
        let words: Vec<String> = typed.split_whitespace().map(str::to_owned).collect();
        let all = self.entries.iter();
        let mut found: Vec<_> = all
            .filter_map(|entry| Some((entry.distance(&words)?, entry)))
            .collect();
        found.sort_by_key(|(far, _)| *far);
        found.into_iter().map(|(_, entry)| entry).collect()
    }

    /// Takes a key.
    pub fn update(&mut self, key: &KeyEvent, keys: &Table<PaletteAction>) -> Outcome {
        match keys.action(key) {
            Some(PaletteAction::Close) => return Outcome::Close,
            Some(PaletteAction::Do) => return self.chosen(),
            Some(PaletteAction::Move(rows)) => self.go(rows),
            None => {
                self.prompt.key(key);
                self.cursor = 0;
            }
        }
        Outcome::Open
    }

    fn chosen(&self) -> Outcome {
        let entry = self.found().get(self.cursor).copied();
        entry.map_or(Outcome::Open, |entry| Outcome::Do(entry.does))
    }

    /// Chooses so many rows further.
    pub fn go(&mut self, rows: isize) {
        let last = self.found().len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(rows).min(last);
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        self.prompt.paste(text);
        self.cursor = 0;
    }

    /// Takes a click: on a row it chooses, on the chosen row it does it.
    pub fn click(&mut self, at: Position) -> Outcome {
        let (area, first) = self.drawn.get();
        let row = first + usize::from(at.y.saturating_sub(area.y));
        if !area.contains(at) || row >= self.found().len() {
            return Outcome::Open;
        }
        if row == self.cursor {
            return self.chosen();
        }
        self.cursor = row;
        Outcome::Open
    }

    /// Draws it over the screen.
    pub fn view(&self, frame: &mut Frame, shared: &Shared, area: Rect) {
        let theme = &shared.theme;
        let size = (96, 28.min(area.height.saturating_sub(2)));
        let keys = shared.keys.palette.line();
        let inner = popup::open(frame, theme, area, size, "actions", &keys);
        let found = self.found();
        let typed = Rect { height: 1, ..inner };
        let counts = (found.len(), self.entries.len());
        prompt::narrow(&self.prompt, counts, frame, theme, typed);
        let list = Rect {
            y: inner.y + 2,
            height: inner.height.saturating_sub(2),
            ..inner
        };
        let list = list.intersection(inner);
        let first = self
            .scroll
            .fit(self.cursor, found.len(), usize::from(list.height));
        self.drawn.set((list, first));
        if found.is_empty() {
            let line = Line::styled("  no action has these words", theme.dim);
            return frame.render_widget(line, Rect { height: 1, ..list }.intersection(list));
        }
        let widths = self.entries.iter().map(|entry| text::width(&entry.keys));
        let keys = widths.max().unwrap_or(0);
        let rows = found.iter().enumerate().skip(first);
        for (y, (nth, entry)) in (list.y..list.bottom()).zip(rows) {
            let row = Rect {
                y,
                height: 1,
                ..list
            };
            let line = line(
                entry,
                nth == self.cursor,
                keys,
                usize::from(row.width),
                theme,
            );
            frame.render_widget(line, row);
        }
    }
}

/// A row: keys in so many cells, name, sentence.
fn line(entry: &Entry, chosen: bool, keys: usize, room: usize, theme: &Theme) -> Line<'static> {
    let (sign, name) = if chosen {
        ("▸", theme.selected)
    } else {
        (" ", theme.text)
    };
    let place = match entry.place {
        "" => String::new(),
        place => format!("{place}: "),
    };
    let help = format!("{place}{}", entry.help);
    let help = fit::shorten(&help, room.saturating_sub(keys + 25));
    Line::from(vec![
        Span::styled(sign, name),
        Span::styled(fit::right(&entry.keys, keys + 1), theme.accent),
        Span::styled(format!("  {}  ", fit::left(entry.name, 18)), name),
        Span::styled(help, if chosen { theme.text } else { theme.dim }),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &'static str, help: &'static str) -> Entry {
        Entry {
            keys: "x".to_owned(),
            name,
            help: help.into(),
            place: "",
            does: Does::Global(Global::Help),
        }
    }

    fn found(typed: &str) -> Vec<&'static str> {
        let mut palette = Palette::new(vec![
            entry("next screen", "The next screen"),
            entry("edit a copy", "Edit a copy of this run's experiment"),
            entry("experiment", "The Experiment screen"),
            entry("checkpoint", "Write a checkpoint now"),
        ]);
        palette.paste(typed);
        palette.found().iter().map(|e| e.name).collect()
    }

    #[test]
    fn words_find_names_before_sentences_before_letters() {
        assert_eq!(found("").len(), 4);
        assert_eq!(found("exp"), ["experiment", "edit a copy"]);
        assert_eq!(found("SCREEN next"), ["next screen"]);
        assert_eq!(found("cpt"), ["checkpoint"]);
        assert_eq!(found("copy run"), ["edit a copy"]);
        assert!(found("zzz").is_empty());
    }
}
