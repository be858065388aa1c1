//! The keys of the History screen.

use crate::ui::keys::{Rest, key_table};

/// What the keys do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
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
    keys: Act = "history";
    "enter"           => Act::Open,        1, "open",         "Show the run's curves";
    "space"           => Act::Mark,        2, "mark",         "Mark it for comparison, or unmark it";
    "c"               => Act::Compare,     3, "compare",      "Compare the marked runs";
    "e"               => Act::Fork,        3, "edit a copy",  "Edit a copy of its experiment";
    "R"               => Act::Rerun,       4, "rerun",        "Train the same experiment again";
    "r"               => Act::Resume,      5, "resume",       "Go on where the run was stopped or interrupted";
    "p"               => Act::Pause,       0, "pause",        "Pause the run, or go on with it";
    "w"               => Act::Checkpoint,  0, "checkpoint",   "Have the run write a checkpoint now";
    "x"               => Act::Stop,        0, "stop",         "Stop the run after this step, with a checkpoint";
    "N"               => Act::Name,        0, "name",         "Give it a name; the folder keeps its own";
    "t"               => Act::Tags,        4, "tags",         "Change its tags, with commas between them";
    "n"               => Act::Note,        5, "note",         "Write a note on it";
    "a"               => Act::Archive,     7, "archive",      "Put it away, or bring it back from the archive";
    "A"               => Act::Archived,    0, "archived",     "Show archived runs too, or hide them again";
    "d delete"        => Act::Delete,      4, "delete",       "Move it into the trash, from where it can be brought back";
    "u"               => Act::Undo,        5, "undo",         "Bring back the run that was deleted last, also after a restart";
    "y"               => Act::CopyCommand, 0, "copy command", "Copy the command line that trains its experiment";
    "Y"               => Act::CopyPath,    0, "copy path",    "Copy the path of its folder";
    "/"               => Act::Filter,      4, "filter",       "Show only runs that pass, such as temperature<0.2 tag:crop status:done age<2d -tag:bad";
    "s"               => Act::Sort,        6, "sort",         "Sort by the next column";
    "S"               => Act::Reverse,     0, "reverse",      "Turn the order around";
    "o"               => Act::Columns,     7, "columns",      "Choose the columns and their order, among figures and all hyperparameters";
    "U"               => Act::Unmark,      0, "unmark",       "Unmark all";
    "esc"             => Act::Clear,       0, "clear",        "Clear the filter";
    "down j" as "↑↓"  => Act::Move(1),     8, "run",          "Next run (also j)";
    "up k"            => Act::Move(-1),    0, "run before",   "Run before (also k)";
    "pagedown ctrl-d" => Act::Move(10),    0, "down",         "Ten runs down";
    "pageup ctrl-u"   => Act::Move(-10),   0, "up",           "Ten runs up";
    "g home"          => Act::First,       0, "first",        "First run";
    "G end"           => Act::Last,        0, "last",         "Last run";
}

key_table! {
    /// The keys while a filter is typed: `true` keeps it.
    filter_keys: bool = "history-filter", Rest::Text;
    "enter" => true,  1, "keep",  "Keep the filter";
    "esc"   => false, 1, "clear", "Clear the filter";
}

key_table! {
    /// The keys while words about a run are typed: `true` keeps them.
    words_keys: bool = "history-words", Rest::Text;
    "enter" => true,  1, "keep",   "Keep what was typed";
    "esc"   => false, 1, "cancel", "Leave it as it was";
}

/// What the keys do in the box of columns; all others are text that narrows the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnsAct {
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
    columns_keys: ColumnsAct = "history-columns", Rest::Text;
    "enter"         => ColumnsAct::Toggle,    1, "show or hide",  "Show the column, or hide it";
    "right" as "←→" => ColumnsAct::Shift(1),  2, "move",          "Move the column to the right";
    "left"          => ColumnsAct::Shift(-1), 0, "move left",     "Move the column to the left";
    "ctrl-s"        => ColumnsAct::Sort,      3, "sort",          "Sort by the column; again turns the order around";
    "ctrl-r"        => ColumnsAct::Reset,     4, "reset",         "The columns and the order as they were at first";
    "down ctrl-n"   => ColumnsAct::Move(1),   0, "choose",        "Next column (also ^n)";
    "up ctrl-p"     => ColumnsAct::Move(-1),  0, "choose before", "Column before (also ^p)";
    "pagedown"      => ColumnsAct::Move(10),  0, "page",          "Ten columns down";
    "pageup"        => ColumnsAct::Move(-10), 0, "page up",       "Ten columns up";
    "esc ctrl-c"    => ColumnsAct::Close,     1, "close",         "Close; what was chosen is remembered";
}
