//! The keys of the Compare screen.

use crate::ui::keys::{OtherKeys, key_table};

/// What the keys do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Scroll the table by rows.
    Rows(isize),
    /// Scroll the table by runs.
    Columns(isize),
    /// Another metric in the chart.
    Metric,
    /// A chart of each metric in place of the table, or the table again.
    Grid,
    /// Choose metrics by their names.
    Search,
    /// One curve for runs that have something in common.
    Group,
    /// Another run to count differences from.
    Baseline,
    /// Views of an image under each run's augmentations, or the chart again.
    Views,
    /// Other views.
    Reroll,
    /// Views of another image.
    Image,
    /// Write the table to a file.
    Table,
    /// Unmark all.
    Unmark,
    /// To the history, to mark runs.
    History,
    /// Write the chart to a file.
    Write,
}

key_table! {
    /// The keys of the screen.
    keys: Action = "compare";
    "m"               => Action::Metric,      1, "metric",      "Another metric in the chart";
    "g"               => Action::Grid,        1, "all metrics", "A chart of each metric in place of the table, or the table again";
    "/"               => Action::Search,      3, "find metrics", "Charts of the metrics whose names have these words";
    "G"               => Action::Group,       3, "group",       "Curves of runs with the same tag, sweep or hyperparameter as one: mean and deviation";
    "b"               => Action::Baseline,    2, "baseline",    "Use the next run as the baseline";
    "V"               => Action::Views,       2, "views",       "Views of the same image under each run's augmentations, or the chart again";
    "v"               => Action::Reroll,      3, "new views",   "Draw new views for all runs";
    "n"               => Action::Image,       3, "next image",  "Views of the next image";
    "enter"           => Action::History,     2, "mark runs",   "To the history, to mark or unmark runs";
    "w"               => Action::Write,       3, "write",       "Write the chart to a file: .svg, .png or .csv";
    "W"               => Action::Table,       3, "write table", "Write the table to a file: .md, .csv or .json";
    "U"               => Action::Unmark,      3, "unmark all",  "Unmark all runs";
    "down j" as "↑↓"  => Action::Rows(1),     4, "rows",        "More rows (also j)";
    "up k"            => Action::Rows(-1),    0, "rows before", "Previous rows (also k)";
    "pagedown ctrl-d" => Action::Rows(10),    0, "down",        "Ten rows down";
    "pageup ctrl-u"   => Action::Rows(-10),   0, "up",          "Ten rows up";
    "right l" as "←→" => Action::Columns(1),  4, "runs",        "More runs (also l)";
    "left h"          => Action::Columns(-1), 0, "runs before", "Previous runs (also h)";
}

key_table! {
    /// The keys while metrics are chosen, or what to group by: `true` keeps it.
    words_keys: bool = "compare-words", OtherKeys::Text;
    "enter" => true,  1, "keep",  "Keep it";
    "esc"   => false, 1, "clear", "All metrics, or a curve for each run";
}
