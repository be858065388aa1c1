//! `tune`: what a run's first minutes on a GPU go to, beforehand.

use super::output::Screen;
use super::{CliError, Exit, Result, experiment_arg};
use crate::cli::assignment::Assignment;
use crate::engine::data::{self, Data, Source};
use crate::engine::device::{self, kernels};
use crate::engine::loader::Loader;
use crate::engine::train::{Setup, standalone};
use crate::text::figures::bytes;
use std::path::Path;
use std::time::Duration;

/// Tunes and compiles the kernels of an experiment's steps on a GPU, and checks them, so that its runs start at once; needs no data
#[derive(Debug, clap::Args)]
pub struct Args {
    /// An experiment file, preset or run
    #[arg(value_name = "FILE", default_value = "quick")]
    experiment: String,
    /// Where: cuda:N or wgpu:N [default: the experiment's own]
    #[arg(long)]
    device: Option<String>,
    /// Sets a hyperparameter, such as train.batch=512
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = Assignment(""), hide_possible_values = true)]
    set: Vec<String>,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let (mut experiment, _) = experiment_arg::named(args.experiment.as_ref(), runs)?;
    experiment_arg::assigned(&mut experiment, &args.set)?;
    if let Some(device) = &args.device {
        experiment.machine.device.clone_from(device);
    }
    let device = device::choose(&experiment.machine.device)?;
    if let Some(why) = device.cannot(experiment.model.precision) {
        return Err(CliError::Input(why));
    }
    if !device.asynchronous {
        out.line(&format!("{}: nothing is tuned on the CPU", device.label))?;
        return Ok(Exit::Done);
    }
    // The kernels depend on sizes, not on the images.
    experiment.data = Data {
        source: Source::Shapes,
        train_limit: 16,
        test_limit: 1,
        image_size: experiment.data.image_size,
        ..Data::default()
    };
    let data = data::open(&experiment.data)?;
    let setup = Setup {
        experiment: &experiment,
        data: &data,
        loader: &Loader::new(1),
        device: &device,
    };
    let before = kernels::kept();
    let mut told = Ok(());
    let rehearsed = standalone::rehearse(setup, &mut |what: &str, took: Duration| {
        if told.is_ok() {
            told = out.line(&format!("{:>9.2} s  {what}", took.as_secs_f64()));
        }
    });
    told?;
    rehearsed.map_err(|e| CliError::Failed(e.to_string()))?;
    out.line(&match kernels::folder() {
        Some(folder) => match kernels::kept().saturating_sub(before) {
            0 => format!("all kernels came from {}", folder.display()),
            new => format!(
                "{} of new kernels are kept in {}",
                bytes(new),
                folder.display()
            ),
        },
        None => "there is no cache folder: the kernels are lost when this process ends".to_owned(),
    })?;
    Ok(Exit::Done)
}
