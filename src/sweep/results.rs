//! What came out of a sweep: a figure for each case over its seeds, and how far it is from the baseline's.

use super::welch::{Difference, Mean};
use super::{Plan, Standing, Sweep};
use crate::runs::fact::Found;
use crate::runs::{Fact, Fingerprint, Run, Status};
use std::borrow::Borrow;
use std::path::PathBuf;

/// The figures of a sweep.
#[derive(Clone, Debug)]
pub struct Results {
    /// What cases are judged by.
    pub metric: Fact,
    /// One a case, in the order of the sweep.
    pub rows: Vec<Row>,
    /// Runs that were left out, each with why.
    pub left_out: Vec<String>,
}

/// The figure of one case.
#[derive(Clone, Debug)]
pub struct Row {
    /// The name of the case.
    pub case: String,
    /// What each seed gave, in the order of the seeds; those that are not trained yet are missing.
    pub figures: Vec<Figure>,
    /// Over the seeds.
    pub mean: Option<Mean>,
    /// From the baseline, for every other case.
    pub difference: Option<Difference>,
    /// Why it was not trained to its end.
    pub cut: Option<String>,
    /// What the paper has.
    pub published: Option<f64>,
    /// The other metrics of the sweep, in its order, each over its seeds.
    pub also: Vec<Option<Mean>>,
}

/// What one run gave.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Its seed.
    pub seed: u64,
    /// The value of the metric.
    pub value: f64,
    /// The run's name.
    pub run: String,
    /// Its folder, whose name need not be UTF-8.
    pub dir: PathBuf,
    /// Seconds of training.
    pub took: f64,
}

impl Results {
    /// Gathers the results: of each case and seed the newest complete run of exactly that experiment.
    #[must_use]
    pub fn gather<R: Borrow<Run>>(sweep: &Sweep, plan: &Plan<R>, metric: Fact) -> Self {
        let images = newest_images(sweep, plan);
        let mut left_out = Vec::new();
        let mut rows: Vec<Row> = (0..sweep.cases.len())
            .map(|case| Row {
                case: sweep.cases[case].name.clone(),
                figures: figures(sweep, plan, case, metric, images, &mut left_out),
                mean: None,
                difference: None,
                cut: None,
                published: published(sweep, case),
                also: Vec::new(),
            })
            .collect();
        let standings = sweep.standings(plan, 0).unwrap_or_default();
        for (case, row) in rows.iter_mut().enumerate() {
            if let Some(Standing::Cut(why)) = standings.get(case)
                && row.figures.len() < sweep.seeds.len()
            {
                row.cut = Some(why.clone());
            }
            row.mean = mean(&row.figures);
            let others = sweep.also.iter().map(|other| {
                // What is left out is told once, by the metric that cases are judged by.
                let figures = figures(sweep, plan, case, *other, images, &mut Vec::new());
                mean(&figures)
            });
            row.also = others.collect();
        }
        let baseline = sweep.baseline.and_then(|nth| rows[nth].mean);
        for (nth, row) in rows.iter_mut().enumerate() {
            let both = row
                .mean
                .zip(baseline)
                .filter(|_| sweep.baseline != Some(nth));
            row.difference = both.map(|(mean, baseline)| Difference::between(mean, baseline));
        }
        Self {
            metric,
            rows,
            left_out,
        }
    }

    /// Whether any case has a figure.
    #[must_use]
    pub fn any(&self) -> bool {
        self.rows.iter().any(|row| row.mean.is_some())
    }

    /// The means of pairs as a matrix, the same on both sides of its diagonal.
    #[must_use]
    pub fn matrix(&self, sweep: &Sweep) -> Vec<Vec<Option<f64>>> {
        let n = sweep.pairs.len();
        let mut matrix = vec![vec![None; n]; n];
        for (case, row) in sweep.cases.iter().zip(&self.rows) {
            if let Some((i, j)) = case.pair {
                let mean = row.mean.map(|m| m.mean);
                (matrix[i][j], matrix[j][i]) = (mean, mean);
            }
        }
        matrix
    }
}

fn mean(figures: &[Figure]) -> Option<Mean> {
    let values: Vec<f64> = figures.iter().map(|f| f.value).collect();
    Mean::of(&values)
}

/// The run that stands for a case and a seed.
fn stands<'a, R: Borrow<Run>>(
    sweep: &Sweep,
    plan: &'a Plan<R>,
    case: usize,
    seed: u64,
) -> Option<&'a Run> {
    let experiment = sweep.experiment(super::Training { case, seed });
    let mut runs = plan.same(&experiment);
    // The newest is first, so one that was trained again takes the place of the older.
    runs.find(|run| run.status == Status::Completed)
}

/// The images that the newest of all runs saw: others' figures are not comparable.
fn newest_images<'a, R: Borrow<Run>>(sweep: &Sweep, plan: &'a Plan<R>) -> Option<&'a Fingerprint> {
    let runs = sweep
        .trainings()
        .filter_map(|t| stands(sweep, plan, t.case, t.seed));
    let newest = runs.max_by(|a, b| a.created.total_cmp(&b.created))?;
    newest.environment.as_ref()?.dataset.as_ref()
}

fn figures<R: Borrow<Run>>(
    sweep: &Sweep,
    plan: &Plan<R>,
    case: usize,
    metric: Fact,
    images: Option<&Fingerprint>,
    left_out: &mut Vec<String>,
) -> Vec<Figure> {
    let runs = sweep
        .seeds
        .iter()
        .filter_map(|&seed| Some((seed, stands(sweep, plan, case, seed)?)));
    let comparable = |run: &Run| {
        let own = run.environment.as_ref().and_then(|e| e.dataset.as_ref());
        // A data group that cases vary sees other images by intention.
        let meant = sweep.varied.iter().any(|path| path.starts_with("data."));
        meant
            || own
                .zip(images)
                .is_none_or(|(own, images)| own.same_images(images))
    };
    let mut figures = Vec::new();
    for (seed, run) in runs {
        if !comparable(run) {
            left_out.push(format!(
                "run {} learned from other images than the newest",
                run.id
            ));
        } else if let Some(Found::Number(value)) = metric.of(run, crate::runs::now()) {
            figures.push(Figure {
                seed,
                value,
                run: run.id.clone(),
                dir: run.dir.clone(),
                took: run.series.elapsed(),
            });
        } else {
            left_out.push(format!("run {} has no {}", run.id, metric.name()));
        }
    }
    figures
}

/// What the paper has for a case.
fn published(sweep: &Sweep, case: usize) -> Option<f64> {
    let values = &sweep.paper.as_ref()?.values.0;
    let name = &sweep.cases[case].name;
    let (_, value) = values.iter().find(|(known, _)| known == name)?;
    Some(*value)
}
