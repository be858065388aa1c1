//! Smoothing of curves.

/// The exponential moving average, debiased so that it begins at the first value; each point keeps so much of the
/// average before it. What is no number leaves a gap and is not remembered.
#[must_use]
pub fn smooth(points: &[(f64, f64)], keep: f64) -> Vec<(f64, f64)> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smoothing_begins_at_the_first_value_and_skips_gaps() {
        let points: Vec<_> = [4.0, 4.0, f64::NAN, 4.0, 2.0]
            .iter()
            .map(|y| (0.0, *y))
            .collect();
        let smoothed = smooth(&points, 0.75);
        assert!((smoothed[0].1 - 4.0).abs() < 1e-12 && (smoothed[3].1 - 4.0).abs() < 1e-12);
        assert!(smoothed[2].1.is_nan());
        assert!(smoothed[4].1 < 4.0 && smoothed[4].1 > 3.0);
    }
}
