//! The entries of `keys`, as the file has them.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use std::fmt;

/// The entries of `keys` in their order, so that one that is given twice is noticed.
#[derive(Debug, Default)]
pub struct Entries(pub Vec<(String, Keys)>);

/// The keys of one action.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "the keys of an action are written \"x\" or [\"x\", \"ctrl-x\"]"
)]
pub enum Keys {
    One(String),
    Several(Vec<String>),
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Entries;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("actions with their keys, { \"history.delete\": [\"d\"] }")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Entries, M::Error> {
                let mut all = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    all.push(entry);
                }
                Ok(Entries(all))
            }
        }
        from.deserialize_map(All)
    }
}
