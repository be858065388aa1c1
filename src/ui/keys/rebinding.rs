//! The keys that the user chose in place of those of the tables.

use super::{Hint, Key, Table};
use crate::ui::symbols::spelt;

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

impl<A> Table<A> {
    /// Gives rows the keys that the user chose; with `ascii`, keys are printed in ASCII alone.
    pub fn bind(&mut self, rebindings: &[Rebinding], ascii: bool) {
        let table = self.name;
        let chosen = |row: &str| {
            rebindings
                .iter()
                .position(|r| (r.table, r.row) == (table, row))
        };
        let chosen: Vec<_> = self.rows.iter().map(|row| chosen(row.hint.name)).collect();
        for (at, row) in self.rows.iter_mut().enumerate() {
            let hint = &mut row.hint;
            // A sign such as ↑↓ also stands for the row below.
            let broken = hint.is_pair() && chosen.get(at + 1).is_some_and(Option::is_some);
            match chosen[at] {
                Some(nth) => hint.rebind(&rebindings[nth].on, Key::absent(nth as u32)),
                None if broken => hint.keys = hint.key().label(),
                None => {}
            }
            if ascii {
                hint.keys = spelt(&hint.keys);
            }
        }
    }
}

impl Hint {
    /// Gives it other keys; where there are none, one that no keyboard has. All but the first are named in its sentence.
    fn rebind(&mut self, on: &[Key], absent: Key) {
        self.keys = on.first().map_or_else(String::new, |key| key.label());
        let more: Vec<String> = on.iter().skip(1).map(|key| key.label()).collect();
        let plain = self.plain_help();
        self.help = if more.is_empty() {
            plain.to_owned().into()
        } else {
            format!("{plain} (also {})", more.join(", ")).into()
        };
        self.on = if on.is_empty() {
            vec![absent]
        } else {
            on.to_vec()
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::keys::key_table;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Action {
        Train,
        Move(isize),
    }

    key_table! {
        /// A table.
        keys: Action = "form";
        "t"              => Action::Train,    1, "train",        "Train this experiment";
        "down j" as "↑↓" => Action::Move(1),  4, "field",        "Next field (also j)";
        "up k"           => Action::Move(-1), 0, "field before", "Previous field (also k)";
    }

    fn rebound(row: &'static str, on: &[&str], ascii: bool) -> Table<Action> {
        let on = on.iter().map(|key| key.parse().unwrap()).collect();
        let table = "form";
        let mut keys = keys();
        keys.bind(&[Rebinding { table, row, on }], ascii);
        keys
    }

    #[test]
    fn a_rebound_row_answers_to_its_new_keys_only() {
        let table = rebound("train", &["ctrl-t", "f5"], false);
        assert_eq!(table.action(&Key::char('t').event()), None);
        assert_eq!(table.action(&Key::ctrl('t').event()), Some(Action::Train));
        let hint = &table.rows[0].hint;
        assert_eq!(
            (hint.keys.as_str(), &*hint.help),
            ("^t", "Train this experiment (also f5)")
        );
    }

    #[test]
    fn a_sign_for_two_rows_falls_apart_when_one_is_rebound() {
        let table = rebound("field before", &["i"], false);
        assert_eq!(
            (table.key(Action::Move(1)), table.key(Action::Move(-1))),
            ("↓", "i")
        );
    }

    #[test]
    fn a_row_without_keys_can_still_be_pressed() {
        let table = rebound("train", &[], false);
        let hint = &table.rows[0].hint;
        assert_eq!(hint.keys, "");
        assert_eq!(table.action(&hint.key().event()), Some(Action::Train));
    }

    #[test]
    fn in_ascii_keys_are_spelt() {
        let table = rebound("train", &["shift-left"], true);
        let keys: Vec<&str> = table
            .rows
            .iter()
            .map(|row| row.hint.keys.as_str())
            .collect();
        assert_eq!(keys, ["shift-left", "up/down", "up"]);
    }
}
