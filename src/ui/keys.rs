//! Keys and tables of keys: one row for each action, which feeds dispatch, footer, help, palette and the settings.

mod names;
mod rebinding;
mod table;

pub use rebinding::Rebinding;
pub(crate) use table::key_table;
pub use table::{AnyTable, Binding, OtherKeys, Table};

use crate::text;
use crate::ui::symbols::spelt;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::borrow::Cow;

/// One key with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

impl Key {
    /// A key without modifiers; letters carry their own case.
    #[must_use]
    pub const fn plain(code: KeyCode) -> Self {
        Self {
            code,
            modifiers: KeyModifiers::NONE,
        }
    }
    /// A character.
    #[must_use]
    pub const fn char(c: char) -> Self {
        Self::plain(KeyCode::Char(c))
    }
    /// A letter with Ctrl.
    #[must_use]
    pub const fn ctrl(c: char) -> Self {
        Self {
            code: KeyCode::Char(c),
            modifiers: KeyModifiers::CONTROL,
        }
    }

    /// Whether the event is this key. A character's case says all about its Shift.
    #[must_use]
    pub fn is(&self, event: &KeyEvent) -> bool {
        let shiftless = matches!(self.code, KeyCode::Char(_) | KeyCode::BackTab);
        let ignored = if shiftless {
            KeyModifiers::SHIFT
        } else {
            KeyModifiers::NONE
        };
        self.code == event.code && self.modifiers == event.modifiers - ignored
    }

    /// The event of pressing it.
    #[must_use]
    pub fn event(self) -> KeyEvent {
        KeyEvent::new(self.code, self.modifiers)
    }

    /// A key that no keyboard has, one for each number: rows without a key are still pressed by the palette.
    #[must_use]
    fn absent(number: u32) -> Self {
        Self::char(char::from_u32(0xF_0000 + number).unwrap_or('\u{F0000}'))
    }

    /// Whether it is one of those that only move about: arrows, pages, ends, and the letters that stand for them.
    const fn moves(&self) -> bool {
        match self.code {
            KeyCode::Enter | KeyCode::Delete => false,
            KeyCode::Char(c) => {
                self.modifiers.is_empty()
                    && matches!(c, 'h' | 'j' | 'k' | 'l' | 'g' | 'G' | '[' | ']' | '{' | '}')
            }
            _ => true,
        }
    }

    /// The character that it types, if it types one.
    #[must_use]
    pub fn typed(&self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if self.modifiers.is_empty() => Some(c),
            _ => None,
        }
    }
}

/// A row of a key table as footer, help and palette have it: its keys, and what is said of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The keys, as printed.
    pub keys: String,
    /// What it does, in a word or two, for the footer.
    pub name: &'static str,
    /// What it does, in a sentence, for the help.
    pub help: Cow<'static, str>,
    /// Its place when the footer runs short: 1 stays longest, 0 is in help and palette only.
    pub rank: u8,
    /// Its keys; the palette presses the first.
    pub on: Vec<Key>,
    /// Whether it only moves about, by the keys that it has at first.
    pub moves: bool,
}

impl Hint {
    /// What is said of keys, which are named as in the settings with spaces between them.
    #[must_use]
    pub fn new(keys: &str, rank: u8, name: &'static str, help: &'static str) -> Self {
        let read: Result<Vec<Key>, String> = keys.split(' ').map(str::parse).collect();
        debug_assert!(read.is_ok(), "{read:?}");
        let on = read.unwrap_or_default();
        Self {
            keys: on.first().map_or_else(String::new, |key| key.label()),
            name,
            help: help.into(),
            rank,
            moves: on.first().is_some_and(Key::moves),
            on,
        }
    }

    /// The same, printed with a sign of its own.
    #[must_use]
    pub fn printed(self, sign: &str) -> Self {
        let keys = sign.to_owned();
        Self { keys, ..self }
    }

    /// The key that the palette presses.
    #[must_use]
    pub fn key(&self) -> Key {
        self.on[0]
    }

    /// The row's name in the settings, in the words of the footer.
    #[must_use]
    pub fn id(&self) -> String {
        self.name.replace(' ', "-")
    }

    /// Its sentence without the keys that it names.
    #[must_use]
    pub fn plain_help(&self) -> &str {
        self.help.split(" (also").next().unwrap_or("")
    }

    /// Whether it is printed with a sign for two rows such as ↑↓.
    fn is_pair(&self) -> bool {
        self.keys.chars().count() > 1 && self.on.iter().all(|key| key.label() != self.keys)
    }

    /// Its keys one by one, for the help, where a sign for two rows would stand beside one of them.
    #[must_use]
    pub fn each(&self) -> String {
        if !self.is_pair() {
            return self.keys.clone();
        }
        let mut labels = self.on.iter().map(|key| key.label());
        let stands = |sign: &str| self.keys.contains(sign);
        let named = labels.find(|label| stands(label) || stands(&spelt(label)));
        named.unwrap_or_else(|| self.key().label())
    }
}

/// The hints that a footer would show, in one line, for the lower border of a box.
#[must_use]
pub fn line(hints: &[Hint]) -> String {
    let shown = hints.iter().filter(|h| h.rank > 0 && !h.keys.is_empty());
    let words: Vec<String> = shown.map(|h| format!("{} {}", h.keys, h.name)).collect();
    words.join(" · ")
}

/// The hints that fit into `width` cells, in their order, the least important left out first.
#[must_use]
pub fn footer(hints: &[Hint], width: usize) -> Vec<Hint> {
    let mut kept: Vec<Hint> = hints
        .iter()
        .filter(|h| h.rank > 0 && !h.keys.is_empty())
        .cloned()
        .collect();
    let cells = |h: &Hint| text::width(&h.keys) + 1 + text::width(h.name) + 2;
    while kept.iter().map(cells).sum::<usize>() > width + 1 {
        let Some(last) = kept.iter().map(|h| h.rank).max() else {
            break;
        };
        let Some(at) = kept.iter().rposition(|h| h.rank == last) else {
            break;
        };
        kept.remove(at);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(name: &'static str, rank: u8) -> Hint {
        Hint::new("x", rank, name, "")
    }

    #[test]
    fn a_short_footer_keeps_what_matters_in_order() {
        let hints = [
            hint("train", 1),
            hint("undo", 3),
            hint("quit", 2),
            hint("hidden", 0),
        ];
        let names = |width| -> Vec<_> { footer(&hints, width).iter().map(|h| h.name).collect() };
        assert_eq!(names(80), ["train", "undo", "quit"]);
        assert_eq!(names(17), ["train", "quit"]);
        assert_eq!(names(9), ["train"]);
        assert_eq!(names(3), Vec::<&str>::new());
    }

    #[test]
    fn shift_is_part_of_a_letter_but_not_of_an_arrow() {
        let h = KeyEvent::new(KeyCode::Char('H'), KeyModifiers::SHIFT);
        assert!(Key::char('H').is(&h));
        let left = KeyEvent::new(KeyCode::Left, KeyModifiers::SHIFT);
        assert_eq!("shift-left".parse().map(|key: Key| key.is(&left)), Ok(true));
        assert!(!Key::plain(KeyCode::Left).is(&left));
    }
}
