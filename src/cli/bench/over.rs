//! A bench repeated for several values of a hyperparameter, or for several numbers of threads: how cost grows.

use super::super::run;
use super::{CliError, Result, Told};
use crate::experiment::Experiment;
use crate::export::plot::{Line, Plot};
use std::path::Path;

/// What is given values: threads aren't a hyperparameter.
const THREADS: &str = "threads";

/// Values that one thing takes, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Over {
    path: String,
    values: Vec<String>,
}

impl std::str::FromStr for Over {
    type Err = String;

    /// `PATH=V1,V2` or `threads=1,2`.
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let usage = "write PATH=V1,V2, such as train.batch=32,64,128 or threads=1,2";
        let (path, values) = text.split_once('=').ok_or(usage)?;
        let values: Vec<String> = values.split(',').map(|v| v.trim().to_owned()).collect();
        if values.iter().any(String::is_empty) {
            return Err(usage.to_owned());
        }
        let path = path.trim().to_owned();
        Ok(Self { path, values })
    }
}

impl Over {
    /// Does something for each value, with the experiment that has it.
    pub fn each(
        &self,
        experiment: &Experiment,
        mut time: impl FnMut(&Experiment) -> Result<Vec<Told>> + Send,
    ) -> Result<Vec<Told>> {
        let mut all = Vec::new();
        for value in &self.values {
            all.extend(self.one(experiment, value, &mut time)?);
        }
        Ok(all)
    }

    fn one(
        &self,
        experiment: &Experiment,
        value: &str,
        mut time: impl FnMut(&Experiment) -> Result<Vec<Told>> + Send,
    ) -> Result<Vec<Told>> {
        if self.path != THREADS {
            let mut experiment = experiment.clone();
            run::assigned(&mut experiment, &[format!("{}={value}", self.path)])?;
            return time(&experiment);
        }
        let threads: usize = value
            .parse()
            .ok()
            .filter(|n| (1..=1024).contains(n))
            .ok_or_else(|| CliError::Input(format!("{value:?} is no number of threads")))?;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|e| CliError::Failed(e.to_string()))?;
        pool.install(|| time(experiment))
    }

    /// What was told, as a chart: one line for each part that was timed.
    ///
    /// # Errors
    /// A sentence, where values are no numbers or the file can't be written.
    pub fn chart(&self, told: &[Told], path: &Path) -> Result<()> {
        let number = |value: &String| {
            let number: Option<f64> = value.parse().ok();
            number.ok_or_else(|| {
                CliError::Input(format!("{value:?} is no number to draw a chart over"))
            })
        };
        let xs: Vec<f64> = self.values.iter().map(number).collect::<Result<_>>()?;
        let parts = told.len() / xs.len().max(1);
        let line = |part: usize| {
            let of_part = told.iter().skip(part).step_by(parts.max(1));
            let rates = of_part.map(|told| told.timed.amount / told.seconds()[0]);
            Line {
                name: told[part].name.to_owned(),
                points: xs.iter().copied().zip(rates).collect(),
                breaks: Vec::new(),
            }
        };
        let unit = told.first().map_or("", |told| told.timed.unit);
        let plot = Plot {
            title: format!("{unit} a second over {}", self.path),
            x: self.path.clone(),
            y: format!("{unit} a second"),
            lines: (0..parts).map(line).collect(),
            ..Plot::default()
        };
        let bytes = plot
            .file(path)
            .map_err(|e| CliError::Input(e.to_string()))?;
        crate::disk::write_whole(path, &bytes)
            .map_err(|e| CliError::Failed(format!("{} can't be written: {e}", path.display())))
    }
}
