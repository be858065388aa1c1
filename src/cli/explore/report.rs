//! What `explore` tells of a map, in the terminal and on its page.

use crate::cli::Result;
use crate::cli::output::{Screen, Style};
use crate::cli::table::{Cell, Table};
use crate::explore::lists::duplicates;
use crate::export::map::About;
use crate::runs::Run;
use crate::runs::map::{Invariance, Map, Point};
use crate::text::figures::{decimal, significant, thousands};
use std::collections::BTreeMap;

/// Pairs of classes and images that are listed.
const LISTED: usize = 5;
/// A cosine above this is 1 within rounding: most often of copies of one image.
const SAME: f32 = 1.0 - 1e-5;

/// What is told of the whole map, on the page and in the terminal.
pub fn about(run: &Run, map: &Map) -> About {
    let step = thousands(map.step);
    let count = thousands(map.points.len() as u64);
    let of = if (map.points.len() as u64) < map.images {
        format!(" of {}", thousands(map.images))
    } else {
        String::new()
    };
    let mut lines = vec![format!(
        "{count}{of} {} images in {}; {}, step {step}",
        if map.tested { "test" } else { "bank" },
        map.space,
        map.checkpoint
    )];
    if let Some(right) = map.accuracy() {
        lines.push(format!(
            "kNN takes {} % for what they are ({})",
            decimal(right * 100.0, 1),
            map.protocol
        ));
    }
    lines.push(format!(
        "effective rank {} of {} dimensions; the first two components have {} % of the variance",
        decimal(map.effective_rank, 1),
        map.variance.len(),
        decimal(map.variance.iter().take(2).sum::<f64>() * 100.0, 1)
    ));
    if let Some(agreement) = map.cluster_class_ami {
        lines.push(format!(
            "{} clusters (k-means) agree with the classes by {} (adjusted mutual information, 1 at most)",
            map.clusters,
            decimal(agreement, 3)
        ));
    }
    if let Some((images, cosine, nearer)) = map.own_views() {
        lines.push(format!(
            "views of {} images have a mean cosine of {} to their image; {} % of the bank are nearer to it",
            thousands(images as u64),
            decimal(cosine, 3),
            significant(100.0 * nearer, 2)
        ));
    }
    About {
        title: run.id.clone(),
        lines,
    }
}

pub fn report(map: &Map, about: &About, out: &mut Screen) -> Result<()> {
    out.line(&out.paint(Style::Bold, &about.title))?;
    for line in &about.lines {
        out.line(line)?;
    }
    if let Some(mistakes) = mistakes(map) {
        out.line(&format!(
            "\n{}",
            out.paint(Style::Bold, "Most often mistaken")
        ))?;
        mistakes.print(out)?;
    }
    if let Some(invariance) = &map.invariance {
        let heading = format!(
            "Invariance: the cosine of {} before and after, {} images; {} between different images",
            map.space,
            thousands(invariance.images),
            decimal(invariance.other_images, 3)
        );
        out.line(&format!("\n{}", out.paint(Style::Bold, &heading)))?;
        strengths(invariance).print(out)?;
    }
    let copies = duplicates(map, SAME);
    if !copies.is_empty() {
        let count = thousands(copies.len() as u64);
        let heading = format!("Alike within rounding: {count} pairs");
        out.line(&format!("\n{}", out.paint(Style::Bold, &heading)))?;
        for pair in copies.iter().take(LISTED) {
            out.line(&format!("{} and {}", pair.one.name, pair.other.name))?;
        }
    }
    Ok(())
}

/// A row for each augmentation: its strengths, each with the cosine.
fn strengths(invariance: &Invariance) -> Table {
    let most = invariance.of.iter().map(|of| of.cosines.len()).max();
    let columns = 0..most.unwrap_or(0);
    let mut table = columns.fold(Table::default().word(""), |table, _| table.word(""));
    table = table.text("");
    for of in &invariance.of {
        let mut cells: Vec<Cell> = vec![of.augmentation.as_str().into()];
        let pair = |(strength, cosine): &(f64, f64)| {
            let strength = significant(*strength, 2);
            let short = match strength.split_once('.') {
                Some(_) => strength.trim_end_matches('0').trim_end_matches('.'),
                None => &strength,
            };
            Cell::from(format!("{short}: {}", decimal(*cosine, 2)))
        };
        cells.extend(of.cosines.iter().map(pair));
        cells.resize_with(1 + most.unwrap_or(0), Cell::default);
        cells.push(Cell::styled(Style::Dim, &of.unit));
        table.row(cells);
    }
    table
}

/// The pairs of classes that kNN mistakes most often, each with the image of which it is surest.
fn mistakes(map: &Map) -> Option<Table> {
    let mut pairs: BTreeMap<(u32, u32), Vec<&Point>> = BTreeMap::new();
    for point in &map.points {
        if let (Some(class), Some(taken)) = (point.class, point.taken_for)
            && class != taken
        {
            pairs.entry((class, taken)).or_default().push(point);
        }
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_by_key(|(pair, points)| (std::cmp::Reverse(points.len()), *pair));
    if pairs.is_empty() {
        return None;
    }
    let mut table = Table::default()
        .word("class")
        .word("taken for")
        .number("images")
        .text("such as");
    for ((class, taken), points) in pairs.into_iter().take(LISTED) {
        let share = |point: &&&Point| point.votes.unwrap_or(0.0);
        let surest = points.iter().max_by(|a, b| share(a).total_cmp(&share(b)));
        let cells: Vec<Cell> = vec![
            map.class(class).into(),
            map.class(taken).into(),
            thousands(points.len() as u64).into(),
            surest.map_or("", |point| point.name.as_str()).into(),
        ];
        table.row(cells);
    }
    Some(table)
}
