//! The keys of the Sweeps screen.

use crate::ui::keys::{Binding, Key, Rest, Table};
use crossterm::event::KeyCode as Code;

/// What the keys do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Move by rows.
    Move(isize),
    /// Into the cases of the sweep, or to the runs of the case.
    Open,
    /// Back to the list of sweeps.
    Back,
    /// Train what is missing of it.
    Train,
    /// Another scale.
    Scale,
    /// Another figure that cases are judged by.
    Metric,
    /// Another case that differences are counted from.
    Baseline,
    /// A sweep from a file.
    File,
    /// Copy the command line that trains it.
    Copy,
    /// Edit the experiment of the case.
    Edit,
    /// Into the queue.
    Queue,
    /// Begin nothing new of the queue, or go on.
    Pause,
    /// Take the item out of the queue.
    Remove,
    /// Have the item wait again.
    Retry,
    /// Move the item by places.
    Shift(isize),
}

/// The keys of the screen.
pub const KEYS: Table<Act> = Table::of("sweeps", ROWS);

const ROWS: &[Binding<Act>] = &[
    Binding::new(
        &[
            Key::plain(Code::Enter),
            Key::plain(Code::Right),
            Key::char('l'),
        ],
        Act::Open,
        1,
        "⏎",
        "open",
        "The cases of the sweep, then the runs of the case (also → and l)",
    ),
    Binding::new(
        &[
            Key::plain(Code::Esc),
            Key::plain(Code::Left),
            Key::char('h'),
        ],
        Act::Back,
        3,
        "esc",
        "back",
        "Back to the list of sweeps (also ← and h)",
    ),
    Binding::new(
        &[Key::char('t')],
        Act::Train,
        1,
        "t",
        "train",
        "Train what is missing of the sweep, in the background",
    ),
    Binding::new(
        &[Key::char('m')],
        Act::Metric,
        2,
        "m",
        "metric",
        "Another figure that cases are judged by",
    ),
    Binding::new(
        &[Key::char('b')],
        Act::Baseline,
        3,
        "b",
        "baseline",
        "Count differences from the case under the cursor, or from the next one",
    ),
    Binding::new(
        &[Key::char('s')],
        Act::Scale,
        2,
        "s",
        "scale",
        "Another of the sweep's scales",
    ),
    Binding::new(
        &[Key::char('e')],
        Act::Edit,
        4,
        "e",
        "edit case",
        "Edit the experiment of the case",
    ),
    Binding::new(
        &[Key::char('o')],
        Act::File,
        4,
        "o",
        "open file",
        "A sweep from a .ron file",
    ),
    Binding::new(
        &[Key::char('y')],
        Act::Copy,
        5,
        "y",
        "copy command",
        "Copy the command line that trains the sweep",
    ),
    Binding::new(
        &[Key::char('g')],
        Act::Queue,
        3,
        "g",
        "queue",
        "Into the queue, to order it and to take things out",
    ),
    Binding::new(
        &[Key::char('p')],
        Act::Pause,
        4,
        "p",
        "pause queue",
        "Begin no run of the queue after the one that is trained, or go on",
    ),
    Binding::new(
        &[Key::char('d'), Key::plain(Code::Delete)],
        Act::Remove,
        1,
        "d",
        "remove",
        "Take the item out of the queue; what is trained of it stops first",
    ),
    Binding::new(
        &[Key::char('r')],
        Act::Retry,
        2,
        "r",
        "retry",
        "Have an item that failed wait for its turn again",
    ),
    Binding::new(
        &[Key::char('J')],
        Act::Shift(1),
        2,
        "JK",
        "reorder",
        "Move the item down",
    ),
    Binding::new(
        &[Key::char('K')],
        Act::Shift(-1),
        0,
        "K",
        "earlier",
        "Move the item up",
    ),
    Binding::new(
        &[Key::plain(Code::Down), Key::char('j')],
        Act::Move(1),
        5,
        "↑↓",
        "choose",
        "Next sweep or case (also j)",
    ),
    Binding::new(
        &[Key::plain(Code::Up), Key::char('k')],
        Act::Move(-1),
        0,
        "↑",
        "choose before",
        "Sweep or case before (also k)",
    ),
];

/// The keys of a question.
pub const ASK_KEYS: Table<bool> = Table::of("sweeps-ask", ASK_ROWS);

const ASK_ROWS: &[Binding<bool>] = &[
    Binding::new(
        &[Key::plain(Code::Enter), Key::char('y')],
        true,
        1,
        "⏎",
        "yes",
        "Do it",
    ),
    Binding::new(
        &[Key::plain(Code::Esc), Key::char('n'), Key::char('q')],
        false,
        1,
        "esc",
        "no",
        "Leave all as it is",
    ),
];

/// The keys while a file's name is typed: `true` opens it.
pub const FILE_KEYS: Table<bool> = Table::of("sweeps-file", FILE_ROWS).with(Rest::Text);

const FILE_ROWS: &[Binding<bool>] = &[
    Binding::new(
        &[Key::plain(Code::Enter)],
        true,
        1,
        "⏎",
        "open",
        "Open the file",
    ),
    Binding::new(
        &[Key::plain(Code::Esc)],
        false,
        1,
        "esc",
        "cancel",
        "Open nothing",
    ),
];
