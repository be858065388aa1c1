//! The key tables, one file for each place that takes keys, and the value that binds them.

pub mod charts;
pub mod compare;
pub mod everywhere;
pub mod experiment;
pub mod explore;
pub mod history;
pub mod overlays;
pub mod sweeps;
pub mod train;

use crate::ui::keys::{AnyTable, Rebinding, Table};
use crate::ui::screen_id::ScreenId;
use charts::ChartAction;
use everywhere::Global;
use overlays::{HelpAction, LeaveAnswer, PaletteAction};

macro_rules! keymap {
    ($( $table:ident: $action:ty = $declared:path; )*) => {
        /// Every key table, with the keys that its rows have now.
        #[derive(Clone, Debug)]
        pub struct Keymap {
            $( #[doc = concat!("[`", stringify!($declared), "`]")] pub $table: Table<$action>, )*
        }

        impl Default for Keymap {
            fn default() -> Self {
                Self { $( $table: $declared(), )* }
            }
        }

        impl Keymap {
            /// The tables with the keys that the user chose; with `ascii`, keys are printed in ASCII alone.
            #[must_use]
            pub fn new(rebindings: &[Rebinding], ascii: bool) -> Self {
                let mut keys = Self::default();
                $( keys.$table.bind(rebindings, ascii); )*
                keys
            }

            /// The tables whatever their rows do, in the order of the settings.
            #[must_use]
            pub fn tables(&self) -> Vec<AnyTable> {
                vec![$( self.$table.erased(), )*]
            }
        }
    };
}

keymap! {
    everywhere: Global = everywhere::keys;
    experiment: experiment::Action = experiment::keys;
    train: train::Action = train::keys;
    history: history::Action = history::keys;
    compare: compare::Action = compare::keys;
    compare_words: bool = compare::words_keys;
    sweeps: sweeps::Action = sweeps::keys;
    explore: explore::Action = explore::keys;
    sweeps_file: bool = sweeps::file_keys;
    charts: ChartAction = charts::keys;
    palette: PaletteAction = overlays::palette_keys;
    help: HelpAction = overlays::help_keys;
    experiment_text: experiment::TextAction = experiment::text_keys;
    experiment_presets: experiment::ListAction = experiment::preset_keys;
    experiment_overwrite: bool = experiment::overwrite_keys;
    experiment_refused: bool = experiment::refused_keys;
    history_filter: bool = history::filter_keys;
    history_words: bool = history::words_keys;
    history_columns: history::ColumnsAction = history::columns_keys;
    train_stop: bool = train::stop_keys;
    train_empty: ScreenId = train::empty_keys;
    console: train::SearchAction = train::console_keys;
    console_search: bool = train::search_keys;
    ask: bool = overlays::ask_keys;
    write: bool = overlays::write_keys;
    leave: LeaveAnswer = overlays::leave_keys;
    stopping: LeaveAnswer = overlays::stopping_keys;
    to_background: LeaveAnswer = overlays::background_keys;
}

/// Tables that are asked together, so that no key may be in two of them.
pub const TOGETHER: &[&[&str]] = &[
    &["experiment", "everywhere"],
    &["train", "charts", "everywhere"],
    &["history", "everywhere"],
    &["compare", "charts", "everywhere"],
    &["sweeps", "everywhere"],
    &["explore", "everywhere"],
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::keys::Key;
    use std::collections::HashSet;

    #[test]
    fn every_row_has_a_name_of_its_own() {
        let mut names = HashSet::new();
        for table in Keymap::default().tables() {
            for row in &table.rows {
                let name = format!("{}.{}", table.name, row.id());
                assert!(names.insert(name.clone()), "{name} twice");
            }
        }
    }

    /// What starts, pauses, stops or removes a training or its files, by what is meant: one who learnt its key on a screen
    /// may press it on any other. What takes an answer or is undone by a key comes back, and is here for its kind alone.
    const ACTS: &[(&str, &[&str])] = &[
        (
            "train",
            &[
                "experiment.train",
                "train.resume",
                "train.smaller-batch",
                "history.rerun",
                "history.resume",
                "sweeps.train",
                "sweeps.retry",
            ],
        ),
        (
            "pause",
            &["train.pause", "history.pause", "sweeps.pause-queue"],
        ),
        ("stop", &["train.stop", "history.stop"]),
        (
            "evaluate",
            &[
                "train.evaluate",
                "history.evaluate",
                "explore.map-the-images",
            ],
        ),
    ];

    #[test]
    fn a_key_that_acts_on_a_training_means_nothing_else_on_another_screen() {
        let screens: HashSet<&str> = TOGETHER.iter().copied().flatten().copied().collect();
        let tables = Keymap::default().tables().into_iter();
        let tables: Vec<_> = tables.filter(|t| screens.contains(t.name)).collect();
        let rows: Vec<(String, Vec<Key>)> = tables
            .iter()
            .flat_map(|t| {
                t.rows
                    .iter()
                    .map(|row| (format!("{}.{}", t.name, row.id()), row.on.clone()))
            })
            .collect();
        for (kind, acts) in ACTS {
            for act in *acts {
                let (_, keys) = rows.iter().find(|(name, _)| name == act).unwrap();
                let same = rows
                    .iter()
                    .filter(|(_, on)| on.iter().any(|key| keys.contains(key)));
                for (name, _) in same {
                    assert!(
                        acts.contains(&name.as_str()),
                        "{act} is to {kind}, {name} is not"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_printed_is_read_back() {
        let keymap = Keymap::default();
        for row in keymap.tables().into_iter().flat_map(|table| table.rows) {
            for key in row.on {
                assert_eq!(key.to_string().parse(), Ok(key), "{key}");
            }
        }
    }

    #[test]
    fn every_table_of_the_source_is_in_the_keymap() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui/keymap");
        let files = walkdir::WalkDir::new(root).into_iter().map(Result::unwrap);
        let rust = files.filter(|f| f.path().extension().is_some_and(|e| e == "rs"));
        let text = rust.map(|f| std::fs::read_to_string(f.path()).unwrap());
        let found: usize = text.map(|text| text.matches("key_table! {").count()).sum();
        assert_eq!(found, Keymap::default().tables().len());
    }

    #[test]
    fn bindings_are_a_value() {
        let ui = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
        for place in ["keys", "keymap", "keys.rs"] {
            for file in walkdir::WalkDir::new(ui.join(place))
                .into_iter()
                .map(Result::unwrap)
            {
                let text = std::fs::read_to_string(file.path()).unwrap_or_default();
                for word in [
                    concat!("thread", "_local"),
                    concat!(".le", "ak()"),
                    "static mut",
                ] {
                    assert!(!text.contains(word), "{word} in {}", file.path().display());
                }
            }
        }
    }

    #[test]
    fn of_two_keymaps_each_has_its_own_keys() {
        let on = vec!["ctrl-t".parse().unwrap()];
        let (table, row) = ("experiment", "train");
        let other = Keymap::new(&[Rebinding { table, row, on }], false);
        let train = experiment::Action::Train;
        assert_eq!(other.experiment.key(train), "^t");
        assert_eq!(Keymap::default().experiment.key(train), "t");
    }
}
