//! `check`: what is wrong with experiment files, without training.

use super::experiment_arg::assigned;
use super::output::{Screen, complain};
use super::{Exit, Result};
use crate::cli::assignment::Assignment;
use crate::experiment;
use std::path::PathBuf;

/// Says what is wrong with experiment files, without training
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Experiment files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Sets a hyperparameter first, such as data.path=~/data
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = Assignment(""), hide_possible_values = true)]
    set: Vec<String>,
}

pub fn main(args: &Args, out: &mut Screen) -> Result {
    let mut exit = Exit::Done;
    for file in &args.files {
        let faults = faults(file, &args.set);
        if faults.is_empty() {
            out.line(&format!("{}: ready to train", file.display()))?;
        }
        for fault in faults {
            exit = Exit::Refused;
            complain(&fault);
        }
    }
    Ok(exit)
}

/// What forbids training the file's experiment, each as a sentence that names the file.
fn faults(file: &std::path::Path, set: &[String]) -> Vec<String> {
    let mut experiment = match experiment::load(file) {
        Ok(experiment) => experiment,
        Err(error) => return vec![error.to_string()],
    };
    if let Err(error) = assigned(&mut experiment, set) {
        return vec![error.to_string()];
    }
    let objections = experiment.objections_here().into_iter();
    objections
        .map(|objection| format!("{}: {objection}", file.display()))
        .collect()
}
