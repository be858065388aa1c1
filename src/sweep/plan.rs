//! What is still to be trained of a sweep, by the runs that lie there: none of this is stored.

use super::{Sweep, Training};
use crate::experiment::Experiment;
use crate::runs::{Listing, NewRun, Run, RunError, Status};
use std::borrow::Borrow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// How a training stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// A run of this experiment is complete.
    Done(String),
    /// A process is at it.
    Live(PathBuf),
    /// A run of a sweep, or that of this name, was interrupted, stopped or failed, and can be gone on with.
    Unfinished(PathBuf, Status),
    /// It is not trained to its end, and why: its own rule ended it, or its case was cut.
    Ended(String),
    /// There is no run of it.
    New,
}

impl State {
    /// Whether nothing is left to train: it is complete, or it ended for good.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Ended(_))
    }
}

/// The runs of a folder by their experiments.
#[derive(Debug)]
pub struct Plan<R = Run> {
    runs: Vec<R>,
    by_identity: HashMap<String, Vec<usize>>,
}

impl Plan {
    /// Reads the runs in a folder.
    ///
    /// # Errors
    /// When the folder is there and can't be read.
    pub fn read(runs: &Path) -> Result<Self, RunError> {
        let listing = Listing::outlined(runs, |_| {});
        match listing.trouble {
            Some(why) => Err(RunError::Broken(why)),
            None => Ok(Self::of(listing.runs)),
        }
    }
}

impl<R: Borrow<Run>> Plan<R> {
    /// Of some runs, the newest first.
    #[must_use]
    pub fn of(runs: Vec<R>) -> Self {
        let identity = |run: &R| run.borrow().experiment.as_ref().map(Experiment::identity);
        let identities: Vec<Option<String>> = runs.iter().map(identity).collect();
        Self::known(runs, identities.iter().map(Option::as_deref))
    }

    /// The same, where the identities of their experiments are known already.
    pub fn known<'a>(runs: Vec<R>, identities: impl Iterator<Item = Option<&'a str>>) -> Self {
        let mut by_identity: HashMap<String, Vec<usize>> = HashMap::new();
        for (nth, identity) in identities.enumerate().take(runs.len()) {
            if let Some(identity) = identity.filter(|_| !runs[nth].borrow().meant_elsewhere()) {
                by_identity
                    .entry(identity.to_owned())
                    .or_default()
                    .push(nth);
            }
        }
        Self { runs, by_identity }
    }

    /// The runs of an experiment, whatever its name, the newest first.
    pub fn same<'a>(
        &'a self,
        experiment: &Experiment,
    ) -> impl Iterator<Item = &'a Run> + use<'a, R> {
        self.identical(&experiment.identity())
    }

    /// The runs of the experiments with this identity, the newest first.
    pub fn identical<'a>(&'a self, identity: &str) -> impl Iterator<Item = &'a Run> + use<'a, R> {
        let places = self.by_identity.get(identity);
        places
            .into_iter()
            .flatten()
            .map(|&nth| self.runs[nth].borrow())
    }

    /// How a training stands, by the run of its name, or else by those of its experiment. In round 0 of a sweep every run counts, in a
    /// later one only those that were made in it.
    #[must_use]
    pub fn state(&self, order: &NewRun) -> State {
        let runs = self.runs(order);
        if let Some(run) = runs.iter().find(|run| run.status == Status::Completed) {
            return State::Done(run.id.clone());
        }
        if let Some(run) = runs.iter().find(|run| run.status.is_live()) {
            return State::Live(run.dir.clone());
        }
        let unfinished = |run: &&&Run| {
            let ends = [Status::Interrupted, Status::Stopped, Status::Failed];
            // A run that its user made by hand is the user's.
            let ours = || order.name.is_some() || round_of(run).is_some();
            ends.contains(&run.status) && ours()
        };
        let Some(run) = runs.iter().find(unfinished) else {
            return State::New;
        };
        match run.series.end.as_ref().filter(|end| end.by_rule) {
            Some(end) => State::Ended(end.reason.clone().unwrap_or_default()),
            None => State::Unfinished(run.dir.clone(), run.status),
        }
    }

    /// The runs that count for a training, the newest first.
    fn runs(&self, order: &NewRun) -> Vec<&Run> {
        let round = order.sweep.as_ref().map_or(0, |sweep| sweep.round);
        let counts = |run: &&Run| round == 0 || round_of(run).is_some_and(|own| own >= round);
        let named = |run: &&Run| Some(&run.id) == order.name.as_ref();
        match order.name {
            Some(_) => self.runs.iter().map(R::borrow).filter(named).collect(),
            None => self.same(&order.experiment).filter(counts).collect(),
        }
    }

    /// The run of a training that has come furthest.
    #[must_use]
    pub fn run(&self, order: &NewRun) -> Option<&Run> {
        let steps = |run: &&Run| run.series.progress().map_or(0, |(done, _)| done);
        // The newest of those that are equally far.
        self.runs(order).into_iter().rev().max_by_key(steps)
    }

    /// The round of a sweep that is trained all over again: the one that is under way, or else the next.
    #[must_use]
    pub fn round(&self, sweep: &Sweep) -> u64 {
        let runs = sweep
            .trainings()
            .flat_map(|training| self.same(&sweep.experiment(training)));
        let newest = runs.filter_map(round_of).max().unwrap_or(0);
        let ended = |(_, state): (Training, State)| match state {
            State::Done(_) | State::Ended(_) => true,
            State::Unfinished(_, status) => status == Status::Failed,
            State::Live(_) | State::New => false,
        };
        if newest > 0 && !self.states(sweep, newest).into_iter().all(ended) {
            newest
        } else {
            newest + 1
        }
    }
}

/// The round of the sweep in which a run was made, if it was made by one.
fn round_of(run: &Run) -> Option<u64> {
    run.origin.as_ref().map(|origin| origin.round)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::{Environment, RunFolder, fresh_name};
    use crate::text::says::Says;

    #[test]
    fn a_single_experiment_stands_as_the_run_of_its_name_does() {
        let runs = tempfile::tempdir().unwrap();
        let made = |order: &NewRun| {
            let here = Environment::default();
            RunFolder::create(runs.path(), order.clone(), &here).unwrap()
        };
        let state = |order: &NewRun| Plan::read(runs.path()).unwrap().state(order);
        let other = made(&NewRun::default());
        let set = ["machine.device=cuda:7".to_owned()];
        let sweep = Sweep::single(Experiment::default(), &set, fresh_name("a")).unwrap();
        let order = sweep.order(sweep.trainings().next().unwrap(), 0);
        assert_eq!(order.experiment.machine.device, "cuda:7");
        assert_eq!(order.experiment.name, Experiment::default().name);
        assert_eq!(state(&order), State::New, "another run is not its own");
        let own = made(&order);
        assert_eq!(state(&order), State::Live(own.dir().to_owned()));
        let dir = own.dir().to_owned();
        drop((own, other));
        assert_eq!(state(&order), State::Unfinished(dir, Status::Interrupted));
        let refused = Sweep::single(Experiment::default(), &["x=1".to_owned()], fresh_name("a"));
        refused.unwrap_err().to_string().begins("--set x=1: ");
    }
}
