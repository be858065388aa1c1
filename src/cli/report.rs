//! `report`: what came out of a sweep, as one HTML file, or as Markdown with its pictures beside it.

mod charts;
mod page;

use super::output::Screen;
use super::sweep::{Shown, Which};
use super::table::Table;
use super::{CliError, Exit, Result};
use crate::hparam::{Group, Value};
use crate::runs::{Run, now};
use crate::sweep::{Plan, Results, Sweep};
use crate::text::figures::{duration, moment};
use page::{Form, Page};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Writes the results of a sweep as a page: charts, tables, settings, and the command that trains it again
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// The file to write; .md has its charts as .svg files beside it
    #[arg(long, value_name = "FILE.html|.md")]
    to: PathBuf,
}

pub fn main(args: &Args, runs: &Path, out: &mut Screen) -> Result {
    let form = Form::of(&args.to).ok_or_else(|| {
        let why = format!(
            "{}: the name has to end with .html or .md",
            args.to.display()
        );
        CliError::Input(why)
    })?;
    let (sweep, metric) = args.which.open(runs)?;
    let results = Results::gather(&sweep, &Plan::read(runs)?, metric);
    if !results.any() {
        let why = format!(
            "there is nothing to report: no experiment of {} has a complete run; `{}` trains them",
            sweep.file,
            sweep.command()
        );
        return Err(CliError::Input(why));
    }
    for (path, text) in page(&sweep, &results).files(&args.to, form) {
        out.save(&path, text.as_bytes())?;
    }
    Ok(Exit::Done)
}

/// The report from its title to the command.
fn page(sweep: &Sweep, results: &Results) -> Page {
    let shown = Shown::new(sweep, results);
    // Whole logs: curves need more than the outline of a list.
    let runs: Vec<Vec<Run>> = results
        .rows
        .iter()
        .map(|row| {
            let figures = row.figures.iter();
            figures.map(|f| Run::open(&f.dir)).collect()
        })
        .collect();
    let mut page = Page::new(&shown.name());
    if !sweep.about.is_empty() {
        page.text(&sweep.about);
    }
    page.heading(&super::sweep::label(results.metric));
    if let Some(matrix) = shown.matrix() {
        page.picture(charts::heat(&shown).svg());
        page.table(matrix);
    }
    page.picture(charts::dots(&shown).svg());
    page.table(shown.table());
    for note in shown.notes() {
        page.text(&note);
    }
    page.heading("Curves");
    for chart in charts::curves(sweep, results, &runs) {
        page.picture(chart);
    }
    page.heading("Settings that differ");
    page.table(differing(sweep));
    page.heading("Settings that all cases share");
    page.table(shared(sweep));
    page.heading("Protocol");
    for sentence in protocol(sweep, &runs) {
        page.text(&sentence);
    }
    page.heading("Environment");
    page.table(environment(&runs));
    page.heading("Runs");
    page.table(listed(results, &runs));
    page.heading("To train it again");
    page.code(&sweep.command());
    page
}

/// Each case with the values of the hyperparameters that cases set.
fn differing(sweep: &Sweep) -> Table {
    let mut table = Table::default().text("case");
    for path in &sweep.varied {
        table = table.text(path);
    }
    for (nth, case) in sweep.cases.iter().enumerate() {
        let values = sweep.varied.iter().map(|path| sweep.value(nth, path));
        let values = values.map(|v| v.as_ref().map_or_else(String::new, spelled).into());
        table.row(
            [case.name.as_str().into()]
                .into_iter()
                .chain(values)
                .collect(),
        );
    }
    table
}

/// Every other hyperparameter.
fn shared(sweep: &Sweep) -> Table {
    let mut table = Table::default()
        .text("hyperparameter")
        .text("value")
        .text("what it does");
    let apart = ["format", "name", "train.seed"];
    for field in sweep.shared.fields() {
        let path = field.path.as_str();
        if !apart.contains(&path) && !sweep.varied.contains(&path) {
            table.row(vec![
                path.into(),
                spelled(&field.value).into(),
                field.param.help.trim().into(),
            ]);
        }
    }
    let seeds: Vec<String> = sweep.seeds.iter().map(u64::to_string).collect();
    let words = "Each case was trained with each of these.";
    table.row(vec![
        "train.seed".into(),
        seeds.join(", ").into(),
        words.into(),
    ]);
    table
}

fn spelled(value: &Value) -> String {
    match value.to_string().as_str() {
        "" => "empty".to_owned(),
        text => text.to_owned(),
    }
}

/// How the figures were made.
fn protocol(sweep: &Sweep, runs: &[Vec<Run>]) -> Vec<String> {
    let knn = &sweep.shared.knn;
    let begin = runs
        .iter()
        .flatten()
        .find_map(|run| run.series.begin.as_ref());
    let varied = sweep.varied.iter().any(|path| path.starts_with("knn."));
    let but = if varied {
        " Cases that set another protocol are measured by that."
    } else {
        ""
    };
    let tested = begin.map_or_else(String::new, |b| {
        let held_out = sweep.shared.data.validation.is_some();
        let part = if held_out { "validation" } else { "test" };
        format!(" of {} {part} images", b.test_images)
    });
    vec![
        format!(
            "kNN accuracy{tested}: {} neighbours by cosine on h, each vote weighs exp(cosine / {}), clean views, running statistics, every {} \
             epochs and after the last one. \"last\" is after the last epoch, \"best\" the highest of all.{but}",
            knn.k, knn.temperature, knn.every
        ),
        "Mean and standard deviation (n − 1) are over seeds, of complete runs of exactly the same experiment. An interval is Welch's 95 % \
         interval of the difference of two means, with Welch and Satterthwaite's degrees of freedom."
            .to_owned(),
    ]
}

/// What the runs were trained with, each thing once.
fn environment(runs: &[Vec<Run>]) -> Table {
    let mut table = Table::default().text("").text("");
    let mut fact = |name: &str, values: BTreeSet<String>| {
        let values: Vec<String> = values.into_iter().filter(|v| !v.is_empty()).collect();
        if !values.is_empty() {
            table.row(vec![name.into(), values.join("; ").into()]);
        }
    };
    let each = || {
        runs.iter()
            .flatten()
            .filter_map(|run| run.environment.as_ref())
    };
    fact(
        "program",
        each()
            .map(|e| format!("simclr-tui {}", e.program))
            .collect(),
    );
    fact("commit", each().filter_map(|e| e.commit.clone()).collect());
    fact(
        "data",
        each()
            .filter_map(|e| Some(e.dataset.as_ref()?.to_string()))
            .collect(),
    );
    fact("device", each().map(|e| e.device.clone()).collect());
    fact(
        "processor",
        each()
            .map(|e| format!("{}, {} cores", e.cpu, e.cores))
            .collect(),
    );
    fact("system", each().map(|e| e.os.clone()).collect());
    let took: f64 = runs.iter().flatten().map(|run| run.series.elapsed()).sum();
    fact("took", BTreeSet::from([duration(took)]));
    fact("written", BTreeSet::from([moment(now())]));
    table
}

/// The runs that the figures are of.
fn listed(results: &Results, runs: &[Vec<Run>]) -> Table {
    let mut table = Table::default()
        .text("case")
        .number("seed")
        .text("run")
        .number("took");
    for (row, runs) in results.rows.iter().zip(runs) {
        for (figure, run) in row.figures.iter().zip(runs) {
            table.row(vec![
                row.case.as_str().into(),
                figure.seed.to_string().into(),
                run.id.as_str().into(),
                duration(run.series.elapsed()).into(),
            ]);
        }
    }
    table
}
