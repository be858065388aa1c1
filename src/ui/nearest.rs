//! The nearest of things that stand in order.

/// Which of some things that are in order of their places is nearest to one; of two as near the first.
#[must_use]
pub fn nearest<T>(things: &[T], at: f64, place: impl Fn(&T) -> f64) -> Option<usize> {
    let after = things.partition_point(|thing| place(thing) < at);
    let around = after.saturating_sub(1)..(after + 1).min(things.len());
    let far = |nth: &usize| (place(&things[*nth]) - at).abs();
    around.min_by(|a, b| far(a).total_cmp(&far(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_nearest_on_either_side() {
        let of = |things: &[f64], at| nearest(things, at, |x| *x);
        assert_eq!(of(&[], 1.0), None);
        for (at, nth) in [(-5.0, 0), (0.4, 0), (0.5, 0), (0.6, 1), (3.9, 2), (99.0, 2)] {
            assert_eq!(of(&[0.0, 1.0, 4.0], at), Some(nth), "{at}");
        }
    }
}
