//! From the samples of a run to the lines of a chart.

mod legend;
mod names;

use crate::engine::metric::Metric;
use crate::experiment::Experiment;
use crate::export::{self, plot::Plot};
use crate::runs::{Gap, Run, Sample, smooth};
use crate::text::figures;
use crate::ui::axis::Axis;
use crate::ui::chart_view::ChartView;
use crate::ui::nearest::nearest;
use crate::ui::theme::Theme;
use crate::ui::widgets::chart::{Break, Chart, Curve, Guide, Mark};
use legend::Faint;
pub use names::labels;
use names::names;
use ratatui::text::{Line, Span};

/// The points of a metric of a run.
#[must_use]
pub fn points(run: &Run, key: &str, axis: Axis) -> Vec<(f64, f64)> {
    let samples = run.series.curve(key).iter();
    samples.map(|s| (axis.of(s, run), s.value)).collect()
}

/// Where something of a metric was measured in any of some runs, in order.
#[must_use]
pub fn places(runs: &[&Run], key: &str, axis: Axis) -> Vec<f64> {
    let one = |run: &&Run| -> Vec<f64> {
        let samples = run.series.curve(key).iter();
        samples.map(|s| axis.of(s, run)).collect()
    };
    let mut places: Vec<f64> = runs.iter().flat_map(one).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    places
}

/// A metric's value as screens print it, without its unit.
#[must_use]
pub fn value(key: &str, value: f64) -> String {
    figures::with_minus(match key {
        "loss" => figures::decimal(value, 3),
        "data_wait" | "gpu_util" | "cpu_util" => figures::decimal(value, 0),
        "views_per_second" if value.is_finite() => {
            figures::thousands(value.max(0.0).round() as u64)
        }
        "rate" => figures::significant(value, 3),
        "alignment" | "uniformity" | "z_std" => figures::decimal(value, 2),
        "h_rank" => figures::decimal(value, 1),
        _ if Metric::find(key).is_some_and(|m| ["%", "GiB"].contains(&m.unit)) => {
            figures::decimal(value, 1)
        }
        _ => figures::significant(value, 4),
    })
}

/// The places where training stood still, with the time of those of a minute or more.
fn breaks(run: &Run, axis: Axis) -> Vec<Break> {
    let one = |gap: &Gap| {
        let time = gap.to - gap.from;
        let label = if time < 60.0 {
            String::new()
        } else {
            format!("gap {}", figures::age(time))
        };
        let at = axis.of_gap(gap, run);
        Break { at, label }
    };
    run.series.gaps.iter().map(one).collect()
}

/// The same of one run among several: the words begin with its letter.
fn breaks_of(run: &Run, axis: Axis, letter: char) -> impl Iterator<Item = Break> {
    breaks(run, axis).into_iter().map(move |mut one| {
        format!("{letter} {}", one.label)
            .trim_end()
            .clone_into(&mut one.label);
        one
    })
}

/// A place on the x axis: whole, or with one decimal.
fn position(x: f64) -> String {
    figures::decimal(x, usize::from((x - x.round()).abs() > 0.05))
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
fn empty_chart<'a>(theme: &'a Theme, key: &str, view: &ChartView) -> Chart<'a> {
    let title = Metric::find(key).map_or_else(Line::default, |m| heading(theme, m));
    let mut chart = Chart::new(theme, title);
    chart.x_label = view.axis.label();
    (chart.span, chart.cross) = (view.span, view.cross);
    (chart.log, chart.clip) = (view.log, !view.outliers);
    if Metric::find(key).is_some_and(|m| m.unit == "%") {
        chart.y_limits = (0.0, 100.0);
    }
    chart
}

/// A metric of a run: raw and dim behind its smoothed line where there are many points, with what it is compared to.
#[must_use]
pub fn chart<'a>(theme: &'a Theme, run: &Run, key: &str, view: &ChartView) -> Chart<'a> {
    let mut chart = empty_chart(theme, key, view);
    let axis = view.axis;
    let raw = points(run, key, axis);
    (chart.x_reach, chart.x_end) = (axis.reach(run), axis.end(run));
    chart.empty = match key {
        "loss" => "waiting for the first steps",
        "knn" if is_unjudged(run) => {
            "there is no kNN: it needs labelled test images of two classes"
        }
        "knn" => "kNN is measured before training, and every few epochs",
        _ => "not measured yet",
    };
    if view.span.is_some() && !raw.is_empty() {
        chart.empty = "nothing was measured in this stretch";
    }
    chart.breaks = breaks(run, axis);
    if let Some(last) = run.series.last(key) {
        let error = of_test_images(key).then(|| run.series.standard_error(last.value));
        let error = error
            .flatten()
            .map_or_else(String::new, |e| format!("± {} ", value(key, e)));
        let unit = if key == "knn" { "% " } else { "" };
        let newest = run.series.figure(key).unwrap_or(last.value);
        let what = match Metric::find(key).map_or("last", Metric::newest) {
            "last" => String::new(),
            what => format!("{what} "),
        };
        let text = format!(" {what}{} {error}{unit}", value(key, newest));
        chart.value = Line::styled(text, theme.bright);
    }
    match key {
        "loss" => bounds(&mut chart, run),
        "knn" => best(&mut chart, run, axis),
        _ => {}
    }
    let memory = view
        .memory(raw.len())
        .filter(|_| key == "loss" || raw.len() > 100);
    let smoothed = memory.map(|keep| smooth(&raw, keep));
    if let Some(at) = view.cross {
        let samples = run.series.curve(key);
        if let Some(nth) = nearest_sample(run, samples, axis, at) {
            let words = reading(&samples[nth], key, smoothed.as_ref().map(|s| s[nth].1));
            // Where what is read was measured, if that is next to it: the lines of all charts stand at the same place, and the words
            // tell where another one was.
            let measured = axis.of(&samples[nth], run);
            let (low, high) = view.seen(view.whole(&[run]));
            let near = (measured - at).abs() <= (high - low) * NEAR;
            chart.cross = Some(if near { measured } else { at });
            let nearest = if near { "" } else { " nearest:" };
            let words = words.map(|words| format!("{nearest}{words}"));
            chart.foot = words.map(|w| Line::styled(w, theme.accent)).into();
        }
    }
    let line = |points, style, derived| Curve {
        points,
        style,
        letter: None,
        derived,
    };
    let is_smoothed = smoothed.is_some();
    match smoothed {
        Some(smoothed) => {
            chart.curves = vec![
                line(raw, theme.faint, false),
                line(smoothed, theme.series(0), true),
            ];
        }
        None => chart.curves = vec![line(raw, theme.series(0), false)],
    }
    // Without colours it could not be told from the curve.
    if of_test_images(key) && !theme.colourless() {
        let band = band(run, key, axis).map(|points| line(points, theme.faint, false));
        chart.curves.splice(0..0, band);
    }
    // What the crosshair reads has that place; without colours nothing is faint.
    if view.cross.is_none() && !theme.colourless() {
        let error = of_test_images(key) && run.series.standard_error(0.5).is_some();
        if is_smoothed {
            legend::explain(&mut chart, Faint::Raw);
        } else if error && !chart.curves.is_empty() {
            legend::explain(&mut chart, Faint::Error);
        }
    }
    chart
}

/// Whether a metric is a share of the test images.
fn of_test_images(key: &str) -> bool {
    ["knn", "probe", "probe_z"].contains(&key)
}

/// Whether a run's images have no labels to judge by.
fn is_unjudged(run: &Run) -> bool {
    let begin = run.series.begin.as_ref();
    begin.is_some_and(|begin| begin.classes < 2 || begin.test_images == 0)
}

/// A standard error below and above a share of the test images, where it has one.
fn band(run: &Run, key: &str, axis: Axis) -> impl Iterator<Item = Vec<(f64, f64)>> {
    [-1.0, 1.0].into_iter().map(move |side| {
        let off = |(x, share)| Some((x, share + side * run.series.standard_error(share)?));
        points(run, key, axis).into_iter().filter_map(off).collect()
    })
}

/// Chance and floor of the loss.
fn bounds(chart: &mut Chart, run: &Run) {
    if let Some(bounds) = run.experiment.as_ref().and_then(Experiment::bounds) {
        chart.guides = [("chance", bounds.chance), ("floor", bounds.floor)]
            .map(|(name, y)| Guide {
                y,
                label: format!("{name} {y:.2}"),
            })
            .into();
    }
}

/// The untrained level and the best of kNN accuracy.
fn best(chart: &mut Chart, run: &Run, axis: Axis) {
    if let Some(y) = run.series.untrained_knn() {
        let label = format!("untrained {y:.1}");
        chart.guides.push(Guide { y, label });
    }
    if let Some(best) = run.series.best("knn").filter(|b| b.step > 0) {
        let x = axis.of(best, run);
        chart.marks.push(Mark {
            at: (x, best.value),
            sign: '★',
        });
        let worse = run.series.untrained_knn().is_some_and(|y| best.value < y);
        let than = if worse { ", below untrained" } else { "" };
        let at = format!("{} {}", axis.label(), position(x));
        let foot = format!(" ★ best {} at {at}{than} ", value("knn", best.value));
        let short = format!(" ★ {}{than} ", value("knn", best.value));
        let least = format!(" ★ {} ", value("knn", best.value));
        chart.foot = [foot, short, least]
            .map(|f| Line::styled(f, chart.theme.dim))
            .into();
    }
}

/// What the crosshair reads of a sample and its smoothed value; in many words and in few.
fn reading(sample: &Sample, key: &str, smoothed: Option<f64>) -> [String; 3] {
    let smooth = smoothed.map_or_else(String::new, |s| format!(" ~{}", value(key, s)));
    let value = value(key, sample.value);
    let step = figures::thousands(sample.step);
    let (epoch, time) = (sample.epoch, figures::duration(sample.elapsed));
    [
        format!(" {value}{smooth}  step {step}  epoch {epoch:.2}  {time} "),
        format!(" {value}{smooth}  step {step} "),
        format!(" {value} "),
    ]
}

/// The sample nearest to a place; x only grows along a curve.
fn nearest_sample(run: &Run, samples: &[Sample], axis: Axis, at: f64) -> Option<usize> {
    nearest(samples, at, |sample| axis.of(sample, run))
}

/// The stretch of a metric that a view shows of some runs, for a file.
#[must_use]
pub fn plot(runs: &[&Run], key: &str, view: &ChartView) -> Plot {
    let metric = Metric::find(key);
    let unit = metric.filter(|m| !m.unit.is_empty());
    let label = metric.map_or(key, |m| m.label);
    let seen = |x: f64| {
        view.span
            .is_none_or(|(low, high)| (low..=high).contains(&x))
    };
    let mut smoothed = false;
    let names = names(runs);
    let line = |(nth, run): (usize, &&Run)| {
        let raw = points(run, key, view.axis);
        let many = key == "loss" || raw.len() > 100;
        let memory = view.memory(raw.len()).filter(|_| many);
        smoothed |= memory.is_some();
        let mut points = memory.map(|keep| smooth(&raw, keep)).unwrap_or(raw);
        points.retain(|(x, _)| seen(*x));
        let name = names[nth].clone();
        let breaks = breaks(run, view.axis).into_iter().filter(|b| seen(b.at));
        let breaks = breaks.map(|b| (b.at, b.label)).collect();
        export::plot::Line {
            name,
            points,
            breaks,
        }
    };
    let lines = runs.iter().enumerate().map(line).collect();
    Plot {
        title: export::plot::title(label, smoothed),
        x: view.axis.label().to_owned(),
        y: unit.map_or_else(|| label.to_owned(), |m| format!("{label} in {}", m.unit)),
        log: view.log,
        lines,
        guides: Vec::new(),
        from_zero: false,
    }
}

/// A share of what is seen that can't be told from a chart.
const NEAR: f64 = 0.005;
/// One metric of several runs over each other, each with its place, which gives it letter and colour.
#[must_use]
pub fn overlay<'a>(
    theme: &'a Theme,
    runs: &[(usize, &Run)],
    key: &str,
    view: &ChartView,
) -> Chart<'a> {
    let mut chart = empty_chart(theme, key, view);
    chart.empty = "none of these runs has recorded it";
    let (mut read, mut measured) = (Vec::new(), Vec::new());
    for &(index, run) in runs {
        let raw = points(run, key, view.axis);
        let memory = view.memory(raw.len()).filter(|_| raw.len() > 100);
        let line = memory.map(|keep| smooth(&raw, keep)).unwrap_or(raw);
        let letter = Theme::letter(index);
        let samples = run.series.curve(key);
        if let Some(at) = view.cross
            && let Some(nth) = nearest_sample(run, samples, view.axis, at)
        {
            measured.push(view.axis.of(&samples[nth], run));
            let text = format!(" {letter} {}", value(key, line[nth].1));
            read.push(Span::styled(text, theme.series(index)));
        }
        chart.breaks.extend(breaks_of(run, view.axis, letter));
        chart.curves.push(Curve {
            points: line,
            style: theme.series(index),
            letter: Some(letter),
            derived: false,
        });
    }
    if let Some(at) = view.cross {
        // The line stands where one of the values read was measured.
        measured.sort_by(f64::total_cmp);
        let at = nearest(&measured, at, |x| *x).map_or(at, |nth| measured[nth]);
        chart.cross = Some(at);
        let at = format!("  at {} {} ", view.axis.label(), position(at));
        read.push(Span::styled(at, theme.dim));
        chart.foot = vec![Line::from(read)];
    }
    chart
}
