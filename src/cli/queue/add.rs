//! `queue add`: a sweep or an experiment, checked before it waits.

use crate::cli::assignment::Assignment;
use crate::cli::confirm::many;
use crate::cli::experiment_arg::assigned;
use crate::cli::output::Screen;
use crate::cli::{CliError, Result};
use crate::experiment::presets::{Preset, find as preset};
use crate::experiment::{self, Experiment, Kind, file, kind};
use crate::queue::{Item, Queue};
use crate::runs::now;
use crate::sweep::{Source, at_scale, included};
use crate::text::shown;
use std::path::Path;

/// Puts a sweep or an experiment at the end of the queue
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file of a sweep or an experiment, or the name of one that ships
    #[arg(value_name = "SWEEP_OR_FILE")]
    what: String,
    /// One of the sweep's scales [default: its first]
    #[arg(long, value_name = "NAME")]
    scale: Option<String>,
    /// Sets a hyperparameter, such as loss.temperature=0.2
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = Assignment(""), hide_possible_values = true)]
    set: Vec<String>,
    /// Adds a sweep of more than 1,000 experiments without asking
    #[arg(long)]
    yes: bool,
}

pub fn main(args: &Args, queue: &Queue, runs: &Path, out: &mut Screen) -> Result<()> {
    let item = match experiment(&args.what)? {
        Some(experiment) => single(args, experiment)?,
        None => sweep(args, runs)?,
    };
    let item = queue.add(item)?;
    let place = queue.items()?.len();
    let title = shown(&item.title);
    out.line(&format!(
        "{title} is number {place} in the queue, as {}",
        item.key()
    ))?;
    Ok(())
}

/// The experiment with this name, unless that is a sweep's.
fn experiment(name: &str) -> Result<Option<Experiment>> {
    let path = Path::new(name);
    if !path.is_file() {
        let preset = preset(name).filter(|_| included::find(name).is_none());
        let parsed = preset.map(Preset::experiment);
        return parsed
            .transpose()
            .map_err(|e| CliError::Failed(e.to_string()));
    }
    let text = file::read(path)?;
    match experiment::parse(&text, name) {
        Ok(experiment) => Ok(Some(experiment)),
        Err(_) if kind(&text) == Some(Kind::Sweep) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn single(args: &Args, mut experiment: Experiment) -> Result<Item> {
    if args.scale.is_some() {
        let why = format!(
            "--scale: {} is a single experiment, which has no scales",
            args.what
        );
        return Err(CliError::Input(why));
    }
    assigned(&mut experiment, &args.set)?;
    let wrong = |why| CliError::Input(format!("{}: {why}", args.what));
    experiment.check().map_err(wrong)?;
    Ok(Item {
        title: experiment.name.clone(),
        experiment: Some(file::to_text(&experiment)),
        added: now(),
        ..Item::default()
    })
}

fn sweep(args: &Args, runs: &Path) -> Result<Item> {
    let source = Source::find(&args.what, runs)?;
    let sweep = source.sweep(args.scale.as_deref(), &args.set)?;
    if !many(sweep.trainings().count(), args.yes)? {
        return Err(CliError::Input("nothing was added".to_owned()));
    }
    let path = Path::new(&source.file);
    let file = if path.is_file() {
        let whole = std::path::absolute(path).map_err(CliError::from)?;
        let text = whole.to_str().map(str::to_owned);
        text.ok_or_else(|| {
            let why = "its path isn't UTF-8 text, so the queue can't keep it";
            CliError::Input(format!("{}: {why}; rename its folder", whole.display()))
        })?
    } else {
        args.what.clone()
    };
    Ok(Item {
        title: at_scale(&sweep.name, sweep.scale.as_ref()),
        sweep: file,
        scale: sweep.scale,
        set: args.set.clone(),
        added: now(),
        ..Item::default()
    })
}
