//! The rows of a comparison: hyperparameters that differ, then results with their differences to the baseline.

use super::results::{RESULTS, ResultKind, short};
use super::row::{Cell, Row};
use crate::experiment::Difference;
use crate::export::csv;
use crate::runs::comparison::{self, Which, common_step, common_time};
use crate::runs::{Evaluation, Run};
use crate::text::figures;
use crate::ui::shared::Shared;
use crate::ui::theme::Theme;
use std::collections::BTreeSet;

/// Every row, against the baseline's place among the runs.
#[must_use]
pub fn rows(
    runs: &[&Run],
    differences: &[Difference],
    baseline: usize,
    shared: &Shared,
) -> Vec<Row> {
    let mut rows = vec![Row::Heading("what differs".to_owned())];
    rows.extend(differences.iter().map(|d| differing(d, baseline)));
    if differences.is_empty() {
        let same = runs.iter().map(|_| ("same".to_owned(), false)).collect();
        rows.push(Row::Value("nothing: reruns".to_owned(), same));
    }
    rows.push(Row::Space);
    let unlike = comparison::knn_differs_in_kind(runs, differences);
    let heading = if unlike {
        format!("results, {}", comparison::KNN_UNLIKE)
    } else if let Some(points) = comparison::knn_chance(runs) {
        format!("results; less than {points:.1} points of kNN may be chance")
    } else {
        "results".to_owned()
    };
    rows.push(Row::Heading(heading));
    for result in RESULTS {
        let all = std::iter::once(result.row(runs, baseline));
        let all = all.chain(at_equals(result, runs, baseline));
        let all = all.filter(|row| says(row, 1));
        rows.extend(all.map(|row| judged(row, !unlike)));
    }
    rows.extend(evaluated(runs, baseline, shared));
    rows
}

/// Whether so many runs of a row have a value.
fn says(row: &Row, least: usize) -> bool {
    match row {
        Row::Result(_, cells) => cells.iter().filter(|cell| cell.is_known()).count() >= least,
        _ => true,
    }
}

/// A row whose differences are neither better nor worse where it was measured differently.
fn judged(mut row: Row, alike: bool) -> Row {
    if let (Row::Result(_, cells), false) = (&mut row, alike) {
        for (_, better) in cells.iter_mut().filter_map(|cell| cell.by.as_mut()) {
            *better = None;
        }
    }
    row
}

fn differing(difference: &Difference, baseline: usize) -> Row {
    let base = difference.values.get(baseline);
    let value = |v: &crate::hparam::Value| {
        let text = v.to_string();
        let text = if text.is_empty() {
            "–".to_owned()
        } else {
            text
        };
        (text, Some(v) != base)
    };
    let values = difference.values.iter().map(value).collect();
    Row::Value(difference.path.clone(), values)
}

/// The same metric at the last step and the last moment that all runs have reached.
fn at_equals(result: &ResultKind, runs: &[&Run], baseline: usize) -> Vec<Row> {
    let Some(key) = result.last_of else {
        return Vec::new();
    };
    // "kNN last %" is "kNN % at step 40" there, and "loss epoch mean" the mean of the epoch until then.
    let name = result.label.replace(" last", "").replace(" epoch mean", "");
    let row = |label: String, which: Which| {
        let values = runs
            .iter()
            .map(|run| which.of(run, key))
            .collect::<Vec<_>>();
        Row::Result(label, result.cells_of(runs, &values, baseline))
    };
    let step = common_step(runs, key).map(|step| {
        let label = format!("{name} at step {}", figures::thousands(step));
        row(label, Which::AtStep(step))
    });
    let time = common_time(runs, key).map(|time| {
        let label = format!("{name} after {}", short(time));
        row(label, Which::AtTime(time))
    });
    // One alone is compared to nothing.
    let all = step.into_iter().chain(time);
    all.filter(|row| says(row, 2)).collect()
}

/// The newest evaluation of its kind.
fn newest<'a>(all: &'a [Evaluation], kind: &str) -> Option<&'a Evaluation> {
    let mut same = all.iter().rev();
    same.find(|e| e.title() == kind)
}

/// What the networks were judged to be worth: all images, then class by class.
fn evaluated(runs: &[&Run], baseline: usize, shared: &Shared) -> Vec<Row> {
    let of = |run: &&Run| shared.evaluations.of(run);
    // The probe of h is what the paper judges by.
    let place = |e: &Evaluation| (e.method != "probe", e.space != "h", e.title());
    let kinds: BTreeSet<_> = runs.iter().flat_map(of).map(place).collect();
    let mut rows = Vec::new();
    for (_, _, kind) in &kinds {
        let each: Vec<Option<&Evaluation>> = runs
            .iter()
            .map(|run| newest(shared.evaluations.of(run), kind))
            .collect();
        let alike = measured_alike(&each);
        let how = if alike { "" } else { ", measured differently" };
        rows.push(Row::Space);
        rows.push(Row::Heading(format!("evaluated: {kind}{how}")));
        let top1: Vec<_> = each.iter().map(|e| e.map(|e| 100.0 * e.top1)).collect();
        let share = &RESULTS[0];
        let images = each.iter().flatten().map(|e| e.tested).min().unwrap_or(0);
        let top1 = Row::Result(
            "top-1 %".to_owned(),
            share.cells(&top1, baseline, (images, 0.0)),
        );
        let classes = classes(&each);
        // Classes have about as many images each.
        let of_class = images / classes.len().max(1) as u64;
        let classes = classes.into_iter().map(|(class, values)| {
            Row::Result(
                format!("· {class} %"),
                share.cells(&values, baseline, (of_class, 0.0)),
            )
        });
        let all = std::iter::once(top1).chain(classes);
        rows.extend(all.map(|row| judged(row, alike)));
    }
    rows
}

/// Whether all that were evaluated were so by one protocol on the same images.
fn measured_alike(each: &[Option<&Evaluation>]) -> bool {
    let all: Vec<&Evaluation> = each.iter().flatten().copied().collect();
    all.windows(2)
        .all(|two| two[0].protocol == two[1].protocol && two[0].data.same_images(&two[1].data))
}

/// The share of each class named rightly, where all that were evaluated have the same classes.
fn classes(each: &[Option<&Evaluation>]) -> Vec<(String, Vec<Option<f64>>)> {
    let mut names = each.iter().flatten().map(|e| &e.classes);
    let Some(first) = names.next().filter(|first| names.all(|n| n == *first)) else {
        return Vec::new();
    };
    let share = |e: Option<&Evaluation>, nth: usize| {
        let share = e?.per_class.get(nth).copied()??;
        Some(100.0 * share)
    };
    let one = |(nth, name): (usize, &String)| {
        let values = each.iter().map(|e| share(*e, nth)).collect();
        (name.clone(), values)
    };
    first.iter().enumerate().map(one).collect()
}

/// The rows as a Markdown table, with a letter for each run as on the screen.
#[must_use]
pub fn markdown(runs: &[&Run], rows: &[Row]) -> String {
    let line = |label: &str, cells: Vec<String>| {
        let cells = cells.iter().map(|cell| csv::markdown(cell));
        let cells: Vec<String> = std::iter::once(csv::markdown(label)).chain(cells).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let names = runs.iter().enumerate();
    let names = names.map(|(n, run)| format!("{} {}", Theme::letter(n), run.title()));
    let mut text = line("", names.collect());
    text.push_str(&format!("| --- |{}\n", " ---: |".repeat(runs.len())));
    for row in rows {
        text.push_str(&match row {
            Row::Space => continue,
            Row::Heading(title) => line(&format!("({title})"), vec![String::new(); runs.len()]),
            Row::Value(path, values) => line(path, values.iter().map(|v| v.0.clone()).collect()),
            Row::Result(label, cells) => {
                let cell = |cell: &Cell| match &cell.by {
                    Some((by, _)) => format!("{} ({by})", cell.value),
                    None => cell.value.clone(),
                };
                line(label, cells.iter().map(cell).collect())
            }
        });
    }
    text
}
