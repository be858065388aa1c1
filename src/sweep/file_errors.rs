//! All names in a sweep's text that are wrong: its reader stops at the first.

use super::settings;
use crate::experiment::position::without_comments;
use crate::experiment::ron_scanner::scan;
use crate::hparam::nearest;
use std::ops::Range;

/// A fault: where it starts in the text, and a sentence on what is wrong there.
pub type Fault = (usize, String);

/// The names in a text that was refused which are neither parts of a sweep nor hyperparameters, in its order.
pub fn wrong_names(text: &str, known: &[&str]) -> Vec<Fault> {
    let bare = without_comments(text);
    let mut faults = Vec::new();
    for entry in scan(text).root.iter().flat_map(|root| &root.entries) {
        let span = entry.key.end..entry.value.end();
        match &text[entry.key.clone()] {
            // Keys in it are names of cases.
            "paper" => {}
            key if known.contains(&key) => faults.extend(wrong_paths(&bare, span, key)),
            key => faults.push((entry.key.start, no_such(key, known, "the sweep"))),
        }
    }
    faults
}

/// That a part of a sweep has no such name.
pub fn no_such(name: &str, known: &[&str], part: &str) -> String {
    let near = nearest(name, known.iter().copied());
    let hint = near.map_or_else(
        || format!("; there are {}", known.join(", ")),
        |near| format!("; did you mean {near}?"),
    );
    format!("there is no {name:?} in {part}{hint}")
}

/// What stands in quotes before a colon and is no hyperparameter that a sweep can set.
fn wrong_paths(bare: &str, span: Range<usize>, key: &str) -> Vec<Fault> {
    let named = quoted(bare, span).into_iter().filter(|quoted| {
        let after = bare[quoted.end + 1..].trim_start().strip_prefix(':');
        // That of a scale, whose value is a group.
        let free = |after: &str| key == "scales" && after.trim_start().starts_with('(');
        after.is_some_and(|after| !free(after))
    });
    let wrong = named.filter_map(|Range { start, end }| {
        let why = settings::find(&bare[start..end]).err()?;
        Some((start, why))
    });
    wrong.collect()
}

/// Where the texts in quotes stand, without their quotes.
fn quoted(bare: &str, span: Range<usize>) -> Vec<Range<usize>> {
    let (mut found, mut open, mut escaped) = (Vec::new(), None, false);
    for (at, c) in bare[span.clone()].char_indices() {
        let at = span.start + at;
        match open {
            _ if c != '"' || escaped => {}
            None => open = Some(at + 1),
            Some(start) => {
                found.push(start..at);
                open = None;
            }
        }
        escaped = c == '\\' && !escaped;
    }
    found
}
