//! The screens by name, in the order of their tabs.

/// Every screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScreenId {
    /// The form of hyperparameters.
    Experiment,
    /// One run's curves as they grow.
    Train,
    /// All runs.
    History,
    /// Marked runs beside each other.
    Compare,
    /// Ablations.
    Sweeps,
    /// Where images lie in what a run learnt.
    Explore,
}

impl ScreenId {
    /// Every screen in the order of the tabs.
    pub const ALL: [Self; 6] = [
        Self::Experiment,
        Self::Train,
        Self::History,
        Self::Compare,
        Self::Sweeps,
        Self::Explore,
    ];

    /// The word on its tab.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Experiment => "Experiment",
            Self::Train => "Train",
            Self::History => "History",
            Self::Compare => "Compare",
            Self::Sweeps => "Sweeps",
            Self::Explore => "Explore",
        }
    }

    /// The screen so many tabs further, around the end.
    #[must_use]
    pub fn further(self, tabs: usize) -> Self {
        let at = Self::ALL.iter().position(|s| *s == self).unwrap_or(0);
        Self::ALL[(at + tabs) % Self::ALL.len()]
    }
}
