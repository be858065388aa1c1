//! A value of a pickle.

use std::rc::Rc;

/// A value of a pickle.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// None, a number with a fraction, and what else is of no use here.
    Other,
    Int(i64),
    /// Bytes or text: Python 2 made no difference.
    Bytes(Rc<[u8]>),
    Tuple(Vec<Value>),
    List(Vec<Value>),
    Dict(Vec<(Value, Value)>),
    /// The name of a function or a class.
    Name(String),
    /// NumPy's unsigned bytes as a type.
    ByteType,
    /// An array of bytes, row by row.
    Array {
        shape: Vec<usize>,
        bytes: Rc<[u8]>,
    },
}

impl Value {
    /// What a dictionary holds under a word.
    pub fn get(&self, word: &str) -> Option<&Self> {
        let Self::Dict(pairs) = self else { return None };
        let is = |key: &Self| matches!(key, Self::Bytes(bytes) if **bytes == *word.as_bytes());
        pairs
            .iter()
            .find(|(key, _)| is(key))
            .map(|(_, value)| value)
    }

    /// The bytes of a text or an array.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) | Self::Array { bytes, .. } => Some(bytes),
            _ => None,
        }
    }

    pub fn list(&self) -> Option<&[Self]> {
        match self {
            Self::List(values) | Self::Tuple(values) => Some(values),
            _ => None,
        }
    }

    pub const fn int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }
}
