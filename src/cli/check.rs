//! `check`: what is wrong with experiment files, without training.

use super::Exit;
use super::experiment_arg::assigned;
use super::output::{Screen, complain};
use crate::cli::assignment::Assignment;
use crate::experiment::{self, Experiment};
use std::path::{Path, PathBuf};

/// Checks experiment files without training
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Experiment files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Sets a hyperparameter first, such as data.path=~/data
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = Assignment(""), hide_possible_values = true)]
    set: Vec<String>,
}

pub fn main(args: &Args, out: &mut Screen) -> super::Result {
    let mut exit = Exit::Done;
    for file in &args.files {
        let faults = faults(file, &args.set);
        if faults.is_empty() {
            out.line(&format!("{}: ready to train", file.display()))?;
            let experiment = read(file, &args.set).ok();
            if let Some(remark) = experiment.and_then(|e| e.remark_on_chunks()) {
                out.line(&remark)?;
            }
        }
        for fault in faults {
            exit = Exit::Refused;
            complain(&fault);
        }
    }
    Ok(exit)
}

/// What forbids training the file's experiment, each as a sentence that names the file.
fn faults(file: &Path, set: &[String]) -> Vec<String> {
    let experiment = match read(file, set) {
        Ok(experiment) => experiment,
        Err(why) => return vec![why],
    };
    let objections = experiment.objections_here().into_iter();
    objections
        .map(|objection| format!("{}: {objection}", file.display()))
        .collect()
}

fn read(file: &Path, set: &[String]) -> Result<Experiment, String> {
    let mut experiment = experiment::load(file).map_err(|e| e.to_string())?;
    assigned(&mut experiment, set).map_err(|e| e.to_string())?;
    Ok(experiment)
}
