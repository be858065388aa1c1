//! `data`: which data sets there are, what lies in a place and what it is like, and fetching those that are published.

mod check;
mod pack;
mod stats;

use super::opening::opened;
use super::output::{Screen, above, beside, complain};
use super::{CliError, Exit, Result};
use crate::disk;
use crate::engine::data::Data;
use crate::engine::data::catalog::{self, KNOWN, Known};
use crate::engine::data::fetch::{self, Options, Watch};
use crate::hparam::did_you_mean;
use crate::machine::signals;
use crate::text::figures::bytes;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a server may stay silent.
const PATIENCE: Duration = Duration::from_mins(1);

/// Lists, checks and fetches data sets
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Lists the data sets that can be fetched: size, address, and where they are on this machine
    List,
    /// Identifies the data set in a folder, and prints the settings for it
    Check {
        #[command(flatten)]
        place: check::Place,
        /// Decodes every image, and lists what is damaged or left out
        #[arg(long)]
        all: bool,
    },
    /// Shows how many images each class has, their sizes, the mean and deviation of their channels, and which are duplicates
    Stats {
        #[command(flatten)]
        place: check::Place,
        /// Prints one JSON object; docs/json.md has its keys
        #[arg(long)]
        json: bool,
    },
    /// Makes one file of smaller images, which opens at once and decodes fast; continues where it was interrupted
    Pack(pack::Args),
    /// Downloads a data set from its publisher, checks and unpacks it; continues an interrupted download
    Fetch {
        /// A data set's name, as in `data list`
        #[arg(value_name = "NAME")]
        name: String,
        /// The folder to put it into [default: in your data folder, where an empty data.path finds it]
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
        /// Another address, with its files directly below it
        #[arg(
            long,
            value_name = "URL",
            env = "SIMCLR_TUI_MIRROR",
            hide_env_values = true
        )]
        mirror: Option<String>,
    },
}

pub fn main(args: &Args, out: &mut Screen) -> Result {
    match &args.command {
        Command::List => list(out),
        Command::Check { place, all } => check::main(place, *all, out),
        Command::Stats { place, json } => stats::main(place, *json, out),
        Command::Pack(args) => pack::main(args, out),
        Command::Fetch { name, to, mirror } => {
            let known = catalog::find(name).ok_or_else(|| unknown(name))?;
            // What was downloaded is kept.
            signals::end_at_once();
            let options = Options {
                to: to.clone().unwrap_or_else(catalog::home),
                mirror: mirror.clone().filter(|mirror| !mirror.is_empty()),
                patience: PATIENCE,
            };
            fetched(known, &options, out)
        }
    }
}

fn list(out: &mut Screen) -> Result {
    let home = catalog::home();
    for known in &KNOWN {
        let size = bytes(known.bytes());
        out.line(&format!("{:<14} {size:>10}  {}", known.name, known.about))?;
        let files = match known.files {
            [one] => format!("{}/{}", known.base, one.file),
            files => format!("{} ({} files)", known.base, files.len()),
        };
        out.line(&format!("{:14} from  {files}", ""))?;
        out.line(&format!("{:14} here  {}", "", whereabouts(known, &home)))?;
    }
    out.line("`simclr-tui data fetch NAME` fetches one; `simclr-tui data check PATH` checks any folder of images")?;
    Ok(Exit::Done)
}

/// Where a data set lies on this machine, or how much of it.
fn whereabouts(known: &Known, home: &Path) -> String {
    let place = known.place(home);
    if place.is_dir() {
        return place.display().to_string();
    }
    match fetch::begun(known, home) {
        Some(done) => format!(
            "{} of it; `simclr-tui data fetch {}` continues",
            bytes(done),
            known.name
        ),
        None => "not yet".to_owned(),
    }
}

fn unknown(name: &str) -> CliError {
    let names: Vec<&str> = KNOWN.iter().map(|known| known.name).collect();
    let hint = did_you_mean(name, "", names.iter().copied());
    let names = names.join(", ");
    CliError::Input(format!("{name} can't be fetched, only {names}{hint}"))
}

fn fetched(known: &Known, options: &Options, out: &mut Screen) -> Result {
    let mut progress = Progress::new();
    let fetched = fetch::fetch(known, options, &mut progress);
    progress.bar.finish_and_clear();
    let place = fetched.map_err(|e| CliError::Failed(e.to_string()))?;
    let place = disk::path::whole(&place);
    let named = Data {
        source: known.source,
        path: place.to_string_lossy().into_owned(),
        ..Data::default()
    };
    let set = opened(&named).map_err(|why| match why {
        CliError::Input(why) => CliError::Failed(format!(
            "{why}; move {} away and fetch it again",
            place.display()
        )),
        why => why,
    })?;
    check::describe(&named, &set, out)?;
    if options.to == catalog::home() {
        out.line("data.path can stay empty: it is found there")?;
    }
    Ok(Exit::Done)
}

/// A bar on a terminal, and a line for each part of the work elsewhere.
struct Progress {
    bar: ProgressBar,
}

impl Progress {
    fn new() -> Self {
        let bar = ProgressBar::new(0);
        let template = "{msg}  [{bar:24}] {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        Self { bar }
    }

    fn say(&self, text: &str) {
        if self.bar.is_hidden() {
            complain(text);
        } else {
            above(&self.bar, text);
        }
    }
}

impl Watch for Progress {
    fn begin(&mut self, what: &str, done: u64, total: u64) {
        if self.bar.is_hidden() {
            let from = match done {
                0 => String::new(),
                _ => format!(", continuing after {}", bytes(done)),
            };
            self.say(&format!("{what}: {}{from}", bytes(total)));
        }
        beside(&self.bar, what);
        self.bar.set_length(total);
        self.bar.set_position(done);
        // Else what was done before would count as speed.
        self.bar.reset_eta();
    }

    fn advance(&mut self, bytes: u64) {
        self.bar.inc(bytes);
    }

    fn note(&mut self, text: &str) {
        self.say(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;

    #[test]
    fn a_mistyped_name_is_told_the_right_one() {
        unknown("cifar-10").says("fashion-mnist; did you mean cifar10?");
    }
}
