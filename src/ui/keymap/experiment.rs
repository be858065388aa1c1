//! The keys of the Experiment screen.

use crate::ui::keys::{Rest, key_table};

/// What the keys do on the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Move by rows.
    Move(isize),
    /// Move to the next group (true) or the one before.
    Group(bool),
    /// The first row.
    First,
    /// The last row.
    Last,
    /// Nudge by steps, coarse or fine.
    Nudge(i64, bool),
    /// Type a value.
    Edit,
    /// To the declared default.
    Default,
    /// To what was loaded.
    AsLoaded,
    /// Undo.
    Undo,
    /// Redo.
    Redo,
    /// Search a hyperparameter.
    Search,
    /// Choose a preset.
    Presets,
    /// Open a file.
    Open,
    /// Save a file.
    Save,
    /// Train.
    Train,
    /// Give the field several values.
    Vary,
    /// Draw other views.
    Roll,
    /// Look at images further on.
    Images(isize),
    /// Show or hide the pictures.
    Views,
}

key_table! {
    /// The keys on the rows.
    keys: Act = "experiment", Rest::Numbers;
    "t"                      => Act::Train,            1, "train",        "Train this experiment";
    "w"                      => Act::Vary,             6, "vary",         "Give the field several values, with commas between them; t then trains a sweep";
    "down j" as "↑↓"         => Act::Move(1),          4, "field",        "Next field (also j)";
    "up k"                   => Act::Move(-1),         0, "field before", "Field before (also k)";
    "right l" as "←→"        => Act::Nudge(1, false),  2, "nudge",        "Nudge up, next choice (also l)";
    "left h"                 => Act::Nudge(-1, false), 0, "nudge down",   "Nudge down, choice before (also h)";
    "shift-right L" as "⇧←→" => Act::Nudge(1, true),   7, "coarse",       "Ten nudges up (also L)";
    "shift-left H"           => Act::Nudge(-1, true),  0, "coarse down",  "Ten nudges down (also H)";
    "enter"                  => Act::Edit,             3, "type",         "Type a value, or take the next choice; digits type too";
    "u"                      => Act::Undo,             5, "undo",         "Undo";
    "ctrl-r"                 => Act::Redo,             0, "redo",         "Redo";
    "d"                      => Act::Default,          6, "default",      "Set the field to its default";
    "D"                      => Act::AsLoaded,         0, "as loaded",    "Set the field to what was loaded";
    "p"                      => Act::Presets,          4, "presets",      "Choose a shipped experiment";
    "o"                      => Act::Open,             7, "open",         "Open an experiment file";
    "s"                      => Act::Save,             6, "save",         "Save the experiment to a file";
    "v"                      => Act::Roll,             4, "new views",    "Draw other views of the pictures' images";
    "V"                      => Act::Views,            5, "pictures",     "Show or hide the pictures of views";
    "n"                      => Act::Images(1),        0, "next image",   "Pictures of the next image";
    "N"                      => Act::Images(-1),       0, "image before", "Pictures of the image before";
    "/"                      => Act::Search,           5, "search",       "Search a hyperparameter";
    "} ] pagedown" as "]"    => Act::Group(true),      0, "next group",   "Next group (also PgDn)";
    "{ [ pageup" as "["      => Act::Group(false),     0, "group before", "Group before (also PgUp)";
    "g home"                 => Act::First,            0, "first",        "First field";
    "G end"                  => Act::Last,             0, "last",         "Last field";
}

/// What keys do while text is typed; all others are text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextAct {
    /// Take it.
    Accept,
    /// Leave it.
    Cancel,
    /// In a search, the next match (true) or the one before.
    Next(bool),
}

key_table! {
    /// The keys while text is typed.
    text_keys: TextAct = "experiment-text", Rest::Text;
    "enter" => TextAct::Accept,      1, "accept", "Take what was typed";
    "esc"   => TextAct::Cancel,      1, "cancel", "Leave it as it was";
    "down"  => TextAct::Next(true),  0, "next",   "In a search: next match";
    "up"    => TextAct::Next(false), 0, "before", "In a search: match before";
}

/// What keys do in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListAct {
    /// Move by rows.
    Move(isize),
    /// Take the row.
    Take,
    /// Close.
    Close,
}

key_table! {
    /// The keys in the list of presets.
    preset_keys: ListAct = "experiment-presets";
    "down j" as "↑↓" => ListAct::Move(1),  2, "choose",        "Next";
    "up k"           => ListAct::Move(-1), 0, "choose before", "Before";
    "enter"          => ListAct::Take,     1, "take",          "Take it";
    "esc q p"        => ListAct::Close,    1, "close",         "Close";
}

key_table! {
    /// The answers to whether a file may be overwritten.
    overwrite_keys: bool = "experiment-overwrite";
    "y"     => true,  1, "overwrite",    "Overwrite the file";
    "esc n" => false, 1, "another name", "Choose another name";
}
