//! The boxes over everything that take the keys.

use crate::ui::background::HandOver;
use crate::ui::intent::Question;
use crate::ui::keymap::Keymap;
use crate::ui::keymap::overlays::LeaveAnswer;
use crate::ui::keys::Table;
use crate::ui::palette::Palette;
use crate::ui::screens::help::Help;

/// A box over everything that takes the keys.
#[derive(Debug)]
pub enum Overlay {
    /// The help.
    Help(Help),
    /// Every action that can be done now.
    Palette(Palette),
    /// A question of a screen.
    Ask(Question),
    /// The question before leaving a run.
    Leave(LeaveReason),
    /// Leaving as soon as the run has ended.
    Stopping,
    /// Leaving as soon as another process trains the run.
    HandingOver(HandOver),
}

impl Overlay {
    /// The answers, where it is a question about leaving.
    #[must_use]
    pub const fn answers<'a>(&self, keys: &'a Keymap) -> Option<&'a Table<LeaveAnswer>> {
        match self {
            Self::Help(_) | Self::Palette(_) | Self::Ask(_) => None,
            Self::Leave(_) => Some(&keys.leave),
            Self::Stopping => Some(&keys.stopping),
            Self::HandingOver(_) => Some(&keys.to_background),
        }
    }
}

/// What the user was about to do when the question came up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaveReason {
    /// Quit.
    Quit,
    /// Suspend the program with Ctrl-Z.
    Suspend,
}
