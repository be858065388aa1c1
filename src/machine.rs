//! The machine: processor, memory, room on disks and NVIDIA cards, as the system and NVIDIA's driver tell.

pub mod capacity;
pub mod cards;
pub mod devices;
pub mod disk_space;
pub mod gpu_monitor;
pub mod heap;
pub mod host;
mod nvml;
pub mod signals;

use serde::Serialize;

pub use nvml::open;

/// Memory or room, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// What is taken.
    pub used: u64,
    /// All there is.
    pub total: u64,
}

impl Amount {
    /// What is left.
    #[must_use]
    pub const fn free(self) -> u64 {
        self.total.saturating_sub(self.used)
    }

    /// What is taken, in percent.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    pub fn percent(self) -> f64 {
        100.0 * self.used as f64 / (self.total.max(1)) as f64
    }
}
