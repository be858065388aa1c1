//! Axes with round ticks.

use crate::text::figures;

/// An axis from `low` to `high` with a tick at each multiple of `step`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    step: f64,
    /// Where the ticks end; the axis may go on beyond.
    last: f64,
    /// Whether equal shares are equal factors.
    log: bool,
}

/// Beyond this, axes say nothing and arithmetic overflows.
const LARGEST: f64 = 1e15;

impl Scale {
    /// From 0 to `end`, with about so many ticks.
    #[must_use]
    pub fn to(end: f64, ticks: usize) -> Self {
        let (_, end) = long(0.0, end);
        Self {
            low: 0.0,
            high: end,
            step: round_step(end, ticks),
            last: end,
            log: false,
        }
    }

    /// From `low` to `high` as they are, with about so many ticks at round numbers between.
    #[must_use]
    pub fn between(low: f64, high: f64, ticks: usize) -> Self {
        let (low, high) = long(low, high);
        Self {
            low,
            high,
            step: round_step(high - low, ticks),
            last: high,
            log: false,
        }
    }

    /// From `low` to `high`, both above 0, in equal factors.
    #[must_use]
    pub fn logarithmic(low: f64, high: f64, ticks: usize) -> Self {
        let low = sane(low).max(1.0 / LARGEST);
        let high = sane(high).max(low);
        let room = (high / low).powf(0.02).max(1.000_1);
        Self {
            low: low / room,
            high: high * room,
            step: round_step(high - low, ticks),
            last: high * room,
            log: true,
        }
    }

    /// Steps between ticks that a stretch may have, from large to small.
    #[must_use]
    pub fn steps(low: f64, high: f64) -> Vec<f64> {
        let (low, high) = with_room(low, high);
        let round = (1..=6).map(|ticks| round_step(high - low, ticks));
        // Quarters where they are whole numbers.
        let with_quarter = round.flat_map(|step| {
            let power = 10f64.powf((step * 1.000_1).log10().floor());
            let quarter = (power >= 10.0 && step > 4.0 * power).then_some(2.5 * power);
            [Some(step), quarter].into_iter().flatten()
        });
        let mut steps: Vec<f64> = with_quarter.collect();
        steps.sort_by(|a, b| b.total_cmp(a));
        steps.dedup();
        steps
    }

    /// From the multiple of a step below `low` to beyond `high`, drawn in `rows` rows of `dots` dots each, with ticks
    /// in rows at equal distances, none beyond limits that values never pass. `None` where they have no row each.
    #[must_use]
    pub fn in_rows(
        (low, high): (f64, f64),
        step: f64,
        (rows, dots): (u16, u16),
        (least, most): (f64, f64),
    ) -> Option<Self> {
        let (low, high) = with_room(low, high);
        let low = low.max(least);
        let low = (low / step + 1e-9).floor() * step;
        // The low end lies in the last dot of the last row.
        let all = f64::from(rows * dots).max(1.0) - 1.0;
        let apart = (all / (f64::from(dots) * (high - low) / step)).floor();
        let apart = apart.min(f64::from(rows) - 1.0);
        if apart < 1.0 {
            return None;
        }
        let high = low + all / (apart * f64::from(dots)) * step;
        Some(Self {
            low,
            high,
            step,
            last: high.min(most),
            log: false,
        })
    }

    /// From the round number below `low` to the one above `high`, with about so many ticks.
    #[must_use]
    pub fn around(low: f64, high: f64, ticks: usize) -> Self {
        let (low, high) = with_room(low, high);
        let step = round_step(high - low, ticks);
        let high = (high / step - 1e-9).ceil() * step;
        Self {
            low: (low / step + 1e-9).floor() * step,
            high,
            step,
            last: high,
            log: false,
        }
    }

    /// The share of the axis that a stretch takes.
    #[must_use]
    pub fn fill(&self, low: f64, high: f64) -> f64 {
        (high - low) / (self.high - self.low)
    }

    /// Where a value lies: 0 at the low end, 1 at the high end; NaN for what is no number.
    #[must_use]
    pub fn share(&self, value: f64) -> f64 {
        if !value.is_finite() {
            return f64::NAN;
        }
        let value = sane(value);
        match self.log {
            true if value <= 0.0 => f64::NAN,
            true => (value / self.low).ln() / (self.high / self.low).ln(),
            false => (value - self.low) / (self.high - self.low),
        }
    }

    /// The ticks, from low to high.
    pub fn ticks(&self) -> impl Iterator<Item = f64> + use<> {
        let (linear, decades) = if self.is_wide() {
            (None, Some(self.decades()))
        } else {
            (Some(self.even()), None)
        };
        linear
            .into_iter()
            .flatten()
            .chain(decades.into_iter().flatten())
    }

    /// Whether a logarithmic axis goes over several powers of ten, so that ticks at even steps would crowd at its top.
    fn is_wide(&self) -> bool {
        self.log && self.high / self.low > 20.0
    }

    /// Powers of ten.
    fn decades(&self) -> impl Iterator<Item = f64> + use<> {
        let (first, last) = (
            self.low.log10().ceil() as i32,
            self.high.log10().floor() as i32,
        );
        let every = ((last - first) / 6 + 1).max(1) as usize;
        (first..=last).step_by(every).map(|power| 10f64.powi(power))
    }

    /// Multiples of the step.
    fn even(&self) -> impl Iterator<Item = f64> + use<> {
        let first = (self.low / self.step - 1e-6).ceil();
        let last = (self.last / self.step + 1e-6).floor();
        let count = (last - first).clamp(0.0, 40.0) as u32;
        let step = self.step;
        (0..=count).map(move |i| (first + f64::from(i)) * step)
    }

    /// A tick's number, with as many decimals as the step needs.
    #[must_use]
    pub fn label(&self, tick: f64) -> String {
        figures::with_minus(self.plain(tick))
    }

    fn plain(&self, tick: f64) -> String {
        if self.is_wide() {
            return figures::significant(tick, 1);
        }
        let decimals = (-self.step.log10() - 1e-9).ceil().max(0.0) as usize;
        match tick.abs() {
            _ if tick.abs() < self.step * 1e-6 => "0".to_owned(),
            _ if decimals > 4 => {
                let digits = (tick.abs() / self.step).log10().ceil().max(0.0) as usize;
                figures::significant(tick, digits.clamp(2, 6))
            }
            10_000.0..1e6 if self.step >= 1000.0 => format!("{}k", (tick / 1e3).round()),
            1e6.. => figures::significant(tick, 2),
            _ => format!("{tick:.decimals$}"),
        }
    }
}

/// A number that arithmetic does no harm to.
const fn sane(value: f64) -> f64 {
    if value.is_nan() {
        0.0
    } else {
        value.clamp(-LARGEST, LARGEST)
    }
}

/// The stretch, with some length.
fn long(low: f64, high: f64) -> (f64, f64) {
    let (low, high) = (sane(low), sane(high));
    let least = (low.abs() * 1e-9).max(1e-12);
    (low, high.max(low + least))
}

/// The stretch, which is widened where it has no length to speak of.
fn with_room(low: f64, high: f64) -> (f64, f64) {
    let (low, high) = (sane(low), sane(high));
    let (low, high) = (low.min(high), low.max(high));
    let least = (low.abs().max(high.abs()) * 1e-6).max(1e-9);
    if high - low >= least {
        return (low, high);
    }
    let room = if low == 0.0 && high == 0.0 {
        1.0
    } else {
        (low.abs() * 0.05).max(least)
    };
    (low - room, high + room)
}

/// The step of 1, 2 or 5 times a power of ten that gives at most about so many ticks.
fn round_step(span: f64, ticks: usize) -> f64 {
    let raw = (span.abs() / ticks.max(1) as f64).clamp(1e-12, LARGEST);
    let power = 10f64.powf(raw.log10().floor());
    let factor = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|f| f * power >= raw * 0.999);
    factor.unwrap_or(10.0) * power
}

/// The next of 1, 2, 3, 4, 5, 6, 8 or 10 times a power of ten, from `value`.
#[must_use]
pub fn step_up(value: f64) -> f64 {
    if !(value > 0.0 && value < LARGEST) {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    let rungs = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    let rung = rungs.into_iter().find(|r| r * power >= value * 0.999_999);
    let step = rung.unwrap_or(10.0) * power;
    // Without the noise of binary fractions.
    format!("{step:.6e}").parse().unwrap_or(step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANY: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

    #[test]
    fn ticks_are_round() {
        let scale = Scale::around(0.97, 5.54, 4);
        assert_eq!(scale.ticks().collect::<Vec<_>>(), [0.0, 2.0, 4.0, 6.0]);
        let percent = Scale::around(21.7, 66.1, 5);
        let labels: Vec<_> = percent.ticks().map(|t| percent.label(t)).collect();
        assert_eq!(labels, ["20", "30", "40", "50", "60", "70"]);
        let rate = Scale::around(0.0, 0.002, 4);
        let labels: Vec<_> = rate.ticks().map(|t| rate.label(t)).collect();
        assert_eq!(labels, ["0", "0.0005", "0.0010", "0.0015", "0.0020"]);
    }

    #[test]
    fn ticks_end_at_a_limit() {
        let scale = Scale::in_rows((20.0, 99.0), 20.0, (14, 4), (0.0, 100.0)).unwrap();
        let ticks: Vec<f64> = scale.ticks().collect();
        assert_eq!(ticks, [20.0, 40.0, 60.0, 80.0, 100.0]);
        assert!(scale.share(100.0) <= 1.0);
        let zero = Scale::in_rows((0.0, 0.0), 1.0, (14, 4), (0.0, 100.0)).unwrap();
        assert!(zero.share(0.0).abs() < 1e-9 && zero.share(1.0) <= 1.0);
    }

    #[test]
    fn ticks_lie_in_rows_at_equal_distances() {
        for rows in 4..60 {
            for (low, high) in [(0.97, 5.54), (21.7, 66.1), (0.0, 100.0), (5.38, 5.47)] {
                for step in Scale::steps(low, high) {
                    let Some(scale) = Scale::in_rows((low, high), step, (rows, 4), ANY) else {
                        continue;
                    };
                    let places: Vec<u16> = scale
                        .ticks()
                        .map(|t| super::super::raster::row(scale.share(t), rows))
                        .collect();
                    assert_eq!(places[0], rows - 1);
                    let apart: Vec<u16> = places.windows(2).map(|p| p[0] - p[1]).collect();
                    assert!(apart.iter().all(|a| *a == apart[0]), "{places:?}");
                    assert!(scale.share(low) >= 0.0 && scale.share(high) <= 1.0);
                }
            }
        }
    }

    #[test]
    fn a_logarithmic_axis_has_equal_factors_in_equal_shares() {
        let scale = Scale::logarithmic(1e-3, 10.0, 4);
        let steps: Vec<f64> = [1e-3, 1e-2, 0.1, 1.0, 10.0]
            .map(|v| scale.share(v))
            .to_vec();
        for pair in steps.windows(2) {
            assert!((pair[1] - pair[0] - (steps[1] - steps[0])).abs() < 1e-9);
        }
        assert_eq!(scale.ticks().count(), 5);
        assert!(scale.share(0.0).is_nan() && scale.share(-1.0).is_nan());
        let narrow = Scale::logarithmic(4.6, 5.5, 4);
        let labels: Vec<_> = narrow.ticks().map(|t| narrow.label(t)).collect();
        assert_eq!(labels, ["5.0", "5.5"]);
    }

    #[test]
    fn the_end_grows_in_steps() {
        for (last, end) in [
            (0.0, 1.0),
            (0.3, 0.3),
            (1.0, 1.0),
            (11.0, 20.0),
            (61.0, 80.0),
        ] {
            assert!(
                (step_up(last) - end).abs() < 1e-9,
                "{last}: {}",
                step_up(last)
            );
        }
    }

    proptest! {
        #[test]
        fn whatever_the_ends_an_axis_has_few_ticks_and_all_of_them_finite(
            low in prop::num::f64::ANY, high in prop::num::f64::ANY, ticks in 0usize..20, value in prop::num::f64::ANY,
        ) {
            let steps = Scale::steps(low, high).into_iter();
            let mut scales: Vec<Scale> =
                steps.filter_map(|step| Scale::in_rows((low, high), step, (14, 4), ANY)).collect();
            scales.extend([
                Scale::to(high, ticks),
                Scale::between(low, high, ticks),
                Scale::logarithmic(low, high, ticks),
                Scale::around(low, high, ticks),
            ]);
            for scale in scales {
                let ticks: Vec<f64> = scale.ticks().take(100).collect();
                prop_assert!(ticks.len() < 100 && ticks.iter().all(|t| t.is_finite()), "{:?}", scale);
                for tick in ticks {
                    prop_assert!(scale.share(tick).is_finite(), "{:?} {}", scale, tick);
                    prop_assert!(scale.label(tick).len() < 40, "{:?} {}", scale, tick);
                }
                prop_assert!(scale.share(low).is_finite() || !low.is_finite() || low <= 0.0, "{:?}", scale);
            }
            prop_assert!(step_up(value).is_finite());
        }
    }

    #[test]
    fn a_flat_line_has_room() {
        let scale = Scale::around(5.0, 5.0, 4);
        assert!(scale.share(5.0) > 0.1 && scale.share(5.0) < 0.9);
    }
}
