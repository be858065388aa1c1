//! `explore`: where images lie in what a run learnt, what lies beside them, and what they are taken for.

use super::eval::{Meter, Source};
use super::output::{Screen, Style, written};
use super::table::{Cell, Table};
use super::{CliError, Exit, Result};
use crate::engine::data::Images;
use crate::engine::eval::tsne;
use crate::engine::frozen::Space;
use crate::evaluate::{Spaces, Subject, experiment};
use crate::explore::{self, Agreement};
use crate::export::map::{self, About};
use crate::machine::signals;
use crate::runs::map::{Map, Point};
use crate::runs::{Run, find};
use crate::text::figures::{decimal, thousands};
use image::ImageFormat;
use serde_json::json;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// Pairs of classes and images that are listed.
const LISTED: usize = 5;

/// Maps the test images of a run in its embedding space, with neighbours and kNN predictions
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A run's folder or name, a unique part of either, `last`, `last-2`, or a path
    run: OsString,
    /// Writes the map: .html moves in a browser, .png has the images, .svg dots, .csv a record an image
    #[arg(long, value_name = "FILE.html|.png|.svg|.csv")]
    to: Option<PathBuf>,
    /// Compares the embeddings with another run's (CKA, shared neighbours)
    #[arg(long, value_name = "RUN")]
    with: Option<OsString>,
    /// Which representation
    #[arg(long, default_value = "h", value_parser = ["h", "z"])]
    space: String,
    /// Maximum number of images on the map, spread evenly over all
    #[arg(long, default_value_t = 5000, value_name = "N")]
    limit: usize,
    #[command(flatten)]
    from: Source,
    /// Leaves the run's folder as it is
    #[arg(long)]
    no_save: bool,
    /// Prints JSON, as docs/json.md describes it
    #[arg(long)]
    json: bool,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let run = find(runs, &args.run)?;
    let own = experiment(&run)?;
    let file = args
        .to
        .as_deref()
        .map(|path| Ok::<_, CliError>((path, Format::of(path)?)));
    let file = file.transpose()?;
    signals::end_at_once();
    let mut subject = args.from.open(&run)?;
    let mut meter = Meter::new(&args.from);
    let spaces = subject.embed(&mut |done, all| meter.at(done, all))?;
    let space = if args.space == "z" {
        Space::Z
    } else {
        Space::H
    };
    meter.begin("mapping", "rounds");
    let seen = |round: usize| meter.at(round + 1, tsne::EPOCHS);
    let map = explore::map(&subject, &spaces, (space, &own.knn, args.limit), seen);
    meter.end();
    let with = args.with.as_deref();
    let with = with.map(|name| compared(args, (&subject, &spaces, space), name, runs));
    let with = with.transpose()?;
    let mut about = about(&run, &map);
    about.lines.extend(with.as_ref().map(|(id, alike)| {
        let share = decimal(100.0 * alike.neighbours, 1);
        let (cka, count) = (decimal(alike.cka, 3), explore::SHARED);
        format!("CKA with {id} {cka}; {share} % of the {count} nearest are the same")
    }));
    if let Some((path, format)) = file {
        let data = subject.data();
        let images = if map.tested { &data.test } else { &data.bank };
        let file = format.write(&map, &**images, &about);
        let file = file.map_err(|e| CliError::Failed(format!("the map can't be drawn: {e}")))?;
        if args.json {
            written(path, &file)?;
        } else {
            out.save(path, &file)?;
        }
    }
    if args.json {
        let with = with.map(
            |(id, alike)| json!({ "run": id, "cka": alike.cka, "neighbours": alike.neighbours }),
        );
        out.json(&json!({ "run": run.id, "map": map, "with": with }))?;
    } else {
        report(&map, &about, out)?;
    }
    if args.no_save {
        return Ok(Exit::Done);
    }
    // Told first: what can't be kept was computed all the same.
    map.save(&run.dir).map(|()| Exit::Done).map_err(|e| {
        let hint = "--no-save leaves the run's folder as it is";
        CliError::Failed(format!("the map could not be saved: {e}; {hint}"))
    })
}

/// How far another run sees the same images alike, and its name.
fn compared(
    args: &Args,
    (subject, spaces, space): (&Subject, &Spaces, Space),
    name: &OsStr,
    runs: &Path,
) -> Result<(String, Agreement)> {
    let run = find(runs, name)?;
    let mut other = args.from.open(&run)?;
    let mut meter = Meter::new(&args.from);
    let also = other.embed(&mut |done, all| meter.at(done, all))?;
    meter.end();
    let alike = explore::agreement((subject, spaces), (&other, &also), space);
    let why = || CliError::Input(format!("run {} has other test images, or none", run.id));
    Ok((run.id.clone(), alike.ok_or_else(why)?))
}

/// What is written, by the ending of its name.
#[derive(Clone, Copy)]
enum Format {
    Html,
    Png,
    Svg,
    Csv,
}

impl Format {
    fn of(path: &Path) -> Result<Self> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("html") => Ok(Self::Html),
            Some("png") => Ok(Self::Png),
            Some("svg") => Ok(Self::Svg),
            Some("csv") => Ok(Self::Csv),
            _ => Err(CliError::Input(format!(
                "{}: the name has to end with .html, .png, .svg or .csv",
                path.display()
            ))),
        }
    }

    fn write(
        self,
        map: &Map,
        images: &dyn Images,
        about: &About,
    ) -> std::result::Result<Vec<u8>, image::ImageError> {
        match self {
            Self::Html => map::html(map, images, about).map(String::into_bytes),
            Self::Svg => Ok(map::svg(map, about).into_bytes()),
            Self::Csv => Ok(map::csv(map).into_bytes()),
            Self::Png => {
                let mut png = Cursor::new(Vec::new());
                map::picture(map, images).write_to(&mut png, ImageFormat::Png)?;
                Ok(png.into_inner())
            }
        }
    }
}

/// What is told of the whole map, on the page and in the terminal.
fn about(run: &Run, map: &Map) -> About {
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
    About {
        title: run.id.clone(),
        lines,
    }
}

fn report(map: &Map, about: &About, out: &mut Screen) -> Result<()> {
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
    let copies = map.copies();
    if !copies.is_empty() {
        let heading = format!(
            "Alike within rounding: {} pairs",
            thousands(copies.len() as u64)
        );
        out.line(&format!("\n{}", out.paint(Style::Bold, &heading)))?;
        for (a, b) in copies.into_iter().take(LISTED) {
            out.line(&format!(
                "{} and {}",
                map.points[a].name, map.points[b].name
            ))?;
        }
    }
    Ok(())
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
