//! `data`: which data sets there are, what lies in a folder, and fetching those that are published.

use super::output::{Screen, above, beside, complain};
use super::{CliError, Exit, Result};
use crate::disk;
use crate::engine::data::fetch::{self, Options, Watch};
use crate::engine::data::known::{self, KNOWN, Known};
use crate::engine::data::{self, Data, DataSet, Images, Reason, Source};
use crate::engine::loader::Loader;
use crate::hparam::nearest;
use crate::machine::signals;
use crate::text::figures::{bytes, thousands};
use crate::text::shown;
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long a server may stay silent.
const PATIENCE: Duration = Duration::from_mins(1);
/// Side of the views that are made only to see whether images can be decoded.
const SMALL: usize = 8;

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
    /// Says which data set is in a folder, and how an experiment names it
    Check {
        /// A folder of data set files or of images
        #[arg(value_name = "PATH")]
        path: PathBuf,
        /// Decodes every image, and lists what is damaged or left out
        #[arg(long)]
        all: bool,
    },
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
        Command::Check { path, all } => check(path, *all, out),
        Command::Fetch { name, to, mirror } => {
            let known = known::find(name).ok_or_else(|| unknown(name))?;
            // What was downloaded is kept.
            signals::end_at_once();
            let options = Options {
                to: to.clone().unwrap_or_else(known::home),
                mirror: mirror.clone().filter(|mirror| !mirror.is_empty()),
                patience: PATIENCE,
            };
            fetched(known, &options, out)
        }
    }
}

fn list(out: &mut Screen) -> Result {
    let home = known::home();
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
    let near = nearest(name, names.iter().copied());
    let hint = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
    let names = names.join(", ");
    CliError::Input(format!("{name} can't be fetched, only {names}{hint}"))
}

fn check(path: &Path, all: bool, out: &mut Screen) -> Result {
    let whole = disk::path::whole(path);
    // An experiment's path is text; the one that was typed may be where the whole one isn't.
    let path = if whole.to_str().is_some() {
        &whole
    } else {
        path
    };
    if path.to_str().is_none() {
        let name = shown(&path.to_string_lossy()).into_owned();
        let why = "isn't UTF-8, as an experiment's data.path must be; rename it, or give a link with another name";
        return Err(CliError::Input(format!("{name} {why}")));
    }
    // Without the slash at its end that a shell completes.
    let path: PathBuf = path.components().collect();
    let source = data::guess(&path);
    let set = opened(&path, source).map_err(CliError::Input)?;
    describe(&path, source, &set, out)?;
    for other in data::told(&path).into_iter().filter(|other| *other != source) {
        let name = other.name();
        let note = format!(
            "{} lies there, too; --set data.source={name} takes it",
            help(other)
        );
        out.line(&format!("{:<12} {}", "note", shown(&note)))?;
    }
    if all {
        return decoded(&set, out);
    }
    Ok(Exit::Done)
}

/// Decodes every image, and lists those that are damaged, and what was left out before.
fn decoded(set: &DataSet, out: &mut Screen) -> Result {
    let mut row = |what: &str, text: &str| out.line(&format!("{what:<12} {}", shown(text)));
    let mut count = 0;
    for (reason, name) in set.left_out.all() {
        count += usize::from(matches!(reason, Reason::Damaged | Reason::Unreadable));
        row("left out", &format!("{name}: {}", reason.words()))?;
    }
    let mut parts = vec![&set.train, &set.test];
    if !Arc::ptr_eq(&set.train, &set.bank) {
        parts.push(&set.bank);
    }
    let (loader, bar) = (Loader::new(0), ProgressBar::new(0));
    bar.set_length(parts.iter().map(|images| images.len() as u64).sum());
    let mut damaged = BTreeSet::new();
    for images in parts {
        let mut batches = loader.clean(Arc::clone(images), SMALL, 64);
        // That none can be read is said by the notes.
        while let Ok(Some(batch)) = batches.next() {
            bar.inc(batch.indices.len() as u64);
        }
        damaged.extend(batches.take_notes());
    }
    bar.finish_and_clear();
    for note in &damaged {
        row("damaged", note)?;
    }
    count += damaged.len();
    if count == 0 {
        row("decoded", "all images, and none is damaged")?;
        return Ok(Exit::Done);
    }
    row("decoded", &format!("all images; {count} can't be read"))?;
    Ok(Exit::Failed)
}

fn opened(path: &Path, source: Source) -> std::result::Result<DataSet, String> {
    let data = Data {
        source,
        path: path.display().to_string(),
        ..Data::default()
    };
    data::open(&data).map_err(|e| e.to_string())
}

fn fetched(known: &Known, options: &Options, out: &mut Screen) -> Result {
    let mut progress = Progress::new();
    let fetched = fetch::fetch(known, options, &mut progress);
    progress.bar.finish_and_clear();
    let place = fetched.map_err(|e| CliError::Failed(e.to_string()))?;
    let place = disk::path::whole(&place);
    let set = opened(&place, known.source).map_err(|why| {
        CliError::Failed(format!(
            "{why}; move {} away and fetch it again",
            place.display()
        ))
    })?;
    describe(&place, known.source, &set, out)?;
    if options.to == known::home() {
        out.line("data.path can stay empty: it is found there")?;
    }
    Ok(Exit::Done)
}

/// Prints what a data set holds and how an experiment names it.
fn describe(path: &Path, source: Source, set: &DataSet, out: &mut Screen) -> Result<()> {
    let mut row = |what: &str, text: &str| out.line(&format!("{what:<12} {}", shown(text)));
    row(
        "data set",
        &format!("{} ({})", path.display(), help(source)),
    )?;
    row("classes", &classes(&set.classes))?;
    row("training", &images(&*set.train))?;
    if set.bank.len() != set.train.len() {
        row("labelled", &images(&*set.bank))?;
    }
    row("test", &images(&*set.test))?;
    row("fingerprint", &set.fingerprint.hash)?;
    for note in &set.notes {
        row("note", note)?;
    }
    let path = path.to_string_lossy();
    let name = source.name();
    row(
        "in a file",
        &format!("data: (source: {name}, path: {path:?})"),
    )?;
    let path = format!("data.path={path}");
    let path = shell_words::quote(&path);
    row(
        "with run",
        &format!("--set data.source={name} --set {path}"),
    )?;
    Ok(())
}

/// What a source is, in its own words.
fn help(source: Source) -> String {
    let choice = Source::CHOICES.iter().find(|c| c.name == source.name());
    let help = choice.map_or("", |choice| choice.help);
    help.trim().trim_end_matches('.').to_owned()
}

fn classes(names: &[String]) -> String {
    if names.is_empty() {
        return "none: the images have no labels".to_owned();
    }
    let shown = names.iter().take(10).cloned().collect::<Vec<_>>();
    let more = if names.len() > shown.len() {
        ", ..."
    } else {
        ""
    };
    format!("{}: {}{more}", names.len(), shown.join(", "))
}

fn images(images: &dyn Images) -> String {
    if images.is_empty() {
        return "none".to_owned();
    }
    let count = thousands(images.len() as u64);
    match images.image(0) {
        Ok(first) => format!(
            "{count} images; the first is {} x {}",
            first.width, first.height
        ),
        Err(why) => format!("{count} images; the first can't be read: {why}"),
    }
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

    #[test]
    fn a_mistyped_name_is_told_the_right_one() {
        let text = unknown("cifar-10").to_string();
        assert!(
            text.contains("fashion-mnist; did you mean cifar10?"),
            "{text}"
        );
    }
}
