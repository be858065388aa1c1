//! One look at all meters.

use crate::disk::path;
use crate::machine::Amount;
use crate::machine::cards::Card;
use crate::machine::disk_space::room;
use crate::machine::gpu_monitor::{Reading, Watch};
use crate::machine::host::{Host, HostReading};
use crate::runs::now;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// All meters.
pub struct Meters {
    host: Host,
    watch: Watch,
    runs: PathBuf,
}

/// What they showed.
#[derive(Clone, Debug)]
pub struct Look {
    /// When, in seconds since 1970.
    pub at: f64,
    pub host: HostReading,
    /// The folder of runs, and the room of its disk.
    pub runs: PathBuf,
    pub disk: Option<Amount>,
    pub cards: Reading,
}

impl Meters {
    pub fn new(runs: &Path, watch: Watch) -> Self {
        Self {
            host: Host::default(),
            watch,
            runs: path::whole(runs),
        }
    }

    /// Looks at those that tell what happened since the last look.
    pub fn warm_up(&mut self) {
        self.host.read();
    }

    /// Looks at all of them; the cards' driver may take so long.
    pub fn look(&mut self, patience: Duration) -> Look {
        // A folder that isn't there yet will lie on the disk of the one above.
        let there = self.runs.ancestors().find(|dir| dir.is_dir());
        Look {
            at: now(),
            disk: there.and_then(room),
            runs: self.runs.clone(),
            cards: self.watch.read(patience),
            host: self.host.read(),
        }
    }
}

impl Look {
    /// As `docs/json.md` describes it.
    pub fn json(&self) -> Json {
        let (driver, cards) = match &self.cards {
            Ok(cards) => (cards.driver.as_deref(), cards.cards.as_slice()),
            Err(_) => (None, &[][..]),
        };
        json!({
            "at": self.at,
            "cpu": self.host.cpu,
            "cores": self.host.cores,
            "memory": self.host.memory,
            "disk": self.disk,
            "driver": driver,
            "cards_missing": self.cards.as_ref().err(),
            "cards": cards.iter().map(card).collect::<Vec<_>>(),
        })
    }
}

fn card(card: &Card) -> Json {
    json!({
        "device": format!("cuda:{}", card.index),
        "name": card.name,
        "lost": card.lost,
        "utilisation": card.utilisation,
        "memory": card.memory,
        "temperature": card.temperature,
        "power": card.power,
        "power_limit": card.power_limit,
        "clock": card.clock,
        "memory_clock": card.memory_clock,
        "throttle": card.throttle,
        "processes": card.processes,
    })
}
