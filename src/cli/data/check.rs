//! `data check`: which data set is in a place, and how an experiment names it.

use super::super::opening::opened;
use super::super::output::Screen;
use super::super::{CliError, Exit, Result};
use crate::disk;
use crate::engine::data::{self, Data, DataSet, Images, Reason, Source};
use crate::engine::loader::Loader;
use crate::text::figures::thousands;
use crate::text::shown;
use indicatif::ProgressBar;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Side of the views that are made only to see whether images can be decoded.
const SMALL: usize = 8;

/// Which data set is looked at.
#[derive(Debug, clap::Args)]
pub struct Place {
    /// A folder of data set files or of images, or one file
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Another data set whose labelled images kNN votes from, as `data.bank` names it
    #[arg(long, value_name = "PATH")]
    bank: Option<PathBuf>,
    /// Another data set to test on, as `data.test` names it
    #[arg(long, value_name = "PATH")]
    test: Option<PathBuf>,
}

pub fn main(place: &Place, all: bool, out: &mut Screen) -> Result {
    let named = place.named()?;
    let set = opened(&named)?;
    describe(&named, &set, out)?;
    let path = Path::new(&named.path);
    for other in data::told(path)
        .into_iter()
        .filter(|other| *other != named.source)
    {
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

impl Place {
    /// As an experiment names it.
    pub fn named(&self) -> std::result::Result<Data, CliError> {
        let path = text(&self.path)?;
        let other = |path: &Option<PathBuf>| path.as_deref().map_or(Ok(String::new()), text);
        Ok(Data {
            source: data::guess(Path::new(&path)),
            bank: other(&self.bank)?,
            test: other(&self.test)?,
            path,
            ..Data::default()
        })
    }
}

/// A path as an experiment's text.
pub fn text(path: &Path) -> std::result::Result<String, CliError> {
    let whole = disk::path::whole(path);
    // The one that was typed may be text where the whole one isn't.
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
    Ok(path.to_string_lossy().into_owned())
}

/// Decodes every image, and lists those that are damaged, and what was left out before.
fn decoded(set: &DataSet, out: &mut Screen) -> Result {
    let mut row = |what: &str, text: &str| out.line(&format!("{what:<12} {}", shown(text)));
    let mut count = 0;
    for (reason, name) in set.left_out.all() {
        count += usize::from(matches!(reason, Reason::Damaged | Reason::Unreadable));
        row("left out", &format!("{name}: {}", reason.words()))?;
    }
    let parts: Vec<_> = parts(set).into_iter().map(|(_, images)| images).collect();
    let damaged = decode_all(&parts);
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

/// The parts of a data set by name; the bank only where it is apart.
pub fn parts(set: &DataSet) -> Vec<(&'static str, Arc<dyn Images>)> {
    let mut parts = vec![("training", set.train.clone()), ("test", set.test.clone())];
    if !Arc::ptr_eq(&set.train, &set.bank) {
        parts.push(("labelled", set.bank.clone()));
    }
    parts
}

/// Decodes every image once; which ones are damaged.
pub fn decode_all(parts: &[Arc<dyn Images>]) -> BTreeSet<String> {
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
    damaged
}

/// Prints what a data set holds and how an experiment names it.
pub fn describe(named: &Data, set: &DataSet, out: &mut Screen) -> Result<()> {
    let mut row = |what: &str, text: &str| out.line(&format!("{what:<12} {}", shown(text)));
    row(
        "data set",
        &format!("{} ({})", named.path, help(named.source)),
    )?;
    row("classes", &classes(&set.classes))?;
    row("training", &images(&*set.train))?;
    if set.bank.len() != set.train.len() || !named.bank.is_empty() {
        row("labelled", &images(&*set.bank))?;
    }
    row("test", &images(&*set.test))?;
    row("fingerprint", &set.fingerprint.hash)?;
    for note in &set.notes {
        row("note", note)?;
    }
    let paths = [
        ("path", &named.path),
        ("bank", &named.bank),
        ("test", &named.test),
    ];
    let paths = paths.iter().filter(|(_, path)| !path.is_empty());
    let fields = paths
        .clone()
        .map(|(name, path)| format!(", {name}: {path:?}"));
    let source = named.source.name();
    row(
        "in a file",
        &format!("data: (source: {source}{})", fields.collect::<String>()),
    )?;
    let set = paths.map(|(name, path)| format!(" --set data.{name}={}", shell_words::quote(path)));
    row(
        "with run",
        &format!("--set data.source={source}{}", set.collect::<String>()),
    )?;
    Ok(())
}

/// What a source is, in its own words.
pub fn help(source: Source) -> String {
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
