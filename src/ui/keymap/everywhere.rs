//! The keys that work on every screen, and the answers before leaving.

use crate::ui::keys::{Binding, Hint, Key, Table};
use crate::ui::screen_id::ScreenId;
use crossterm::event::KeyCode;

/// What the keys that work everywhere do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Global {
    /// Leave, after asking when a run trains.
    Quit,
    /// Give the terminal back to the shell for a while, unless a run trains.
    Suspend,
    /// Show or hide the help.
    Help,
    /// Choose among all actions.
    Palette,
    /// The next screen.
    Next,
    /// The screen before.
    Back,
    /// The n-th screen.
    Screen(ScreenId),
}

/// The keys that work everywhere.
pub const KEYS: Table<Global> = Table::of("everywhere", ROWS);

const ROWS: &[Binding<Global>] = &[
    Binding::new(
        &[Key::char('1'), Key::alt('1')],
        Global::Screen(ScreenId::Experiment),
        0,
        "1",
        "experiment",
        "The Experiment screen (also alt-1, where digits are text)",
    ),
    Binding::new(
        &[Key::char('2'), Key::alt('2')],
        Global::Screen(ScreenId::Train),
        0,
        "2",
        "train",
        "The Train screen",
    ),
    Binding::new(
        &[Key::char('3'), Key::alt('3')],
        Global::Screen(ScreenId::History),
        0,
        "3",
        "history",
        "The History screen",
    ),
    Binding::new(
        &[Key::char('4'), Key::alt('4')],
        Global::Screen(ScreenId::Compare),
        0,
        "4",
        "compare",
        "The Compare screen",
    ),
    Binding::new(
        &[Key::char('5'), Key::alt('5')],
        Global::Screen(ScreenId::Sweeps),
        0,
        "5",
        "sweeps",
        "The Sweeps screen",
    ),
    Binding::new(
        &[Key::plain(KeyCode::Tab)],
        Global::Next,
        6,
        "tab",
        "next screen",
        "The next screen",
    ),
    Binding::new(
        &[Key::plain(KeyCode::BackTab)],
        Global::Back,
        0,
        "⇧tab",
        "screen before",
        "The screen before",
    ),
    Binding::new(
        &[Key::char('?'), Key::plain(KeyCode::F(1))],
        Global::Help,
        1,
        "?",
        "help",
        "Every key of this screen",
    ),
    Binding::new(
        &[Key::char(':'), Key::ctrl('p')],
        Global::Palette,
        2,
        ":",
        "actions",
        "Choose among all that can be done now (also ^p)",
    ),
    Binding::new(
        &[Key::char('q'), Key::ctrl('c')],
        Global::Quit,
        1,
        "q",
        "quit",
        "Leave; asks first when a run is training",
    ),
    Binding::new(
        &[Key::ctrl('z')],
        Global::Suspend,
        0,
        "^z",
        "suspend",
        "To the shell until `fg`; asks first when a run trains",
    ),
];

/// What a footer says of the screens' keys where digits are text; nothing where they have other keys.
#[must_use]
pub fn digits() -> Option<Hint> {
    const ON: &[Key] = &[Key::alt('1')];
    let first = KEYS
        .rows()
        .find(|row| row.action == Global::Screen(ScreenId::Experiment));
    let alt = first.is_some_and(|row| row.on.contains(&Key::alt('1')));
    alt.then_some(Hint {
        keys: "alt-1 to 5",
        name: "screens",
        help: "To another screen, where digits are text",
        rank: 4,
        on: ON,
        moves: true,
    })
}

/// What the question before leaving a run may be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// Leave the run to a process of its own.
    Background,
    /// Stop with a checkpoint, then leave.
    Stop,
    /// Leave at once, though the run has not ended.
    Now,
    /// Stay.
    Stay,
}

/// The answers before leaving a run that trains.
pub const LEAVE_KEYS: Table<Leaving> = Table::of("leave", LEAVE_ROWS);

const LEAVE_ROWS: &[Binding<Leaving>] = &[
    Binding::new(
        &[Key::char('b'), Key::plain(KeyCode::Enter)],
        Leaving::Background,
        1,
        "b",
        "background",
        "Quit; the run goes on in the background",
    ),
    Binding::new(
        &[Key::char('s')],
        Leaving::Stop,
        1,
        "s",
        "stop and quit",
        "Stop the run with a checkpoint, then quit",
    ),
    Binding::new(
        &[Key::plain(KeyCode::Esc), Key::char('n')],
        Leaving::Stay,
        1,
        "esc",
        "stay",
        "Stay; the run goes on",
    ),
];

/// The answers while a stopping run is waited for.
pub const WAIT_KEYS: Table<Leaving> = Table::of("stopping", WAIT_ROWS);

const WAIT_ROWS: &[Binding<Leaving>] = &[
    Binding::new(
        &[Key::char('q'), Key::ctrl('c')],
        Leaving::Now,
        1,
        "q",
        "quit now",
        "Quit at once; the run counts as interrupted",
    ),
    Binding::new(
        &[Key::plain(KeyCode::Esc)],
        Leaving::Stay,
        1,
        "esc",
        "stay",
        "Stay; the run still stops",
    ),
];

/// The answers while a run goes to the background.
pub const HAND_KEYS: Table<Leaving> = Table::of("to-background", HAND_ROWS);

const HAND_ROWS: &[Binding<Leaving>] = &[Binding::new(
    &[Key::plain(KeyCode::Esc)],
    Leaving::Stay,
    1,
    "esc",
    "stay",
    "Stay; the run goes on here",
)];
