//! Means as SVG: a row a case with a dot for each value, their mean and their spread.

use super::heat::bounds;
use super::plot::number;
use super::svg::{Anchor, Svg, room};

/// A chart of some values in rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dots {
    /// Above it.
    pub title: String,
    /// What the values are, with their unit.
    pub x: String,
    /// From top to bottom.
    pub rows: Vec<DotRow>,
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DotRow {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: Vec<f64>,
    /// Their mean and, from two values upwards, their standard deviation.
    pub mean: Option<(f64, Option<f64>)>,
    /// Whether the others are compared with it.
    pub marked: bool,
}

const HEIGHT: f64 = 30.0;
const WIDTH: f64 = 620.0;
const TOP: f64 = 56.0;
const INK: &str = "#24272e";
const RULE: &str = "#e1e3e8";
const BLUE: &str = "#1e82be";

impl Dots {
    /// As SVG.
    #[must_use]
    pub fn svg(&self) -> String {
        let left = self.rows.iter().map(|r| room(&r.name)).fold(40.0, f64::max) + 30.0;
        let bottom = TOP + HEIGHT * self.rows.len() as f64;
        let mut svg = Svg::new(left + WIDTH + 40.0, bottom + 60.0, &self.title);
        svg.text((20.0, 24.0), Anchor::Start, INK, &self.title);
        let (low, high) = self.bounds();
        let at = |v: f64| left + WIDTH * ((bounded(v) - low) / (high - low));
        for tick in ticks(low, high) {
            svg.line((at(tick), TOP - 6.0), (at(tick), bottom), RULE, 1.0);
            let text = number(&tick);
            svg.text((at(tick), bottom + 14.0), Anchor::Middle, INK, &text);
        }
        svg.text(
            (left + WIDTH / 2.0, bottom + 40.0),
            Anchor::Middle,
            INK,
            &self.x,
        );
        for (nth, row) in self.rows.iter().enumerate() {
            let y = TOP + HEIGHT * (nth as f64 + 0.5);
            let name = if row.marked {
                format!("{} \u{25c2}", row.name)
            } else {
                row.name.clone()
            };
            svg.text((left - 14.0, y), Anchor::End, INK, &name);
            if let Some((mean, spread)) = row.mean.filter(|(mean, _)| mean.is_finite()) {
                let spread = spread.filter(|s| s.is_finite()).unwrap_or(0.0);
                svg.line((at(mean - spread), y), (at(mean + spread), y), BLUE, 2.0);
                svg.line((at(mean), y - 9.0), (at(mean), y + 9.0), BLUE, 3.0);
            }
            for value in row.values.iter().filter(|v| v.is_finite()) {
                svg.circle((at(*value), y), 4.0, "#fff", BLUE);
            }
        }
        svg.end()
    }

    /// What the axis spans: all values and spreads with some room.
    fn bounds(&self) -> (f64, f64) {
        let ends = self.rows.iter().flat_map(|row| {
            let spread = row.mean.map_or(Vec::new(), |(mean, spread)| {
                let spread = spread.unwrap_or(0.0);
                vec![mean - spread, mean + spread]
            });
            row.values.iter().copied().chain(spread)
        });
        let (low, high) = bounds(ends);
        if low > high {
            return (0.0, 1.0);
        }
        let (low, high) = (bounded(low), bounded(high));
        let least = low.abs().max(high.abs()) * 1e-3;
        let room = ((high - low) * 0.06).max(least).max(1e-9);
        (low - room, high + room)
    }
}

/// Larger numbers lie at the edge: with the room around them they would not be finite any more.
fn bounded(value: f64) -> f64 {
    value.clamp(-1e300, 1e300)
}

/// Round numbers between two, about five.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let rough = (high - low) / 5.0;
    let decade = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|r| r * decade);
    let step = step.into_iter().find(|s| *s >= rough).unwrap_or(rough);
    let first = (low / step).ceil();
    (0..20)
        .map(|nth| (first + f64::from(nth)) * step)
        .take_while(|v| *v <= high)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;
    use proptest::prelude::*;

    #[test]
    fn every_value_has_a_dot_and_what_is_no_number_none() {
        let row = |name: &str, values: &[f64], mean| DotRow {
            name: name.to_owned(),
            values: values.to_vec(),
            mean,
            marked: name == "b",
        };
        let dots = Dots {
            title: "t".to_owned(),
            x: "kNN in %".to_owned(),
            rows: vec![
                row("a", &[40.0, 50.0, f64::NAN], Some((45.0, Some(7.1)))),
                row("b", &[60.0], Some((60.0, None))),
                row("c", &[], None),
            ],
        };
        let svg = dots.svg();
        assert_eq!(svg.matches("<circle").count(), 3);
        svg.says("b \u{25c2}");
        svg.says("kNN in %");
        assert!(svg.contains(">50<"), "a round tick: {svg}");
        assert!(!svg.contains("NaN"));
        assert!(!Dots::default().svg().contains("NaN"));
    }

    proptest! {
        #[test]
        fn whatever_the_numbers_every_place_is_finite(values in prop::collection::vec(prop::num::f64::ANY, 0..4), spread in prop::num::f64::ANY) {
            let mean = values.first().map(|first| (*first, Some(spread)));
            let row = DotRow { name: "a".to_owned(), values, mean, marked: false };
            let svg = Dots { rows: vec![row], ..Dots::default() }.svg();
            prop_assert!(!svg.contains("NaN") && !svg.contains("inf"), "{}", svg);
        }
    }

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks(12.0, 71.0), [20.0, 40.0, 60.0]);
        assert_eq!(ticks(-0.1, 0.11).len(), 5);
    }
}
