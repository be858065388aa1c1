//! The columns of a list of runs: what they are called, and how runs are sorted by them.

use super::fact::{Fact, Found};
use super::{Run, Status};
use crate::engine::metric::Metric;
use std::cmp::Ordering;

/// One column of a list of runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Column {
    /// The kNN accuracy from first to last as a small curve.
    Curve,
    /// The hyperparameters that matter most, in one line.
    Recipe,
    /// Whole epochs done, and all of them.
    Progress,
    /// One thing that is known of the run.
    Fact(Fact),
}

/// The columns that are no facts.
const NAMED: [(&str, Column); 3] = [
    ("curve", Column::Curve),
    ("recipe", Column::Recipe),
    ("progress", Column::Progress),
];

impl Column {
    /// The column of this name: its own, or that of a fact.
    ///
    /// # Errors
    /// A sentence with the nearest name, or with the names that it could be.
    pub fn find(name: &str) -> Result<Self, String> {
        let name = name.trim().to_lowercase();
        match NAMED.iter().find(|(n, _)| *n == name) {
            Some((_, column)) => Ok(*column),
            None => Fact::find(&name).map(Self::Fact),
        }
    }

    /// Several columns with commas between their names.
    ///
    /// # Errors
    /// A sentence about the first that is none or is given twice.
    pub fn list(names: &str) -> Result<Vec<Self>, String> {
        let mut columns = Vec::new();
        for name in names.split(',') {
            let column = Self::find(name)?;
            if columns.contains(&column) {
                return Err(format!("{} is given twice", column.name()));
            }
            columns.push(column);
        }
        Ok(columns)
    }

    /// Its name, by which it is found again.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Fact(fact) => fact.name(),
            own => {
                let name = NAMED.iter().find(|(_, column)| *column == own);
                name.map_or("", |(name, _)| name).to_owned()
            }
        }
    }

    /// Its heading.
    #[must_use]
    pub fn title(self) -> String {
        match self {
            Self::Curve => "kNN curve".to_owned(),
            Self::Recipe => "recipe".to_owned(),
            Self::Progress => "epochs".to_owned(),
            Self::Fact(fact) => fact.title(),
        }
    }

    /// Every column: the shapes and figures first, then the hyperparameters in their order.
    pub fn all() -> impl Iterator<Item = Self> {
        let own = NAMED.iter().map(|(_, column)| *column);
        own.chain(Fact::all().map(Self::Fact))
    }

    /// What it shows, in a sentence.
    #[must_use]
    pub fn help(self) -> String {
        match self {
            Self::Curve => {
                "kNN accuracy from first to last, each between its own lowest and highest"
                    .to_owned()
            }
            Self::Recipe => "The hyperparameters that matter most".to_owned(),
            Self::Progress => "Epochs done, and in all".to_owned(),
            Self::Fact(fact) => fact.help(),
        }
    }

    /// What a run is sorted by, where it has a value; `now` in seconds since 1970.
    #[must_use]
    pub fn key(self, run: &Run, now: f64) -> Option<Key> {
        let fact = match self {
            Self::Fact(Fact::Status) => return Some(Key::Number(rank(run.status))),
            Self::Fact(fact) => fact,
            Self::Progress => Fact::Epoch,
            Self::Curve => Fact::Best(Metric::find("knn")?),
            Self::Recipe => return None,
        };
        let key = match fact.of(run, now)? {
            Found::Number(v) if !v.is_finite() => return None,
            Found::Number(v) if fact.most_is_first() => Key::Number(-v),
            Found::Number(v) => Key::Number(v),
            Found::Flag(on) => Key::Number(f64::from(!on)),
            Found::Text(text) => Key::Text(text.to_lowercase()),
            Found::Texts(texts) => Key::Text(texts.join(",").to_lowercase()),
        };
        Some(key).filter(|key| !matches!(key, Key::Text(text) if text.is_empty()))
    }

    /// Whether sorting by it says something that no other column says better.
    #[must_use]
    pub const fn sorts(self) -> bool {
        !matches!(self, Self::Recipe | Self::Curve | Self::Fact(Fact::Id))
    }
}

/// What a run is sorted by: the smallest is first, which is what is best, newest or longest where one is.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// A finite number.
    Number(f64),
    /// A text that is not empty, in small letters.
    Text(String),
}

impl Key {
    /// Which of two comes first; runs that have no value are last in either direction.
    #[must_use]
    pub fn order(a: Option<&Self>, b: Option<&Self>, reversed: bool) -> Ordering {
        let order = match (a, b) {
            (None, None) => Ordering::Equal,
            (None, _) => return Ordering::Greater,
            (_, None) => return Ordering::Less,
            (Some(Self::Number(a)), Some(Self::Number(b))) => a.total_cmp(b),
            (Some(Self::Text(a)), Some(Self::Text(b))) => a.cmp(b),
            (Some(Self::Number(_)), Some(Self::Text(_))) => Ordering::Less,
            (Some(Self::Text(_)), Some(Self::Number(_))) => Ordering::Greater,
        };
        if reversed { order.reverse() } else { order }
    }
}

/// Sorts runs by a column, the newest first among equals.
pub fn sort(runs: &mut [&Run], column: Column, reversed: bool, now: f64) {
    let mut keyed: Vec<_> = runs
        .iter()
        .map(|run| (column.key(run, now), *run))
        .collect();
    keyed.sort_by(|(a, one), (b, other)| {
        let order = Key::order(a.as_ref(), b.as_ref(), reversed);
        order.then_with(|| other.created.total_cmp(&one.created))
    });
    for (place, (_, run)) in runs.iter_mut().zip(keyed) {
        *place = run;
    }
}

/// Living runs first, broken ones last.
const fn rank(status: Status) -> f64 {
    match status {
        Status::Running => 0.0,
        Status::Paused => 1.0,
        Status::Completed => 2.0,
        Status::Stopped => 3.0,
        Status::Interrupted => 4.0,
        Status::Failed => 5.0,
        Status::Broken => 6.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;

    fn run(temperature: Option<f64>, name: &str) -> Run {
        let experiment = temperature.map(|t| {
            let mut experiment = Experiment::default();
            experiment.loss.temperature = t;
            name.clone_into(&mut experiment.name);
            experiment
        });
        let mut run = Run::open(std::path::Path::new("/nowhere/20260101-000000-x-1"));
        run.experiment = experiment;
        run
    }

    fn sorted(name: &str, reversed: bool) -> Vec<String> {
        let runs = [
            run(Some(0.5), "b"),
            run(None, "none"),
            run(Some(0.1), "C"),
            run(Some(1.0), "a"),
        ];
        let mut runs: Vec<&Run> = runs.iter().collect();
        sort(&mut runs, Column::find(name).unwrap(), reversed, 0.0);
        runs.iter()
            .map(|r| r.experiment.as_ref().map_or("-", |e| &e.name).to_owned())
            .collect()
    }

    #[test]
    fn every_column_is_found_by_its_own_name() {
        for column in Column::all() {
            assert_eq!(Column::find(&column.name()), Ok(column));
            assert!(!column.title().is_empty(), "{}", column.name());
            assert!(!column.help().is_empty(), "{}", column.name());
        }
    }

    #[test]
    fn runs_without_a_value_are_last_in_both_directions() {
        assert_eq!(sorted("temperature", false), ["C", "b", "a", "-"]);
        assert_eq!(sorted("temperature", true), ["a", "b", "C", "-"]);
    }

    #[test]
    fn names_are_sorted_whatever_their_case() {
        let names: Vec<String> = sorted("name", false);
        let ours = names.iter().filter(|n| *n != "-");
        assert_eq!(ours.collect::<Vec<_>>(), ["a", "b", "C"]);
    }

    #[test]
    fn lists_of_columns_refuse_what_is_wrong() {
        let names = |text| {
            let list = Column::list(text);
            list.map(|l| l.into_iter().map(Column::name).collect::<Vec<_>>())
        };
        assert_eq!(
            names("name, best,temperature").unwrap(),
            ["name", "knn.best", "loss.temperature"]
        );
        assert_eq!(
            names("knn,knn.last").unwrap_err(),
            "knn.last is given twice"
        );
        let why = names("nmae").unwrap_err();
        assert_eq!(why, "runs have no \"nmae\"; did you mean name?");
    }
}
