//! The Rust types a hyperparameter can have, and how each becomes a [`Value`] and comes from one.

use super::Hparam;
use super::rule::whole_of;
use super::value::{Kind, Value};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, Unexpected, Visitor};
use std::borrow::Cow;
use std::marker::PhantomData;

/// A type that one hyperparameter can have.
pub trait HparamType: Clone {
    /// The kind of its values.
    const KIND: Kind;
    /// Its value.
    fn to_value(&self) -> Value;
    /// From a value of the right kind that its rule admits.
    fn from_value(value: &Value) -> Option<Self>;
    /// From a file.
    ///
    /// # Errors
    /// Where something else stands there.
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error>
    where
        Self: Deserialize<'de>,
    {
        Self::deserialize(from)
    }
}

/// A whole number, also one that is written as 10.0 or 1e3.
fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    struct Whole;
    impl Visitor<'_> for Whole {
        type Value = u64;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a whole number")
        }
        fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
            Ok(number)
        }
        fn visit_f64<E: Error>(self, number: f64) -> Result<u64, E> {
            let whole = whole_of(number);
            whole.ok_or_else(|| E::invalid_type(Unexpected::Float(number), &self))
        }
    }
    from.deserialize_any(Whole)
}

impl HparamType for f64 {
    const KIND: Kind = Kind::Float;
    fn to_value(&self) -> Value {
        Value::Float(*self)
    }
    fn from_value(value: &Value) -> Option<Self> {
        // Minus zero is zero, and to be the same experiment.
        value.number().map(|v| v + 0.0)
    }
}

impl HparamType for u64 {
    const KIND: Kind = Kind::Whole;
    fn to_value(&self) -> Value {
        Value::Whole(*self)
    }
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Whole(v) = value {
            Some(*v)
        } else {
            None
        }
    }
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        whole(from)
    }
}

impl HparamType for usize {
    const KIND: Kind = Kind::Whole;
    fn to_value(&self) -> Value {
        Value::Whole(*self as u64)
    }
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Whole(v) = value {
            (*v).try_into().ok()
        } else {
            None
        }
    }
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        whole(from)?.try_into().map_err(D::Error::custom)
    }
}

impl HparamType for bool {
    const KIND: Kind = Kind::Toggle;
    fn to_value(&self) -> Value {
        Value::Toggle(*self)
    }
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Toggle(v) = value {
            Some(*v)
        } else {
            None
        }
    }
}

impl HparamType for String {
    const KIND: Kind = Kind::Text;
    fn to_value(&self) -> Value {
        Value::Text(Cow::Owned(self.clone()))
    }
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Text(v) = value {
            Some(v.clone().into_owned())
        } else {
            None
        }
    }
}

/// Reads one hyperparameter from a file and checks it against its rule there, so that the error carries the line.
pub struct HparamSeed<T>(&'static Hparam, PhantomData<T>);

impl<T> HparamSeed<T> {
    /// A reader for the hyperparameter.
    #[must_use]
    pub fn new(param: &'static Hparam) -> Self {
        Self(param, PhantomData)
    }
}

impl<'de, T: HparamType + serde::Deserialize<'de>> DeserializeSeed<'de> for HparamSeed<T> {
    type Value = T;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        let value = T::read(deserializer)?;
        self.0.check(&value.to_value()).map_err(D::Error::custom)?;
        Ok(value)
    }
}

/// The name of a field as a file spells it.
pub struct Key(pub String);

impl<'de> serde::Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl serde::de::Visitor<'_> for Name {
            type Value = Key;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the name of a hyperparameter")
            }
            fn visit_str<E: Error>(self, name: &str) -> Result<Key, E> {
                Ok(Key(name.to_owned()))
            }
        }
        deserializer.deserialize_identifier(Name)
    }
}
