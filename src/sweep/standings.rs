//! How far the cases of a halved sweep may go. That is told by the runs on disk alone, so that it is the same whoever asks
//! and whenever.

use super::{Plan, Standing, State, Sweep, Training};
use crate::runs::{Run, Status};
use crate::text::figures;
use std::borrow::Borrow;
use std::cmp::Ordering;

impl<R: Borrow<Run>> Plan<R> {
    /// How each training of a sweep stands.
    #[must_use]
    pub fn states(&self, sweep: &Sweep, round: u64) -> Vec<(Training, State)> {
        let standings = sweep.standings(self, round).unwrap_or_default();
        let state = |training: Training| {
            let state = self.state(&sweep.order(training, round));
            match (standings.get(training.case), state) {
                (Some(Standing::Cut(why)), State::New | State::Unfinished(..)) => {
                    State::Ended(why.clone())
                }
                (_, state) => state,
            }
        };
        sweep
            .trainings()
            .map(|training| (training, state(training)))
            .collect()
    }
}

impl Sweep {
    /// How far each case may go, in their order; nothing where all go to their end.
    #[must_use]
    pub fn standings<R: Borrow<Run>>(&self, plan: &Plan<R>, round: u64) -> Option<Vec<Standing>> {
        let halving = self.halving?;
        let longest = self
            .cases
            .iter()
            .map(|case| case.experiment.train.epochs as u64);
        let mut standings = vec![Standing::Until(None); self.cases.len()];
        let mut alive: Vec<usize> = (0..self.cases.len()).collect();
        for rung in halving.rungs(longest.max()?) {
            let of = |case: &usize| self.reached(*case, rung, plan, round);
            let scores: Vec<Option<f64>> = alive.iter().map(of).collect();
            if scores.contains(&None) {
                for (case, score) in alive.iter().zip(scores) {
                    let there = score.is_some();
                    standings[*case] = if there {
                        Standing::Waits
                    } else {
                        Standing::Until(Some(rung))
                    };
                }
                break;
            }
            let mut ranked: Vec<(usize, f64)> = alive
                .iter()
                .copied()
                .zip(scores.into_iter().flatten())
                .collect();
            // Stable: of equals the first in the file goes on.
            ranked.sort_by(|(_, a), (_, b)| b.partial_cmp(a).unwrap_or(Ordering::Equal));
            let keep = ranked.len().div_ceil(halving.factor as usize);
            let words = |score: f64| {
                if score.is_finite() {
                    format!("{} %", figures::decimal(score, 1))
                } else {
                    "none".to_owned()
                }
            };
            let needed = words(ranked[keep - 1].1);
            for (case, score) in ranked.split_off(keep) {
                let why = format!(
                    "cut at epoch {rung}: kNN {}; {needed} or more went on",
                    words(score)
                );
                standings[case] = Standing::Cut(why);
            }
            alive = ranked.into_iter().map(|(case, _)| case).collect();
            alive.sort_unstable();
        }
        Some(standings)
    }

    /// The mean kNN accuracy of a case's seeds after so many epochs, once all of them have come so far. One that failed
    /// is as far as it comes, and below all others.
    fn reached<R: Borrow<Run>>(
        &self,
        case: usize,
        rung: u64,
        plan: &Plan<R>,
        round: u64,
    ) -> Option<f64> {
        let mut sum = 0.0;
        for seed in &self.seeds {
            let order = self.order(Training { case, seed: *seed }, round);
            sum += after(plan.run(&order)?, rung)?;
        }
        Some(sum / self.seeds.len() as f64)
    }
}

/// Whether a run has come as far as it has to, or as it can.
#[must_use]
pub fn is_there(run: Option<&Run>, rung: u64) -> bool {
    run.is_some_and(|run| after(run, rung).is_some())
}

/// The kNN accuracy of a run after so many epochs, or at its end where that comes before.
fn after(run: &Run, rung: u64) -> Option<f64> {
    let begin = run.series.begin.as_ref();
    let (done, all) = run.series.progress().unwrap_or((0, 0));
    let step = begin.map_or(u64::MAX, |begin| rung * begin.steps_per_epoch);
    let ended = run.series.end.as_ref().is_some_and(|end| end.by_rule);
    if run.status == Status::Failed || (ended && done < step) {
        return Some(f64::NEG_INFINITY);
    }
    if begin.is_none() || done < step.min(all) {
        return None;
    }
    // An outline has too few points.
    let whole = (!run.is_whole()).then(|| Run::open(&run.dir));
    let series = whole.as_ref().map_or(&run.series, |run| &run.series);
    let mut samples = series.curve("knn").iter().rev();
    let sample = samples.find(|s| s.step > 0 && s.step <= step);
    sample.map(|s| s.value).or(Some(f64::NEG_INFINITY))
}

#[cfg(test)]
mod tests;
