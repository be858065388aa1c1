//! The keys of the boxes over the screens.

use crate::ui::keys::{OtherKeys, key_table};

/// What the keys do in the palette; all others are text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaletteAction {
    /// Do the chosen action.
    Do,
    /// Choose by rows.
    Move(isize),
    /// Close without doing anything.
    Close,
}

key_table! {
    /// The keys in the palette.
    palette_keys: PaletteAction = "palette", OtherKeys::Text;
    "enter"               => PaletteAction::Do,        1, "do it",         "Do the chosen action";
    "down ctrl-n" as "↑↓" => PaletteAction::Move(1),   2, "choose",        "Next action (also ^n)";
    "up ctrl-p"           => PaletteAction::Move(-1),  0, "choose before", "Previous action (also ^p)";
    "pagedown"            => PaletteAction::Move(10),  0, "page",          "Ten actions down";
    "pageup"              => PaletteAction::Move(-10), 0, "page up",       "Ten actions up";
    "esc ctrl-c"          => PaletteAction::Close,     1, "close",         "Close";
}

/// What the keys do in the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HelpAction {
    /// Close it.
    Close,
    /// Scroll by lines.
    Scroll(isize),
}

key_table! {
    /// The keys of the help.
    help_keys: HelpAction = "help";
    "down j" as "↑↓"          => HelpAction::Scroll(1),   2, "scroll",    "Scroll";
    "up k"                    => HelpAction::Scroll(-1),  0, "scroll up", "Scroll up";
    "pagedown space"          => HelpAction::Scroll(10),  0, "page",      "Scroll by ten lines";
    "pageup"                  => HelpAction::Scroll(-10), 0, "page up",   "Scroll by ten lines up";
    "esc ? q ctrl-c enter f1" => HelpAction::Close,       1, "close",     "Close";
}

key_table! {
    /// The answers to a question.
    ask_keys: bool = "ask";
    "enter y" => true,  1, "yes", "Do it";
    "esc n q" => false, 1, "no",  "Change nothing";
}

key_table! {
    /// The keys while the name of a file to write is typed.
    write_keys: bool = "write", OtherKeys::Text;
    "enter" => true,  1, "write",  "Write the file; its ending sets the format";
    "esc"   => false, 1, "cancel", "Don't write it";
}

/// What the question before leaving a run may be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaveAnswer {
    /// Leave the run to a process of its own.
    Background,
    /// Stop with a checkpoint, then leave.
    Stop,
    /// Leave at once, though the run has not ended.
    Now,
    /// Stay.
    Stay,
}

key_table! {
    /// The answers before leaving a run that trains.
    leave_keys: LeaveAnswer = "leave";
    "b enter" => LeaveAnswer::Background, 1, "background",    "Quit; the run continues in the background";
    "s"       => LeaveAnswer::Stop,       1, "stop and quit", "Stop the run with a checkpoint, then quit";
    "esc n"   => LeaveAnswer::Stay,       1, "stay",          "Stay; the run continues";
}

key_table! {
    /// The answers while a stopping run is waited for.
    stopping_keys: LeaveAnswer = "stopping";
    "q ctrl-c" => LeaveAnswer::Now,  1, "quit now", "Quit at once; the run counts as interrupted";
    "esc"      => LeaveAnswer::Stay, 1, "stay",     "Stay; the run still stops";
}

key_table! {
    /// The answers while a run goes to the background.
    background_keys: LeaveAnswer = "to-background";
    "esc" => LeaveAnswer::Stay, 1, "stay", "Stay; the run continues here";
}
