//! The keys of the Experiment screen.

use crate::ui::keys::{OtherKeys, key_table};

/// What the keys do on the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
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
    /// Type a value, or open a group.
    Edit,
    /// Open or close the group.
    Fold,
    /// Open all groups, or close them.
    FoldAll,
    /// Set what doesn't fit to what does.
    Fit,
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
    /// Show what differs from another experiment.
    Compare,
    /// Edit it as text.
    Editor,
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
    keys: Action = "experiment";
    "t"                      => Action::Train,            1, "train",        "Train this experiment";
    "f"                      => Action::Fit,              1, "fit",          "Replace invalid values with the nearest valid ones";
    "w"                      => Action::Vary,             6, "vary",         "Give the field several values, with commas between them; t then trains a sweep";
    "down j" as "↑↓"         => Action::Move(1),          4, "field",        "Next field (also j)";
    "up k"                   => Action::Move(-1),         0, "field before", "Previous field (also k)";
    "right l" as "←→"        => Action::Nudge(1, false),  2, "nudge",        "Nudge up, next choice (also l)";
    "left h"                 => Action::Nudge(-1, false), 0, "nudge down",   "Nudge down, previous choice (also h)";
    "shift-right L" as "⇧←→" => Action::Nudge(1, true),   7, "coarse",       "Ten nudges up (also L)";
    "shift-left H"           => Action::Nudge(-1, true),  0, "coarse down",  "Ten nudges down (also H)";
    "enter"                  => Action::Edit,             3, "type",         "Type a value, or take the next choice; open or close a group";
    "space"                  => Action::Fold,             7, "fold",         "Open or close the group that the cursor is in";
    "z"                      => Action::FoldAll,          0, "fold all",     "Open all groups, or close them";
    "u"                      => Action::Undo,             5, "undo",         "Undo";
    "ctrl-r"                 => Action::Redo,             0, "redo",         "Redo";
    "d"                      => Action::Default,          6, "default",      "Set the field to its default";
    "D"                      => Action::AsLoaded,         0, "as loaded",    "Set the field to the value that was loaded";
    "p"                      => Action::Presets,          5, "presets",      "Choose an included experiment";
    "o"                      => Action::Open,             7, "open",         "Open an experiment file";
    "s"                      => Action::Save,             6, "save",         "Save the experiment to a file";
    "c"                      => Action::Compare,          0, "compare",      "What differs from a file, a preset or a run; from what was loaded if you type nothing";
    "ctrl-e"                 => Action::Editor,           0, "editor",       "Edit the experiment as text in $VISUAL or $EDITOR, and come back";
    "v"                      => Action::Roll,             6, "new views",    "Draw new views of the images";
    "V"                      => Action::Views,            4, "pictures",     "Show or hide the pictures of views";
    "n"                      => Action::Images(1),        0, "next image",   "Pictures of the next image";
    "N"                      => Action::Images(-1),       0, "image before", "Pictures of the previous image";
    "/"                      => Action::Search,           5, "search",       "Search for a hyperparameter";
    "} ] pagedown" as "]"    => Action::Group(true),      0, "next group",   "Next group (also PgDn)";
    "{ [ pageup" as "["      => Action::Group(false),     0, "group before", "Previous group (also PgUp)";
    "g home"                 => Action::First,            0, "first",        "First field";
    "G end"                  => Action::Last,             0, "last",         "Last field";
}

/// What keys do while text is typed; all others are text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextAction {
    /// Take it.
    Accept,
    /// Leave it.
    Cancel,
    /// In a search, the next match (true) or the one before.
    Next(bool),
}

key_table! {
    /// The keys while text is typed.
    text_keys: TextAction = "experiment-text", OtherKeys::Text;
    "enter" => TextAction::Accept,      1, "accept", "Accept what was typed";
    "esc"   => TextAction::Cancel,      1, "cancel", "Leave it unchanged";
    "down"  => TextAction::Next(true),  0, "next",   "In a search: next match; for a path: a file opened before";
    "up"    => TextAction::Next(false), 0, "before", "In a search: previous match; for a path: a file opened later";
}

/// What keys do in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListAction {
    /// Move by rows.
    Move(isize),
    /// Take the row.
    Take,
    /// Close.
    Close,
}

key_table! {
    /// The keys over what forbids a launch.
    refused_keys: bool = "experiment-refused";
    "enter f" => true,  1, "set what fits", "Set what can't be trained to the nearest values that can (also f)";
    "esc q"   => false, 1, "to the field",  "To the first field that is wrong";
}

key_table! {
    /// The keys in the list of presets.
    preset_keys: ListAction = "experiment-presets";
    "down j" as "↑↓" => ListAction::Move(1),  2, "choose",        "Next";
    "up k"           => ListAction::Move(-1), 0, "choose before", "Previous";
    "enter"          => ListAction::Take,     1, "take",          "Take it";
    "esc q p"        => ListAction::Close,    1, "close",         "Close";
}

key_table! {
    /// The answers to whether a file may be overwritten.
    overwrite_keys: bool = "experiment-overwrite";
    "y"     => true,  1, "overwrite",    "Overwrite the file";
    "esc n" => false, 1, "another name", "Choose another name";
}
