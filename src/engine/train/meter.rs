//! How fast training goes and how much of it is waiting for data.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Seconds between two readings.
const PERIOD: Duration = Duration::from_secs(1);

/// Counts views and waiting since the last reading; evaluation and pauses are left out.
#[derive(Debug)]
pub struct Meter {
    /// Training time before this process, and start of it here.
    before: f64,
    began: Instant,
    paused: Duration,
    since: Instant,
    /// Time since the last reading that isn't training.
    aside: Duration,
    waited: Duration,
    views: usize,
}

impl Meter {
    /// A meter for a run that has trained `before` seconds already.
    pub fn new(before: f64) -> Self {
        let now = Instant::now();
        Self {
            before,
            began: now,
            paused: Duration::ZERO,
            since: now,
            aside: Duration::ZERO,
            waited: Duration::ZERO,
            views: 0,
        }
    }

    /// Seconds of training over all resumes, pauses left out.
    pub fn elapsed(&self) -> f64 {
        self.before
            + self
                .began
                .elapsed()
                .saturating_sub(self.paused)
                .as_secs_f64()
    }

    /// The loader kept training waiting.
    pub fn waited(&mut self, time: Duration) {
        self.waited += time;
    }

    /// A step is done.
    pub fn stepped(&mut self, views: usize) {
        self.views += views;
    }

    /// An evaluation took so long.
    pub fn evaluated(&mut self, time: Duration) {
        self.aside += time;
    }

    /// The user paused so long.
    pub fn skip(&mut self, time: Duration) {
        self.paused += time;
        self.aside += time;
    }

    /// Begins a new reading; what came before since the last one is in none.
    pub fn forget(&mut self) {
        self.since = Instant::now();
        self.aside = Duration::ZERO;
        self.waited = Duration::ZERO;
        self.views = 0;
    }

    fn training(&self) -> Duration {
        self.since.elapsed().saturating_sub(self.aside)
    }

    /// Whether a reading is due.
    pub fn is_due(&self) -> bool {
        self.training() >= PERIOD
    }

    /// Views a second and the share of waiting in per cent since the last reading, if one is due or wanted now.
    pub fn take_if_due(&mut self, now: bool) -> BTreeMap<String, f64> {
        let training = self.training().as_secs_f64();
        if self.views == 0 || !(now || self.is_due()) {
            return BTreeMap::new();
        }
        let speed = self.views as f64 / training.max(1e-9);
        let wait = 100.0 * (self.waited.as_secs_f64() / training.max(1e-9)).min(1.0);
        self.forget();
        BTreeMap::from([
            ("views_per_second".to_owned(), speed),
            ("data_wait".to_owned(), wait),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_is_not_in_the_next_reading() {
        let mut meter = Meter::new(0.0);
        meter.stepped(1_000_000);
        meter.forget();
        assert!(meter.take_if_due(true).is_empty());
        meter.stepped(1);
        assert_eq!(meter.take_if_due(true).len(), 2);
    }
}
