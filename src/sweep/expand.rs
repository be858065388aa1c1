//! From grids, cases and pairs to a list of cases with names.

use super::file::{Named, SweepFile};
use super::random;
use super::settings::{Grid, Settings};
use crate::hparam::Value;

/// More cases than anybody can mean.
const MOST: usize = 100_000;

/// A case before it is an experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// What it sets.
    pub settings: Settings,
    /// Which two augmentations it is the composition of.
    pub pair: Option<(usize, usize)>,
}

/// Whether the file says what to vary, and in one way.
///
/// # Errors
/// A sentence that says which ways there are.
pub fn kinds(read: &SweepFile) -> Result<(), String> {
    let ranges = read
        .random
        .as_ref()
        .is_some_and(|random| !random.ranges.0.is_empty());
    let listed = !read.grid.0.is_empty() || !read.cases.is_empty() || ranges;
    match (listed, read.pairs.len()) {
        (false, 0) => {
            Err("there is nothing to vary; a sweep needs grid, cases or pairs".to_owned())
        }
        (false, 1) => Err("one augmentation makes no pair; pairs needs two".to_owned()),
        (true, 1..) => Err("pairs can't be combined with grid, cases or random".to_owned()),
        _ => Ok(()),
    }
}

/// How many cases a file comes to.
#[must_use]
pub fn count(read: &SweepFile) -> usize {
    let grid = read.grid.0.iter();
    let points = grid.fold(1_usize, |n, (_, values)| n.saturating_mul(values.len()));
    let points = read.random.as_ref().map_or(points, |random| random.cases);
    match read.pairs.len() {
        0 => points.saturating_mul(read.cases.len().max(1)),
        n => n.saturating_mul(n + 1) / 2,
    }
}

/// The cases of a file.
///
/// # Errors
/// A sentence, when they are too many or two have one name.
pub fn drafts(read: &SweepFile) -> Result<Vec<Draft>, String> {
    let n = count(read);
    if n > MOST {
        return Err(format!(
            "{n} cases are too many to train; {MOST} are the most"
        ));
    }
    let drafts = if read.pairs.is_empty() {
        crossed(read)?
    } else {
        composed(&read.pairs)?
    };
    let mut names: Vec<&str> = drafts.iter().map(|draft| draft.name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|two| two[0] == two[1]) {
        Some(two) => Err(format!("two cases are named {:?}", two[0])),
        None => Ok(drafts),
    }
}

/// Whether one of the cases has this name.
#[must_use]
pub fn has(read: &SweepFile, name: &str) -> bool {
    drafts(read).is_ok_and(|drafts| drafts.iter().any(|draft| draft.name == name))
}

/// The hyperparameters that any case sets, each once.
#[must_use]
pub fn varied(drafts: &[Draft]) -> Vec<&'static str> {
    let mut paths = Vec::new();
    for (path, _) in drafts.iter().flat_map(|draft| &draft.settings.0) {
        if !paths.contains(path) {
            paths.push(path);
        }
    }
    paths
}

/// Each case at each point of the grid.
fn crossed(read: &SweepFile) -> Result<Vec<Draft>, String> {
    let nameless = [Named::default()];
    let cases = if read.cases.is_empty() {
        &nameless
    } else {
        read.cases.as_slice()
    };
    let points = match &read.random {
        Some(random) => random::points(random, &read.grid)?,
        None => points(&read.grid),
    };
    let paths: Vec<&str> = points
        .first()
        .into_iter()
        .flatten()
        .map(|(path, _)| *path)
        .collect();
    let both = cases
        .iter()
        .flat_map(|case| points.iter().map(move |point| (case, point)));
    let drafts = both.map(|(case, point)| {
        let parts = [case.name.clone(), label(point, &paths)];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let mut settings = case.set.clone();
        settings.0.extend(point.iter().cloned());
        Draft {
            name: parts.join(", "),
            settings,
            pair: None,
        }
    });
    Ok(drafts.collect())
}

/// All combinations, the last hyperparameter's values changing fastest; one empty one of an empty grid.
fn points(grid: &Grid) -> Vec<Vec<(&'static str, Value)>> {
    grid.0
        .iter()
        .fold(vec![Vec::new()], |points, (path, values)| {
            let longer = points.iter().flat_map(|point| {
                values.iter().map(move |value| {
                    let mut point = point.clone();
                    point.push((*path, value.clone()));
                    point
                })
            });
            longer.collect()
        })
}

/// A point of the grid in words, such as `batch 64, epochs 20`.
fn label(point: &[(&'static str, Value)], paths: &[&str]) -> String {
    let parts = point
        .iter()
        .map(|(path, value)| format!("{} {value}", short(path, paths)));
    parts.collect::<Vec<_>>().join(", ")
}

/// The end of a path that tells it from the others that are varied; a single letter tells nothing. It depends on nothing but
/// the file, so that the names of cases stay what they are.
fn short<'a>(path: &'a str, paths: &[&str]) -> &'a str {
    let ends = path.rmatch_indices('.').map(|(at, _)| &path[at + 1..]);
    let alone = |end: &str| {
        let so = |other: &&&str| **other == end || other.ends_with(&format!(".{end}"));
        paths.iter().filter(so).count() == 1
    };
    let mut fitting = ends.filter(|end| end.len() > 1 && alone(end));
    fitting.next().unwrap_or(path)
}

/// Each augmentation alone, and each two of them together.
fn composed(pairs: &[Named]) -> Result<Vec<Draft>, String> {
    let mut drafts = Vec::new();
    for (i, one) in pairs.iter().enumerate() {
        drafts.push(Draft {
            name: one.name.clone(),
            settings: one.set.clone(),
            pair: Some((i, i)),
        });
        for (j, other) in pairs.iter().enumerate().skip(i + 1) {
            drafts.push(Draft {
                name: format!("{} + {}", one.name, other.name),
                settings: both(one, other)?,
                pair: Some((i, j)),
            });
        }
    }
    Ok(drafts)
}

/// What two augmentations set together.
fn both(one: &Named, other: &Named) -> Result<Settings, String> {
    let mut settings = one.set.clone();
    for (path, value) in &other.set.0 {
        match one.set.0.iter().find(|(known, _)| known == path) {
            Some((_, own)) if own != value => {
                let (one, other) = (&one.name, &other.name);
                return Err(format!("{one} and {other} set {path} to different values"));
            }
            Some(_) => {}
            None => settings.0.push((path, value.clone())),
        }
    }
    Ok(settings)
}
