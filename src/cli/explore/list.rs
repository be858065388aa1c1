//! Lists of single images: near duplicates, and outliers.

use crate::cli::Result;
use crate::cli::output::Screen;
use crate::cli::table::{Cell, Table};
use crate::explore::lists::{Seen, duplicates, outliers};
use crate::export::csv::{number, record};
use crate::runs::map::Map;
use crate::text::figures::{decimal, thousands};
use serde_json::{Value as Json, json};

/// Rows that are printed.
const PRINTED: usize = 20;

/// Which images are listed.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Listed {
    /// Pairs that lie close together, first those whose labels disagree
    Duplicates,
    /// Images whose nearest are far, the furthest first
    Outliers,
}

/// A list as it is printed and written.
pub struct List {
    heads: &'static [&'static str],
    rows: Vec<Vec<Field>>,
}

enum Field {
    Text(String),
    Number(f64),
}

/// The list of a map; of duplicates those with a cosine above `above`.
pub fn of(map: &Map, what: Listed, above: f32) -> List {
    let text = |text: &str| Field::Text(text.to_owned());
    let image = |seen: Seen| [text(seen.name), text(seen.class.unwrap_or_default())];
    match what {
        Listed::Duplicates => List {
            heads: &[
                "cosine",
                "name",
                "class",
                "other",
                "other_class",
                "other_in",
            ],
            rows: duplicates(map, above)
                .into_iter()
                .map(|pair| {
                    let place = if pair.in_bank || !map.tested {
                        "bank"
                    } else {
                        "test"
                    };
                    let cosine = [Field::Number(f64::from(pair.cosine))].into_iter();
                    let images = image(pair.one).into_iter().chain(image(pair.other));
                    cosine.chain(images).chain([text(place)]).collect()
                })
                .collect(),
        },
        Listed::Outliers => List {
            heads: &["cosine", "name", "class", "taken_for"],
            rows: outliers(map)
                .into_iter()
                .map(|(point, cosine)| {
                    let class = |class: Option<u32>| text(class.map_or("", |c| map.class(c)));
                    let (class, taken) = (class(point.class), class(point.taken_for));
                    vec![Field::Number(cosine), text(&point.name), class, taken]
                })
                .collect(),
        },
    }
}

impl List {
    pub fn csv(&self) -> String {
        let field = |field: &Field| match field {
            Field::Text(text) => text.clone(),
            Field::Number(v) => number(Some(*v)),
        };
        let rows = self
            .rows
            .iter()
            .map(|row| record(row.iter().map(field)) + "\r\n");
        std::iter::once(record(self.heads) + "\r\n")
            .chain(rows)
            .collect()
    }

    pub fn json(&self) -> Json {
        let field = |field: &Field| match field {
            Field::Text(text) if text.is_empty() => Json::Null,
            Field::Text(text) => json!(text),
            Field::Number(v) => json!(v),
        };
        let row = |row: &Vec<Field>| -> Json {
            let pairs = self.heads.iter().zip(row);
            Json::Object(
                pairs
                    .map(|(head, f)| ((*head).to_owned(), field(f)))
                    .collect(),
            )
        };
        self.rows.iter().map(row).collect()
    }

    pub fn print(&self, out: &mut Screen) -> Result<()> {
        let table = |table: Table, head: &&str| match *head {
            "cosine" => table.number("cosine"),
            "name" | "other" => table.text(head),
            _ => table.word(&head.replace('_', " ")),
        };
        let mut table = self.heads.iter().fold(Table::default(), table);
        for row in self.rows.iter().take(PRINTED) {
            let cell = |field: &Field| -> Cell {
                match field {
                    Field::Text(text) => text.into(),
                    Field::Number(v) => decimal(*v, 4).into(),
                }
            };
            table.row(row.iter().map(cell).collect());
        }
        table.print(out)?;
        let more = self.rows.len().saturating_sub(PRINTED);
        if more > 0 {
            let more = thousands(more as u64);
            out.line(&format!("and {more} more, which --to FILE.csv writes too"))?;
        }
        if self.rows.is_empty() {
            out.line("there are none")?;
        }
        Ok(())
    }
}
