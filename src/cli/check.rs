//! `check`: what is wrong with experiments, without training.

use super::Exit;
use super::experiment_arg::{assigned, named};
use super::output::{Screen, report};
use crate::cli::assignment::Assignment;
use crate::experiment::Experiment;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// Checks experiments without training
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Experiment files, names of presets, or runs whose experiments would be trained again
    #[arg(value_name = "FILE", required = true)]
    files: Vec<OsString>,
    /// Sets a hyperparameter first, such as data.path=~/data
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = Assignment(""), hide_possible_values = true)]
    set: Vec<String>,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> super::Result {
    let mut exit = Exit::Done;
    for file in &args.files {
        match checked(file, &args.set, runs) {
            Ok(experiment) => {
                out.line(&format!("{}: ready to train", file.display()))?;
                if let Some(remark) = experiment.remark_on_chunks() {
                    out.line(&remark)?;
                }
            }
            Err(faults) => {
                exit = Exit::Refused;
                for fault in faults {
                    report(&fault);
                }
            }
        }
    }
    Ok(exit)
}

/// The experiment of this name, or what forbids training it, each as a sentence that names it.
fn checked(file: &OsStr, set: &[String], runs: &Path) -> Result<Experiment, Vec<String>> {
    let read = named(file, runs).and_then(|(mut experiment, _)| {
        assigned(&mut experiment, set)?;
        Ok(experiment)
    });
    let experiment = read.map_err(|why| vec![why.to_string()])?;
    let objections = experiment.objections_here();
    let wrong = |objection| format!("{}: {objection}", file.display());
    if objections.is_empty() {
        return Ok(experiment);
    }
    Err(objections.into_iter().map(wrong).collect())
}
