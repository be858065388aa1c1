//! A curve in one line of blocks.

use crate::ui::nearest::nearest;
use std::ops::RangeInclusive;

/// The blocks, from the lowest to the highest; a full one would run into the line above.
pub const BLOCKS: [char; 7] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇'];

/// The curve through points of x and y in `width` cells, for y in a range. Each cell shows the point nearest to it; no
/// point shows nothing, and a single one is a single cell.
#[must_use]
pub fn line(points: &[(f64, f64)], width: usize, range: &RangeInclusive<f64>) -> String {
    let finite = |(x, y): &&(f64, f64)| x.is_finite() && y.is_finite();
    let points: Vec<(f64, f64)> = points.iter().filter(finite).copied().collect();
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return String::new();
    };
    let span = last.0 - first.0;
    let cells = if span > 0.0 { width } else { width.min(1) };
    let steps = cells.saturating_sub(1).max(1) as f64;
    (0..cells)
        .map(|cell| first.0 + span * cell as f64 / steps)
        .map(|x| block(height(&points, x), range))
        .collect()
}

/// From the lowest to the highest y of some curves, which are taken to be at least `least` apart, so that noise doesn't
/// look like learning.
pub fn range(ys: impl Iterator<Item = f64>, least: f64) -> RangeInclusive<f64> {
    let ends = |(low, high): (f64, f64), y: f64| (low.min(y), high.max(y));
    let (low, high) = ys
        .filter(|y| y.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), ends);
    let room = ((least - (high - low)) / 2.0).max(0.0);
    low - room..=high + room
}

/// The y of the point whose x is nearest; x only grows along the points.
fn height(points: &[(f64, f64)], x: f64) -> f64 {
    let nth = nearest(points, x, |(own, _)| *own);
    nth.map_or(f64::NAN, |nth| points[nth].1)
}

/// A curve that is level lies in the middle.
fn block(y: f64, range: &RangeInclusive<f64>) -> char {
    let span = range.end() - range.start();
    let share = if span > 0.0 {
        (y - range.start()) / span
    } else {
        0.5
    };
    let top = BLOCKS.len() - 1;
    BLOCKS[((share * top as f64).round() as usize).min(top)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A curve alone, with all of the height.
    fn alone(points: &[(f64, f64)], width: usize, least: f64) -> String {
        line(points, width, &range(points.iter().map(|(_, y)| *y), least))
    }

    #[test]
    fn a_curve_goes_from_its_lowest_to_its_highest() {
        let rising: Vec<(f64, f64)> = (0..7).map(|n| (f64::from(n), f64::from(n))).collect();
        assert_eq!(alone(&rising, 7, 0.0), "▁▂▃▄▅▆▇");
        assert_eq!(alone(&rising, 4, 0.0), "▁▃▅▇");
        assert_eq!(alone(&[(0.0, 1.0), (1.0, 5.0)], 4, 0.0), "▁▁▇▇");
        assert_eq!(
            line(&rising, 4, &(0.0..=12.0)),
            "▁▂▃▄",
            "beside a higher one"
        );
    }

    #[test]
    fn a_curve_of_small_changes_is_flat() {
        let noise: Vec<(f64, f64)> = (0..8)
            .map(|n| (f64::from(n), 70.0 + f64::from(n % 2) * 0.5))
            .collect();
        assert_eq!(alone(&noise, 8, 5.0), "▄▄▄▄▄▄▄▄");
        assert_eq!(alone(&noise, 8, 0.0), "▁▇▁▇▁▇▁▇");
    }

    #[test]
    fn what_is_no_curve_is_shown_as_far_as_it_goes() {
        assert_eq!(alone(&[], 8, 0.0), "");
        assert_eq!(alone(&[(3.0, 50.0)], 8, 0.0), "▄");
        assert_eq!(alone(&[(0.0, 7.0), (1.0, 7.0)], 3, 0.0), "▄▄▄");
        assert_eq!(
            alone(&[(0.0, f64::NAN), (1.0, 1.0), (2.0, 2.0)], 2, 0.0),
            "▁▇"
        );
        assert_eq!(alone(&[(0.0, 1.0), (1.0, 2.0)], 0, 0.0), "");
    }

    proptest! {
        #[test]
        fn no_curve_is_wider_than_its_room(
            ys in prop::collection::vec(prop::num::f64::ANY, 0..40),
            width in 0..30_usize,
        ) {
            let points: Vec<(f64, f64)> = ys.iter().enumerate().map(|(x, y)| (x as f64, *y)).collect();
            prop_assert!(alone(&points, width, 0.0).chars().count() <= width);
        }
    }
}
