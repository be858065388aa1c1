//! What a file was written for, which only its names say: an experiment, or a sweep of several.

use super::catalogue;
use super::file_errors::names;
use super::ron_scanner::scan;

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One experiment.
    Experiment,
    /// Several that differ in named hyperparameters.
    Sweep,
}

/// Names that only sweeps have.
const OF_SWEEPS: [&str; 9] = [
    "base", "set", "grid", "cases", "random", "halving", "pairs", "seeds", "scales",
];
/// Names that both have.
const OF_BOTH: [&str; 2] = ["format", "name"];

/// What a text means to be, whatever is wrong in it; `None` where its outermost names don't say.
#[must_use]
pub fn kind(text: &str) -> Option<Kind> {
    let root = scan(text).root?;
    let keys = || root.entries.iter().map(|entry| &text[entry.key.clone()]);
    let groups = names(catalogue(), "");
    if keys().any(|key| OF_SWEEPS.contains(&key)) {
        return Some(Kind::Sweep);
    }
    let own = |key: &str| groups.contains(&key) && !OF_BOTH.contains(&key);
    keys().any(own).then_some(Kind::Experiment)
}

impl Kind {
    /// That a file is of this kind and not of the one that was wanted, and what it is for.
    #[must_use]
    pub fn instead(self) -> &'static str {
        match self {
            Self::Experiment => "this is an experiment; `simclr-tui run FILE` trains it",
            Self::Sweep => "this is a sweep; `simclr-tui sweep FILE` trains it",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::presets::PRESETS;

    #[test]
    fn a_text_is_known_by_its_names_though_it_is_wrong() {
        for preset in PRESETS {
            assert_eq!(kind(preset.text), Some(Kind::Experiment), "{}", preset.name);
        }
        for (text, means) in [
            ("(name: \"x\")", None),
            ("hello", None),
            ("(name: \"x\", loss: (temprature: 1", Some(Kind::Experiment)),
            ("(name: \"x\", grid: {\"loss.t", Some(Kind::Sweep)),
        ] {
            assert_eq!(kind(text), means, "{text}");
        }
    }
}
