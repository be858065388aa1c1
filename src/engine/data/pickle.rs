//! Pickles, as far as torchvision's CIFAR files need them: plain values, and arrays of bytes as NumPy leaves them.
//!
//! A pickle is a program. Nothing of it is run here: a small machine puts values together, knows the few names that these
//! files hold, and refuses all others, deep nesting, and more values than such a file has.

mod machine;

use crate::disk::foreign::{self, Links};
use std::path::Path;
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

/// The value of a file that has so many bytes at most.
///
/// # Errors
/// A few words, if it can't be read, is no pickle, or holds something else than such values.
pub fn read(path: &Path, most: u64) -> Result<Value, String> {
    let bytes = foreign::read(path, Links::Follow, most).map_err(|e| e.to_string())?;
    machine::value(&bytes)
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
