//! The keys of the Train screen.

use crate::ui::keys::{Binding, Key, Table};
use crate::ui::screen_id::ScreenId;
use crossterm::event::KeyCode as Code;

/// What the keys do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Pause or continue.
    Pause,
    /// Ask whether to stop.
    Stop,
    /// Write a checkpoint.
    Checkpoint,
    /// The run so many rows down the history.
    Other(isize),
    /// Show our own run, or the newest.
    Follow,
    /// Two charts, one, or all.
    Panes,
    /// Another metric, where there is one chart.
    Metric(isize),
    /// Scroll the console.
    Scroll(isize),
    /// Search the console.
    Search,
    /// Edit a copy.
    Fork,
    /// Mark for comparison.
    Mark,
    /// Show what it is trained on, or the console again.
    Pictures,
    /// Train it again with the batch that should fit.
    Smaller,
    /// Write the chart to a file.
    Write,
}

/// The keys of the screen.
pub const KEYS: Table<Act> = Table::of("train", ROWS);

const ROWS: &[Binding<Act>] = &[
    Binding::new(
        &[Key::char(' ')],
        Act::Pause,
        1,
        "space",
        "pause",
        "Pause the run, or go on with it",
    ),
    Binding::new(
        &[Key::char('x')],
        Act::Stop,
        1,
        "x",
        "stop",
        "Stop the run after this step, with a checkpoint",
    ),
    Binding::new(
        &[Key::char('c')],
        Act::Checkpoint,
        3,
        "c",
        "checkpoint",
        "Write a checkpoint now",
    ),
    Binding::new(
        &[Key::char('v')],
        Act::Panes,
        3,
        "v",
        "charts",
        "Two charts, one large, or all of them",
    ),
    Binding::new(
        &[Key::char('V')],
        Act::Pictures,
        5,
        "V",
        "pictures",
        "Images with views such as it is trained on, or the console again",
    ),
    Binding::new(
        &[Key::char('n')],
        Act::Metric(1),
        4,
        "n",
        "metric",
        "The next metric in the large chart",
    ),
    Binding::new(
        &[Key::char('N')],
        Act::Metric(-1),
        0,
        "N",
        "metric before",
        "The metric before in the large chart",
    ),
    Binding::new(
        &[Key::char(']'), Key::char('l'), Key::plain(Code::Right)],
        Act::Other(1),
        3,
        "←→",
        "other run",
        "The run below it in the history (also l)",
    ),
    Binding::new(
        &[Key::char('['), Key::char('h'), Key::plain(Code::Left)],
        Act::Other(-1),
        0,
        "←",
        "run above",
        "The run above it in the history (also h)",
    ),
    Binding::new(
        &[Key::char('f')],
        Act::Follow,
        4,
        "f",
        "follow",
        "Back to the run in progress",
    ),
    Binding::new(
        &[Key::char('w')],
        Act::Write,
        5,
        "w",
        "write",
        "Write the large chart, or the loss, to a file: .svg, .png or .csv",
    ),
    Binding::new(
        &[Key::char('e')],
        Act::Fork,
        4,
        "e",
        "edit a copy",
        "Edit a copy of this run's experiment",
    ),
    Binding::new(
        &[Key::char('b')],
        Act::Smaller,
        1,
        "b",
        "smaller batch",
        "Train it again with the batch that should fit, where it ran out of memory",
    ),
    Binding::new(
        &[Key::char('m')],
        Act::Mark,
        5,
        "m",
        "mark",
        "Mark it for comparison",
    ),
    Binding::new(
        &[Key::char('/')],
        Act::Search,
        5,
        "/",
        "search",
        "Search the console, then go through the matches",
    ),
    Binding::new(
        &[Key::plain(Code::Down), Key::char('j')],
        Act::Scroll(-1),
        0,
        "↓",
        "later lines",
        "Later lines of the console (also j)",
    ),
    Binding::new(
        &[Key::plain(Code::Up), Key::char('k')],
        Act::Scroll(1),
        0,
        "↑",
        "earlier lines",
        "Earlier lines of the console (also k)",
    ),
];

/// The answers to whether to stop.
pub const STOP_KEYS: Table<bool> = Table::of("train-stop", STOP_ROWS);

const STOP_ROWS: &[Binding<bool>] = &[
    Binding::new(
        &[Key::char('x'), Key::char('y'), Key::plain(Code::Enter)],
        true,
        1,
        "x",
        "stop",
        "Stop the run",
    ),
    Binding::new(
        &[Key::plain(Code::Esc), Key::char('n'), Key::char('q')],
        false,
        1,
        "esc",
        "go on",
        "Let it go on",
    ),
];

/// The keys while there is no run to show.
pub const GO_KEYS: Table<ScreenId> = Table::of("train-empty", GO_ROWS);

const GO_ROWS: &[Binding<ScreenId>] = &[Binding::new(
    &[Key::plain(Code::Enter)],
    ScreenId::Experiment,
    1,
    "⏎",
    "to the experiment",
    "To the Experiment screen",
)];
