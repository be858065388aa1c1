//! NVIDIA cards: what the driver says of each, value by value, so that one that it doesn't tell costs no other.

use super::Amount;
use serde::Serialize;

/// Why a value isn't known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silence {
    /// The card has no such meter.
    Unsupported,
    /// The card no longer answers: it fell off the bus, or has to be reset.
    Lost,
    /// Another reason.
    Other(String),
}

/// A value, or why it isn't known.
pub type Answer<T> = Result<T, Silence>;

/// What answers questions on cards: NVIDIA's driver, or a stand-in in tests.
#[expect(
    clippy::missing_errors_doc,
    reason = "each answer is a value or a reason, which are explained once"
)]
pub trait Driver {
    /// The driver's version.
    fn version(&self) -> Answer<String>;
    /// The newest CUDA that it can run: major and minor.
    fn cuda(&self) -> Answer<(i32, i32)>;
    /// How many cards there are.
    fn count(&self) -> Answer<u32>;
    /// The card's name.
    fn name(&self, card: u32) -> Answer<String>;
    /// Its memory.
    fn memory(&self, card: u32) -> Answer<Amount>;
    /// How much of the last moment its processors worked, in percent.
    fn utilisation(&self, card: u32) -> Answer<u32>;
    /// In degrees Celsius.
    fn temperature(&self, card: u32) -> Answer<u32>;
    /// In milliwatts.
    fn power(&self, card: u32) -> Answer<u32>;
    /// What it may draw, in milliwatts.
    fn power_limit(&self, card: u32) -> Answer<u32>;
    /// Of its processors, in megahertz.
    fn clock(&self, card: u32) -> Answer<u32>;
    /// Of its memory, in megahertz.
    fn memory_clock(&self, card: u32) -> Answer<u32>;
    /// Why it is slower than it could be, in words; empty where it isn't.
    fn throttle(&self, card: u32) -> Answer<Vec<&'static str>>;
    /// Who uses it.
    fn processes(&self, card: u32) -> Answer<Vec<Process>>;
}

/// A process on a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its name, where the system tells.
    pub name: Option<String>,
    /// The card's memory that it has, in bytes.
    pub memory: Option<u64>,
}

/// What a card's meters show; `None` is n/a.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Card {
    /// Its number.
    pub index: u32,
    /// Its name.
    pub name: Option<String>,
    /// Whether it no longer answers.
    pub lost: bool,
    /// In percent.
    pub utilisation: Option<u32>,
    /// Its memory.
    pub memory: Option<Amount>,
    /// In degrees Celsius.
    pub temperature: Option<u32>,
    /// In watts.
    pub power: Option<f64>,
    /// What it may draw, in watts.
    pub power_limit: Option<f64>,
    /// Of its processors, in megahertz.
    pub clock: Option<u32>,
    /// Of its memory, in megahertz.
    pub memory_clock: Option<u32>,
    /// Why it is slower than it could be; empty where it isn't.
    pub throttle: Option<Vec<&'static str>>,
    /// Who uses it besides this process.
    pub processes: Option<Vec<Process>>,
}

/// All cards and their driver.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cards {
    /// The driver's version.
    pub driver: Option<String>,
    /// The newest CUDA that it can run: major and minor.
    pub cuda: Option<(i32, i32)>,
    /// One after another.
    pub cards: Vec<Card>,
}

/// What the driver says of all cards; `own` is the process that asks.
///
/// # Errors
/// A sentence, when it doesn't even say how many there are.
pub fn read(driver: &dyn Driver, own: u32) -> Result<Cards, String> {
    let count = driver.count().map_err(|why| match why {
        Silence::Unsupported => "the NVIDIA driver doesn't list its cards".to_owned(),
        Silence::Lost => "the NVIDIA driver lost its cards".to_owned(),
        Silence::Other(why) => format!("the NVIDIA driver doesn't answer: {why}"),
    })?;
    Ok(Cards {
        driver: driver.version().ok(),
        cuda: driver.cuda().ok(),
        cards: (0..count).map(|index| card(driver, index, own)).collect(),
    })
}

/// Which cards CUDA is shown and in which order, where the environment says it.
#[must_use]
pub fn listed() -> Option<String> {
    std::env::var("CUDA_VISIBLE_DEVICES").ok()
}

/// The driver's number of a device such as `cuda:1`, where CUDA is shown only those that are `listed`; nothing for other
/// devices, and where the list names cards otherwise than by number.
#[must_use]
pub fn visible(device: &str, listed: Option<&str>) -> Option<usize> {
    let nth: usize = device.strip_prefix("cuda:")?.parse().ok()?;
    match listed.map(str::trim).filter(|list| !list.is_empty()) {
        Some(list) => list.split(',').nth(nth)?.trim().parse().ok(),
        None => Some(nth),
    }
}

fn card(driver: &dyn Driver, index: u32, own: u32) -> Card {
    let mut lost = false;
    let watts = |milliwatts: u32| f64::from(milliwatts) / 1000.0;
    let mut card = Card {
        index,
        name: heard(driver.name(index), &mut lost),
        lost: false,
        utilisation: heard(driver.utilisation(index), &mut lost),
        memory: heard(driver.memory(index), &mut lost),
        temperature: heard(driver.temperature(index), &mut lost),
        power: heard(driver.power(index), &mut lost).map(watts),
        power_limit: heard(driver.power_limit(index), &mut lost).map(watts),
        clock: heard(driver.clock(index), &mut lost),
        memory_clock: heard(driver.memory_clock(index), &mut lost),
        throttle: heard(driver.throttle(index), &mut lost),
        processes: heard(driver.processes(index), &mut lost),
    };
    if let Some(processes) = &mut card.processes {
        processes.retain(|process| process.pid != own);
    }
    card.lost = lost;
    card
}

/// The value, if there is one; notes a card that is lost.
fn heard<T>(answer: Answer<T>, lost: &mut bool) -> Option<T> {
    *lost |= matches!(answer, Err(Silence::Lost));
    answer.ok()
}

#[cfg(test)]
pub mod fake_driver;
#[cfg(test)]
mod tests;
