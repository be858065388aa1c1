//! The keys of the History screen.

use crate::ui::keys::{Binding, Key, Rest, Table};
use crossterm::event::KeyCode as Code;

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

/// The keys of the screen.
pub const KEYS: Table<Act> = Table::of("history", ROWS);

const ROWS: &[Binding<Act>] = &[
    Binding::new(
        &[Key::plain(Code::Enter)],
        Act::Open,
        1,
        "⏎",
        "open",
        "Show the run's curves",
    ),
    Binding::new(
        &[Key::char(' ')],
        Act::Mark,
        2,
        "space",
        "mark",
        "Mark it for comparison, or unmark it",
    ),
    Binding::new(
        &[Key::char('c')],
        Act::Compare,
        3,
        "c",
        "compare",
        "Compare the marked runs",
    ),
    Binding::new(
        &[Key::char('e')],
        Act::Fork,
        3,
        "e",
        "edit a copy",
        "Edit a copy of its experiment",
    ),
    Binding::new(
        &[Key::char('R')],
        Act::Rerun,
        4,
        "R",
        "rerun",
        "Train the same experiment again",
    ),
    Binding::new(
        &[Key::char('r')],
        Act::Resume,
        5,
        "r",
        "resume",
        "Go on where the run was stopped or interrupted",
    ),
    Binding::new(
        &[Key::char('p')],
        Act::Pause,
        0,
        "p",
        "pause",
        "Pause the run, or go on with it",
    ),
    Binding::new(
        &[Key::char('w')],
        Act::Checkpoint,
        0,
        "w",
        "checkpoint",
        "Have the run write a checkpoint now",
    ),
    Binding::new(
        &[Key::char('x')],
        Act::Stop,
        0,
        "x",
        "stop",
        "Stop the run after this step, with a checkpoint",
    ),
    Binding::new(
        &[Key::char('N')],
        Act::Name,
        0,
        "N",
        "name",
        "Give it a name; the folder keeps its own",
    ),
    Binding::new(
        &[Key::char('t')],
        Act::Tags,
        4,
        "t",
        "tags",
        "Change its tags, with commas between them",
    ),
    Binding::new(
        &[Key::char('n')],
        Act::Note,
        5,
        "n",
        "note",
        "Write a note on it",
    ),
    Binding::new(
        &[Key::char('a')],
        Act::Archive,
        7,
        "a",
        "archive",
        "Put it away, or bring it back from the archive",
    ),
    Binding::new(
        &[Key::char('A')],
        Act::Archived,
        0,
        "A",
        "archived",
        "Show archived runs too, or hide them again",
    ),
    Binding::new(
        &[Key::char('d'), Key::plain(Code::Delete)],
        Act::Delete,
        4,
        "d",
        "delete",
        "Move it into the trash, from where it can be brought back",
    ),
    Binding::new(
        &[Key::char('u')],
        Act::Undo,
        5,
        "u",
        "undo",
        "Bring back the run that was deleted last, also after a restart",
    ),
    Binding::new(
        &[Key::char('y')],
        Act::CopyCommand,
        0,
        "y",
        "copy command",
        "Copy the command line that trains its experiment",
    ),
    Binding::new(
        &[Key::char('Y')],
        Act::CopyPath,
        0,
        "Y",
        "copy path",
        "Copy the path of its folder",
    ),
    Binding::new(
        &[Key::char('/')],
        Act::Filter,
        4,
        "/",
        "filter",
        "Show only runs that pass, such as temperature<0.2 tag:crop status:done age<2d -tag:bad",
    ),
    Binding::new(
        &[Key::char('s')],
        Act::Sort,
        6,
        "s",
        "sort",
        "Sort by the next column",
    ),
    Binding::new(
        &[Key::char('S')],
        Act::Reverse,
        0,
        "S",
        "reverse",
        "Turn the order around",
    ),
    Binding::new(
        &[Key::char('o')],
        Act::Columns,
        7,
        "o",
        "columns",
        "Choose the columns and their order, among figures and all hyperparameters",
    ),
    Binding::new(
        &[Key::char('U')],
        Act::Unmark,
        0,
        "U",
        "unmark",
        "Unmark all",
    ),
    Binding::new(
        &[Key::plain(Code::Esc)],
        Act::Clear,
        0,
        "esc",
        "clear",
        "Clear the filter",
    ),
    Binding::new(
        &[Key::plain(Code::Down), Key::char('j')],
        Act::Move(1),
        8,
        "↑↓",
        "run",
        "Next run (also j)",
    ),
    Binding::new(
        &[Key::plain(Code::Up), Key::char('k')],
        Act::Move(-1),
        0,
        "↑",
        "run before",
        "Run before (also k)",
    ),
    Binding::new(
        &[Key::plain(Code::PageDown), Key::ctrl('d')],
        Act::Move(10),
        0,
        "PgDn",
        "down",
        "Ten runs down",
    ),
    Binding::new(
        &[Key::plain(Code::PageUp), Key::ctrl('u')],
        Act::Move(-10),
        0,
        "PgUp",
        "up",
        "Ten runs up",
    ),
    Binding::new(
        &[Key::char('g'), Key::plain(Code::Home)],
        Act::First,
        0,
        "g",
        "first",
        "First run",
    ),
    Binding::new(
        &[Key::char('G'), Key::plain(Code::End)],
        Act::Last,
        0,
        "G",
        "last",
        "Last run",
    ),
];

/// The keys while a filter is typed: `true` keeps it.
pub const FILTER_KEYS: Table<bool> = Table::of("history-filter", FILTER_ROWS).with(Rest::Text);

const FILTER_ROWS: &[Binding<bool>] = &[
    Binding::new(
        &[Key::plain(Code::Enter)],
        true,
        1,
        "⏎",
        "keep",
        "Keep the filter",
    ),
    Binding::new(
        &[Key::plain(Code::Esc)],
        false,
        1,
        "esc",
        "clear",
        "Clear the filter",
    ),
];

/// The keys while words about a run are typed: `true` keeps them.
pub const EDIT_KEYS: Table<bool> = Table::of("history-words", EDIT_ROWS).with(Rest::Text);

const EDIT_ROWS: &[Binding<bool>] = &[
    Binding::new(
        &[Key::plain(Code::Enter)],
        true,
        1,
        "⏎",
        "keep",
        "Keep what was typed",
    ),
    Binding::new(
        &[Key::plain(Code::Esc)],
        false,
        1,
        "esc",
        "cancel",
        "Leave it as it was",
    ),
];
