//! Sweeps: experiments that differ in named hyperparameters, from one `.ron` file; what of them is trained, and what came out.

pub mod claim;
mod error;
pub mod expand;
pub mod file;
mod file_errors;
pub mod halving;
pub mod included;
pub mod own;
pub mod plan;
mod random;
pub mod results;
pub mod settings;
pub mod slurm;
pub mod source;
pub mod standings;
pub mod welch;

pub use claim::Claim;
pub use error::SweepError;
pub use file::Paper;
pub use halving::{Halving, Standing};
pub use plan::{Plan, State};
pub use results::Results;
pub use settings::FORMAT;
pub use source::Source;

use crate::engine::metric::METRICS;
use crate::experiment::Experiment;
use crate::hparam::Value;
pub use crate::runs::at_scale;
use crate::runs::{Fact, NewRun, Origin};
use settings::Settings;
use shell_words::quote;

/// A sweep at one scale, ready to be trained.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The file that it was read from, or the name under which it ships.
    pub file: String,
    /// Its name.
    pub name: String,
    /// What it is for: the first line of its file, where that is a comment.
    pub about: String,
    /// The scale, where there are any.
    pub scale: Option<String>,
    /// What was set besides the file.
    pub set: Vec<String>,
    /// What all cases begin with.
    pub shared: Experiment,
    /// The hyperparameters that cases set, in the order of the file.
    pub varied: Vec<&'static str>,
    /// A hash of all others.
    pub fingerprint: String,
    /// Its cases.
    pub cases: Vec<Case>,
    /// Each case is trained with each of these.
    pub seeds: Vec<u64>,
    /// What cases are judged by.
    pub metric: Fact,
    /// Metrics that are told beside it.
    pub also: Vec<Fact>,
    /// The case that the others are compared with.
    pub baseline: Option<usize>,
    /// The augmentations whose pairs the cases are, where they are.
    pub pairs: Vec<String>,
    /// Which cases are not trained to their end.
    pub halving: Option<Halving>,
    /// What the paper has.
    pub paper: Option<Paper>,
    /// The name of its run, where it is a single experiment that is trained as itself.
    pub run: Option<String>,
}

/// One experiment of a sweep, but for its seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its name, unique in the sweep.
    pub name: String,
    /// What it sets.
    pub settings: Settings,
    /// Which two augmentations it is the composition of, or twice the same for one alone.
    pub pair: Option<(usize, usize)>,
    /// The whole experiment, with the first seed.
    pub experiment: Experiment,
}

/// One training of a sweep: a case with a seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Training {
    /// The place of the case in the sweep.
    pub case: usize,
    /// The seed.
    pub seed: u64,
}

impl Sweep {
    /// An experiment as a sweep of one case, trained as the run of this name.
    ///
    /// # Errors
    /// A sentence, when it takes one of the `PATH=VALUE`s that are set besides not.
    pub fn single(
        mut experiment: Experiment,
        set: &[String],
        run: String,
    ) -> Result<Self, SweepError> {
        experiment.assign_all(set).map_err(SweepError::Asked)?;
        let case = Case {
            name: experiment.name.clone(),
            settings: Settings::default(),
            pair: None,
            experiment: experiment.clone(),
        };
        Ok(Self {
            file: String::new(),
            name: experiment.name.clone(),
            about: String::new(),
            scale: None,
            set: set.to_vec(),
            varied: Vec::new(),
            fingerprint: experiment.identity_but(&["train.seed"]),
            cases: vec![case],
            seeds: vec![experiment.train.seed],
            metric: Fact::Last(&METRICS[0]),
            also: Vec::new(),
            baseline: None,
            pairs: Vec::new(),
            halving: None,
            paper: None,
            run: Some(run),
            shared: experiment,
        })
    }

    /// All trainings, each seed's cases together: a table with one seed is there early.
    pub fn trainings(&self) -> impl Iterator<Item = Training> {
        let seeds = self.seeds.iter();
        seeds.flat_map(|&seed| (0..self.cases.len()).map(move |case| Training { case, seed }))
    }

    /// A case's name behind that of the sweep, unless it begins with that word.
    #[must_use]
    pub fn titled(&self, case: &Case) -> String {
        if case.name.split(' ').next() == Some(&self.name) {
            return case.name.clone();
        }
        format!("{} {}", self.name, case.name)
    }

    /// The experiment of a training.
    #[must_use]
    pub fn experiment(&self, training: Training) -> Experiment {
        let case = &self.cases[training.case];
        let mut experiment = case.experiment.clone();
        experiment.train.seed = training.seed;
        experiment.name = format!("{}, seed {}", self.titled(case), training.seed);
        experiment
    }

    /// What the run of a training is to know of it.
    #[must_use]
    pub fn origin(&self, training: Training, round: u64) -> Origin {
        Origin {
            sweep: self.name.clone(),
            fingerprint: self.fingerprint.clone(),
            scale: self.scale.clone(),
            case: self.cases[training.case].name.clone(),
            seed: training.seed,
            round,
            ..Origin::default()
        }
    }

    /// The order for a training in a round, see [`Plan::state`].
    #[must_use]
    pub fn order(&self, training: Training, round: u64) -> NewRun {
        match &self.run {
            None => NewRun {
                sweep: Some(self.origin(training, round)),
                ..self.experiment(training).into()
            },
            Some(_) => NewRun {
                name: self.run.clone(),
                ..NewRun::from(&self.shared)
            },
        }
    }

    /// A training in words.
    #[must_use]
    pub fn title(&self, training: Training) -> String {
        let case = &self.cases[training.case].name;
        format!("{case}, seed {}", training.seed)
    }

    /// The value of a hyperparameter in a case.
    #[must_use]
    pub fn value(&self, case: usize, path: &str) -> Option<Value> {
        self.cases[case].experiment.get(path)
    }

    /// The command line that trains it.
    #[must_use]
    pub fn command(&self) -> String {
        let mut line = format!("simclr-tui sweep {}", quote(&self.file));
        if let Some(scale) = &self.scale {
            line.push_str(&format!(" --scale {}", quote(scale)));
        }
        for set in &self.set {
            line.push_str(&format!(" --set {}", quote(set)));
        }
        line
    }
}

#[cfg(test)]
mod tests;
