//! One file of a table: the labels of its rows, and the pages in which its images lie.

use super::columns::{Chosen, class_names};
use super::meta::{self, Column, Group, Kind};
use super::page::{self, Page, Role};
use super::values::{Rows, Words};
use crate::engine::data::labels::{Label, Labels};
use std::fs::File;
use std::path::Path;

/// Bytes of an image file at least: a page with fewer a row holds no images.
const LEAST: u64 = 16;

/// A page of images, or of their paths.
#[derive(Clone, Copy, Debug)]
pub struct ImagePage {
    pub page: Page,
    /// The words of its dictionary, if it uses them.
    pub words: Option<Page>,
    /// How many structures a value may be missing in.
    pub optional: u32,
}

impl ImagePage {
    /// Whether so few bytes can't be images, at least not one for each row.
    fn is_bare(&self) -> bool {
        let words = self.words.map_or(0, |words| words.unpacked);
        self.page.unpacked + words < LEAST * self.page.values
    }
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Table {
    pub labels: Labels,
    pub pages: Vec<ImagePage>,
    /// The pages of paths of the groups that have rows without images, each with its first row.
    pub paths: Vec<(usize, ImagePage)>,
    /// The names of the classes, where they are told.
    pub names: Vec<String>,
}

/// Looks into a file: reads its labels, and where its images are.
///
/// # Errors
/// A few words, where it can't be read or holds no images.
pub fn open(path: &Path) -> Result<Table, String> {
    let (file, meta) = meta::open(path)?;
    let chosen = Chosen::of(&meta)?;
    let mut table = Table {
        names: chosen
            .label
            .map_or_else(Vec::new, |label| class_names(&meta, label)),
        ..Table::default()
    };
    let mut first = 0;
    for group in &meta.groups {
        let of = |column: usize| {
            let optional = meta.columns[column].optional;
            let pages = pages(path, &file, group, column)?.into_iter();
            let pages = pages.map(|(page, words)| ImagePage {
                page,
                words,
                optional,
            });
            Ok::<_, String>(pages.collect::<Vec<_>>())
        };
        let images = of(chosen.image)?;
        if let (Some(column), true) = (chosen.path, images.iter().any(ImagePage::is_bare)) {
            let mut row = first;
            for page in of(column)? {
                table.paths.push((row, page));
                row += page.page.values as usize;
            }
        }
        table.pages.extend(images);
        first += group.rows as usize;
        let Some(label) = chosen.label else {
            table.labels.push_many(Label::None, group.rows as usize);
            continue;
        };
        for (page, words) in pages(path, &file, group, label)? {
            let labels = labels(path, &meta.columns[label], &page, words)?;
            table.labels.extend(labels);
        }
    }
    Ok(table)
}

/// The pages of a column in a group, each with the words that it needs.
fn pages(
    path: &Path,
    file: &File,
    group: &Group,
    column: usize,
) -> Result<Vec<(Page, Option<Page>)>, String> {
    let mut words = None;
    let mut found = Vec::new();
    for page in page::of_chunk(path, file, &group.chunks[column])? {
        if page.role == Role::Dictionary {
            words = Some(page);
        } else {
            found.push((
                page,
                words.filter(|_| page.encoding == page::Encoding::Words),
            ));
        }
    }
    let rows: u64 = found.iter().map(|(page, _)| page.values).sum();
    if rows == group.rows {
        return Ok(found);
    }
    Err(format!(
        "promises {} rows, and a column has {rows}; it is damaged",
        group.rows
    ))
}

/// The labels in a page.
fn labels(
    path: &Path,
    column: &Column,
    page: &Page,
    words: Option<Page>,
) -> Result<Vec<Label>, String> {
    let Column { kind, optional, .. } = *column;
    let width = width(kind);
    let words = words.map(|words| Words::new(&words, words.content(path)?, width));
    let words = words.transpose()?;
    let rows = Rows::new(page, page.content(path)?, optional, width)?;
    let labels = (0..rows.count()).map(|row| label(kind, rows.get(row, words.as_ref())));
    Ok(labels.collect())
}

/// Bytes of each value, where all have as many.
pub const fn width(kind: Kind) -> Option<usize> {
    match kind {
        Kind::Int32 => Some(4),
        Kind::Int64 => Some(8),
        Kind::Bytes | Kind::Other => None,
    }
}

fn label(kind: Kind, value: Option<&[u8]>) -> Label {
    let Some(value) = value else {
        return Label::None;
    };
    match (kind, value.first_chunk::<4>(), value.first_chunk::<8>()) {
        (Kind::Int32, Some(four), _) => Label::number(i32::from_le_bytes(*four).into()),
        (Kind::Int64, _, Some(eight)) => Label::number(i64::from_le_bytes(*eight)),
        _ => Label::text(&String::from_utf8_lossy(value)),
    }
}
