//! `export`: a run for other programs: its encoder under torchvision's names, its embeddings, its curves for TensorBoard.

mod tensorboard;

use super::eval::{Meter, Source};
use super::output::Screen;
use super::{CliError, Exit, Result};
use crate::engine::data::DataSet;
use crate::engine::export::{About, embeddings, encoder, npy};
use crate::engine::frozen::Space;
use crate::engine::train::Embedded;
use crate::evaluate::{Found, Spaces, checkpoint, experiment};
use crate::experiment::Experiment;
use crate::export::csv::record;
use crate::runs::{Run, find};
use crate::text::figures::thousands;
use serde_json::json;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Writes a run's encoder, embeddings or curves for other programs
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(["to", "embeddings", "tensorboard"]))]
pub struct Args {
    /// A run's folder or name, a unique part of either, `last`, `last-2`, or a path
    run: OsString,
    /// The encoder as safetensors, with torchvision's names and running statistics
    #[arg(long, value_name = "FILE.safetensors")]
    to: Option<PathBuf>,
    /// h and z of bank and test images with labels and indices as .safetensors, or one part and space as .npy; .images.csv beside it names files and classes
    #[arg(long, value_name = "FILE.safetensors|.npy")]
    embeddings: Option<PathBuf>,
    /// A folder for TensorBoard, in which the run gets one of its own: curves, hyperparameters, pictures of views
    #[arg(long, value_name = "DIR")]
    tensorboard: Option<PathBuf>,
    /// With --tensorboard: goes on until the run ends
    #[arg(long, requires = "tensorboard")]
    follow: bool,
    /// For .npy: which images
    #[arg(long, default_value = "test", value_parser = ["bank", "test"])]
    split: String,
    /// For .npy: which representation
    #[arg(long, default_value = "h", value_parser = ["h", "z"])]
    space: String,
    #[command(flatten)]
    from: Source,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let mut run = find(runs, &args.run)?;
    let own = &experiment(&run)?.clone();
    if let Some(path) = &args.to {
        ends(path, &["safetensors"])?;
    }
    if let Some(path) = &args.embeddings {
        ends(path, &["safetensors", "npy"])?;
    }
    if let Some(path) = &args.to {
        let found = checkpoint(&run.dir, own, &args.from.checkpoint)?;
        let file = encoder(&found.checkpoint, about(&run, own, &found)).map_err(unwritten)?;
        out.save(path, &file)?;
        out.tell(&loading(own));
    }
    if let Some(path) = &args.embeddings {
        embedded(args, &run, path, out)?;
    }
    if let Some(folder) = &args.tensorboard {
        tensorboard::write(&mut run, own, (folder, args.follow), out)?;
    }
    Ok(Exit::Done)
}

fn embedded(args: &Args, run: &Run, path: &Path, out: &mut Screen) -> Result<()> {
    let mut subject = args.from.open(run)?;
    let mut meter = Meter::new(&args.from);
    let spaces = subject.embed(&mut |done, all| meter.at(done, all))?;
    meter.end();
    let Spaces { bank, test } = &spaces;
    if path.extension().is_some_and(|e| e == "npy") {
        let split = if args.split == "bank" { bank } else { test };
        let space = if args.space == "z" {
            Space::Z
        } else {
            Space::H
        };
        if split.spaces.is_empty() {
            let why =
                "the data set has no test images; --split bank writes those that kNN votes from";
            return Err(CliError::Input(why.to_owned()));
        }
        let files = npy(split, space).map_err(|e| CliError::Failed(e.to_string()))?;
        for (part, file) in ["", "labels", "indices"].iter().zip(files) {
            out.save(&beside(path, part), &file)?;
        }
        let names = images(subject.data(), &[(&args.split, split)]);
        return out.save(&path.with_extension("images.csv"), names.as_bytes());
    }
    let mut about = about(run, experiment(run)?, subject.found());
    about.insert("classes", json!(subject.data().classes).to_string());
    let splits = [("bank", bank), ("test", test)];
    let file = embeddings(&splits, about).map_err(unwritten)?;
    out.save(path, &file)?;
    let names = images(subject.data(), &splits);
    out.save(&path.with_extension("images.csv"), names.as_bytes())
}

/// Which image each row is of, as CSV.
fn images(data: &DataSet, splits: &[(&str, &Embedded)]) -> String {
    let mut text = record(["split", "row", "index", "label", "class", "file"]) + "\r\n";
    for (split, embedded) in splits {
        let images = if *split == "bank" {
            &data.bank
        } else {
            &data.test
        };
        for (row, index) in embedded.indices.iter().enumerate() {
            let label = images.label(*index);
            let class = data.classes.get(label as usize);
            let label = class.map_or_else(|| "-1".to_owned(), |_| label.to_string());
            let class = class.map_or("", String::as_str);
            let (row, name) = (row.to_string(), images.name(*index));
            text += &record([split, &*row, &*index.to_string(), &*label, class, &*name]);
            text += "\r\n";
        }
    }
    text
}

/// `a.npy` with a word before its ending, such as `a.labels.npy`.
fn beside(path: &Path, part: &str) -> PathBuf {
    match part {
        "" => path.to_owned(),
        part => path.with_extension(format!("{part}.npy")),
    }
}

fn ends(path: &Path, endings: &[&str]) -> Result<()> {
    let fits = endings
        .iter()
        .any(|e| path.extension().is_some_and(|have| have == *e));
    if fits {
        return Ok(());
    }
    let why = format!(
        "{}: the name has to end with .{}",
        path.display(),
        endings.join(" or .")
    );
    Err(CliError::Input(why))
}

fn unwritten(error: impl std::fmt::Display) -> CliError {
    CliError::Failed(format!("the file can't be built: {error}"))
}

/// What the file says of itself.
fn about(run: &Run, experiment: &Experiment, found: &Found) -> About {
    About::from([
        (
            "program",
            concat!("simclr-tui ", env!("CARGO_PKG_VERSION")).to_owned(),
        ),
        ("run", run.id.clone()),
        ("checkpoint", found.file.clone()),
        ("step", found.checkpoint.progress.step.to_string()),
        ("encoder", experiment.model.encoder.name().to_owned()),
        ("width", experiment.model.width.to_string()),
        ("stem", experiment.model.stem.name().to_owned()),
        ("norm", experiment.model.norm.name().to_owned()),
        ("image_size", experiment.data.image_size.to_string()),
        ("input", "RGB from 0 to 1, not normalised".to_owned()),
    ])
}

/// How torchvision takes the file.
fn loading(of: &Experiment) -> String {
    format!(
        "{} with a {} stem, {} features; docs/weights.md shows how PyTorch loads it",
        of.model.encoder.name(),
        of.model.stem.name(),
        thousands(of.model.features() as u64)
    )
}
