//! What stands in the cells of the list of runs, and how wide its columns are.

use super::detail::recipe;
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

/// Cells of the curve in a row.
const SPARK: u16 = 12;
/// Points of accuracy that a curve in a row has from bottom to top at least.
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
        Column::Fact(Fact::Name) => (14, 14, false, 0),
        Column::Fact(Fact::Id) => (4, 0, false, 50),
        Column::Fact(Fact::Took) => (11, 0, true, 40),
        Column::Fact(Fact::Age) => (6, 0, true, 0),
        Column::Fact(Fact::Note | Fact::Tag) => (12, 28, false, 36),
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
    let title = text::width(&fact.title()) as u16 + 1;
    match fact {
        Fact::Last(m) if m.key == "knn" => (6, 0, true, 20),
        Fact::Best(m) if m.key == "knn" => (7, 0, true, 0),
        Fact::Last(m) if m.key == "loss" => (7, 0, true, 10),
        Fact::Hparam(_) if !is_number(fact) => (title.clamp(8, WIDEST), 8, false, 35),
        _ => (title.clamp(8, WIDEST), 0, true, 35),
    }
}

fn is_number(fact: Fact) -> bool {
    let value = fact.default_setting();
    matches!(value, Some(Value::Float(_) | Value::Whole(_)))
}

/// What stands in a run's cell.
#[must_use]
pub fn value(run: &Run, column: Column, shared: &Shared) -> String {
    let fact = match column {
        Column::Curve => return curve(run),
        Column::Recipe => return recipe(run),
        Column::Progress => return epochs(run),
        Column::Fact(fact) => fact,
    };
    match fact {
        Fact::Status => format!(
            "{} {}",
            status::sign(run.status, &shared.theme).0,
            run.status.name()
        ),
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

/// What stands in the cell of several runs that differ in the seed alone: figures as their mean and deviation.
#[must_use]
pub fn of_several(runs: &[&Run], column: Column, shared: &Shared) -> String {
    let Some((first, rest)) = runs.split_first() else {
        return String::new();
    };
    let text = value(first, column, shared);
    let now = shared.clock.now();
    match column {
        _ if rest.is_empty() => text,
        // Sweeps name their runs by the seed too.
        Column::Fact(Fact::Name) => {
            let name = text
                .rsplit_once(", seed ")
                .map_or(text.as_str(), |(name, _)| name);
            format!("{name} ×{}", runs.len())
        }
        Column::Fact(fact @ (Fact::Last(m) | Fact::Best(m))) => {
            let number = |run: &&Run| match fact.of(run, now) {
                Some(Found::Number(value)) => Some(value),
                _ => None,
            };
            let values: Vec<f64> = runs.iter().filter_map(number).collect();
            let Some(mean) = Mean::of(&values) else {
                return text;
            };
            let deviation = mean
                .deviation
                .map(|d| format!(" ±{}", curves::value(m.key, d)));
            curves::value(m.key, mean.mean) + &deviation.unwrap_or_default()
        }
        _ => text,
    }
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

/// The kNN accuracy from first to last, between its own lowest and highest.
fn curve(run: &Run) -> String {
    let samples = run.series.shape("knn");
    let points: Vec<(f64, f64)> = samples.iter().map(|s| (s.step as f64, s.value)).collect();
    spark::line(&points, usize::from(SPARK), LEAST)
}

fn epochs(run: &Run) -> String {
    let (Some((done, total)), Some(begin)) = (run.series.progress(), &run.series.begin) else {
        return "–".to_owned();
    };
    let per_epoch = begin.steps_per_epoch.max(1);
    format!("{}/{}", done / per_epoch, total / per_epoch)
}
