//! `plot`: curves of runs as a picture or as columns.

use super::output::Screen;
use super::{CliError, Exit, Result};
use crate::engine::metric::{METRICS, Metric};
use crate::export::plot::{Line, Plot, title};
use crate::hparam::did_you_mean;
use crate::runs::{Gap, Run, Sample, find, smooth};
use crate::text::figures::duration;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Draws a metric of one or several runs as .svg or .png, or writes it as .csv
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Runs, named as in show
    #[arg(value_name = "RUN", required = true)]
    names: Vec<OsString>,
    /// The file to write
    #[arg(long, value_name = "FILE.svg|.png|.csv")]
    to: PathBuf,
    /// What to draw, by its key in the logs, such as knn or loss
    #[arg(long, default_value = "knn")]
    metric: String,
    /// What the x axis shows
    #[arg(long, default_value = "epoch", value_parser = ["epoch", "step", "minutes"])]
    x: String,
    /// Smooths with a moving average; each point keeps this share of it, such as 0.9
    #[arg(long, value_name = "SHARE")]
    smooth: Option<f64>,
    /// Makes the y axis logarithmic
    #[arg(long)]
    log: bool,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let metric = metric(&args.metric)?;
    if let Some(keep) = args.smooth.filter(|keep| !(0.0..1.0).contains(keep)) {
        let why = format!("--smooth takes a number from 0 to below 1, not {keep}");
        return Err(CliError::Input(why));
    }
    let opened = args.names.iter().map(|name| find(runs, name));
    let opened: Vec<Run> = opened.collect::<std::result::Result<_, _>>()?;
    let unit = if metric.unit.is_empty() {
        String::new()
    } else {
        format!(" in {}", metric.unit)
    };
    let plot = Plot {
        title: title(metric.label, args.smooth.is_some()),
        x: args.x.clone(),
        y: format!("{}{unit}", metric.label),
        log: args.log,
        lines: opened.iter().map(|run| line(run, metric, args)).collect(),
        guides: Vec::new(),
        from_zero: false,
    };
    out.save(&args.to, &plot.file(&args.to)?)?;
    Ok(Exit::Done)
}

fn metric(key: &str) -> Result<&'static Metric> {
    Metric::find(key).ok_or_else(|| {
        let keys: Vec<&str> = METRICS.iter().map(|m| m.key).collect();
        let hint = did_you_mean(key, "", keys.iter().copied());
        CliError::Input(format!(
            "there is no metric {key:?}, only {}{hint}",
            keys.join(", ")
        ))
    })
}

fn line(run: &Run, metric: &Metric, args: &Args) -> Line {
    let x = |s: &Sample| match args.x.as_str() {
        "step" => s.step as f64,
        "minutes" => s.elapsed / 60.0,
        _ => s.epoch,
    };
    let stood = |gap: &Gap| {
        let curve = run.series.curve("loss");
        // Training went on behind the last sample before it.
        let before = curve
            .partition_point(|s| s.step <= gap.step)
            .checked_sub(1)?;
        let long = gap.to - gap.from >= 60.0;
        let words = if long {
            format!("gap {}", duration(gap.to - gap.from))
        } else {
            String::new()
        };
        Some((x(&curve[before]), words))
    };
    let samples = run.series.curve(metric.key).iter();
    let points: Vec<(f64, f64)> = samples.map(|s| (x(s), s.value)).collect();
    Line {
        name: run.title().to_owned(),
        points: match args.smooth {
            Some(keep) => smooth(&points, keep),
            None => points,
        },
        breaks: run.series.gaps.iter().filter_map(stood).collect(),
    }
}
