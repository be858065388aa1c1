//! Which stretch of y a chart shows, and what it leaves out.

/// Points below which nothing is an outlier.
const MANY: usize = 40;
/// Share of the points at either end that may be outliers.
const TAIL: f64 = 0.01;
/// How far beyond the rest a point has to lie to be one, in heights of the rest.
const BEYOND: f64 = 0.75;

/// A stretch of y.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Its low end.
    pub low: f64,
    /// Its high end.
    pub high: f64,
    /// Points above it.
    pub above: usize,
    /// Points below it.
    pub below: usize,
}

/// The stretch of all finite values, or of all but a few that lie far off if `clip`; `None` without a value.
pub fn of(mut values: Vec<f64>, clip: bool) -> Option<Range> {
    values.retain(|v| v.is_finite());
    let ends = |(low, high): (f64, f64), v: &f64| (low.min(*v), high.max(*v));
    let first = *values.first()?;
    let (low, high) = values.iter().fold((first, first), ends);
    let mut range = Range {
        low,
        high,
        above: 0,
        below: 0,
    };
    if clip && values.len() >= MANY {
        let tail = (values.len() as f64 * TAIL).ceil() as usize;
        // The two that matter are found without putting all in order, which would take most of a frame's time.
        let last = values.len() - 1;
        let mut nth = |n: usize| *values.select_nth_unstable_by(n, f64::total_cmp).1;
        let (inner_low, inner_high) = (nth(tail), nth(last - tail));
        let room = (inner_high - inner_low) * BEYOND;
        if room > 0.0 && high > inner_high + room {
            range.high = inner_high + room / 3.0;
        }
        if room > 0.0 && low < inner_low - room {
            range.low = inner_low - room / 3.0;
        }
        range.above = values.iter().filter(|v| **v > range.high).count();
        range.below = values.iter().filter(|v| **v < range.low).count();
    }
    Some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_far_points_are_counted_and_left_out_and_a_steep_start_is_not() {
        let mut values: Vec<f64> = (0..200).map(|i| f64::from(i % 10)).collect();
        values[17] = 1e9;
        values[40] = f64::NAN;
        let clipped = of(values.clone(), true).unwrap();
        assert_eq!((clipped.above, clipped.below), (1, 0));
        assert!(clipped.high < 20.0, "{clipped:?}");
        assert!((of(values, false).unwrap().high - 1e9).abs() < 1.0);
        let falling = (0..200).map(|i| 1.0 + 5.0 * (-f64::from(i) / 30.0).exp());
        assert_eq!(of(falling.collect(), true).unwrap().above, 0);
        assert_eq!(of(vec![f64::NAN], true), None);
    }
}
