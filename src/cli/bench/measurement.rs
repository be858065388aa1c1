//! What can be timed, and what came out.

use crate::engine::bench::Timed;
use crate::export::json;
use serde_json::{Value as Json, json};
use std::time::Duration;

/// What can be timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum What {
    /// Views on one thread
    Augment,
    /// Batches from the loader's threads
    Load,
    /// Training steps
    Step,
    /// The loss and its gradient
    Loss,
    /// kNN evaluation
    Knn,
}

/// How long one part took.
pub struct Measurement {
    pub name: &'static str,
    pub timed: Timed,
    /// Memory that it took at its peak over what there was before, where the system tells.
    pub memory: Option<u64>,
    /// The value that it was timed at, where there are several.
    pub over: Option<String>,
}

impl Measurement {
    pub fn new(name: &'static str, timed: Timed) -> Self {
        Self {
            name,
            timed,
            memory: None,
            over: None,
        }
    }

    /// Seconds of the repetition in the middle, of the fastest and of the slowest.
    pub fn seconds(&self) -> [f64; 3] {
        let mut times = self.timed.times.clone();
        times.sort();
        let at = |share: usize| times.get(share).copied().unwrap_or(Duration::ZERO);
        let last = times.len().saturating_sub(1);
        [at(last / 2), at(0), at(last)].map(|time| time.as_secs_f64().max(1e-9))
    }

    pub fn json(&self) -> Json {
        let [median, least, most] = self.seconds();
        let per_second = |seconds: f64| json::number(self.timed.amount / seconds);
        json!({
            "what": self.name,
            "sizes": self.timed.sizes,
            "unit": self.timed.unit,
            "per_second": per_second(median),
            "slowest": per_second(most),
            "fastest": per_second(least),
            "seconds": json::number(median),
            "times": self.timed.times.len(),
            "threads": self.timed.threads,
            "peak_bytes": self.memory,
            "over": self.over,
        })
    }
}
