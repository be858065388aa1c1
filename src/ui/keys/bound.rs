//! The keys that the user chose in place of those of the tables. They belong to the thread that draws: one terminal has
//! one keyboard, and tests beside each other each have their own.

use super::{Binding, Hint, Key, Row, Sheet, sheets};
use std::cell::RefCell;
use std::collections::HashMap;

/// Other keys for one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebinding {
    /// The table's name.
    pub table: &'static str,
    /// The row's name.
    pub row: &'static str,
    /// Its keys; none leaves it to the palette.
    pub on: Vec<Key>,
}

type Bound = HashMap<(&'static str, &'static str), (&'static [Key], Hint)>;

thread_local! {
    static BOUND: RefCell<Bound> = RefCell::new(Bound::new());
}

/// From now on these rows have these keys on this thread, and all others their own; with `ascii`, keys are printed in
/// ASCII alone.
pub fn bind(rebindings: &[Rebinding], ascii: bool) {
    let mut bound = Bound::new();
    for sheet in sheets() {
        bind_sheet(&sheet, rebindings, ascii, &mut bound);
    }
    BOUND.set(bound);
}

fn bind_sheet(sheet: &Sheet, rebindings: &[Rebinding], ascii: bool, bound: &mut Bound) {
    let other = |row: &Row| {
        let here = |r: &&Rebinding| (r.table, r.row) == (sheet.name, row.hint.name);
        rebindings.iter().find(here)
    };
    for (at, row) in sheet.rows.iter().enumerate() {
        // A sign such as ↑↓ also stands for the row below.
        let pair_broken = sheet
            .rows
            .get(at + 1)
            .is_some_and(|next| other(next).is_some())
            && row.hint.keys.chars().count() > 1
            && row.on.iter().all(|key| key.label() != row.hint.keys);
        let (mut on, mut hint) = (row.on, row.hint);
        if let Some(other) = other(row) {
            on = keys(other, bound.len());
            hint = said_of(row, on, other.on.is_empty());
        } else if pair_broken {
            hint.keys = row.hint.key().label().leak();
        }
        if ascii && !hint.keys.is_ascii() {
            hint.keys = spelt(hint.keys).leak();
        }
        if on != row.on || hint != row.hint {
            bound.insert((sheet.name, row.hint.name), (on, hint));
        }
    }
}

/// The keys, kept as long as the program runs: they are read once, at its start.
fn keys(other: &Rebinding, number: usize) -> &'static [Key] {
    let mut on = other.on.clone();
    if on.is_empty() {
        on.push(Key::absent(number as u32));
    }
    on.leak()
}

/// What footer and help say of a row with other keys; all but the first are named in its sentence.
fn said_of(row: &Row, on: &'static [Key], none: bool) -> Hint {
    let plain = row.plain_help();
    let more: Vec<String> = on.iter().skip(1).map(|key| key.label()).collect();
    let help = if more.is_empty() {
        plain.to_owned()
    } else {
        format!("{plain} (also {})", more.join(", "))
    };
    let keys = if none { String::new() } else { on[0].label() };
    Hint {
        keys: keys.leak(),
        help: help.leak(),
        on,
        ..row.hint
    }
}

/// The sign in ASCII.
fn spelt(keys: &str) -> String {
    let signs = [
        ("⇧", "shift-"),
        ("⏎", "enter"),
        ("↑↓", "up/down"),
        ("←→", "left/right"),
        ("↑", "up"),
        ("↓", "down"),
        ("←", "left"),
        ("→", "right"),
    ];
    signs.iter().fold(keys.to_owned(), |keys, (sign, word)| {
        keys.replace(sign, word)
    })
}

/// A row of a table with the keys that it has now.
pub(super) fn row<A>(table: &'static str, row: Binding<A>) -> Binding<A> {
    BOUND.with_borrow(|bound| match bound.get(&(table, row.hint.name)) {
        Some((on, hint)) => Binding {
            on,
            hint: *hint,
            ..row
        },
        None => row,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Table, action, hints};
    use super::*;
    use crate::ui::keymap::experiment::{Act, KEYS};

    fn rebound(row: &'static str, on: &[&str], ascii: bool) -> Table<Act> {
        let on = on.iter().map(|key| key.parse().unwrap()).collect();
        bind(
            &[Rebinding {
                table: "experiment",
                row,
                on,
            }],
            ascii,
        );
        KEYS
    }

    #[test]
    fn a_rebound_row_answers_to_its_new_keys_only() {
        let table = rebound("train", &["ctrl-t", "f5"], false);
        assert_eq!(action(table, &Key::char('t').event()), None);
        assert_eq!(action(table, &Key::ctrl('t').event()), Some(Act::Train));
        let hint = hints(table)[0];
        assert_eq!(
            (hint.keys, hint.help),
            ("^t", "Train this experiment (also f5)")
        );
    }

    #[test]
    fn a_sign_for_two_rows_falls_apart_when_one_is_rebound() {
        let table = rebound("field before", &["i"], false);
        assert_eq!(
            (table.key(&Act::Move(1)), table.key(&Act::Move(-1))),
            ("↓", "i")
        );
    }

    #[test]
    fn a_row_without_keys_can_still_be_pressed() {
        let table = rebound("train", &[], false);
        let hint = hints(table)[0];
        assert_eq!(hint.keys, "");
        assert_eq!(action(table, &hint.key().event()), Some(Act::Train));
    }

    #[test]
    fn in_ascii_keys_are_spelt() {
        let table = rebound("train", &["shift-left"], true);
        let keys: String = hints(table).iter().map(|hint| hint.keys).collect();
        assert!(
            keys.is_ascii() && keys.starts_with("shift-leftwup/down"),
            "{keys}"
        );
    }
}
