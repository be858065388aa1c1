//! The difference of two means with its interval, for samples of unequal spread (Welch 1947; Student's t).

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Two-sided share that an interval leaves out: 5 %.
const LEFT_OUT: f64 = 0.05;

/// What is known of a mean: from one value upwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// The mean.
    pub mean: f64,
    /// The standard deviation of the sample (divided by n - 1), from two values upwards.
    pub deviation: Option<f64>,
    /// How many values.
    pub n: usize,
}

impl Mean {
    /// Of some values; `None` of none.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        let n = values.len();
        let mean = values.iter().sum::<f64>() / n as f64;
        let squares = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
        (n > 0).then(|| Self {
            mean,
            deviation: (n > 1).then(|| (squares / (n - 1) as f64).sqrt()),
            n,
        })
    }
}

/// A difference of means and what it could as well be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The first mean minus the second.
    pub difference: f64,
    /// The 95 % interval around it, where both samples have two values and not all are alike.
    pub interval: Option<(f64, f64)>,
}

impl Difference {
    /// The mean of `a` minus that of `b`.
    #[must_use]
    pub fn between(a: Mean, b: Mean) -> Self {
        let difference = a.mean - b.mean;
        let interval = half_width(a, b).map(|half| (difference - half, difference + half));
        Self {
            difference,
            interval,
        }
    }
}

/// Half the width of Welch's interval.
fn half_width(a: Mean, b: Mean) -> Option<f64> {
    let share = |m: Mean| m.deviation.map(|s| s * s / m.n as f64);
    let (va, vb) = (share(a)?, share(b)?);
    // Welch and Satterthwaite's degrees of freedom.
    let each = |v: f64, n: usize| v * v / (n - 1) as f64;
    let freedom = (va + vb).powi(2) / (each(va, a.n) + each(vb, b.n));
    (freedom.is_finite() && freedom > 0.0)
        .then(|| quantile(1.0 - LEFT_OUT / 2.0, freedom) * (va + vb).sqrt())
}

/// The value that Student's t with so many degrees of freedom stays below with chance `p`.
#[must_use]
pub fn quantile(p: f64, freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom).map_or(f64::NAN, |t| t.inverse_cdf(p))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Within so small a part of the wanted number.
    fn near(got: f64, wanted: f64, part: f64, what: &str) {
        assert!(
            (got - wanted).abs() <= part * wanted.abs(),
            "{what}: {got} is not {wanted}"
        );
    }

    #[test]
    fn quantiles_are_those_of_scipy() {
        // scipy 1.17.1: scipy.stats.t.ppf(p, df).
        for (freedom, p, wanted) in [
            (1.0, 0.975, 12.706_204_736_174_694),
            (1.0, 0.995, 63.656_741_162_871_526),
            (1.3, 0.975, 7.500_529_325_562_029),
            (1.3, 0.995, 26.057_551_633_213_905),
            (2.0, 0.975, 4.302_652_729_749_462),
            (2.5, 0.995, 7.163_728_138_948_783),
            (4.0, 0.975, 2.776_445_105_197_793_4),
            (7.3, 0.975, 2.345_066_736_547_703),
            (10.0, 0.995, 3.169_272_672_616_95),
            (30.0, 0.975, 2.042_272_456_301_237_8),
            (100.5, 0.995, 2.625_636_965_379_534),
            (1e4, 0.975, 1.960_201_239_890_626),
        ] {
            near(
                quantile(p, freedom),
                wanted,
                1e-10,
                &format!("{freedom} {p}"),
            );
        }
    }

    #[test]
    fn intervals_are_those_of_scipy() {
        // scipy 1.17.1: ttest_ind(a, b, equal_var=False).confidence_interval(0.95).
        let cases: [(&[f64], &[f64], f64, f64); 3] = [
            (
                &[72.5, 71.1, 73.4],
                &[60.2, 63.9, 61.0],
                6.651_769_601_581_406,
                14.614_897_065_085_259,
            ),
            (
                &[1.0, 2.0],
                &[1.5, 9.5, 4.25],
                -13.143_877_635_247_538,
                5.977_210_968_580_871,
            ),
            (
                &[37.1, 35.7, 35.1],
                &[36.1, 35.1, 38.2],
                -3.731_936_592_193_983_3,
                2.731_936_592_193_983_3,
            ),
        ];
        for (a, b, low, high) in cases {
            let between = Difference::between(Mean::of(a).unwrap(), Mean::of(b).unwrap());
            let interval = between.interval.unwrap();
            near(interval.0, low, 1e-9, "low");
            near(interval.1, high, 1e-9, "high");
        }
    }

    #[test]
    fn without_spread_there_is_no_interval() {
        let one = Mean::of(&[3.0]).unwrap();
        let two = Mean::of(&[1.0, 2.0]).unwrap();
        let flat = Mean::of(&[1.0, 1.0]).unwrap();
        assert_eq!((one.n, one.deviation), (1, None));
        assert_eq!(Mean::of(&[]), None);
        for (a, b) in [(one, two), (two, one), (flat, flat)] {
            assert_eq!(Difference::between(a, b).interval, None);
        }
        let between = Difference::between(flat, two);
        assert!(between.interval.is_some() && (between.difference + 0.5).abs() < 1e-12);
    }
}
