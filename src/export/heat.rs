//! A heat map as SVG: a matrix of numbers, each written in a box whose colour says how high it is.

use super::svg::{Anchor, Svg, room};

/// A matrix with names of its rows, which are its columns' too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heat {
    /// Above it.
    pub title: String,
    /// Of rows and columns.
    pub names: Vec<String>,
    /// Row by row, each number with its text; what is not known stays blank.
    pub cells: Vec<Vec<Option<(f64, String)>>>,
}

/// Side of a box.
const SIDE: f64 = 86.0;
const TOP: f64 = 86.0;
const INK: &str = "#24272e";
/// From low to high, light to dark: as bright in every kind of colour vision, and in print.
const RAMP: [[f64; 3]; 4] = [
    [247.0, 250.0, 252.0],
    [170.0, 208.0, 230.0],
    [62.0, 142.0, 196.0],
    [10.0, 60.0, 120.0],
];

impl Heat {
    /// As SVG.
    #[must_use]
    pub fn svg(&self) -> String {
        let left = self.names.iter().map(|n| room(n)).fold(40.0, f64::max) + 24.0;
        let n = self.names.len() as f64;
        let mut svg = Svg::new(left + n * SIDE + 20.0, TOP + n * SIDE + 20.0, &self.title);
        svg.text((20.0, 24.0), Anchor::Start, INK, &self.title);
        let known = self.cells.iter().flatten().flatten().map(|(v, _)| *v);
        let (low, high) = bounds(known);
        for (i, name) in self.names.iter().enumerate() {
            let middle = (i as f64 + 0.5) * SIDE;
            svg.text((left - 12.0, TOP + middle), Anchor::End, INK, name);
            svg.text((left + middle, TOP - 18.0), Anchor::Middle, INK, name);
        }
        for (i, row) in self.cells.iter().enumerate() {
            for (j, cell) in row.iter().enumerate() {
                let (x, y) = (left + j as f64 * SIDE, TOP + i as f64 * SIDE);
                let share = cell.as_ref().map(|(v, _)| share(*v, low, high));
                let colour = share.map_or_else(|| "#eceef2".to_owned(), colour);
                svg.rect([x, y, SIDE - 2.0, SIDE - 2.0], &colour);
                let ink = if share.is_some_and(|s| s > 0.55) {
                    "#fff"
                } else {
                    INK
                };
                let text = cell.as_ref().map_or("", |(_, text)| text.as_str());
                let middle = (x + SIDE / 2.0 - 1.0, y + SIDE / 2.0 - 1.0);
                svg.text(middle, Anchor::Middle, ink, text);
            }
        }
        svg.end()
    }
}

/// The lowest and the highest number, where there is any.
pub fn bounds(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let finite = values.filter(|v| v.is_finite());
    finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
        (low.min(v), high.max(v))
    })
}

/// How far a value is from the lowest to the highest, 0 to 1.
#[must_use]
pub fn share(value: f64, low: f64, high: f64) -> f64 {
    // In halves, which are always finite.
    let share = (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
    if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.5
    }
}

/// The colour so far along a ramp, red, green and blue.
#[must_use]
pub fn mixed<const N: usize>(ramp: &[[f64; 3]; N], share: f64) -> [f64; 3] {
    let at = share * (N - 1) as f64;
    let nth = (at.floor() as usize).min(N - 2);
    let part = at - nth as f64;
    [0, 1, 2].map(|c| ramp[nth][c] + part * (ramp[nth + 1][c] - ramp[nth][c]))
}

fn colour(share: f64) -> String {
    let [r, g, b] = mixed(&RAMP, share);
    format!("rgb({r:.0},{g:.0},{b:.0})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;

    #[test]
    fn every_number_and_name_is_there_and_higher_is_darker() {
        let cell = |v: f64| Some((v, format!("{v:.1}")));
        let heat = Heat {
            title: "a < b".to_owned(),
            names: vec!["crop".to_owned(), "colour & more".to_owned()],
            cells: vec![vec![cell(10.0), cell(70.5)], vec![cell(70.5), None]],
        };
        let svg = heat.svg();
        svg.says("a &lt; b");
        svg.says(">crop<");
        svg.says(">colour &amp; more<");
        svg.says(">10.0<");
        svg.says(">70.5<");
        assert!(svg.contains(&colour(0.0)) && svg.contains(&colour(1.0)));
        assert_eq!(
            (colour(0.0), colour(1.0)),
            ("rgb(247,250,252)".to_owned(), "rgb(10,60,120)".to_owned())
        );
        assert!((share(1.0, 1.0, 5.0)).abs() < 1e-12);
        assert!((share(9.0, 1.0, 5.0) - 1.0).abs() < 1e-12);
        assert!((share(f64::MAX, -f64::MAX, f64::MAX) - 1.0).abs() < 1e-12);
        assert!(
            (share(3.0, 3.0, 3.0) - 0.5).abs() < 1e-12,
            "one value is neither low nor high"
        );
        assert!(!svg.contains("NaN"));
    }
}
