//! What is done to good files, and how often.

use proptest::prelude::*;
use proptest::test_runner::Config;

/// So many cases where the environment doesn't say it: all targets together take about a minute.
pub fn cases(count: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok();
    Config {
        cases: asked.and_then(|n| n.parse().ok()).unwrap_or(count),
        failure_persistence: None,
        max_shrink_iters: 500,
        ..Config::default()
    }
}

/// One change to a file.
#[derive(Clone, Debug)]
pub enum Damage {
    /// Ends there.
    Cut(usize),
    /// Another byte there.
    Byte(usize, u8),
    /// Four bytes there that promise much.
    Large(usize, u32),
    /// Bytes put in there.
    More(usize, Vec<u8>),
    /// A stretch that comes twice.
    Twice(usize, usize),
}

/// Some changes, one after another. Half of them hit the first bytes, where headers are.
pub fn damages() -> impl Strategy<Value = Vec<Damage>> {
    let place = || {
        prop_oneof![
            0..64_usize,
            any::<prop::sample::Index>().prop_map(|i| i.index(1 << 20))
        ]
    };
    let large = prop_oneof![
        Just(u32::MAX),
        Just(0x7fff_ffff),
        Just(0xffff),
        Just(100_000),
        any::<u32>()
    ];
    let one = prop_oneof![
        place().prop_map(Damage::Cut),
        (place(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        (place(), large).prop_map(|(at, value)| Damage::Large(at, value)),
        (place(), prop::collection::vec(any::<u8>(), 1..16))
            .prop_map(|(at, more)| Damage::More(at, more)),
        (place(), 1..64_usize).prop_map(|(at, length)| Damage::Twice(at, length)),
    ];
    prop::collection::vec(one, 1..4)
}

/// The file after these changes.
pub fn damaged(good: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for damage in damages {
        let within = |at: usize| at % (bytes.len() + 1);
        match damage {
            Damage::Cut(at) => bytes.truncate(within(*at)),
            Damage::Byte(at, byte) => {
                let at = within(*at);
                bytes.splice(at..(at + 1).min(bytes.len()), [*byte]);
            }
            Damage::Large(at, value) => {
                let at = within(*at);
                let end = (at + 4).min(bytes.len());
                // Formats differ in which end comes first.
                let value = if at % 2 == 0 {
                    value.to_le_bytes()
                } else {
                    value.to_be_bytes()
                };
                bytes.splice(at..end, value);
            }
            Damage::More(at, more) => {
                let at = within(*at);
                bytes.splice(at..at, more.iter().copied());
            }
            Damage::Twice(at, length) => {
                let at = within(*at);
                let piece = bytes[at..(at + length).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}
