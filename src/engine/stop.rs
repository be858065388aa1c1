//! Where a run ends before its last step: after an epoch, or because it isn't worth its time.

use super::metric::Metric;
use super::report::Point;
use crate::hparam::Hparam;
use crate::hparams;
use crate::text::figures;
use std::fmt;

hparams! {
    /// Early end
    pub struct Stop {
        /// Epoch after which the run stops with a checkpoint, to be continued later; 0 is none.
        after: usize = 0 => Hparam::whole(0, 100_000, 1).unit("epochs").free();
        /// Ends a run that isn't worth its time: a metric at its first value from an epoch on, such as knn < 20 at epoch 10; commas between several.
        when: String = String::new() => Hparam::text().free();
    }
}

/// What ends a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    metric: &'static Metric,
    below: bool,
    limit: f64,
    /// Judged by the first value from here on.
    pub epoch: f64,
}

impl Stop {
    /// The rules.
    ///
    /// # Errors
    /// A sentence that says what a rule looks like.
    pub fn rules(&self) -> Result<Vec<Rule>, String> {
        let rules = self.when.split(',').map(str::trim);
        rules.filter(|rule| !rule.is_empty()).map(rule).collect()
    }
}

fn rule(text: &str) -> Result<Rule, String> {
    let wrong = || {
        format!(
            "{text:?} is no rule; one is METRIC < NUMBER at epoch NUMBER, such as knn < 20 at epoch 10"
        )
    };
    let (judged, epoch) = text.split_once(" at epoch ").ok_or_else(wrong)?;
    let sign = judged.find(['<', '>']).ok_or_else(wrong)?;
    let (metric, limit) = (judged[..sign].trim(), judged[sign + 1..].trim());
    let number = |text: &str| text.parse::<f64>().ok().filter(|v| v.is_finite());
    Ok(Rule {
        metric: Metric::find(metric)
            .ok_or_else(|| format!("there is no metric {metric:?}, such as knn or loss"))?,
        below: judged[sign..].starts_with('<'),
        limit: number(limit).ok_or_else(wrong)?,
        epoch: number(epoch.trim()).ok_or_else(wrong)?,
    })
}

impl Rule {
    /// Whether a point ends the run, and in which words; `None` where it says nothing of the metric.
    #[must_use]
    pub fn judge(&self, point: &Point) -> Option<Option<String>> {
        let value = *point.values.get(self.metric.key)?;
        let holds = if self.below {
            value < self.limit
        } else {
            value > self.limit
        };
        let why = || {
            let (value, epoch) = (
                figures::significant(value, 3),
                figures::decimal(point.epoch, 0),
            );
            let label = self.metric.label;
            format!("{label} was {value} at epoch {epoch}: {self} (stop.when)")
        };
        Some(holds.then(why))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.below { '<' } else { '>' };
        write!(
            f,
            "{} {sign} {} at epoch {}",
            self.metric.key, self.limit, self.epoch
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(when: &str) -> Stop {
        Stop {
            when: when.to_owned(),
            ..Stop::default()
        }
    }

    #[test]
    fn rules_are_read_and_judge() {
        let rules = stop("knn<20 at epoch 10, loss > 5.5 at epoch 2")
            .rules()
            .unwrap();
        assert_eq!(rules[1].to_string(), "loss > 5.5 at epoch 2");
        let at = |knn: f64| Point::at(3, [("knn", knn)]);
        assert_eq!(rules[0].judge(&at(20.0)), Some(None));
        assert!(
            rules[0]
                .judge(&at(19.5))
                .unwrap()
                .unwrap()
                .starts_with("kNN accuracy was 19.5")
        );
        assert_eq!(rules[1].judge(&at(1.0)), None, "no loss");
        assert_eq!(stop(" ").rules(), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_rule_is_told_with_one() {
        for (when, says) in [
            ("knn < 20", "such as knn < 20 at epoch 10"),
            ("knn = 20 at epoch 1", "is no rule"),
            ("warmth < 20 at epoch 1", "there is no metric \"warmth\""),
            ("knn < lots at epoch 1", "is no rule"),
        ] {
            let why = stop(when).rules().unwrap_err();
            assert!(why.contains(says), "{why}");
        }
    }
}
