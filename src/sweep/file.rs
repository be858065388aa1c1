//! The file of a sweep as it is written, before it is known what it comes to.

use super::SweepError;
use super::file_errors::{no_such, wrong_names};
use super::halving::Halving;
use super::settings::{Format, Grid, NEWER, Ordered, Ranges, Settings};
use crate::experiment::file::{fault, invalid, position};
use crate::experiment::{FileError, Kind, kind, ron_errors};
use serde::Deserialize;

/// A sweep's file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename = "the sweep", deny_unknown_fields)]
pub struct SweepFile {
    /// Version of the format.
    #[serde(default)]
    pub format: Format,
    /// Name of the sweep.
    pub name: String,
    /// A preset, or the path of an experiment from the sweep's folder; the defaults without it.
    #[serde(default)]
    pub base: String,
    /// What all cases set.
    #[serde(default)]
    pub set: Settings,
    /// Every combination of these values.
    #[serde(default)]
    pub grid: Grid,
    /// Cases with names; with a grid, each case at each of its points.
    #[serde(default)]
    pub cases: Vec<Named>,
    /// Cases that draw their values at random, from lists of the grid and from ranges.
    #[serde(default)]
    pub random: Option<Random>,
    /// Which cases are not trained to their end.
    #[serde(default)]
    pub halving: Option<Halving>,
    /// Augmentations, each alone and with each other.
    #[serde(default)]
    pub pairs: Vec<Named>,
    /// Each case is trained with each of these.
    #[serde(default = "one_seed")]
    pub seeds: Vec<u64>,
    /// What cases are judged by.
    #[serde(default = "knn")]
    pub metric: String,
    /// Metrics that are told beside it.
    #[serde(default)]
    pub also: Vec<String>,
    /// The case that the others are compared with.
    #[serde(default)]
    pub baseline: Option<String>,
    /// Sizes of the whole sweep; the first is taken unless another is asked for.
    #[serde(default)]
    pub scales: Ordered<Scale>,
    /// What the paper has.
    #[serde(default)]
    pub paper: Option<Paper>,
}

/// A case, or one augmentation of pairs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename = "a case", deny_unknown_fields)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// What it sets; nothing for the base itself.
    #[serde(default)]
    pub set: Settings,
}

/// Cases that draw their values.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename = "random", deny_unknown_fields)]
pub struct Random {
    /// How many.
    pub cases: usize,
    /// What they are drawn by.
    #[serde(default)]
    pub seed: u64,
    /// From and to, of each hyperparameter beside those of the grid.
    #[serde(default)]
    pub ranges: Ranges,
}

/// One size of a sweep.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename = "a scale", deny_unknown_fields)]
pub struct Scale {
    /// In place of the sweep's.
    #[serde(default)]
    pub base: Option<String>,
    /// What it sets for all cases.
    #[serde(default)]
    pub set: Settings,
    /// In place of the sweep's.
    #[serde(default)]
    pub cases: Option<Vec<Named>>,
    /// Values in place of those of the sweep's grid.
    #[serde(default)]
    pub grid: Option<Grid>,
    /// In place of the sweep's.
    #[serde(default)]
    pub seeds: Option<Vec<u64>>,
    /// In place of the sweep's.
    #[serde(default)]
    pub baseline: Option<String>,
}

/// What a paper published, to be shown beside what comes out.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename = "the paper", deny_unknown_fields)]
pub struct Paper {
    /// Where, such as `Table 5`.
    pub section: String,
    /// What the values are, such as `linear top-1 on ImageNet, %`.
    #[serde(default)]
    pub what: String,
    /// By the name of the case.
    #[serde(default)]
    pub values: Ordered<f64>,
}

fn one_seed() -> Vec<u64> {
    vec![0]
}

fn knn() -> String {
    "knn.last".to_owned()
}

/// Reads the text of a sweep; `file` is what errors call it.
///
/// # Errors
/// A sentence with line and column.
pub fn parse(text: &str, file: &str) -> Result<SweepFile, SweepError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        let why = "the file is empty; a sweep has a name and grid, cases or pairs";
        return Err(invalid(file, "", why).into());
    }
    let options = ron::Options::default()
        .with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME)
        .with_recursion_limit(64);
    options.from_str(text).map_err(|e| {
        if let Some(experiment @ Kind::Experiment) = kind(text) {
            return FileError::other(file, experiment).into();
        }
        let (at, why) = ron_errors::explain(text, &e);
        // What we refuse is told once it is read, and starts before that; what `ron` refuses starts where it stopped.
        let place = match e.code {
            ron::Error::Message(_)
            | ron::Error::NoSuchStructField { .. }
            | ron::Error::ExpectedDifferentStructName { .. } => {
                (e.span.start.line.max(1), e.span.start.col.max(1))
            }
            _ => position(&text[..at]),
        };
        let why = sentence(&e.code).unwrap_or(why);
        // Names that a newer one has are not wrong.
        let names = if why.ends_with(NEWER) {
            Vec::new()
        } else {
            wrong_names(text, known())
        };
        let names = names
            .into_iter()
            .map(|(at, why)| (position(&text[..at]), why));
        // The reader's own fault may be one of them, told at another place.
        let mut faults: Vec<_> = names.collect();
        if faults.iter().all(|(_, name)| *name != why) {
            faults.push((place, why));
        }
        faults.sort();
        let faults = faults.iter().map(|(at, why)| fault(file, *at, why));
        FileError::Invalid(faults.collect()).into()
    })
}

/// The names of a sweep's parts, as its reader has them.
fn known() -> &'static [&'static str] {
    match ron::from_str::<SweepFile>("(none: 0)").map_err(|e| e.code) {
        Err(ron::Error::NoSuchStructField { expected, .. }) => expected,
        _ => &[],
    }
}

/// What is wrong, in our words where we have any.
fn sentence(error: &ron::Error) -> Option<String> {
    Some(match error {
        ron::Error::NoSuchStructField {
            expected,
            found,
            outer,
        } => no_such(found, expected, outer.as_deref().unwrap_or("the sweep")),
        ron::Error::MissingStructField { field, outer } => {
            let outer = outer.as_deref().unwrap_or("the sweep");
            format!("{outer} needs {field}")
        }
        ron::Error::ExpectedArray => "a list such as [0.1, 0.5] is expected here".to_owned(),
        ron::Error::ExpectedMap => {
            "a map such as {\"loss.temperature\": 0.5} is expected here".to_owned()
        }
        _ => return None,
    })
}
