//! One sweep of the list: its source, the scale that was chosen, and how far it is.

use crate::experiment::Experiment;
use crate::runs::{Run, Status};
use crate::sweep::halving::Ahead;
use crate::sweep::included::{self, SWEEPS};
use crate::sweep::{Plan, Source, Standing, Sweep, Training, own};
use std::path::Path;

/// A sweep that can be looked at and trained.
#[derive(Debug)]
pub struct Entry {
    /// What it is called: the name of one that ships, or a path.
    pub name: String,
    scales: Vec<String>,
    scale: usize,
    source: Result<Source, String>,
    /// What it comes to at the scale, or why that is nothing.
    pub sweep: Result<Sweep, String>,
    /// Of each case with each seed, in the order of trainings: the identity of its experiment.
    identities: Vec<String>,
}

/// How far the trainings of a sweep are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// All of them.
    pub all: usize,
    /// Complete.
    pub done: usize,
    /// Being trained.
    pub live: usize,
    /// Failed, and not trained again since.
    pub failed: usize,
}

impl Entry {
    /// Those that were made on the screen into a folder of runs, the newest first, then those that ship.
    #[must_use]
    pub fn all(runs: &Path) -> Vec<Self> {
        let own = own::files(runs);
        let own = own.iter().filter_map(|file| file.to_str());
        let shipped = SWEEPS.iter().map(|sweep| sweep.name);
        own.chain(shipped).map(Self::open).collect()
    }

    /// Whether it is included in the program.
    #[must_use]
    pub fn ships(&self) -> bool {
        included::find(&self.name).is_some()
    }

    /// The sweep in a file, or that ships under a name.
    #[must_use]
    pub fn open(name: &str) -> Self {
        let source = Source::open(name).map_err(|e| e.to_string());
        let scales = source.as_ref().map_or_else(
            |_| Vec::new(),
            |source| source.scales().map(str::to_owned).collect(),
        );
        let mut entry = Self {
            name: name.to_owned(),
            scales,
            scale: 0,
            sweep: Err(String::new()),
            source,
            identities: Vec::new(),
        };
        entry.read();
        entry
    }

    fn read(&mut self) {
        let scale = self.scale().map(str::to_owned);
        self.sweep = match &self.source {
            Ok(source) => source
                .sweep(scale.as_deref(), &[])
                .map_err(|e| e.to_string()),
            Err(why) => Err(why.clone()),
        };
        self.identities = self.sweep.as_ref().map_or_else(
            |_| Vec::new(),
            |sweep| {
                let experiments = sweep.trainings().map(|t| sweep.experiment(t));
                experiments.map(|e| e.identity()).collect()
            },
        );
    }

    /// The scale, where it has any.
    #[must_use]
    pub fn scale(&self) -> Option<&str> {
        self.scales.get(self.scale).map(String::as_str)
    }

    /// Takes the next scale; tells whether there is another.
    pub fn rescale(&mut self) -> bool {
        if self.scales.len() < 2 {
            return false;
        }
        self.scale = (self.scale + 1) % self.scales.len();
        self.read();
        true
    }

    /// How far it is by the runs that are there.
    #[must_use]
    pub fn progress(&self, plan: &Plan<&Run>) -> Progress {
        let mut progress = Progress {
            all: self.identities.len(),
            ..Progress::default()
        };
        for identity in &self.identities {
            let runs = || plan.identical(identity);
            if runs().any(|run| run.status == Status::Completed) {
                progress.done += 1;
            } else if runs().any(|run| run.status.is_live()) {
                progress.live += 1;
            } else if runs().any(|run| run.status == Status::Failed) {
                progress.failed += 1;
            }
        }
        progress
    }

    /// The experiments that no run has completed or trains.
    #[must_use]
    pub fn missing(&self, plan: &Plan<&Run>) -> Vec<Experiment> {
        let Ok(sweep) = &self.sweep else {
            return Vec::new();
        };
        let there = |identity: &str| {
            let mut runs = plan.identical(identity);
            runs.any(|run| run.status == Status::Completed || run.status.is_live())
        };
        let own = sweep.trainings().zip(&self.identities);
        let cut = sweep.standings(plan, 0).unwrap_or_default();
        let cut = |case: usize| matches!(cut.get(case), Some(Standing::Cut(_)));
        let missing = own.filter(|(training, identity)| !there(identity) && !cut(training.case));
        missing
            .map(|(training, _)| sweep.experiment(training))
            .collect()
    }

    /// The least and the most time that a halved sweep takes, where what its experiments take is known.
    #[must_use]
    pub fn halved(
        &self,
        plan: &Plan<&Run>,
        seconds: impl Fn(&Experiment) -> Option<f64>,
    ) -> Option<(f64, f64)> {
        let sweep = self.sweep.as_ref().ok()?;
        let halving = sweep.halving?;
        let standings = sweep.standings(plan, 0)?;
        let ahead = |case: usize| {
            let own = sweep.trainings().filter(|one| one.case == case);
            let own: Vec<Training> = own.collect();
            let all = own.iter().map(|one| seconds(&sweep.experiment(*one)));
            let done = own.iter().filter_map(|one| {
                let (done, steps) = plan.run(&sweep.order(*one, 0))?.series.progress()?;
                Some(done as f64 / steps.max(1) as f64)
            });
            Some(Ahead {
                seconds: all.sum::<Option<f64>>()?,
                epochs: sweep.cases[case].experiment.train.epochs as u64,
                done: done.sum::<f64>() / own.len().max(1) as f64,
            })
        };
        let all = standings.len();
        let cut = |case: &usize| matches!(standings[*case], Standing::Cut(_));
        let ahead = (0..all).filter(|case| !cut(case)).map(ahead);
        Some(halving.seconds(all, ahead.collect::<Option<_>>()?))
    }

    /// The runs of a case, those of the first seed first, the newest of each.
    #[must_use]
    pub fn runs_of<'a>(&self, case: usize, plan: &'a Plan<&Run>) -> Vec<&'a Run> {
        let Ok(sweep) = &self.sweep else {
            return Vec::new();
        };
        let own = sweep.trainings().zip(&self.identities);
        let own = own.filter(|(training, _)| training.case == case);
        own.filter_map(|(_, identity)| plan.identical(identity).next())
            .collect()
    }
}
