//! Runs in groups: those of one sweep, tag or hyperparameter as one curve, their mean with its deviation.

use crate::runs::fact::Found;
use crate::runs::{Fact, Run, smooth};
use crate::sweep::welch::Mean;
use crate::text::figures;
use crate::ui::chart_view::ChartView;
use crate::ui::curves;
use crate::ui::theme::Theme;
use crate::ui::widgets::chart::{Chart, Curve};

/// Runs that have a fact in common.
#[derive(Debug)]
pub struct Group<'a> {
    /// What they have.
    pub name: String,
    /// The runs, never none.
    pub runs: Vec<&'a Run>,
    /// The places of its runs; it has the colour of the first.
    pub places: Vec<usize>,
}

/// Runs by what a fact is of each, in the order of the first; without a fact each is a group. `now` in seconds since 1970.
#[must_use]
pub fn groups<'a>(runs: &[&'a Run], by: Option<Fact>, now: f64) -> Vec<Group<'a>> {
    let mut groups: Vec<Group> = Vec::new();
    for (place, (run, label)) in runs.iter().zip(curves::labels(runs)).enumerate() {
        let name = by.map_or(label, |fact| value(fact, run, now));
        let known = groups.iter_mut().find(|group| group.name == name);
        match known.filter(|_| by.is_some()) {
            Some(group) => {
                group.runs.push(run);
                group.places.push(place);
            }
            None => groups.push(Group {
                name,
                runs: vec![run],
                places: vec![place],
            }),
        }
    }
    groups
}

fn value(fact: Fact, run: &Run, now: f64) -> String {
    let known = fact.setting(run).map(|value| value.to_string());
    let found = known.or_else(|| {
        Some(match fact.of(run, now)? {
            Found::Number(number) => figures::significant(number, 4),
            Found::Flag(on) => if on { "yes" } else { "no" }.to_owned(),
            Found::Text(text) => text,
            Found::Texts(texts) => texts.join(", "),
        })
    });
    let value = found.filter(|value| !value.is_empty());
    format!("{} {}", fact.title(), value.as_deref().unwrap_or("none"))
}

/// A metric of several groups: of each the mean, as far as all of its runs have come, and a deviation to both sides.
#[must_use]
pub fn chart<'a>(theme: &'a Theme, groups: &[Group], key: &str, view: &ChartView) -> Chart<'a> {
    let firsts = groups.iter().map(|group| (group.places[0], group.runs[0]));
    let firsts: Vec<(usize, &Run)> = firsts.collect();
    let mut chart = curves::overlay(theme, &firsts, key, view);
    if groups.iter().all(|group| group.runs.len() == 1) {
        return chart;
    }
    // Frame, title and scale are those of single runs; the curves are not.
    chart.curves.clear();
    chart.breaks.clear();
    for group in groups {
        let means = means(group, key, view);
        let sides = [-1.0, 1.0].map(|side| {
            let off =
                |(x, mean): &(f64, Mean)| (*x, mean.mean + side * mean.deviation.unwrap_or(0.0));
            means.iter().map(off).collect()
        });
        let place = group.places[0];
        let style = theme.series(place);
        let faint = style.add_modifier(ratatui::style::Modifier::DIM);
        let band = sides.into_iter().map(|points| (points, faint, None));
        let band = band.filter(|_| group.runs.len() > 1);
        let middle = means.iter().map(|(x, mean)| (*x, mean.mean)).collect();
        let lines = band.chain([(middle, style, Some(Theme::letter(place)))]);
        chart
            .curves
            .extend(lines.map(|(points, style, letter)| Curve {
                points,
                style,
                letter,
                derived: false,
            }));
    }
    chart
}

/// Mean and deviation where the run with the most points has one, as far as all runs of the group go.
fn means(group: &Group, key: &str, view: &ChartView) -> Vec<(f64, Mean)> {
    let line = |run: &&Run| {
        let raw = curves::points(run, key, view.axis);
        let memory = view.memory(raw.len()).filter(|_| raw.len() > 100);
        memory.map(|keep| smooth(&raw, keep)).unwrap_or(raw)
    };
    let lines: Vec<Vec<(f64, f64)>> = group.runs.iter().map(line).collect();
    let longest = lines.iter().max_by_key(|line| line.len());
    let places = longest.into_iter().flatten().map(|(x, _)| *x);
    let mean = |x: f64| {
        let values: Option<Vec<f64>> = lines.iter().map(|line| at(line, x)).collect();
        Some((x, Mean::of(&values?)?))
    };
    places.filter_map(mean).collect()
}

/// The height of a line at x, between the points beside it; `None` beyond its ends.
fn at(line: &[(f64, f64)], x: f64) -> Option<f64> {
    let after = line.partition_point(|(own, _)| *own < x);
    let (right, high) = *line.get(after)?;
    if right <= x {
        return Some(high);
    }
    let (left, low) = *line.get(after.checked_sub(1)?)?;
    Some(low + (high - low) * (x - left) / (right - left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_between_their_points_and_not_beyond() {
        let line = [(0.0, 1.0), (2.0, 5.0), (4.0, 5.0)];
        for (x, y) in [
            (-0.1, None),
            (0.0, Some(1.0)),
            (1.0, Some(3.0)),
            (2.0, Some(5.0)),
            (4.0, Some(5.0)),
            (4.1, None),
        ] {
            assert_eq!(at(&line, x), y, "at {x}");
        }
        assert_eq!(at(&[], 0.0), None);
    }
}
