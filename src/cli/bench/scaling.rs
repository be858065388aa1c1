//! A bench repeated for several values of a hyperparameter, or for several numbers of threads: how cost grows.

use super::measurement::{Measurement, What};
use crate::cli::output::written;
use crate::cli::{CliError, Result, experiment_arg};
use crate::experiment::Experiment;
use crate::export::plot::{self, Line, Plot};
use clap::ValueEnum;
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

/// What one value stands for.
enum Setting {
    Experiment(Box<Experiment>),
    Threads(usize),
}

/// Refuses what can't be timed or drawn, before minutes are spent on the rest.
pub fn check(
    overs: &[Over],
    experiment: &Experiment,
    parts: &[What],
    chart: Option<&Path>,
) -> Result<()> {
    let refused = |why: &str| Err(CliError::Input(why.to_owned()));
    if overs.len() > 2 {
        return refused("--over is taken twice at most");
    }
    for over in overs {
        over.check(experiment, parts)?;
    }
    let (Some(chart), Some(over)) = (chart, overs.first()) else {
        return Ok(());
    };
    plot::ending(chart)?;
    over.numbers()?;
    if parts.len() == 1 {
        return Ok(());
    }
    refused("--chart draws only one part; name augment, load, step, loss or knn")
}

/// Does something for each value, with the experiment that has it: of two, for all of the first with each of the second.
pub fn each(
    overs: &[Over],
    experiment: &Experiment,
    time: &(dyn Fn(&Experiment) -> Result<Vec<Measurement>> + Sync),
) -> Result<Vec<Measurement>> {
    match overs.split_last() {
        Some((over, rest)) => over.each(experiment, &|experiment| each(rest, experiment, time)),
        None => time(experiment),
    }
}

/// What was told of one part, its speed or its memory, as a chart: a line for each value of the second.
///
/// # Errors
/// A sentence, where the file can't be written.
pub fn chart(overs: &[Over], told: &[Measurement], memory: bool, path: &Path) -> Result<()> {
    let Some((over, lines)) = overs.split_first() else {
        return Ok(());
    };
    let numbers = over.numbers()?;
    let rate = |told: &Measurement| told.timed.amount / told.seconds()[0];
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let height = |told: &Measurement| match told.memory {
        _ if !memory => rate(told),
        held => held.map_or(f64::NAN, mib),
    };
    let (name, unit) = told.first().map_or(("", ""), |t| (t.name, t.timed.unit));
    let (title, y) = if memory {
        ("peak memory".to_owned(), "MiB".to_owned())
    } else {
        (format!("{unit} per second"), format!("{unit} a second"))
    };
    let names: Vec<String> = match lines {
        [] => vec![name.to_owned()],
        [by, ..] => by
            .values
            .iter()
            .map(|value| format!("{} {value}", by.path))
            .collect(),
    };
    let lines = names.into_iter().zip(told.chunks(numbers.len().max(1)));
    let lines = lines.map(|(name, told)| Line {
        name,
        points: numbers
            .iter()
            .copied()
            .zip(told.iter().map(height))
            .collect(),
        breaks: Vec::new(),
    });
    let plot = Plot {
        title: format!("{title} over {}", over.path),
        x: over.path.clone(),
        y,
        lines: lines.collect(),
        from_zero: true,
        ..Plot::default()
    };
    written(path, &plot.file(path)?)
}

impl Over {
    fn check(&self, experiment: &Experiment, parts: &[What]) -> Result<()> {
        for value in &self.values {
            self.setting(experiment, value)?;
        }
        let own = |what: &&What| matches!(what, What::Augment | What::Load);
        if let (true, Some(what)) = (self.path == THREADS, parts.iter().find(own)) {
            let name = what.to_possible_value();
            let name = name.as_ref().map_or("", |value| value.get_name());
            return Err(CliError::Input(format!(
                "{name} has its own threads: augment one, load as data.threads says"
            )));
        }
        Ok(())
    }

    fn each(
        &self,
        experiment: &Experiment,
        time: &(dyn Fn(&Experiment) -> Result<Vec<Measurement>> + Sync),
    ) -> Result<Vec<Measurement>> {
        let mut all = Vec::new();
        for value in &self.values {
            let told = match self.setting(experiment, value)? {
                Setting::Experiment(experiment) => time(&experiment)?,
                Setting::Threads(threads) => {
                    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
                    let pool = pool.map_err(|e| CliError::Failed(e.to_string()))?;
                    pool.install(|| time(experiment))?
                }
            };
            let at = format!("{} {value}", self.path);
            all.extend(told.into_iter().map(|told| {
                let over = told.over.as_ref();
                let over = over.map_or_else(|| at.clone(), |first| format!("{first}, {at}"));
                Measurement {
                    over: Some(over),
                    ..told
                }
            }));
        }
        Ok(all)
    }

    fn setting(&self, experiment: &Experiment, value: &str) -> Result<Setting> {
        if self.path == THREADS {
            let threads = value.parse().ok().filter(|n| (1..=1024).contains(n));
            let wrong = || CliError::Input(format!("{value:?} is not a number of threads"));
            return threads.map(Setting::Threads).ok_or_else(wrong);
        }
        let mut experiment = Box::new(experiment.clone());
        experiment_arg::assigned(&mut experiment, &[format!("{}={value}", self.path)])?;
        Ok(Setting::Experiment(experiment))
    }

    fn numbers(&self) -> Result<Vec<f64>> {
        let number = |value: &String| {
            let number: Option<f64> = value.parse().ok();
            number.ok_or_else(|| {
                CliError::Input(format!(
                    "{value:?} is not a number, and --chart needs numbers"
                ))
            })
        };
        self.values.iter().map(number).collect()
    }
}
