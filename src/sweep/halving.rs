//! Successive halving (Jamieson and Talwalkar 2016, arXiv 1502.07943, algorithm 1): all cases train for some epochs, the
//! best of them for some times as many, and so on.

use crate::experiment::Experiment;
use serde::Deserialize;

/// When cases are compared, and how many of them go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename = "halving", deny_unknown_fields)]
pub struct Halving {
    /// Epochs before the first comparison; before each further one `factor` times as many.
    pub first: u64,
    /// One of so many goes on.
    pub factor: u64,
}

/// How far a case of such a sweep may go.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// To the end of this epoch, or of the run.
    Until(Option<u64>),
    /// It is there, and others are not.
    Waits,
    /// No further, and why.
    Cut(String),
}

impl Halving {
    /// The epochs after which cases are compared that train for so many.
    pub fn rungs(self, epochs: u64) -> impl Iterator<Item = u64> {
        let next = move |rung: &u64| rung.checked_mul(self.factor);
        std::iter::successors(Some(self.first), next).take_while(move |rung| *rung < epochs)
    }

    /// Why an experiment can't take part.
    #[must_use]
    pub fn objection(self, experiment: &Experiment) -> Option<String> {
        let (epochs, every) = (experiment.train.epochs as u64, experiment.knn.every as u64);
        if self.first == 0 || self.factor < 2 {
            return Some("first is 1 or more epochs, and factor 2 or more".to_owned());
        }
        let Some(first) = self.rungs(epochs).next() else {
            let first = self.first;
            return Some(format!(
                "the first comparison, after {first} epochs, is not before the end, after {epochs}"
            ));
        };
        (first % every != 0).then(|| {
            format!(
                "there is no kNN at epoch {first}, where cases are compared: knn.every is {every}"
            )
        })
    }
}
