//! The keys of the History screen.

use crate::ui::keys::{OtherKeys, key_table};

/// What the keys do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Move by rows.
    Move(isize),
    /// The first row.
    First,
    /// The last row.
    Last,
    /// Show the run.
    Open,
    /// Mark it for comparison.
    Mark,
    /// Compare the marked ones.
    Compare,
    /// Unmark all.
    Unmark,
    /// Edit a copy.
    Fork,
    /// Train the same experiment again.
    Rerun,
    /// Go on where the run was stopped or interrupted.
    Resume,
    /// Evaluate its network.
    Evaluate,
    /// Read which classes it takes for which.
    Confusion,
    /// Write its network for other programs.
    Export,
    /// Pause its trainer or let it go on.
    Pause,
    /// Have its trainer write a checkpoint.
    Checkpoint,
    /// Ask whether to stop it.
    Stop,
    /// Give it a name.
    Name,
    /// Change its tags.
    Tags,
    /// Write a note on it.
    Note,
    /// Put it away, or bring it back from there.
    Archive,
    /// Show those that were put away, or hide them again.
    Archived,
    /// One row for runs that differ in the seed alone, or a row each.
    Fold,
    /// Move it into the trash.
    Delete,
    /// Bring back what was deleted last.
    Undo,
    /// Copy the command line that trains it.
    CopyCommand,
    /// Copy the path of its folder.
    CopyPath,
    /// Filter by text.
    Filter,
    /// Sort by the next column.
    Sort,
    /// Turn the order around.
    Reverse,
    /// Choose and order the columns.
    Columns,
    /// Clear the filter.
    Clear,
}

key_table! {
    /// The keys of the screen.
    keys: Action = "history";
    "enter"           => Action::Open,        1, "open",         "Show the run's curves; open a sweep, or fold it again";
    "space m"         => Action::Mark,        2, "mark",         "Mark it for comparison, or unmark it (also m)";
    "c"               => Action::Compare,     3, "compare",      "Compare the marked runs";
    "e"               => Action::Fork,        3, "edit a copy",  "Edit a copy of its experiment";
    "R"               => Action::Rerun,       4, "rerun",        "Train the same experiment again";
    "r"               => Action::Resume,      2, "resume",       "Continue the run where it was stopped or interrupted";
    "E"               => Action::Evaluate,    6, "evaluate",     "Evaluate its network: kNN and a linear classifier on the test images";
    "M"               => Action::Confusion,   0, "confusion",    "Which classes it confuses, by its last evaluation";
    "X"               => Action::Export,      0, "export",       "Write its encoder for PyTorch (.safetensors), or its embeddings (.npy)";
    "P"               => Action::Pause,       0, "pause",        "Pause the run, or continue it";
    "w"               => Action::Checkpoint,  0, "checkpoint",   "Make the run write a checkpoint now";
    "x"               => Action::Stop,        0, "stop",         "Stop the run after this step, with a checkpoint";
    "N"               => Action::Name,        0, "name",         "Give it a name; the folder keeps its own";
    "T"               => Action::Tags,        4, "tags",         "Change its tags, with commas between them; on a marked run, those of all that are marked";
    "n"               => Action::Note,        5, "note",         "Write a note on it, or on all that are marked";
    "a"               => Action::Archive,     7, "archive",      "Archive it, or bring it back from the archive; on a marked run, all that are marked";
    "A"               => Action::Archived,    0, "archived",     "Show archived runs too, or hide them again";
    "d delete"        => Action::Delete,      4, "delete",       "Move it to the trash, or all that are marked; undo brings it back";
    "u"               => Action::Undo,        5, "undo",         "Bring back the run deleted last, even after a restart";
    "y"               => Action::CopyCommand, 0, "copy command", "Copy the command line that trains its experiment";
    "Y"               => Action::CopyPath,    0, "copy path",    "Copy the path of its folder";
    "/"               => Action::Filter,      4, "filter",       "Show only runs that match, such as temperature<0.2 tag:crop status:done age<2d -tag:bad";
    "z"               => Action::Fold,        0, "fold seeds",   "One row for runs that differ in the seed alone, with mean and deviation, or a row each";
    "s"               => Action::Sort,        6, "sort",         "Sort by the next column";
    "S"               => Action::Reverse,     0, "reverse",      "Reverse the order";
    "o"               => Action::Columns,     7, "columns",      "Choose the columns and their order, among figures and all hyperparameters";
    "U"               => Action::Unmark,      0, "unmark",       "Unmark all";
    "esc"             => Action::Clear,       0, "clear",        "Clear the filter";
    "down j" as "↑↓"  => Action::Move(1),     8, "run",          "Next run (also j)";
    "up k"            => Action::Move(-1),    0, "run before",   "Previous run (also k)";
    "pagedown ctrl-d" => Action::Move(10),    0, "down",         "Ten runs down";
    "pageup ctrl-u"   => Action::Move(-10),   0, "up",           "Ten runs up";
    "g home"          => Action::First,       0, "first",        "First run";
    "G end"           => Action::Last,        0, "last",         "Last run";
}

key_table! {
    /// The keys while a filter is typed: `true` keeps it.
    filter_keys: bool = "history-filter", OtherKeys::Text;
    "enter" => true,  1, "keep",  "Keep the filter";
    "esc"   => false, 1, "clear", "Clear the filter";
}

key_table! {
    /// The keys while words about a run are typed: `true` keeps them.
    words_keys: bool = "history-words", OtherKeys::Text;
    "enter" => true,  1, "keep",   "Keep what was typed";
    "esc"   => false, 1, "cancel", "Leave it unchanged";
}

/// What the keys do in the box of columns; all others are text that narrows the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnsAction {
    /// Show the column, or hide it.
    Toggle,
    /// Choose by rows.
    Move(isize),
    /// Move the column so many places to the right.
    Shift(isize),
    /// Sort by the column.
    Sort,
    /// The columns as they were at first.
    Reset,
    /// Close.
    Close,
}

key_table! {
    /// The keys in the box of columns.
    columns_keys: ColumnsAction = "history-columns", OtherKeys::Text;
    "enter"         => ColumnsAction::Toggle,    1, "show or hide",  "Show the column, or hide it";
    "right" as "←→" => ColumnsAction::Shift(1),  2, "move",          "Move the column to the right";
    "left"          => ColumnsAction::Shift(-1), 0, "move left",     "Move the column to the left";
    "ctrl-s"        => ColumnsAction::Sort,      3, "sort",          "Sort by the column; again reverses the order";
    "ctrl-r"        => ColumnsAction::Reset,     4, "reset",         "The default columns and order";
    "down ctrl-n"   => ColumnsAction::Move(1),   0, "choose",        "Next column (also ^n)";
    "up ctrl-p"     => ColumnsAction::Move(-1),  0, "choose before", "Previous column (also ^p)";
    "pagedown"      => ColumnsAction::Move(10),  0, "page",          "Ten columns down";
    "pageup"        => ColumnsAction::Move(-10), 0, "page up",       "Ten columns up";
    "esc ctrl-c"    => ColumnsAction::Close,     1, "close",         "Close; your choice is remembered";
}
