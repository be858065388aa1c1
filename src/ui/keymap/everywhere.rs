//! The keys that work on every screen.

use crate::ui::keys::{Hint, Table, key_table};
use crate::ui::screen_id::ScreenId;

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

key_table! {
    /// The keys that work everywhere.
    keys: Global = "everywhere";
    "1 alt-1"   => Global::Screen(ScreenId::Experiment), 0, "experiment",    "The Experiment screen (also alt-1, where digits are text)";
    "2 alt-2"   => Global::Screen(ScreenId::Train),      0, "train",         "The Train screen";
    "3 alt-3"   => Global::Screen(ScreenId::History),    0, "history",       "The History screen";
    "4 alt-4"   => Global::Screen(ScreenId::Compare),    0, "compare",       "The Compare screen";
    "5 alt-5"   => Global::Screen(ScreenId::Sweeps),     0, "sweeps",        "The Sweeps screen";
    "6 alt-6"   => Global::Screen(ScreenId::Explore),    0, "explore",       "The Explore screen";
    "tab"       => Global::Next,                         6, "next screen",   "The next screen";
    "shift-tab" => Global::Back,                         0, "screen before", "The previous screen";
    "? f1"      => Global::Help,                         1, "help",          "Every key of this screen";
    ": ctrl-p"  => Global::Palette,                      2, "actions",       "Choose among all actions available now (also ^p)";
    "q ctrl-c"  => Global::Quit,                         1, "quit",          "Quit; asks first if a run is training";
    "ctrl-z"    => Global::Suspend,                      0, "suspend",       "To the shell until `fg`; asks first if a run is training";
}

impl Table<Global> {
    /// What a footer says of the screens' keys where digits are text; nothing where they have other keys.
    #[must_use]
    pub fn digits(&self) -> Option<Hint> {
        let hint = Hint::new(
            "alt-1",
            4,
            "screens",
            "To another screen, where digits are text",
        );
        let first = self.hint(Global::Screen(ScreenId::Experiment))?;
        first.on.contains(&hint.key()).then(|| Hint {
            keys: "alt-1 to 6".to_owned(),
            moves: true,
            ..hint
        })
    }
}
