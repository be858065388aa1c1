//! A driver that says what a test has it say.

use super::{Amount, Answer, Driver, Process, Silence};

/// Two cards: the second is lost where `lost` says so.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// How many cards there are, unless the driver is silent.
    count: Option<u32>,
    /// Whether all cards but the first no longer answer.
    lost: bool,
    /// Whether cards tell their power.
    powerless: bool,
}

impl Made {
    /// So many cards.
    pub fn cards(count: u32) -> Self {
        Self {
            count: Some(count),
            ..Self::default()
        }
    }

    /// The same, of which all but the first are lost.
    #[must_use]
    pub fn lost(mut self) -> Self {
        self.lost = true;
        self
    }

    /// The same, none of which tells its power.
    #[must_use]
    pub fn powerless(mut self) -> Self {
        self.powerless = true;
        self
    }

    fn say<T>(&self, card: u32, value: T) -> Answer<T> {
        if self.lost && card > 0 {
            Err(Silence::Lost)
        } else {
            Ok(value)
        }
    }

    fn watts(&self, card: u32, value: u32) -> Answer<u32> {
        if self.powerless {
            Err(Silence::Unsupported)
        } else {
            self.say(card, value)
        }
    }
}

/// One gibibyte.
pub const GIB: u64 = 1 << 30;

impl Driver for Made {
    fn version(&self) -> Answer<String> {
        Ok("580.65.06".to_owned())
    }
    fn cuda(&self) -> Answer<(i32, i32)> {
        Ok((13, 0))
    }
    fn count(&self) -> Answer<u32> {
        self.count
            .ok_or_else(|| Silence::Other("it sleeps".to_owned()))
    }
    fn name(&self, card: u32) -> Answer<String> {
        self.say(card, "NVIDIA H100 80GB HBM3".to_owned())
    }
    fn memory(&self, card: u32) -> Answer<Amount> {
        let amount = Amount {
            used: 20 * GIB,
            total: 80 * GIB,
        };
        self.say(card, amount)
    }
    fn utilisation(&self, card: u32) -> Answer<u32> {
        self.say(card, 97)
    }
    fn temperature(&self, card: u32) -> Answer<u32> {
        self.say(card, 64)
    }
    fn power(&self, card: u32) -> Answer<u32> {
        self.watts(card, 612_500)
    }
    fn power_limit(&self, card: u32) -> Answer<u32> {
        self.watts(card, 700_000)
    }
    fn clock(&self, card: u32) -> Answer<u32> {
        self.say(card, 1980)
    }
    fn memory_clock(&self, card: u32) -> Answer<u32> {
        self.say(card, 2619)
    }
    fn throttle(&self, card: u32) -> Answer<Vec<&'static str>> {
        self.say(card, vec!["power cap"])
    }
    fn processes(&self, card: u32) -> Answer<Vec<Process>> {
        let process = |pid, name: &str| Process {
            pid,
            name: Some(name.to_owned()),
            memory: Some(12 * GIB),
        };
        self.say(
            card,
            vec![process(7, "simclr-tui"), process(4242, "python3")],
        )
    }
}
