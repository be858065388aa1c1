//! How much memory each device has.

use super::cards::{listed, visible};
use super::gpu_monitor::Watch;
use super::host::Host;
use super::open;
use std::time::Duration;

/// How long the cards' driver may take, before anything is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// The memory of the devices, in bytes; nothing is known of what isn't there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capacity {
    /// That this process may have.
    pub host: Option<u64>,
    /// Of each card, by the driver's number.
    pub cards: Vec<Option<u64>>,
}

impl Capacity {
    /// Looks; cards only where this binary can use them.
    #[must_use]
    pub fn look() -> Self {
        let cards = if cfg!(feature = "cuda") {
            Watch::begin(open).read(PATIENCE).ok()
        } else {
            None
        };
        let cards = cards.map_or_else(Vec::new, |all| all.cards);
        Self {
            host: Host::default().read().memory.map(|memory| memory.total),
            cards: cards.iter().map(|c| c.memory.map(|m| m.total)).collect(),
        }
    }

    /// What a device has, such as `auto`, `cpu` or `cuda:1`.
    #[must_use]
    pub fn of(&self, device: &str) -> Option<u64> {
        let listed = listed();
        let card = |device| {
            let nth = visible(device, listed.as_deref())?;
            self.cards.get(nth).copied().flatten()
        };
        match device {
            "cpu" => self.host,
            "auto" if self.cards.is_empty() => self.host,
            "auto" | "cuda" => card("cuda:0"),
            device => card(device),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_device_has_its_own() {
        let mut capacity = Capacity {
            host: Some(8),
            cards: vec![Some(80), None],
        };
        let of = |capacity: &Capacity| {
            ["auto", "cpu", "cuda", "cuda:1", "wgpu:0"].map(|d| capacity.of(d))
        };
        assert_eq!(of(&capacity), [Some(80), Some(8), Some(80), None, None]);
        capacity.cards.clear();
        assert_eq!(of(&capacity), [Some(8), Some(8), None, None, None]);
    }
}
