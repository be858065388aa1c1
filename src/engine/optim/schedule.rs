//! The learning rate of each step: linear warm-up, then cosine to 0 (paper, §2.1 and appendix B.9).

/// A schedule over a whole run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    /// Rate at the end of the warm-up.
    pub peak: f64,
    /// Steps of warm-up.
    pub warmup: u64,
    /// Steps of the run.
    pub total: u64,
}

impl Schedule {
    /// The rate of step `t`, counted from 0 (paper, §2.1 and appendix B.1). Warm-up rises from `peak / warmup` to
    /// `peak`; the cosine would reach 0 at step `total`.
    #[must_use]
    pub fn rate(&self, t: u64) -> f64 {
        if t < self.warmup {
            return self.peak * (t + 1) as f64 / self.warmup as f64;
        }
        let span = self.total.saturating_sub(self.warmup).max(1) as f64;
        let share = ((t - self.warmup) as f64 / span).min(1.0);
        self.peak * 0.5 * (1.0 + (std::f64::consts::PI * share).cos())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises_to_the_peak_and_falls_towards_zero() {
        let s = Schedule {
            peak: 4.8,
            warmup: 10,
            total: 100,
        };
        assert!((s.rate(0) - 0.48).abs() < 1e-12);
        assert!((s.rate(9) - 4.8).abs() < 1e-12);
        assert!((s.rate(10) - 4.8).abs() < 1e-12);
        assert!(s.rate(99) < 0.002 && s.rate(99) > 0.0);
        let all_warm = Schedule {
            peak: 1.0,
            warmup: 5,
            total: 5,
        };
        assert!((all_warm.rate(4) - 1.0).abs() < 1e-12);
    }
}
