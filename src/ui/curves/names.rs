//! What runs are called beside each other: by what tells them apart.

use crate::experiment::Difference;
use crate::export::comparison;
use crate::runs::{Fact, Run};
use crate::text::drawn;
use crate::ui::theme::Theme;
use std::collections::HashSet;

/// Differences that a name has room for.
const TOLD: usize = 2;

/// What runs are called beside each other: those of one name by what differs, too.
pub fn names(runs: &[&Run]) -> Vec<String> {
    let name = |(nth, run): (usize, &&Run)| {
        let title = run.title();
        let shown = drawn(title);
        if runs.len() == 1 {
            return shown.into_owned();
        }
        let mut name = format!("{} {shown}", Theme::letter(nth));
        let alike: Vec<&Run> = runs
            .iter()
            .filter(|r| r.title() == title)
            .copied()
            .collect();
        let own = alike.iter().position(|r| r.id == run.id).unwrap_or(0);
        for differs in telling(&alike) {
            let path = differs.path.trim_start_matches("augment.");
            name += &format!(", {path} {}", differs.values[own]);
        }
        name
    };
    runs.iter().enumerate().map(name).collect()
}

/// What runs are called where there is little room: those of one name by what tells them apart.
#[must_use]
pub fn labels(runs: &[&Run]) -> Vec<String> {
    let label = |run: &&Run| {
        let alike: Vec<&Run> = runs
            .iter()
            .filter(|r| r.title() == run.title())
            .copied()
            .collect();
        let own = alike.iter().position(|r| r.id == run.id).unwrap_or(0);
        let word = |differs: Difference| {
            let fact = Fact::find(&differs.path).map(Fact::title);
            format!("{} {}", fact.unwrap_or(differs.path), differs.values[own])
        };
        let words: Vec<String> = telling(&alike).into_iter().map(word).collect();
        if words.is_empty() {
            run.title().to_owned()
        } else {
            words.join(", ")
        }
    };
    runs.iter().map(label).collect()
}

/// The hyperparameters that tell runs apart: each of them more than those before it.
fn telling(runs: &[&Run]) -> Vec<Difference> {
    let mut told: Vec<Difference> = Vec::new();
    let mut apart = 1;
    for differs in comparison::differences(runs) {
        let values = |nth: usize| -> Vec<String> {
            let all = told.iter().chain([&differs]);
            all.map(|d| d.values[nth].to_string()).collect()
        };
        let now = (0..runs.len()).map(values).collect::<HashSet<_>>().len();
        if now > apart && told.len() < TOLD {
            apart = now;
            told.push(differs);
        }
    }
    told
}
