//! Columns of the list of runs that the user chose.

use crate::cli::output::Screen;
use crate::cli::table::{Cell, Table};
use crate::cli::{Result, cells, format};
use crate::experiment::Experiment;
use crate::hparam::Value;
use crate::runs::fact::Found;
use crate::runs::{Column, Fact, Run, now};
use crate::text::figures::{decimal, duration, rounded};
use std::fmt::Write;

/// The runs with these columns, for people.
pub fn table(shown: &[&Run], columns: &[Column]) -> Table {
    let table = Table::default();
    let mut table = columns.iter().fold(table, |table, column| {
        let title = column.title();
        match kind(*column) {
            Kind::Text => table.name(&title),
            Kind::Word => table.word(&title),
            Kind::Number => table.number(&title),
        }
    });
    for run in shown {
        table.row(columns.iter().map(|column| cell(run, *column)).collect());
    }
    table
}

/// The runs with these columns, every value whole.
pub fn csv(shown: &[&Run], columns: &[Column], out: &mut Screen) -> Result<()> {
    let names: Vec<String> = columns.iter().map(|column| column.name()).collect();
    format::record(out, &names)?;
    for run in shown {
        let record = columns.iter().map(|column| whole(run, *column));
        format::record(out, &record.collect::<Vec<_>>())?;
    }
    Ok(())
}

enum Kind {
    Text,
    Word,
    Number,
}

fn kind(column: Column) -> Kind {
    let Column::Fact(fact) = column else {
        return match column {
            Column::Progress => Kind::Number,
            Column::Recipe => Kind::Text,
            _ => Kind::Word,
        };
    };
    match fact {
        Fact::Status | Fact::Archived => Kind::Word,
        Fact::Id | Fact::Name | Fact::Sweep | Fact::Tag | Fact::Note => Kind::Text,
        Fact::Hparam(_) => match fact.default_setting() {
            Some(Value::Float(_) | Value::Whole(_)) => Kind::Number,
            Some(Value::Toggle(_)) => Kind::Word,
            _ => Kind::Text,
        },
        _ => Kind::Number,
    }
}

fn cell(run: &Run, column: Column) -> Cell {
    let fact = match column {
        Column::Progress => return cells::epochs(run).into(),
        Column::Recipe => return recipe(run).into(),
        Column::Curve => return curve(run).into(),
        Column::Fact(fact) => fact,
    };
    if fact == Fact::Status {
        return cells::status(run.status);
    }
    if let Some(value) = fact.setting(run) {
        return value.to_string().into();
    }
    match (fact, fact.of(run, now())) {
        (_, None) => "-".into(),
        (Fact::Age | Fact::Took, Some(Found::Number(v))) => duration(v).into(),
        (Fact::Step, Some(Found::Number(v))) => rounded(v).into(),
        (Fact::Last(m) | Fact::Best(m), Some(Found::Number(v))) if m.unit == "%" => {
            decimal(v, 1).into()
        }
        (Fact::Last(m) | Fact::Best(m), Some(Found::Number(v))) => match m.key {
            "views_per_second" => rounded(v).into(),
            "rate" => Value::Float(v).to_string().into(),
            _ => decimal(v, 3).into(),
        },
        (_, Some(Found::Number(v))) => decimal(v, 1).into(),
        (_, Some(Found::Flag(on))) => if on { "yes" } else { "no" }.into(),
        (_, Some(Found::Text(text))) => text.into(),
        (_, Some(Found::Texts(texts))) => texts.join(", ").into(),
    }
}

fn whole(run: &Run, column: Column) -> String {
    match column {
        Column::Progress => cells::epochs(run),
        Column::Recipe => recipe(run),
        Column::Curve => curve(run),
        Column::Fact(fact) => match (fact.setting(run), fact.of(run, now())) {
            (Some(value), _) => format::value(&value),
            (None, None) => String::new(),
            (None, Some(Found::Number(v))) => format::number(Some(v)),
            (None, Some(Found::Flag(on))) => on.to_string(),
            (None, Some(Found::Text(text))) => text,
            (None, Some(Found::Texts(texts))) => texts.join(","),
        },
    }
}

fn recipe(run: &Run) -> String {
    run.experiment
        .as_ref()
        .map_or_else(String::new, Experiment::recipe)
}

/// The kNN accuracy from first to last, in percent.
fn curve(run: &Run) -> String {
    let mut text = String::new();
    for sample in run.series.shape("knn") {
        let gap = if text.is_empty() { "" } else { " " };
        // Writing to a string doesn't fail.
        let _ = write!(text, "{gap}{}", decimal(sample.value, 0));
    }
    text
}
