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

/// A case that may yet be trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ahead {
    /// What it takes from its beginning to its end, with all seeds.
    pub seconds: f64,
    /// Its epochs.
    pub epochs: u64,
    /// The share of it that is done.
    pub done: f64,
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

    /// The least and the most time that these cases take, of `all` that there were: it depends on whether the quick ones or
    /// the slow ones go on.
    #[must_use]
    pub fn seconds(self, all: usize, mut ahead: Vec<Ahead>) -> (f64, f64) {
        let longest = ahead.iter().map(|case| case.epochs).max().unwrap_or(0);
        let rungs: Vec<u64> = self.rungs(longest).collect();
        // The end of the one that goes on as the n-th best.
        let end = |rank: usize| {
            let mut alive = all;
            let cut = |_: &&u64| {
                alive = alive.div_ceil(self.factor as usize);
                rank >= alive
            };
            rungs.iter().find(cut).copied()
        };
        let sum = |ranked: &[Ahead]| -> f64 {
            let one = |(rank, case): (usize, &Ahead)| {
                let share = end(rank).map_or(1.0, |rung| rung as f64 / case.epochs as f64);
                case.seconds * (share.min(1.0) - case.done).max(0.0)
            };
            ranked.iter().enumerate().map(one).sum()
        };
        ahead.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
        let least = sum(&ahead);
        ahead.reverse();
        (least, sum(&ahead))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Cases of 16 epochs that take so long.
    fn cases(seconds: &[f64]) -> Vec<Ahead> {
        let case = |seconds: &f64| Ahead {
            seconds: *seconds,
            epochs: 16,
            done: 0.0,
        };
        seconds.iter().map(case).collect()
    }

    #[test]
    fn time_is_reckoned_with_those_that_are_cut() {
        let halving = Halving {
            first: 4,
            factor: 2,
        };
        // Two of four are cut after a quarter, one after the half, and one goes to its end.
        let close =
            |(a, b): (f64, f64), (c, d): (f64, f64)| (a - c).abs() < 1e-9 && (b - d).abs() < 1e-9;
        let alike = halving.seconds(4, cases(&[16.0; 4]));
        assert!(close(alike, (32.0, 32.0)), "{alike:?}");
        let unlike = halving.seconds(4, cases(&[16.0, 32.0, 16.0, 16.0]));
        assert!(close(unlike, (36.0, 48.0)), "{unlike:?}");
        // Two were cut already; of the others, one has come half of its way: it ends there, or the other does.
        let mut left = cases(&[16.0, 16.0]);
        left[0].done = 0.5;
        let left = halving.seconds(4, left);
        assert!(close(left, (16.0, 16.0)), "{left:?}");
    }
}
