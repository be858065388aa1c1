//! `data pack`: a data set as one file of small images, which opens at once and decodes fast.

use super::super::opening::opened;
use super::super::output::{Screen, above};
use super::super::{CliError, Exit, Result};
use super::check::{self, Place};
use crate::engine::data::pack::{Packing, Shape};
use crate::engine::data::{Data, DataError, Source};
use crate::text::figures::{bytes, thousands};
use crate::text::shown;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;

/// Where a pack goes and how images are stored in it.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    /// The file to make, which ends in .tar
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// The short side of larger images, in pixels; 0 leaves all as they are
    #[arg(long, value_name = "PIXELS", default_value_t = 256)]
    size: usize,
    /// The quality of the JPEG, from 1 to 100
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=100), default_value_t = 90)]
    quality: u8,
    /// Stores pixels instead of JPEG: larger, but lossless and nothing to decode
    #[arg(long, conflicts_with = "quality")]
    raw: bool,
}

pub fn main(args: &Args, out: &mut Screen) -> Result {
    if args.to.extension().is_none_or(|ending| ending != "tar") {
        let why = "the name of the file must end in .tar, as --to images.tar";
        return Err(CliError::Input(why.to_owned()));
    }
    let named = args.place.named()?;
    let set = opened(&named)?;
    // What was packed is kept where it is interrupted from here on.
    let shape = Shape {
        size: args.size,
        quality: (!args.raw).then_some(args.quality),
    };
    let packing = Packing::begin(set, &args.to, shape);
    let left_out = packed(packing.map_err(|e| CliError::Input(e.to_string()))?)?;
    for why in &left_out {
        out.line(&format!("{:<12} {}", "left out", shown(why)))?;
    }
    let size = std::fs::metadata(&args.to).map_or(0, |meta| meta.len());
    out.line(&format!("{:<12} {}", "packed", bytes(size)))?;
    let named = Data {
        source: Source::WebDataset,
        path: check::text(&args.to)?,
        ..Data::default()
    };
    let set = opened(&named)?;
    check::describe(&named, &set, out)?;
    Ok(Exit::Done)
}

/// Packs all that is left.
fn packed(mut packing: Packing) -> Result<Vec<String>> {
    let failed = |e: DataError| CliError::Failed(format!("{e}; the same command continues"));
    let (done, all) = packing.progress();
    let bar = ProgressBar::new(all as u64).with_position(done as u64);
    let template = "packing  [{bar:24}] {human_pos}/{human_len} images  {per_sec}  {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.reset_eta();
    if done > 0 {
        let done = thousands(done as u64);
        above(&bar, &format!("continuing after {done} images"));
    }
    while packing.step().map_err(failed)? {
        bar.set_position(packing.progress().0 as u64);
    }
    bar.finish_and_clear();
    packing.finish().map_err(failed)
}
