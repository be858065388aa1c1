//! How sure a share of test images is.

/// Standard error of a share of so many images, in percent like the share: how far another draw of as many would be off.
/// `None` without images.
#[must_use]
pub fn standard_error(percent: f64, images: u64) -> Option<f64> {
    let share = (percent / 100.0).clamp(0.0, 1.0);
    (images > 0).then(|| 100.0 * (share * (1.0 - share) / images as f64).sqrt())
}

/// How far two shares of so many images have to lie apart so that it is hardly chance: twice the standard error of their
/// difference, where each is of images of its own. Shares of the same images are surer, but how much is not known.
#[must_use]
pub fn chance(one: f64, other: f64, images: u64) -> Option<f64> {
    let [one, other] = [one, other].map(|percent| standard_error(percent, images));
    Some(2.0 * one?.hypot(other?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_those_of_binomial_shares() {
        // 100 * sqrt(p (1 - p) / n), by hand.
        assert_eq!(standard_error(50.0, 100), Some(5.0));
        assert_eq!(standard_error(20.0, 10_000), Some(0.4));
        assert_eq!(standard_error(0.0, 6), Some(0.0));
        assert_eq!(standard_error(100.0, 6), Some(0.0));
        assert_eq!(standard_error(50.0, 0), None);
        let apart = chance(50.0, 50.0, 100).unwrap();
        assert!((apart - 14.142).abs() < 1e-3, "{apart}");
        assert_eq!(chance(50.0, 50.0, 0), None);
    }
}
