//! `data stats`: how many images there are of each class, how large and bright they are, and which come twice.

use super::super::opening::opened;
use super::super::output::Screen;
use super::super::{Exit, Result};
use super::check::{Place, decode_all, parts};
use crate::engine::data::stats::{Stats, Watched};
use crate::engine::data::{DataSet, Images};
use crate::text::figures::thousands;
use crate::text::shown;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Classes and pairs that are listed one by one; `--json` has all.
const LISTED: usize = 20;

/// What was found out.
struct Found<'a> {
    set: &'a DataSet,
    parts: Vec<(&'static str, Arc<Watched>, Stats)>,
    /// Why images can't be read.
    damaged: BTreeSet<String>,
    /// Test images that are training images or in the bank, too, each with the part and its like there.
    leaked: Vec<(usize, &'static str, String)>,
}

pub fn main(place: &Place, as_json: bool, out: &mut Screen) -> Result {
    let set = opened(&place.named()?)?;
    let found = Found::of(&set);
    if as_json {
        out.json(&found.json())?;
    } else {
        found.print(out)?;
    }
    Ok(Exit::Done)
}

impl<'a> Found<'a> {
    fn of(set: &'a DataSet) -> Self {
        let watch = |(name, images): (&'static str, _)| (name, Arc::new(Watched::new(images)));
        let watched: Vec<_> = parts(set).into_iter().map(watch).collect();
        let all: Vec<Arc<dyn Images>> = watched
            .iter()
            .map(|(_, images)| Arc::clone(images) as Arc<dyn Images>)
            .collect();
        let damaged = decode_all(&all);
        let mut leaked = Vec::new();
        for (name, others) in watched.iter().filter(|(name, _)| *name != "test") {
            let test = &watched[1].1;
            let both = test.among(others).into_iter();
            leaked.extend(both.map(|(i, other)| (i, *name, others.name(other))));
        }
        let parts = watched.into_iter().map(|(name, images)| {
            let stats = images.stats(set.classes.len());
            (name, images, stats)
        });
        Self {
            set,
            parts: parts.collect(),
            damaged,
            leaked,
        }
    }

    fn json(&self) -> Value {
        let part = |(name, images, stats): &(&str, Arc<Watched>, Stats)| {
            let pairs = stats
                .duplicates
                .iter()
                .map(|(i, first)| [images.name(*i), images.name(*first)]);
            json!({
                "part": name,
                "images": stats.images,
                "unreadable": stats.unreadable,
                "unlabelled": stats.unlabelled,
                "classes": stats.classes,
                "width": stats.width,
                "height": stats.height,
                "mean": stats.mean,
                "std": stats.deviation,
                "duplicates": pairs.collect::<Vec<_>>(),
            })
        };
        let test = &self.parts[1].1;
        let leaked = self
            .leaked
            .iter()
            .map(|(i, part, other)| json!({"test": test.name(*i), "part": part, "same": other}));
        json!({
            "format": 1,
            "dataset": self.set.fingerprint,
            "classes": self.set.classes,
            "parts": self.parts.iter().map(part).collect::<Vec<_>>(),
            "leaked": leaked.collect::<Vec<_>>(),
            "unreadable": self.damaged,
            "notes": self.set.notes,
        })
    }

    fn print(&self, out: &mut Screen) -> Result<()> {
        let mut row = |what: &str, text: &str| out.line(&format!("{what:<12} {}", shown(text)));
        for (name, images, stats) in &self.parts {
            row(name, &count(stats))?;
            for line in classes(stats, &self.set.classes) {
                row("", &line)?;
            }
            let Some((width, height)) = stats.width.zip(stats.height) else {
                continue;
            };
            row("  sizes", &sizes(width, height))?;
            row("  mean", &channels(stats.mean))?;
            row("  std", &channels(stats.deviation))?;
            let pairs = stats.duplicates.iter();
            let pairs =
                pairs.map(|(i, first)| format!("{} is {}", images.name(*i), images.name(*first)));
            for line in listed(pairs.collect(), "the same as another") {
                row("  twice", &line)?;
            }
        }
        for note in &self.damaged {
            row("damaged", note)?;
        }
        for note in &self.set.notes {
            row("note", note)?;
        }
        let test = &self.parts[1].1;
        let pairs = self.leaked.iter();
        let pairs = pairs.map(|(i, part, other)| format!("{} is {other} ({part})", test.name(*i)));
        for line in listed(
            pairs.collect(),
            "among the training or labelled images, too: accuracy on them tells nothing",
        ) {
            row("warning", &line)?;
        }
        Ok(())
    }
}

fn count(stats: &Stats) -> String {
    let unreadable = match stats.unreadable {
        0 => String::new(),
        count => format!("; {} can't be read", thousands(count)),
    };
    format!("{} images{unreadable}", thousands(stats.images))
}

/// How many images each class has, or how many the smallest and the largest of many have.
fn classes(stats: &Stats, names: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    let all: Vec<(&String, u64)> = names.iter().zip(stats.classes.iter().copied()).collect();
    let labelled = stats.classes.iter().any(|count| *count > 0);
    if labelled && all.len() <= LISTED {
        lines.extend(
            all.iter()
                .map(|(name, count)| format!("{:>9}  {name}", thousands(*count))),
        );
    } else if labelled {
        let least = all.iter().min_by_key(|(_, count)| *count);
        let most = all.iter().max_by_key(|(_, count)| *count);
        if let Some(((least, fewest), (most, largest))) = least.zip(most) {
            lines.push(format!(
                "{} classes: from {} ({least}) to {} ({most})",
                all.len(),
                thousands(*fewest),
                thousands(*largest)
            ));
        }
    }
    if stats.unlabelled > 0 {
        lines.push(format!(
            "{:>9}  without a label",
            thousands(stats.unlabelled)
        ));
    }
    lines
}

fn sizes(width: [usize; 3], height: [usize; 3]) -> String {
    let [least, middle, most] = [0, 1, 2].map(|i| (width[i], height[i]));
    if least == most {
        return format!("{} x {}", least.0, least.1);
    }
    format!(
        "{} to {} wide, {} to {} high; half are up to {} wide, half up to {} high",
        least.0, most.0, least.1, most.1, middle.0, middle.1
    )
}

fn channels(values: [f64; 3]) -> String {
    let [red, green, blue] = values;
    format!("{red:.4}, {green:.4}, {blue:.4}")
}

/// How many pairs there are, and the first of them.
fn listed(pairs: Vec<String>, what: &str) -> Vec<String> {
    let count = pairs.len();
    if count == 0 {
        return Vec::new();
    }
    let verb = if count == 1 { "image is" } else { "images are" };
    let mut lines = vec![format!("{} {verb} {what}", thousands(count as u64))];
    lines.extend(pairs.into_iter().take(LISTED));
    if count > LISTED {
        lines.push(format!(
            "and {} more; --json lists all",
            thousands((count - LISTED) as u64)
        ));
    }
    lines
}
