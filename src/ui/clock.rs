//! The time of day, which tests hold still.

use std::time::{SystemTime, UNIX_EPOCH};

/// Where the time comes from.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Always this moment, in seconds since 1970.
    Fixed(f64),
}

impl Clock {
    /// Seconds since 1970.
    #[must_use]
    pub fn now(self) -> f64 {
        match self {
            Self::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0.0, |d| d.as_secs_f64()),
            Self::Fixed(at) => at,
        }
    }
}
