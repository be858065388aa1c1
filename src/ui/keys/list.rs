//! Every key table by its name: what the settings may rebind.

use super::{Hint, Key, Rest, Table};
use crate::ui::keymap::{self, everywhere as global};
use crate::ui::screens::{compare, help, history, train};
use crate::ui::{lens, palette, write};

/// One row of a key table, whatever it does.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its keys as declared.
    pub on: &'static [Key],
    /// What is said of it.
    pub hint: Hint,
}

impl Row {
    /// The row's name in the settings, in the words of the footer.
    #[must_use]
    pub fn name(&self) -> String {
        self.hint.name.replace(' ', "-")
    }

    /// Its sentence without the keys that it names.
    #[must_use]
    pub fn plain_help(&self) -> &'static str {
        self.hint.help.split(" (also").next().unwrap_or("")
    }
}

/// One key table, whatever its rows do.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Its name.
    pub name: &'static str,
    /// What becomes of other keys.
    pub rest: Rest,
    /// Its rows as declared.
    pub rows: Vec<Row>,
}

impl<A: Copy> From<Table<A>> for Sheet {
    fn from(table: Table<A>) -> Self {
        let rows = table.rows.iter().map(|b| Row {
            on: b.on,
            hint: b.hint,
        });
        Self {
            name: table.name,
            rest: table.rest,
            rows: rows.collect(),
        }
    }
}

/// Tables that are asked together, so that no key may be in two of them.
pub const TOGETHER: &[&[&str]] = &[
    &["experiment", "everywhere"],
    &["train", "charts", "everywhere"],
    &["history", "everywhere"],
    &["compare", "charts", "everywhere"],
    &["sweeps", "everywhere"],
];

/// Every key table as declared.
#[must_use]
pub fn sheets() -> Vec<Sheet> {
    vec![
        global::KEYS.into(),
        keymap::experiment::KEYS.into(),
        train::KEYS.into(),
        keymap::history::KEYS.into(),
        compare::KEYS.into(),
        keymap::sweeps::KEYS.into(),
        keymap::sweeps::ASK_KEYS.into(),
        keymap::sweeps::FILE_KEYS.into(),
        lens::KEYS.into(),
        palette::KEYS.into(),
        help::KEYS.into(),
        keymap::experiment::TEXT_KEYS.into(),
        keymap::experiment::LIST_KEYS.into(),
        keymap::experiment::OVERWRITE_KEYS.into(),
        keymap::history::FILTER_KEYS.into(),
        keymap::history::EDIT_KEYS.into(),
        history::columns::KEYS.into(),
        train::STOP_KEYS.into(),
        train::GO_KEYS.into(),
        train::console::FOUND_KEYS.into(),
        train::console::SEARCH_KEYS.into(),
        write::KEYS.into(),
        global::LEAVE_KEYS.into(),
        global::WAIT_KEYS.into(),
        global::HAND_KEYS.into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_row_has_a_name_of_its_own() {
        let mut names = HashSet::new();
        for sheet in sheets() {
            for row in &sheet.rows {
                let name = format!("{}.{}", sheet.name, row.name());
                assert!(names.insert(name.clone()), "{name} twice");
            }
        }
    }

    #[test]
    fn every_table_of_the_source_is_listed() {
        let listed = sheets().len();
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
        let files = walkdir::WalkDir::new(root).into_iter().map(Result::unwrap);
        let rust = files.filter(|f| f.path().extension().is_some_and(|e| e == "rs"));
        let text = rust.map(|f| std::fs::read_to_string(f.path()).unwrap());
        let sign = concat!("Table", "::of(\"");
        let found: usize = text.map(|text| text.matches(sign).count()).sum();
        assert_eq!(found, listed, "keys/list.rs lists all of them");
    }
}
