//! Hyperparameters by path in the text of a sweep: each is looked up and checked where it stands, so that what is wrong
//! is told with its line.

use crate::experiment::{Experiment, catalogue, no_such};
use crate::hparam::{Field, Group, Value};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::marker::PhantomData;

/// Hyperparameters with a value each, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings(pub Vec<(&'static str, Value)>);

/// Hyperparameters with several values each, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid(pub Vec<(&'static str, Vec<Value>)>);

/// Hyperparameters with a smallest and a largest value each, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Ranges(pub Vec<(&'static Field, Value, Value)>);

/// A map in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Ordered<T>(pub Vec<(String, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl Settings {
    /// Puts the values into an experiment.
    ///
    /// # Errors
    /// A sentence with the path, when it doesn't take the value.
    pub fn apply(&self, experiment: &mut Experiment) -> Result<(), String> {
        self.0.iter().try_for_each(|(path, value)| {
            let set = experiment.set_at(path, value);
            set.map_err(|why| format!("{path}: {why}"))
        })
    }
}

/// The hyperparameter with this path, or with this old one.
///
/// # Errors
/// A sentence with the nearest path, or why a sweep can't set this one.
pub fn find(path: &str) -> Result<&'static Field, String> {
    match path {
        "format" => return Err("format belongs to the file and can't be set".to_owned()),
        "name" => return Err("name can't be set: cases name the runs of a sweep".to_owned()),
        "train.seed" => {
            return Err("train.seed is varied by seeds: [0, 1, 2] and can't be set".to_owned());
        }
        _ => {}
    }
    let (group, leaf) = path.rsplit_once('.').unwrap_or(("", path));
    let old = |f: &&Field| {
        let own = f.path.rsplit_once('.').map_or("", |(group, _)| group);
        own == group && f.param.was.contains(&leaf)
    };
    let fields = catalogue();
    let found = fields.iter().find(|f| f.path == path);
    let found = found.or_else(|| fields.iter().find(old));
    found.ok_or_else(|| no_such(path, fields))
}

/// A path that was looked up.
struct Path(&'static Field);

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let path = String::deserialize(deserializer)?;
        find(&path).map(Self).map_err(D::Error::custom)
    }
}

/// A value as any hyperparameter may have it, also a bare word such as `lars`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Raw {
    Toggle(bool),
    Whole(u64),
    Float(f64),
    Text(String),
}

impl Raw {
    /// As a user would type it.
    fn typed(&self) -> String {
        match self {
            Self::Toggle(on) => on.to_string(),
            Self::Whole(v) => v.to_string(),
            Self::Float(v) => v.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// Reads one value of a hyperparameter.
struct One(&'static Field);

impl<'de> DeserializeSeed<'de> for One {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let Field { path, param, .. } = self.0;
        let raw = Raw::deserialize(deserializer)
            .map_err(|_| D::Error::custom(format!("{path} takes {}", param.rule)))?;
        let value = param.parse(&raw.typed());
        value.map_err(|why| D::Error::custom(format!("{path}: {why}")))
    }
}

/// Reads the list of values of a hyperparameter.
struct Several(&'static Field);

impl<'de> DeserializeSeed<'de> for Several {
    type Value = Vec<Value>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Value>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Several {
    type Value = Vec<Value>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of values of {}, such as [1, 2]", self.0.path)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Value>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(One(self.0))? {
            if values.contains(&value) {
                let why = format!("{} has {value} twice", self.0.path);
                return Err(A::Error::custom(why));
            }
            values.push(value);
        }
        if values.is_empty() {
            let why = format!("{} has no values to take", self.0.path);
            return Err(A::Error::custom(why));
        }
        Ok(values)
    }
}

/// Reads from where to where values of a hyperparameter may lie.
struct Ends(&'static Field);

impl<'de> DeserializeSeed<'de> for Ends {
    type Value = (&'static Field, Value, Value);
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let Field { path, param, .. } = self.0;
        let wrong =
            || format!("{path} takes a smallest and a larger number here, such as (0.1, 1.0)");
        let (low, high) =
            <(Raw, Raw)>::deserialize(deserializer).map_err(|_| D::Error::custom(wrong()))?;
        let value = |raw: &Raw| {
            let value = param.parse(&raw.typed());
            value.map_err(|why| D::Error::custom(format!("{path}: {why}")))
        };
        let (low, high) = (value(&low)?, value(&high)?);
        match (low.number(), high.number()) {
            (Some(from), Some(to)) if from < to => Ok((self.0, low, high)),
            _ => Err(D::Error::custom(wrong())),
        }
    }
}

/// Reads a map from paths to what `S` reads.
struct ByPath<V, S>(fn(&'static Field) -> S, PhantomData<V>);

impl<'de, V, S: DeserializeSeed<'de, Value = V>> Visitor<'de> for ByPath<V, S> {
    type Value = Vec<(&'static str, V)>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of hyperparameters, such as {\"loss.temperature\": ...}")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut all: Self::Value = Vec::new();
        while let Some(Path(field)) = map.next_key()? {
            if all.iter().any(|(path, _)| *path == field.path) {
                return Err(A::Error::custom(format!("{} is given twice", field.path)));
            }
            all.push((&field.path, map.next_value_seed((self.0)(field))?));
        }
        Ok(all)
    }
}

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = deserializer.deserialize_map(ByPath(One, PhantomData))?;
        Ok(Self(all))
    }
}

impl<'de> Deserialize<'de> for Grid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = deserializer.deserialize_map(ByPath(Several, PhantomData))?;
        if all.is_empty() {
            return Err(D::Error::custom("grid has no hyperparameters to vary"));
        }
        Ok(Self(all))
    }
}

impl<'de> Deserialize<'de> for Ranges {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = deserializer.deserialize_map(ByPath(Ends, PhantomData))?;
        Ok(Self(all.into_iter().map(|(_, ends)| ends).collect()))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Map<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Map<T> {
            type Value = Vec<(String, T)>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map such as {\"name\": ...}")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut all: Self::Value = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    if all.iter().any(|(known, _)| *known == name) {
                        return Err(A::Error::custom(format!("{name:?} is given twice")));
                    }
                    all.push((name, map.next_value()?));
                }
                Ok(all)
            }
        }
        deserializer.deserialize_map(Map(PhantomData)).map(Self)
    }
}

/// The newest format of sweep files that this program reads.
pub const FORMAT: u64 = 2;
/// Who wrote a newer one.
pub const NEWER: &str = "a newer simclr-tui wrote it";

/// The version of a format, refused where it is read when it is newer than what this program knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Format(pub u64);

impl Default for Format {
    fn default() -> Self {
        Self(FORMAT)
    }
}

impl<'de> Deserialize<'de> for Format {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = u64::deserialize(deserializer)?;
        if (1..=FORMAT).contains(&found) {
            return Ok(Self(found));
        }
        Err(D::Error::custom(format!(
            "this file has format {found}, and this program reads up to {FORMAT}: {NEWER}"
        )))
    }
}
