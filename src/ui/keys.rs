//! Key bindings: one row each, which feeds dispatch, footer, help, palette and the file of settings.

mod bound;
mod list;
mod names;

pub use bound::{Rebinding, bind};
pub use list::{Row, Sheet, TOGETHER, sheets};

use crate::ui::text;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

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
    /// A key with Shift.
    #[must_use]
    pub const fn shift(code: KeyCode) -> Self {
        Self {
            code,
            modifiers: KeyModifiers::SHIFT,
        }
    }
    /// A letter with Ctrl.
    #[must_use]
    pub const fn ctrl(c: char) -> Self {
        Self {
            code: KeyCode::Char(c),
            modifiers: KeyModifiers::CONTROL,
        }
    }
    /// A character with Alt.
    #[must_use]
    pub const fn alt(c: char) -> Self {
        Self {
            code: KeyCode::Char(c),
            modifiers: KeyModifiers::ALT,
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

/// What footer and help say of a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The keys, as printed.
    pub keys: &'static str,
    /// What it does, in a word or two, for the footer.
    pub name: &'static str,
    /// What it does, in a sentence, for the help.
    pub help: &'static str,
    /// Its place when the footer runs short: 1 stays longest, 0 is in help and palette only.
    pub rank: u8,
    /// Its keys; the palette presses the first.
    pub on: &'static [Key],
    /// Whether it only moves about, by the keys that it has at first.
    pub moves: bool,
}

impl Hint {
    /// The key that the palette presses.
    #[must_use]
    pub const fn key(&self) -> Key {
        self.on[0]
    }

    /// Its keys one by one, for the help, where a sign for two rows such as ↑↓ would stand beside one of them.
    #[must_use]
    pub fn each(&self) -> String {
        let pair = self.keys.chars().count() > 1 && self.on.iter().all(|k| k.label() != self.keys);
        if pair {
            let mut labels = self.on.iter().map(|key| key.label());
            let named = labels.find(|label| self.keys.contains(label.as_str()));
            named.unwrap_or_else(|| self.on[0].label())
        } else {
            self.keys.to_owned()
        }
    }
}

/// One row of a key table.
#[derive(Clone, Copy, Debug)]
pub struct Binding<A: 'static> {
    /// Keys that do it.
    pub on: &'static [Key],
    /// What footer and help say.
    pub hint: Hint,
    /// What it does.
    pub action: A,
}

impl<A> Binding<A> {
    /// A row of a key table.
    #[must_use]
    pub const fn new(
        on: &'static [Key],
        action: A,
        rank: u8,
        keys: &'static str,
        name: &'static str,
        help: &'static str,
    ) -> Self {
        let hint = Hint {
            keys,
            name,
            help,
            rank,
            on,
            moves: on[0].moves(),
        };
        Self { on, hint, action }
    }
}

/// What becomes of keys that no row of a table names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Nothing, or another table takes them.
    Free,
    /// Digits and signs begin a number, before the table is asked.
    Numbers,
    /// They are text.
    Text,
}

/// A key table under the name that the settings know it by.
#[derive(Clone, Copy, Debug)]
pub struct Table<A: 'static> {
    name: &'static str,
    rest: Rest,
    rows: &'static [Binding<A>],
}

impl<A: Copy> Table<A> {
    /// A table with its rows.
    #[must_use]
    pub const fn of(name: &'static str, rows: &'static [Binding<A>]) -> Self {
        let rest = Rest::Free;
        Self { name, rest, rows }
    }

    /// The same table, where other keys mean this.
    #[must_use]
    pub const fn with(self, rest: Rest) -> Self {
        Self { rest, ..self }
    }

    /// Its rows with the keys that the user gave them.
    pub fn rows(self) -> impl Iterator<Item = Binding<A>> {
        self.rows.iter().map(move |row| bound::row(self.name, *row))
    }

    /// The first key of an action, as printed.
    #[must_use]
    pub fn key(self, action: &A) -> &'static str
    where
        A: PartialEq,
    {
        let row = self.rows().find(|row| row.action == *action);
        row.map_or("", |row| row.hint.keys)
    }
}

/// What the key does by this table.
#[must_use]
pub fn action<A: Copy>(table: Table<A>, event: &KeyEvent) -> Option<A> {
    table
        .rows()
        .find(|b| b.on.iter().any(|key| key.is(event)))
        .map(|b| b.action)
}

/// What footer and help say of a table.
#[must_use]
pub fn hints<A: Copy>(table: Table<A>) -> Vec<Hint> {
    table.rows().map(|b| b.hint).collect()
}

/// What footer says of the bindings whose action works now.
#[must_use]
pub fn hints_that<A: Copy>(table: Table<A>, works: impl Fn(&A) -> bool) -> Vec<Hint> {
    let working = table.rows().filter(|b| works(&b.action));
    working.map(|b| b.hint).collect()
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
        .copied()
        .filter(|h| h.rank > 0 && !h.keys.is_empty())
        .collect();
    let cells = |h: &Hint| text::width(h.keys) + 1 + text::width(h.name) + 2;
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

    const ON: &[Key] = &[Key::char('x')];

    const fn hint(name: &'static str, rank: u8) -> Hint {
        Hint {
            keys: "x",
            name,
            help: "",
            rank,
            on: ON,
            moves: false,
        }
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
        assert!(Key::shift(KeyCode::Left).is(&left));
        assert!(!Key::plain(KeyCode::Left).is(&left));
    }
}
