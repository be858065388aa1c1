//! Which classes a network takes for which, by its last evaluation.

use crate::runs::{Evaluation, Run};
use crate::text::{figures, fit};
use crate::ui::intent::{Intent, Page};
use crate::ui::shared::Shared;

/// Classes up to which every pair has its place.
const PAIRS: usize = 10;
/// Cells of a class's name, and of a count.
const WIDE: (usize, usize) = (12, 5);
/// The commonest mistakes that are told.
const TOLD: usize = 5;

/// The page of a run, or that it was not evaluated.
#[must_use]
pub fn of(run: &Run, shared: &Shared, evaluate: &str) -> Intent {
    let all = shared.evaluations.of(run);
    let mut of_h = all.iter().rev().filter(|one| one.is_plain());
    let probe = of_h.clone().find(|one| one.method == "probe");
    match probe.or_else(|| of_h.next()) {
        Some(one) if !one.classes.is_empty() => Intent::Read(Page {
            title: format!("confusion of {}", run.title()),
            lines: lines(one),
        }),
        _ => Intent::Refuse(format!("it was not evaluated yet; {evaluate} does that")),
    }
}

fn lines(of: &Evaluation) -> Vec<String> {
    let method = match of.method.as_str() {
        "probe" => "a linear classifier on h",
        _ => "kNN on h",
    };
    let [share, error] = [of.top1, of.error()].map(|v| figures::decimal(100.0 * v, 1));
    let images = figures::thousands(of.tested);
    let step = figures::thousands(of.step);
    let mut lines = vec![
        format!("{method}: {share} ± {error} % of {images} test images, at step {step}"),
        String::new(),
    ];
    if of.classes.len() <= PAIRS {
        lines.extend(pairs(of));
        lines.push(String::new());
    } else {
        lines.extend(each(of));
        lines.push(String::new());
    }
    lines.extend(commonest(of));
    lines
}

fn name(of: &Evaluation, class: u32) -> &str {
    of.classes.get(class as usize).map_or("?", String::as_str)
}

fn share(of: &Evaluation, class: usize) -> String {
    let share = of.per_class.get(class).copied().flatten();
    figures::perhaps(share.map(|v| 100.0 * v), 1)
}

/// A row a class, with what its images were named.
fn pairs(of: &Evaluation) -> Vec<String> {
    let cell = |words: &str| fit::right(words, WIDE.1);
    let begun = |class: &String| class.chars().take(WIDE.1 - 1).collect::<String>();
    let heading: String = of.classes.iter().map(|class| cell(&begun(class))).collect();
    let row = |(nth, class): (usize, &String)| {
        let count = |named: usize| {
            let found = of
                .confusion
                .iter()
                .find(|(t, n, _)| (*t as usize, *n as usize) == (nth, named));
            found.map_or_else(|| "·".to_owned(), |(.., count)| count.to_string())
        };
        let counts: String = (0..of.classes.len())
            .map(|named| cell(&count(named)))
            .collect();
        format!(
            "{}{}{counts}",
            class_cell(class),
            fit::right(&share(of, nth), 6)
        )
    };
    let heading = format!("{}{}{heading}", class_cell("class"), fit::right("top-1", 6));
    let rows = of.classes.iter().enumerate().map(row);
    std::iter::once(heading).chain(rows).collect()
}

fn class_cell(class: &str) -> String {
    fit::left(&fit::shorten(class, WIDE.0), WIDE.0)
}

/// A row a class, with what it was mistaken for most.
fn each(of: &Evaluation) -> Vec<String> {
    let row = |(nth, class): (usize, &String)| {
        let wrong = of
            .confusion
            .iter()
            .filter(|(t, n, _)| *t as usize == nth && n != t);
        let worst = wrong.max_by_key(|(.., count)| *count);
        let worst = worst.map_or_else(String::new, |(_, n, count)| {
            format!("{} ({count})", name(of, *n))
        });
        let share = fit::right(&share(of, nth), 6);
        format!(
            "{}{share}  {worst}",
            fit::left(&fit::shorten(class, 24), 24)
        )
    };
    let heading = format!(
        "{}{}  mistaken for",
        fit::left("class", 24),
        fit::right("top-1", 6)
    );
    let rows = of.classes.iter().enumerate().map(row);
    std::iter::once(heading).chain(rows).collect()
}

/// The commonest mistakes, as shares of the test images of their class.
fn commonest(of: &Evaluation) -> Vec<String> {
    let mut wrong: Vec<_> = of.confusion.iter().filter(|(t, n, _)| t != n).collect();
    wrong.sort_by_key(|(.., count)| std::cmp::Reverse(*count));
    if wrong.is_empty() {
        return vec!["No test image was taken for another class.".to_owned()];
    }
    let mut lines = vec!["Most often taken for another:".to_owned()];
    for (is, named, count) in wrong.iter().take(TOLD) {
        let all: u64 = of
            .confusion
            .iter()
            .filter(|(t, ..)| t == is)
            .map(|(.., n)| n)
            .sum();
        let share = figures::decimal(100.0 * *count as f64 / all.max(1) as f64, 1);
        lines.push(format!(
            "  {} named {}: {count} of {all}, {share} %",
            name(of, *is),
            name(of, *named)
        ));
    }
    lines
}
