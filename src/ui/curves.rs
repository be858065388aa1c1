//! From the samples of a run to the lines of a chart.

use crate::engine::report::Metric;
use crate::runs::{Run, Sample};
use crate::ui::insight;
use crate::ui::text;
use crate::ui::theme::Theme;
use crate::ui::widgets::chart::{Chart, Curve, Guide, Mark};
use ratatui::text::{Line, Span};

/// What x is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Axis {
    /// Epochs.
    #[default]
    Epoch,
    /// Optimizer steps.
    Step,
    /// Time spent training.
    Elapsed,
}

impl Axis {
    /// The next one, around the end.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Epoch => Self::Step,
            Self::Step => Self::Elapsed,
            Self::Elapsed => Self::Epoch,
        }
    }

    /// Its name at the chart.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Epoch => "epoch",
            Self::Step => "step",
            Self::Elapsed => "minutes",
        }
    }

    const fn of(self, sample: &Sample) -> f64 {
        match self {
            Self::Epoch => sample.epoch,
            Self::Step => sample.step as f64,
            Self::Elapsed => sample.elapsed / 60.0,
        }
    }

    /// Where the run is now.
    fn reach(self, run: &Run) -> f64 {
        let newest = ["loss", "knn"].map(|key| run.series.last(key));
        let newest = newest.into_iter().flatten().map(|s| self.of(s));
        newest.fold(0.0, f64::max)
    }

    /// Where the run will end, when that is known.
    #[must_use]
    pub fn end(self, run: &Run) -> Option<f64> {
        let begin = run.series.begin.as_ref()?;
        match self {
            Self::Epoch if begin.steps_per_epoch > 0 => {
                Some(begin.steps as f64 / begin.steps_per_epoch as f64)
            }
            Self::Step => Some(begin.steps as f64),
            _ => None,
        }
    }
}

/// The points of some samples.
#[must_use]
pub fn points(samples: &[Sample], axis: Axis) -> Vec<(f64, f64)> {
    samples.iter().map(|s| (axis.of(s), s.value)).collect()
}

/// The exponential moving average, debiased so that it begins at the first value; its memory is a hundredth of the
/// curve, at least four points. What is no number leaves a gap and is not remembered.
#[must_use]
pub fn smooth(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let keep = 1.0 - 1.0 / (points.len() as f64 / 100.0).max(4.0);
    let (mut mean, mut weight) = (0.0, 0.0);
    let step = |&(x, y): &(f64, f64)| {
        if !y.is_finite() {
            return (x, f64::NAN);
        }
        mean = keep * mean + (1.0 - keep) * y;
        weight = keep * weight + (1.0 - keep);
        (x, mean / weight)
    };
    points.iter().map(step).collect()
}

/// A metric's value as screens print it, without its unit.
#[must_use]
pub fn value(key: &str, value: f64) -> String {
    match key {
        "loss" => text::decimal(value, 3),
        "knn" | "contrastive_top1" | "h_rank" => text::decimal(value, 1),
        "data_wait" => text::decimal(value, 0),
        "views_per_second" if value.is_finite() => text::thousands(value.max(0.0).round() as u64),
        "rate" => text::significant(value, 3),
        "alignment" | "uniformity" | "z_std" => text::decimal(value, 2),
        _ => text::significant(value, 4),
    }
}

/// A place on the x axis: whole, or with one decimal.
fn position(x: f64) -> String {
    text::decimal(x, usize::from((x - x.round()).abs() > 0.05))
}

fn heading<'a>(theme: &Theme, metric: &Metric) -> Line<'a> {
    let unit = if metric.unit.is_empty() {
        " ".to_owned()
    } else {
        format!(" {} ", metric.unit)
    };
    Line::from(vec![
        Span::styled(format!(" {}", metric.label), theme.bright),
        Span::styled(unit, theme.dim),
    ])
}

/// The chart of one metric without curves.
#[must_use]
pub fn empty_chart<'a>(theme: &'a Theme, key: &str, axis: Axis) -> Chart<'a> {
    let title = Metric::find(key).map_or_else(Line::default, |m| heading(theme, m));
    let mut chart = Chart::new(theme, title);
    chart.x_label = axis.label();
    if Metric::find(key).is_some_and(|m| m.unit == "%") {
        chart.y_limits = (0.0, 100.0);
    }
    chart
}

/// The loss of a run: raw and dim, smoothed and bright, between chance and floor.
#[must_use]
pub fn loss_chart<'a>(theme: &'a Theme, run: &Run, axis: Axis) -> Chart<'a> {
    let mut chart = empty_chart(theme, "loss", axis);
    let raw = points(run.series.curve("loss"), axis);
    let smoothed = smooth(&raw);
    (chart.x_reach, chart.x_end) = (axis.reach(run), axis.end(run));
    chart.empty = "the first steps are on their way";
    if let Some(last) = run.last_loss() {
        let text = format!(" {} ", value("loss", last));
        chart.value = Line::styled(text, theme.bright);
    }
    if let Some(experiment) = &run.experiment {
        let (chance, floor) = insight::bounds(experiment);
        chart.guides = [("chance", chance), ("floor", floor)]
            .map(|(name, y)| Guide {
                y,
                label: format!("{name} {y:.2}"),
            })
            .into();
    }
    chart.curves = vec![
        Curve {
            points: raw,
            style: theme.faint,
            letter: None,
        },
        Curve {
            points: smoothed,
            style: theme.series(0),
            letter: None,
        },
    ];
    chart
}

/// The kNN accuracy of a run, with its untrained level and its best.
#[must_use]
pub fn knn_chart<'a>(theme: &'a Theme, run: &Run, axis: Axis) -> Chart<'a> {
    let mut chart = empty_chart(theme, "knn", axis);
    let series = &run.series;
    (chart.x_reach, chart.x_end) = (axis.reach(run), axis.end(run));
    chart.empty = "kNN is measured before training and after each epoch or so";
    if let Some(last) = run.last_knn() {
        chart.value = Line::styled(format!(" {} % ", value("knn", last)), theme.bright);
    }
    if let Some(y) = series.untrained_knn() {
        let label = format!("untrained {y:.1}");
        chart.guides.push(Guide { y, label });
    }
    if let Some(best) = series.best("knn").filter(|b| b.step > 0) {
        chart.marks.push(Mark {
            at: (axis.of(best), best.value),
            sign: '★',
        });
        let at = format!("{} {}", axis.label(), position(axis.of(best)));
        let foot = format!(" ★ best {} at {at} ", value("knn", best.value));
        chart.foot = Line::styled(foot, theme.dim);
    }
    chart.curves.push(Curve {
        points: points(series.curve("knn"), axis),
        style: theme.series(0),
        letter: None,
    });
    chart
}

/// One metric of several runs over each other.
#[must_use]
pub fn overlay<'a>(theme: &'a Theme, runs: &[&Run], key: &str, axis: Axis) -> Chart<'a> {
    let mut chart = empty_chart(theme, key, axis);
    chart.empty = "none of these runs has recorded it";
    for (index, run) in runs.iter().enumerate() {
        let raw = points(run.series.curve(key), axis);
        let many = raw.len() > 100;
        chart.curves.push(Curve {
            points: if many { smooth(&raw) } else { raw },
            style: theme.series(index),
            letter: Some(Theme::letter(index)),
        });
    }
    chart
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smoothing_begins_at_the_first_value_and_skips_gaps() {
        let points: Vec<_> = [4.0, 4.0, f64::NAN, 4.0, 2.0]
            .iter()
            .map(|y| (0.0, *y))
            .collect();
        let smoothed = smooth(&points);
        assert!((smoothed[0].1 - 4.0).abs() < 1e-12 && (smoothed[3].1 - 4.0).abs() < 1e-12);
        assert!(smoothed[2].1.is_nan());
        assert!(smoothed[4].1 < 4.0 && smoothed[4].1 > 3.0);
    }
}
