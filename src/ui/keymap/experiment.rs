//! The keys of the Experiment screen.

use crate::ui::keys::{Binding, Key, Rest, Table};
use crossterm::event::KeyCode as Code;

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

/// The keys on the rows.
pub const KEYS: Table<Act> = Table::of("experiment", ROWS).with(Rest::Numbers);

const ROWS: &[Binding<Act>] = &[
    Binding::new(
        &[Key::char('t')],
        Act::Train,
        1,
        "t",
        "train",
        "Train this experiment",
    ),
    Binding::new(
        &[Key::char('w')],
        Act::Vary,
        6,
        "w",
        "vary",
        "Give the field several values, with commas between them; t then trains a sweep",
    ),
    Binding::new(
        &[Key::plain(Code::Down), Key::char('j')],
        Act::Move(1),
        4,
        "↑↓",
        "field",
        "Next field (also j)",
    ),
    Binding::new(
        &[Key::plain(Code::Up), Key::char('k')],
        Act::Move(-1),
        0,
        "↑",
        "field before",
        "Field before (also k)",
    ),
    Binding::new(
        &[Key::plain(Code::Right), Key::char('l')],
        Act::Nudge(1, false),
        2,
        "←→",
        "nudge",
        "Nudge up, next choice (also l)",
    ),
    Binding::new(
        &[Key::plain(Code::Left), Key::char('h')],
        Act::Nudge(-1, false),
        0,
        "←",
        "nudge down",
        "Nudge down, choice before (also h)",
    ),
    Binding::new(
        &[Key::shift(Code::Right), Key::char('L')],
        Act::Nudge(1, true),
        7,
        "⇧←→",
        "coarse",
        "Ten nudges up (also L)",
    ),
    Binding::new(
        &[Key::shift(Code::Left), Key::char('H')],
        Act::Nudge(-1, true),
        0,
        "⇧←",
        "coarse down",
        "Ten nudges down (also H)",
    ),
    Binding::new(
        &[Key::plain(Code::Enter)],
        Act::Edit,
        3,
        "⏎",
        "type",
        "Type a value, or take the next choice; digits type too",
    ),
    Binding::new(&[Key::char('u')], Act::Undo, 5, "u", "undo", "Undo"),
    Binding::new(&[Key::ctrl('r')], Act::Redo, 0, "^r", "redo", "Redo"),
    Binding::new(
        &[Key::char('d')],
        Act::Default,
        6,
        "d",
        "default",
        "Set the field to its default",
    ),
    Binding::new(
        &[Key::char('D')],
        Act::AsLoaded,
        0,
        "D",
        "as loaded",
        "Set the field to what was loaded",
    ),
    Binding::new(
        &[Key::char('p')],
        Act::Presets,
        4,
        "p",
        "presets",
        "Choose a shipped experiment",
    ),
    Binding::new(
        &[Key::char('o')],
        Act::Open,
        7,
        "o",
        "open",
        "Open an experiment file",
    ),
    Binding::new(
        &[Key::char('s')],
        Act::Save,
        6,
        "s",
        "save",
        "Save the experiment to a file",
    ),
    Binding::new(
        &[Key::char('v')],
        Act::Roll,
        4,
        "v",
        "new views",
        "Draw other views of the pictures' images",
    ),
    Binding::new(
        &[Key::char('V')],
        Act::Views,
        5,
        "V",
        "pictures",
        "Show or hide the pictures of views",
    ),
    Binding::new(
        &[Key::char('n')],
        Act::Images(1),
        0,
        "n",
        "next image",
        "Pictures of the next image",
    ),
    Binding::new(
        &[Key::char('N')],
        Act::Images(-1),
        0,
        "N",
        "image before",
        "Pictures of the image before",
    ),
    Binding::new(
        &[Key::char('/')],
        Act::Search,
        5,
        "/",
        "search",
        "Search a hyperparameter",
    ),
    Binding::new(
        &[Key::char('}'), Key::char(']'), Key::plain(Code::PageDown)],
        Act::Group(true),
        0,
        "]",
        "next group",
        "Next group (also PgDn)",
    ),
    Binding::new(
        &[Key::char('{'), Key::char('['), Key::plain(Code::PageUp)],
        Act::Group(false),
        0,
        "[",
        "group before",
        "Group before (also PgUp)",
    ),
    Binding::new(
        &[Key::char('g'), Key::plain(Code::Home)],
        Act::First,
        0,
        "g",
        "first",
        "First field",
    ),
    Binding::new(
        &[Key::char('G'), Key::plain(Code::End)],
        Act::Last,
        0,
        "G",
        "last",
        "Last field",
    ),
];

/// The keys while text is typed.
pub const TEXT_KEYS: Table<TextAct> = Table::of("experiment-text", TEXT_ROWS).with(Rest::Text);

const TEXT_ROWS: &[Binding<TextAct>] = &[
    Binding::new(
        &[Key::plain(Code::Enter)],
        TextAct::Accept,
        1,
        "⏎",
        "accept",
        "Take what was typed",
    ),
    Binding::new(
        &[Key::plain(Code::Esc)],
        TextAct::Cancel,
        1,
        "esc",
        "cancel",
        "Leave it as it was",
    ),
    Binding::new(
        &[Key::plain(Code::Down)],
        TextAct::Next(true),
        0,
        "↓",
        "next",
        "In a search: next match",
    ),
    Binding::new(
        &[Key::plain(Code::Up)],
        TextAct::Next(false),
        0,
        "↑",
        "before",
        "In a search: match before",
    ),
];

/// The keys in the list of presets.
pub const LIST_KEYS: Table<ListAct> = Table::of("experiment-presets", LIST_ROWS);

const LIST_ROWS: &[Binding<ListAct>] = &[
    Binding::new(
        &[Key::plain(Code::Down), Key::char('j')],
        ListAct::Move(1),
        2,
        "↑↓",
        "choose",
        "Next",
    ),
    Binding::new(
        &[Key::plain(Code::Up), Key::char('k')],
        ListAct::Move(-1),
        0,
        "↑",
        "choose before",
        "Before",
    ),
    Binding::new(
        &[Key::plain(Code::Enter)],
        ListAct::Take,
        1,
        "⏎",
        "take",
        "Take it",
    ),
    Binding::new(
        &[Key::plain(Code::Esc), Key::char('q'), Key::char('p')],
        ListAct::Close,
        1,
        "esc",
        "close",
        "Close",
    ),
];

/// The answers to whether a file may be overwritten.
pub const OVERWRITE_KEYS: Table<bool> = Table::of("experiment-overwrite", OVERWRITE_ROWS);

const OVERWRITE_ROWS: &[Binding<bool>] = &[
    Binding::new(
        &[Key::char('y')],
        true,
        1,
        "y",
        "overwrite",
        "Overwrite the file",
    ),
    Binding::new(
        &[Key::plain(Code::Esc), Key::char('n')],
        false,
        1,
        "esc",
        "another name",
        "Choose another name",
    ),
];
