//! The devices that an experiment may name here, with what each has, as they are now.

use super::cards::{Card, Cards, listed, visible};
use super::gpu_monitor::Watch;
use super::host::Host;
use super::{Amount, open};
use std::time::{Duration, Instant};

/// From one look at the cards to the next.
const PERIOD: Duration = Duration::from_secs(2);

/// How long the driver may take where its answer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The names of the CUDA cards that this program may use; none where it has no use for them.
#[must_use]
pub fn cuda() -> Vec<String> {
    if !cfg!(feature = "cuda") {
        return Vec::new();
    }
    let cards = Watch::begin(open).read(PATIENCE).ok();
    let listed = listed();
    names(cards.as_ref(), listed.as_deref())
}

fn names(cards: Option<&Cards>, listed: Option<&str>) -> Vec<String> {
    let names = devices(None, cards, listed).into_iter().map(|o| o.name);
    names.filter(|name| name.starts_with("cuda")).collect()
}

/// A device to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// What an experiment calls it.
    pub name: String,
    /// What it is and has, in a few words.
    pub words: String,
}

/// Looks at the devices now and then, without waiting for any.
#[derive(Debug, Default)]
pub struct Devices {
    watch: Option<Watch>,
    host: Host,
    asked: Option<Instant>,
    /// What there is to choose; at first what can be said without looking.
    pub all: Vec<Device>,
}

impl Devices {
    /// Looks again, if it is time to; whether anything is new.
    pub fn look(&mut self) -> bool {
        let due = self.asked.is_none_or(|at| at.elapsed() >= PERIOD);
        let answer = self.watch.as_mut().and_then(Watch::take);
        if !due && answer.is_none() {
            return false;
        }
        if due {
            self.asked = Some(Instant::now());
            if cfg!(feature = "cuda") {
                self.watch.get_or_insert_with(|| Watch::begin(open)).ask();
            }
        }
        let listed = listed();
        let cards = answer.and_then(Result::ok);
        let mut all = devices(self.host.read().memory, cards.as_ref(), listed.as_deref());
        if cards.is_none() {
            // The driver still thinks: what it said last stands.
            let known = self.all.iter().filter(|o| o.name.starts_with("cuda"));
            all.extend(known.cloned());
        }
        std::mem::replace(&mut self.all, all.clone()) != all
    }

    /// The name so many places further in the list, around its end; the first one where the list has no such name.
    #[must_use]
    pub fn further(&self, name: &str, places: i64) -> Option<&str> {
        let count = self.all.len() as i64;
        let at = self.all.iter().position(|device| device.name == name);
        let next = at.map_or(0, |at| (at as i64 + places).rem_euclid(count.max(1)));
        self.all
            .get(next as usize)
            .map(|device| device.name.as_str())
    }
}

fn devices(host: Option<Amount>, cards: Option<&Cards>, listed: Option<&str>) -> Vec<Device> {
    let device = |name: &str, words: String| Device {
        name: name.to_owned(),
        words,
    };
    let mut all = vec![
        device("auto", "the first CUDA card, else the CPU".to_owned()),
        device("cpu", host.map_or_else(|| "any machine".to_owned(), room)),
    ];
    if cfg!(feature = "wgpu") {
        let words = "the first GPU with a Vulkan, Metal or DirectX 12 driver";
        all.push(device("wgpu:0", words.to_owned()));
    }
    let cards = cards.map_or(&[][..], |cards| &cards.cards);
    all.extend((0..cards.len()).map_while(|nth| {
        let name = format!("cuda:{nth}");
        let card = cards.get(visible(&name, listed)?)?;
        Some(device(&name, of_card(card)))
    }));
    all
}

fn of_card(card: &Card) -> String {
    let name = card.name.clone().unwrap_or_else(|| "NVIDIA".to_owned());
    match card.memory {
        _ if card.lost => format!("{name} · doesn't answer"),
        Some(memory) => format!("{name} · {}", room(memory)),
        None => name,
    }
}

fn room(memory: Amount) -> String {
    let gib = |bytes: u64| bytes as f64 / f64::from(1 << 30);
    let (free, total) = (gib(memory.free()), gib(memory.total));
    format!("{free:.1} of {total:.1} GiB free")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    fn card(name: &str) -> Card {
        Card {
            name: Some(name.to_owned()),
            memory: Some(Amount {
                used: 8 * GIB,
                total: 80 * GIB,
            }),
            ..Card::default()
        }
    }

    #[test]
    fn cards_are_numbered_as_cuda_does_and_tell_their_memory() {
        let mut cards = Cards {
            cards: vec![card("A"), card("B"), card("C")],
            ..Cards::default()
        };
        cards.cards[2].lost = true;
        let words = |listed| -> Vec<(String, String)> {
            let all = devices(None, Some(&cards), listed).into_iter();
            let cuda = all.filter(|o| o.name.starts_with("cuda"));
            cuda.map(|o| (o.name, o.words)).collect()
        };
        let own = |name: &str, words: &str| (name.to_owned(), words.to_owned());
        let lost = "C · doesn't answer";
        let (a, b) = ("A · 72.0 of 80.0 GiB free", "B · 72.0 of 80.0 GiB free");
        assert_eq!(
            words(None),
            [own("cuda:0", a), own("cuda:1", b), own("cuda:2", lost)]
        );
        assert_eq!(words(Some("2,0")), [own("cuda:0", lost), own("cuda:1", a)]);
        assert_eq!(names(Some(&cards), Some("1")), ["cuda:0"]);
        assert!(names(None, None).is_empty());
    }

    #[test]
    fn names_go_around() {
        let mut devices = Devices::default();
        assert_eq!(devices.further("auto", 1), None);
        assert!(devices.look());
        assert_eq!(devices.further("auto", 1), Some("cpu"));
        assert_eq!(
            devices.further("auto", -1),
            devices.all.last().map(|o| o.name.as_str())
        );
        assert_eq!(devices.further("cuda:7", 1), Some("auto"));
    }
}
