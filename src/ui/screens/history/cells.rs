//! What stands in the cells of the list of runs, and how wide its columns are.

use super::rows::Row;
use crate::engine::metric::Metric;
use crate::experiment::Experiment;
use crate::hparam::Value;
use crate::runs::fact::Found;
use crate::runs::{Column, Fact, Run};
use crate::sweep::welch::Mean;
use crate::text::{self, figures};
use crate::ui::curves;
use crate::ui::shared::Shared;
use crate::ui::status;
use crate::ui::widgets::spark;
use crate::ui::widgets::table;
use std::ops::RangeInclusive;

/// Cells of the curve in a row.
const SPARK: u16 = 12;
/// Points of accuracy that curves in rows have from bottom to top at least.
const LEAST: f64 = 5.0;
/// Most cells of a column that the user chose.
const WIDEST: u16 = 16;

/// How a column stands in the list. Those that say least are the first to go where the screen is narrow.
#[must_use]
pub fn place(column: Column) -> table::Column {
    let (width, grows, right, drop) = match column {
        Column::Recipe => (24, u16::MAX, false, 70),
        Column::Curve => (SPARK, 0, false, 60),
        Column::Progress => (10, 0, true, 30),
        Column::Fact(Fact::Status) => (13, 0, false, 0),
        Column::Fact(Fact::Name) => (13, 15, false, 0),
        Column::Fact(Fact::Id) => (4, 0, false, 50),
        Column::Fact(Fact::Took) => (11, 0, true, 40),
        Column::Fact(Fact::Age) => (6, 0, true, 0),
        Column::Fact(Fact::Note | Fact::Sweep | Fact::Tag) => (12, 28, false, 36),
        Column::Fact(fact) => of_fact(fact),
    };
    table::Column {
        width,
        grows,
        right,
        drop,
    }
}

fn of_fact(fact: Fact) -> (u16, u16, bool, u8) {
    let title = text::width(&fact.title()) as u16 + 2;
    match fact {
        Fact::Last(m) if m.key == "knn" => (7, 0, true, 20),
        Fact::Best(m) if m.key == "knn" => (8, 0, true, 0),
        Fact::Last(m) if m.key == "loss" => (7, 0, true, 10),
        Fact::Hparam(_) if !is_number(fact) => (title.clamp(8, WIDEST), 8, false, 35),
        _ => (title.clamp(8, WIDEST), 0, true, 35),
    }
}

fn is_number(fact: Fact) -> bool {
    let value = fact.default_setting();
    matches!(value, Some(Value::Float(_) | Value::Whole(_)))
}

/// What is known of a run.
fn value(run: &Run, fact: Fact, shared: &Shared) -> String {
    match fact {
        Fact::Name if run.notes.archived => format!("(archived) {}", run.title()),
        // The end of the folder's name is what tells runs apart.
        Fact::Id => run.id.rsplit('-').next().unwrap_or_default().to_owned(),
        Fact::Hparam(_) => {
            let value = fact.setting(run).map(|value| value.to_string());
            value
                .filter(|text| !text.is_empty())
                .unwrap_or_else(|| "–".to_owned())
        }
        fact => fact
            .of(run, shared.clock.now())
            .map_or_else(|| "–".to_owned(), |found| worded(fact, found)),
    }
}

/// What stands in the cell of a row, but for curves, which share a scale: of several runs the figures as their mean and
/// deviation.
#[must_use]
pub fn of(row: &Row, column: Column, shared: &Shared) -> String {
    let first = row.runs[0];
    match column {
        Column::Recipe => recipe(row, shared),
        Column::Curve => String::new(),
        Column::Fact(Fact::Name) => name(row, shared),
        Column::Fact(Fact::Status) => {
            let status = row.status();
            format!("{} {status}", status::sign(status, &shared.theme).0)
        }
        Column::Progress | Column::Fact(Fact::Id | Fact::Took | Fact::Tag | Fact::Note)
            if row.heads =>
        {
            String::new()
        }
        Column::Progress => epochs(first),
        Column::Fact(fact @ (Fact::Last(m) | Fact::Best(m))) if row.runs.len() > 1 => {
            mean(row, fact, m)
        }
        Column::Fact(fact @ Fact::Hparam(_)) if row.heads => {
            let own = fact.setting(first);
            let same = row.runs.iter().all(|run| fact.setting(run) == own);
            let own = same.then(|| value(first, fact, shared));
            own.unwrap_or_else(|| "varies".to_owned())
        }
        Column::Fact(fact) => value(first, fact, shared),
    }
}

/// The mean of a metric over the runs of a row; of what runs are judged by, also its deviation.
fn mean(row: &Row, fact: Fact, metric: &Metric) -> String {
    let found = row.runs.iter().filter_map(|run| match fact.of(run, 0.0) {
        Some(Found::Number(value)) => Some(value),
        _ => None,
    });
    let mean = Mean::of(&found.collect::<Vec<_>>());
    mean.map_or_else(
        || "–".to_owned(),
        |mean| {
            let deviation = mean.deviation.filter(|_| deviates(fact));
            let deviation = deviation.map(|d| format!(" ±{}", curves::value(metric.key, d)));
            curves::value(metric.key, mean.mean) + &deviation.unwrap_or_default()
        },
    )
}

/// Whether means of it are shown with their deviation.
#[must_use]
pub fn deviates(fact: Fact) -> bool {
    fact.metric().is_some_and(|metric| metric.unit == "%")
}

/// A sweep with the number of its runs, or one of its cases below it.
fn name(row: &Row, shared: &Shared) -> String {
    let first = row.runs[0];
    let times = match row.runs.len() {
        1 => String::new(),
        n => format!(" ×{n}"),
    };
    let text = value(first, Fact::Name, shared);
    let title = match (&row.sweep, &first.origin) {
        (Some(sweep), _) if row.heads => sweep.clone(),
        (Some(_), Some(origin)) if first.notes.name.is_empty() => {
            format!("{}, seed {}", origin.case, origin.seed)
        }
        _ => text,
    };
    // Sweeps name their runs by the seed too.
    let title = match title.rsplit_once(", seed ") {
        Some((case, _)) if row.runs.len() > 1 && !row.heads => case.to_owned(),
        _ => title,
    };
    let inset = if row.sweep.is_some() && !row.heads {
        "  "
    } else {
        ""
    };
    format!("{inset}{title}{times}")
}

/// The recipe of a row, of a sweep's run what it differs in first, and of a sweep what its runs differ in.
pub fn recipe(row: &Row, shared: &Shared) -> String {
    let varied = row
        .sweep
        .as_ref()
        .map_or(&[][..], |sweep| shared.varied(sweep));
    let facts = varied.iter().filter_map(|path| Fact::find(path).ok());
    if row.heads {
        let names: Vec<String> = facts.map(Fact::title).collect();
        return format!("differ in {}", names.join(", "));
    }
    let first = row.runs[0];
    let own = facts.filter_map(|fact| Some(format!("{} {}", fact.title(), fact.setting(first)?)));
    own.chain([recipe_of(first)])
        .collect::<Vec<_>>()
        .join(" · ")
}

/// The recipe of a run in one line.
pub fn recipe_of(run: &Run) -> String {
    let recipe = run.experiment.as_ref().map(Experiment::recipe);
    recipe.unwrap_or_default()
}

fn worded(fact: Fact, found: Found) -> String {
    match (fact, found) {
        (Fact::Last(m) | Fact::Best(m), Found::Number(v)) => curves::value(m.key, v),
        (Fact::Age, Found::Number(v)) => figures::age(v),
        (Fact::Took, Found::Number(v)) => figures::duration(v),
        (Fact::Epoch, Found::Number(v)) => figures::decimal(v, 1),
        (_, Found::Number(v)) => figures::thousands(v as u64),
        (_, Found::Flag(on)) => if on { "yes" } else { "no" }.to_owned(),
        (_, Found::Text(text)) => text,
        (_, Found::Texts(texts)) => texts.join(", "),
    }
}

/// From the lowest to the highest kNN accuracy of the rows' runs: what the curves of all rows lie in.
#[must_use]
pub fn span(rows: &[Row]) -> RangeInclusive<f64> {
    let runs = rows.iter().filter_map(Row::run);
    let samples = runs.flat_map(|run| run.series.shape("knn"));
    spark::range(samples.map(|sample| sample.value), LEAST)
}

/// The kNN accuracy from first to last.
#[must_use]
pub fn curve(row: &Row, span: &RangeInclusive<f64>) -> String {
    let Some(run) = row.run() else {
        return String::new();
    };
    let samples = run.series.shape("knn");
    let points: Vec<(f64, f64)> = samples.iter().map(|s| (s.step as f64, s.value)).collect();
    spark::line(&points, usize::from(SPARK), span)
}

fn epochs(run: &Run) -> String {
    let (Some((done, total)), Some(begin)) = (run.series.progress(), &run.series.begin) else {
        return "–".to_owned();
    };
    let per_epoch = begin.steps_per_epoch.max(1);
    format!("{}/{}", done / per_epoch, total / per_epoch)
}
