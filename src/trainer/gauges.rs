//! The machine's meters in a run's log: every ten seconds processor and memory, and the card that trains.

use crate::machine::cards::{listed, visible};
use crate::machine::gpu_monitor::Watch;
use crate::machine::host::Host;
use crate::machine::open;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// From one reading to the next.
const PERIOD: Duration = Duration::from_secs(10);
const GIB: f64 = (1_u64 << 30) as f64;

/// Meters that are read now and then; training waits for none of them.
#[derive(Debug)]
pub struct Gauges {
    host: Host,
    /// The card that trains, and who is asked about it.
    card: Option<(usize, Watch)>,
    asked: Instant,
}

impl Gauges {
    /// Meters for a run on a device, such as `cuda:0`.
    pub fn of(device: &str) -> Self {
        let listed = listed();
        let card = visible(device, listed.as_deref());
        Self::new(card.map(|card| (card, Watch::begin(open))))
    }

    fn new(card: Option<(usize, Watch)>) -> Self {
        let mut host = Host::default();
        // The first utilisation is that of the time from here on.
        host.read();
        Self {
            host,
            card,
            asked: Instant::now(),
        }
    }

    /// What there is to record at this moment: the machine's values when they are due, those of the card once its driver
    /// has answered.
    pub fn take(&mut self) -> BTreeMap<String, f64> {
        let due = self.asked.elapsed() >= PERIOD;
        self.take_if(due)
    }

    fn take_if(&mut self, due: bool) -> BTreeMap<String, f64> {
        let mut values = self.of_card();
        if due {
            self.asked = Instant::now();
            let now = self.host.read();
            values.extend(now.cpu.map(|busy| ("cpu_util", busy)));
            values.extend(now.memory.map(|m| ("memory", m.used as f64 / GIB)));
            if let Some((_, watch)) = &mut self.card {
                watch.ask();
            }
        }
        let named = values.into_iter();
        named.map(|(key, v)| (key.to_owned(), v)).collect()
    }

    fn of_card(&mut self) -> BTreeMap<&'static str, f64> {
        let mut values = BTreeMap::new();
        let Some((index, watch)) = &mut self.card else {
            return values;
        };
        let Some(Ok(cards)) = watch.take() else {
            return values;
        };
        if let Some(card) = cards.cards.get(*index) {
            values.extend(card.utilisation.map(|busy| ("gpu_util", f64::from(busy))));
            values.extend(card.memory.map(|m| ("gpu_memory", m.used as f64 / GIB)));
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::cards::fake_driver::Made;

    #[test]
    fn nothing_is_recorded_before_it_is_due() {
        let mut gauges = Gauges::new(None);
        assert!(gauges.take().is_empty());
        let values = gauges.take_if(true);
        let keys: Vec<&str> = values.keys().map(String::as_str).collect();
        assert_eq!(keys, ["cpu_util", "memory"]);
        assert!(gauges.take().is_empty(), "once");
    }

    #[test]
    fn a_card_is_recorded_once_its_driver_has_answered() {
        let watch = Watch::begin(|| Ok(Box::new(Made::cards(2).lost())));
        let mut gauges = Gauges::new(Some((0, watch)));
        gauges.take_if(true);
        let mut answers = std::iter::repeat_with(|| gauges.take_if(false));
        let values = answers.find(|values| !values.is_empty()).unwrap();
        assert_eq!((values["gpu_util"], values["gpu_memory"]), (97.0, 20.0));
    }

    #[test]
    fn a_lost_card_is_recorded_as_nothing() {
        let watch = Watch::begin(|| Ok(Box::new(Made::cards(2).lost())));
        let mut gauges = Gauges::new(Some((1, watch)));
        gauges.take_if(true);
        while gauges.card.as_ref().is_some_and(|(_, watch)| watch.owes()) {
            assert!(gauges.take_if(false).is_empty());
        }
    }
}
