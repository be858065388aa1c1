//! A run that is to be made and trained: one order for it, whoever gives it.

use super::Origin;
use crate::experiment::Experiment;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A run that is to be made and trained.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NewRun {
    /// What it trains.
    pub experiment: Experiment,
    /// The folder of the run that the experiment comes from: other data than that run's are worth a warning.
    pub from: Option<PathBuf>,
    /// Its place in a sweep.
    pub sweep: Option<Origin>,
    /// The name of its folder where that was chosen before, such as [`fresh_name`](super::fresh_name) gives. Whoever chose it sees to
    /// it that nobody else makes a run of this name.
    pub name: Option<String>,
}

impl NewRun {
    /// What nobody else may train at the same time: the run of this name, or else this experiment.
    #[must_use]
    pub fn key(&self) -> String {
        let name = self.name.clone();
        name.unwrap_or_else(|| self.experiment.identity())
    }
}

impl From<Experiment> for NewRun {
    fn from(experiment: Experiment) -> Self {
        Self {
            experiment,
            ..Self::default()
        }
    }
}

impl From<&Experiment> for NewRun {
    fn from(experiment: &Experiment) -> Self {
        experiment.clone().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_reaches_another_process_bit_for_bit() {
        let mut experiment = Experiment::named("a \"b\" 学");
        experiment.loss.temperature = 0.1 + 0.2;
        experiment.train.seed = u64::MAX >> 12;
        let order = NewRun {
            from: Some("/a b".into()),
            sweep: Some(Origin::default()),
            name: Some("20261124-101500-a-1f2e".to_owned()),
            ..NewRun::from(experiment)
        };
        let line = serde_json::to_string(&order).unwrap();
        assert!(!line.contains('\n'));
        assert_eq!(serde_json::from_str::<NewRun>(&line).unwrap(), order);
    }
}
