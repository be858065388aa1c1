//! What can be asked of a run by name: how it stands, its figures, and every hyperparameter of its experiment.

mod lookup;

use super::{Run, Series};
use crate::engine::metric::{METRICS, Metric};
use crate::experiment::catalogue;
use crate::hparam::{Field, Hparam, Value};
use std::sync::LazyLock;

/// One thing that is known of runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fact {
    /// How it stands.
    Status,
    /// The user's name for it, else that of its experiment.
    Name,
    /// The name of its folder.
    Id,
    /// The sweep that it belongs to.
    Sweep,
    /// Its tags.
    Tag,
    /// The user's note.
    Note,
    /// Whether it was put away.
    Archived,
    /// Seconds since it was made.
    Age,
    /// Seconds of training.
    Took,
    /// Epochs done.
    Epoch,
    /// Optimizer steps done.
    Step,
    /// The newest figure of a metric: of the loss, the mean over the last epoch.
    Last(&'static Metric),
    /// The best sample of a metric.
    Best(&'static Metric),
    /// A hyperparameter, by its place among all of them.
    Hparam(usize),
}

/// What a fact is in one run.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// A number, which may be NaN.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// A text.
    Text(String),
    /// Several texts.
    Texts(Vec<String>),
}

/// The facts with names of their own, and each in a sentence.
const NAMED: &[(&str, Fact, &str)] = &[
    ("status", Fact::Status, "What it is doing, or how it ended"),
    (
        "name",
        Fact::Name,
        "Your name for it, else its experiment's",
    ),
    ("id", Fact::Id, "The end of its folder's name"),
    ("sweep", Fact::Sweep, "The sweep that it belongs to"),
    ("tag", Fact::Tag, "Your tags"),
    ("tags", Fact::Tag, "Your tags"),
    ("note", Fact::Note, "Your note"),
    ("archived", Fact::Archived, "Whether it is archived"),
    ("age", Fact::Age, "Time since it started"),
    ("took", Fact::Took, "Time spent training"),
    ("epoch", Fact::Epoch, "Epochs done, with fraction"),
    ("step", Fact::Step, "Optimizer steps done"),
];

/// Every hyperparameter; the format is none, and the name is the run's.
static FIELDS: LazyLock<Vec<&Field>> = LazyLock::new(|| {
    let fields = catalogue().iter();
    fields
        .filter(|f| !["format", "name"].contains(&f.path.as_str()))
        .collect()
});

/// Each of them as short as it can be found by.
static SHORT: LazyLock<Vec<String>> = LazyLock::new(|| {
    let short = |nth: usize| {
        let path = &FIELDS[nth].path;
        let mut ends = path.rmatch_indices('.').map(|(at, _)| &path[at + 1..]);
        let found = ends.find(|end| Fact::find(end) == Ok(Fact::Hparam(nth)));
        found.unwrap_or(path).to_owned()
    };
    (0..FIELDS.len()).map(short).collect()
});

impl Fact {
    /// Every name that a fact goes by, hyperparameters by their shortest.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let named = NAMED.iter().map(|(name, ..)| *name);
        let metrics = METRICS.iter().map(|m| m.key);
        let hparams = SHORT.iter().map(String::as_str);
        named.chain(["best"]).chain(metrics).chain(hparams)
    }

    /// Its name, by which it is found again.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Last(metric) => format!("{}.last", metric.key),
            Self::Best(metric) => format!("{}.best", metric.key),
            Self::Hparam(nth) => FIELDS[nth].path.clone(),
            named => {
                let name = NAMED.iter().find(|(_, fact, _)| *fact == named);
                name.map_or("", |(name, ..)| name).to_owned()
            }
        }
    }

    /// Every fact: how runs stand, their figures, then the hyperparameters in their order.
    pub fn all() -> impl Iterator<Item = Self> {
        let named = NAMED.iter().filter(|(name, ..)| *name != "tags");
        let metrics = METRICS.iter().flat_map(|m| [Self::Last(m), Self::Best(m)]);
        let hparams = (0..FIELDS.len()).map(Self::Hparam);
        named
            .map(|(_, fact, _)| *fact)
            .chain(metrics)
            .chain(hparams)
    }

    /// A heading for it: as short as it can be found by, with its unit.
    #[must_use]
    pub fn title(self) -> String {
        let unit = |m: &Metric| if m.unit == "%" { " %" } else { "" };
        match self {
            Self::Last(m) if m.key == "knn" => "kNN %".to_owned(),
            Self::Best(m) if m.key == "knn" => "best %".to_owned(),
            Self::Last(m) => format!("{}{}", m.label, unit(m)),
            Self::Best(m) => format!("best {}{}", m.label, unit(m)),
            Self::Tag => "tags".to_owned(),
            Self::Hparam(nth) => SHORT[nth].clone(),
            named => named.name(),
        }
    }

    /// It in a sentence.
    #[must_use]
    pub fn help(self) -> String {
        match self {
            Self::Last(m) if m.key == "loss" => format!("Mean of the last epoch: {}", m.help),
            Self::Last(m) => format!("Last sample: {}", m.help),
            Self::Best(m) => format!("Best sample: {}", m.help),
            Self::Hparam(nth) => FIELDS[nth].param.help.trim().to_owned(),
            named => {
                let name = NAMED.iter().find(|(_, fact, _)| *fact == named);
                name.map_or("", |(.., help)| help).to_owned()
            }
        }
    }

    /// Whether the run with the most of it is the first that people look for.
    #[must_use]
    pub const fn most_is_first(self) -> bool {
        match self {
            Self::Last(m) | Self::Best(m) => matches!(m.higher_is_better, Some(true)),
            Self::Took | Self::Epoch | Self::Step => true,
            _ => false,
        }
    }

    /// The run's value of the hyperparameter that it is.
    #[must_use]
    pub fn setting(self, run: &Run) -> Option<Value> {
        match self {
            Self::Hparam(nth) => run.experiment.as_ref()?.get(&FIELDS[nth].path),
            _ => None,
        }
    }

    /// The default of the hyperparameter that it is.
    #[must_use]
    pub fn default_setting(self) -> Option<&'static Value> {
        match self {
            Self::Hparam(nth) => Some(&FIELDS[nth].value),
            _ => None,
        }
    }

    /// The metric of which it is a sample.
    #[must_use]
    pub const fn metric(self) -> Option<&'static Metric> {
        match self {
            Self::Last(metric) | Self::Best(metric) => Some(metric),
            _ => None,
        }
    }

    /// The declaration of the hyperparameter that it is.
    #[must_use]
    pub fn param(self) -> Option<&'static Hparam> {
        match self {
            Self::Hparam(nth) => Some(FIELDS[nth].param),
            _ => None,
        }
    }

    /// What it is in a run, where that is known; `now` in seconds since 1970.
    #[must_use]
    pub fn of(self, run: &Run, now: f64) -> Option<Found> {
        let text = |text: &str| Some(Found::Text(text.to_owned()));
        match self {
            Self::Status => text(run.status.name()),
            Self::Name => text(run.title()),
            Self::Id => text(&run.id),
            Self::Sweep => run
                .origin
                .as_ref()
                .map(|origin| Found::Text(origin.title())),
            Self::Tag => Some(Found::Texts(run.notes.tags.clone())),
            Self::Note => text(&run.notes.note),
            Self::Archived => Some(Found::Flag(run.notes.archived)),
            Self::Age => Some(Found::Number(now - run.created)),
            Self::Took => Some(Found::Number(run.series.elapsed())),
            Self::Epoch => epoch(&run.series).map(Found::Number),
            Self::Step => run.series.progress().map(|(n, _)| Found::Number(n as f64)),
            Self::Last(m) => {
                // What an untrained network has is no result.
                let last = run.series.last(m.key).filter(|s| s.step > 0);
                let figure = last.and_then(|_| run.series.figure(m.key));
                figure.map(Found::Number)
            }
            Self::Best(m) => run.series.best(m.key).map(|s| Found::Number(s.value)),
            Self::Hparam(_) => Some(match self.setting(run)? {
                Value::Toggle(on) => Found::Flag(on),
                Value::Text(text) => Found::Text(text.into_owned()),
                number => Found::Number(number.number()?),
            }),
        }
    }
}

/// Epochs done, with fraction.
#[must_use]
pub fn epoch(series: &Series) -> Option<f64> {
    let begin = series.begin.as_ref()?;
    let (done, _) = series.progress()?;
    (begin.steps_per_epoch > 0).then(|| done as f64 / begin.steps_per_epoch as f64)
}
