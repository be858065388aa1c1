//! Where a run ends before its last step by what its experiment says.

use crate::engine::report::{Point, Report};
use crate::engine::stop::{Rule, Stop};

/// What may end the run, and what has.
#[derive(Debug, Default)]
pub struct Limits {
    after: u64,
    /// Those that haven't judged yet.
    rules: Vec<Rule>,
    /// The step that it began with, those of an epoch and all of them.
    steps: (u64, u64, u64),
    /// Why it ends, once it does, and whether by a rule.
    pub reached: Option<(String, bool)>,
}

impl Limits {
    /// Those of an experiment.
    pub fn of(stop: &Stop) -> Self {
        Self {
            after: stop.after as u64,
            // An experiment with others isn't launched.
            rules: stop.rules().unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Takes note of what is reported. What lies before the step that it began with was judged before: who goes on with a
    /// run wants it to go on.
    pub fn hear(&mut self, report: &Report) {
        match report {
            Report::Begin(begin) => {
                self.steps = (begin.step, begin.steps_per_epoch.max(1), begin.steps);
                let begun = begin.step as f64 / begin.steps_per_epoch.max(1) as f64;
                self.rules.retain(|rule| rule.epoch > begun);
            }
            Report::Point(point) if point.step < self.steps.2 => self.judge(point),
            _ => {}
        }
    }

    fn judge(&mut self, point: &Point) {
        let (from, per_epoch, _) = self.steps;
        let end = self.after * per_epoch;
        if from < end && point.step >= end {
            let why = format!("epoch {} was reached (stop.after)", self.after);
            self.reached.get_or_insert((why, false));
        }
        let mut judged = None;
        self.rules.retain(|rule| {
            let due = point.epoch >= rule.epoch;
            let verdict = due.then(|| rule.judge(point)).flatten();
            let open = verdict.is_none();
            judged = judged.take().or(verdict.flatten());
            open
        });
        if let Some(why) = judged {
            self.reached = Some((why, true));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::report::Begin;

    /// What ended a run of 10 epochs of 4 steps that began with a step, with this kNN after each epoch.
    fn ended(after: usize, when: &str, from: u64, knn: impl Fn(u64) -> f64) -> Option<(u64, bool)> {
        let mut limits = Limits::of(&Stop {
            after,
            when: when.to_owned(),
        });
        limits.hear(&Report::Begin(Begin {
            step: from,
            steps: 40,
            ..Begin::of(40, 4)
        }));
        for step in from + 1..=40 {
            let epoch = step as f64 / 4.0;
            let value = if step % 4 == 0 {
                ("knn", knn(step / 4))
            } else {
                ("loss", 1.0)
            };
            limits.hear(&Report::Point(Point {
                epoch,
                ..Point::at(step, [value])
            }));
            if let Some((_, ruled)) = limits.reached {
                return Some((step, ruled));
            }
        }
        None
    }

    #[test]
    fn a_run_ends_after_its_epoch_and_goes_on_from_there() {
        assert_eq!(ended(3, "", 0, |_| 50.0), Some((12, false)));
        assert_eq!(ended(3, "", 12, |_| 50.0), None);
        assert_eq!(ended(10, "", 0, |_| 50.0), None, "that is its end");
        assert_eq!(ended(0, "", 0, |_| 50.0), None);
    }

    #[test]
    fn a_rule_judges_once_from_its_epoch_on() {
        let rising = |epoch| 10.0 * epoch as f64;
        assert_eq!(ended(0, "knn < 25 at epoch 2", 0, rising), Some((8, true)));
        assert_eq!(ended(0, "knn < 15 at epoch 2", 0, rising), None);
        assert_eq!(
            ended(0, "knn < 25 at epoch 1.5", 0, rising),
            Some((8, true))
        );
        assert_eq!(
            ended(0, "knn < 25 at epoch 2", 8, |_| 0.0),
            None,
            "it was judged before"
        );
        assert_eq!(
            ended(0, "knn < 99 at epoch 9, knn < 99 at epoch 3", 0, rising),
            Some((12, true))
        );
    }
}
