//! `explore`: where images lie in what a run learnt, what lies beside them, and what they are taken for.

mod files;
mod list;
mod report;

use super::eval::{Meter, Source};
use super::output::{Screen, complain, written};
use super::{CliError, Exit, Result};
use crate::engine::eval::knn::Embeddings;
use crate::engine::frozen::Space;
use crate::evaluate::{Spaces, Subject};
use crate::explore::{self, Agreement, Stage};
use crate::machine::signals;
use crate::runs::find;
use crate::runs::map::Map;
use crate::text::figures::decimal;
use files::{Drawn, Format};
use list::Listed;
use serde_json::json;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Maps the test images of a run in its embedding space, with neighbours and kNN predictions
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A run's folder or name, a unique part of either, `last`, `last-2`, or a path
    run: OsString,
    /// Writes the map: .html moves in a browser, .png has the images, .svg dots, .csv one row per image;
    /// `projector_config.pbtxt` is for TensorBoard's projector, with its three other files
    #[arg(long, value_name = "FILE.html|.png|.svg|.csv|.pbtxt")]
    to: Option<PathBuf>,
    /// Lists single images in place of the report; --to writes all of them to a .csv
    #[arg(long, value_name = "WHAT")]
    list: Option<Listed>,
    /// The cosine above which two images are duplicates
    #[arg(long, default_value_t = 0.99, value_name = "COSINE", requires = "list")]
    above: f32,
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
    let file = args
        .to
        .as_deref()
        .map(|path| Ok::<_, CliError>((path, Format::of(path)?)));
    let file = file.transpose()?;
    if let (Some(_), Some((path, format))) = (args.list, file)
        && format != Format::Csv
    {
        let why = format!("{}: a list is written to .csv", path.display());
        return Err(CliError::Input(why));
    }
    signals::end_at_once();
    let mut subject = args.from.open(&run)?;
    let space = if args.space == "z" {
        Space::Z
    } else {
        Space::H
    };
    let of = (space, args.limit);
    let kept = explore::kept(&subject, of);
    let is_new = kept.is_none();
    let needs_points = args.with.is_some() || file.is_some_and(|(_, f)| f == Format::Projector);
    let (map, spaces) = match kept {
        Some(map) if !needs_points => (map, None),
        kept => {
            let mut meter = Meter::new(&args.from);
            let spaces = subject.embed(&mut |done, all| meter.at(done, all))?;
            let map = kept.map_or_else(|| made((&subject, &spaces), of, &mut meter), Ok)?;
            meter.end();
            (map, Some(spaces))
        }
    };
    if !is_new {
        complain(explore::KEPT);
    }
    let with = args.with.as_deref().zip(spaces.as_ref());
    let with = with.map(|(name, spaces)| compared(args, (&subject, spaces, space), name, runs));
    let with = with.transpose()?;
    let mut about = report::about(&run, &map);
    about.lines.extend(with.as_ref().map(|(id, alike)| {
        let share = decimal(100.0 * alike.neighbours, 1);
        let (cka, count) = (decimal(alike.cka, 3), explore::SHARED);
        format!("CKA with {id} {cka}; {share} % of the {count} nearest are the same")
    }));
    let list = args.list.map(|what| list::of(&map, what, args.above));
    if let Some((path, format)) = file {
        let quiet = args.json;
        let out = (!quiet).then_some(&mut *out);
        match (&list, out) {
            (Some(list), Some(out)) => out.save(path, list.csv().as_bytes())?,
            (Some(list), None) => written(path, list.csv().as_bytes())?,
            (None, out) => {
                let h = || {
                    let spaces = spaces.as_ref();
                    spaces.map_or_else(Embeddings::default, |spaces| points(&map, spaces, space))
                };
                let data = subject.data();
                let of = Drawn {
                    map: &map,
                    h: &h,
                    images: if map.tested { &*data.test } else { &*data.bank },
                    about: &about,
                };
                files::write((path, format), &of, out)?;
            }
        }
    }
    match list {
        Some(list) if args.json => out.json(&json!({ "run": run.id, "list": list.json() }))?,
        Some(list) => list.print(out)?,
        None if args.json => {
            let with = with.map(
                |(id, alike)| json!({ "run": id, "cka": alike.cka, "neighbours": alike.neighbours }),
            );
            out.json(&json!({ "run": run.id, "map": map, "with": with }))?;
        }
        None => report::report(&map, &about, out)?,
    }
    if args.no_save || !is_new {
        return Ok(Exit::Done);
    }
    // Told first: what can't be kept was computed all the same.
    map.save(&run.dir).map(|()| Exit::Done).map_err(|e| {
        let hint = "--no-save leaves the run's folder as it is";
        CliError::Failed(format!("the map could not be saved: {e}; {hint}"))
    })
}

/// A map that is made, with a word on what is done for it.
fn made(
    (subject, spaces): (&Subject, &Spaces),
    of: (Space, usize),
    meter: &mut Meter,
) -> Result<Map> {
    let mut now = None;
    let map = explore::map(subject, spaces, of, &mut |stage, done, all| {
        if now.replace(stage) != Some(stage) {
            match stage {
                Stage::Mapping => meter.begin("mapping", "rounds"),
                Stage::Invariance => meter.begin("measuring invariance", "views"),
                Stage::Views => meter.begin("placing views", "images"),
            }
        }
        meter.at(done, all);
    })?;
    Ok(map)
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

/// The representation of each point of a map.
fn points(map: &Map, spaces: &Spaces, space: Space) -> Embeddings {
    let (bank, test) = spaces.of(space);
    let (all, indices) = if map.tested {
        (test, &spaces.test.indices)
    } else {
        (bank, &spaces.bank.indices)
    };
    let rows = map.points.iter();
    let rows: Vec<usize> = rows
        .filter_map(|point| indices.binary_search(&point.index).ok())
        .collect();
    all.rows(&rows)
}
