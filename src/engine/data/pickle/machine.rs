//! The machine that puts a pickle's values together: a stack, marks on it, and values that were set aside.

use super::value::Value;
use std::collections::HashMap;
use std::rc::Rc;

/// More values than CIFAR's largest file has: labels and names of 50,000 images.
const MOST: usize = 1 << 19;
/// Values lie in one another no deeper than in an array's state.
const DEEP: usize = 4;

/// The value of a pickle of protocol 2 to 5.
///
/// # Errors
/// A few words.
pub fn value(bytes: &[u8]) -> Result<Value, String> {
    let mut machine = Machine {
        bytes,
        ..Machine::default()
    };
    while !machine.step()? {}
    machine.pop()
}

#[derive(Default)]
struct Machine<'a> {
    /// What is still to be read.
    bytes: &'a [u8],
    stack: Vec<Value>,
    marks: Vec<usize>,
    memo: HashMap<usize, Value>,
    made: usize,
}

const SHORT: &str = "the pickle is cut short";

impl<'a> Machine<'a> {
    /// Does one instruction; tells whether it was the last.
    fn step(&mut self) -> Result<bool, String> {
        let [code] = self.array()?;
        match code {
            b'.' => return Ok(true),
            0x80 => drop(self.take(1)?),
            0x95 => drop(self.take(8)?),
            b'(' => self.mark()?,
            b'N' => self.push(Value::Other)?,
            0x88 => self.push(Value::Int(1))?,
            0x89 => self.push(Value::Int(0))?,
            b'G' => {
                self.take(8)?;
                self.push(Value::Other)?;
            }
            b'J' => {
                let value = i32::from_le_bytes(self.array()?);
                self.push(Value::Int(value.into()))?;
            }
            b'K' => self.int(1)?,
            b'M' => self.int(2)?,
            0x8a => {
                let length = self.length(1)?;
                self.int(length)?;
            }
            b'U' | b'C' | 0x8c => self.text(1)?,
            b'T' | b'B' | b'X' => self.text(4)?,
            0x8d | 0x8e | 0x96 => self.text(8)?,
            b']' => self.push(Value::List(Vec::new()))?,
            b'}' => self.push(Value::Dict(Vec::new()))?,
            b')' => self.tuple(0)?,
            0x85 => self.tuple(1)?,
            0x86 => self.tuple(2)?,
            0x87 => self.tuple(3)?,
            b't' => {
                let values = self.marked()?;
                self.push(Value::Tuple(values))?;
            }
            b'a' => {
                let value = self.pop()?;
                self.append(vec![value])?;
            }
            b'e' => {
                let values = self.marked()?;
                self.append(values)?;
            }
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.set(vec![key, value])?;
            }
            b'u' => {
                let values = self.marked()?;
                self.set(values)?;
            }
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.push(Value::Name(format!("{module}.{name}")))?;
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let name = format!("{}.{}", word(&module)?, word(&name)?);
                self.push(Value::Name(name))?;
            }
            b'R' => {
                let (with, what) = (self.pop()?, self.pop()?);
                let made = call(&what, &with)?;
                self.push(made)?;
            }
            b'b' => {
                let (state, of) = (self.pop()?, self.pop()?);
                let built = build(of, &state)?;
                self.push(built)?;
            }
            b'q' => {
                let at = self.length(1)?;
                self.remember(at)?;
            }
            b'r' => {
                let at = self.length(4)?;
                self.remember(at)?;
            }
            0x94 => self.remember(self.memo.len())?,
            b'h' => {
                let at = self.length(1)?;
                self.recall(at)?;
            }
            b'j' => {
                let at = self.length(4)?;
                self.recall(at)?;
            }
            other => {
                return Err(format!(
                    "not a data set's pickle: it has the instruction {other:#04x}"
                ));
            }
        }
        Ok(false)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or(SHORT)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        self.take(N)?.try_into().map_err(|_| SHORT.to_owned())
    }

    /// A length or a place, of so many bytes.
    fn length(&mut self, bytes: usize) -> Result<usize, String> {
        let mut whole = [0; 8];
        whole[..bytes].copy_from_slice(self.take(bytes)?);
        usize::try_from(u64::from_le_bytes(whole)).map_err(|_| SHORT.to_owned())
    }

    fn line(&mut self) -> Result<String, String> {
        let end = self.bytes.iter().position(|b| *b == b'\n').ok_or(SHORT)?;
        let line = self.take(end + 1)?;
        Ok(String::from_utf8_lossy(&line[..end]).into_owned())
    }

    fn push(&mut self, value: Value) -> Result<(), String> {
        self.made += 1;
        if self.made > MOST {
            return Err("the pickle holds more values than a data set of this kind".to_owned());
        }
        if let Value::Tuple(values) = &value {
            shallow(values)?;
        }
        self.stack.push(value);
        Ok(())
    }

    fn pop(&mut self) -> Result<Value, String> {
        let least = self.marks.last().copied().unwrap_or_default();
        if self.stack.len() <= least {
            return Err("the pickle takes a value where there is none".to_owned());
        }
        self.stack.pop().ok_or_else(|| SHORT.to_owned())
    }

    fn mark(&mut self) -> Result<(), String> {
        self.marks.push(self.stack.len());
        let few = self.marks.len() <= DEEP * DEEP;
        few.then_some(()).ok_or_else(|| TOO_DEEP.to_owned())
    }

    /// The values since the last mark.
    fn marked(&mut self) -> Result<Vec<Value>, String> {
        let mark = self.marks.pop().ok_or("the pickle has lost a mark")?;
        Ok(self.stack.split_off(mark.min(self.stack.len())))
    }

    /// A whole number of so many bytes: of one or two, never below zero.
    fn int(&mut self, bytes: usize) -> Result<(), String> {
        let value = match self.take(bytes)? {
            [one] => i64::from(*one),
            [low, high] => i64::from(u16::from_le_bytes([*low, *high])),
            // Longer ones are no labels.
            _ => return self.push(Value::Other),
        };
        self.push(Value::Int(value))
    }

    fn text(&mut self, bytes: usize) -> Result<(), String> {
        let length = self.length(bytes)?;
        let text = self.take(length)?;
        self.push(Value::Bytes(text.into()))
    }

    fn tuple(&mut self, count: usize) -> Result<(), String> {
        let mut values = Vec::with_capacity(count);
        for _ in 0..count {
            values.push(self.pop()?);
        }
        values.reverse();
        self.push(Value::Tuple(values))
    }

    fn append(&mut self, more: Vec<Value>) -> Result<(), String> {
        shallow(&more)?;
        match self.stack.last_mut() {
            Some(Value::List(values)) => {
                values.extend(more);
                Ok(())
            }
            _ => Err("the pickle appends to something that isn't a list".to_owned()),
        }
    }

    fn set(&mut self, pairs: Vec<Value>) -> Result<(), String> {
        shallow(&pairs)?;
        let Some(Value::Dict(dict)) = self.stack.last_mut() else {
            return Err("the pickle sets a value in something that isn't a dictionary".to_owned());
        };
        let mut pairs = pairs.into_iter();
        while let (Some(key), Some(value)) = (pairs.next(), pairs.next()) {
            dict.push((key, value));
        }
        Ok(())
    }

    /// Sets the top value aside. Lists and the like, which may still grow, are not: nothing needs them twice.
    fn remember(&mut self, at: usize) -> Result<(), String> {
        let value = match self.stack.last() {
            None => return Err("the pickle remembers nothing".to_owned()),
            Some(value @ (Value::Int(_) | Value::Bytes(_) | Value::Name(_) | Value::ByteType)) => {
                value.clone()
            }
            Some(_) => Value::Other,
        };
        self.memo.insert(at, value);
        Ok(())
    }

    fn recall(&mut self, at: usize) -> Result<(), String> {
        let value = self.memo.get(&at).cloned();
        self.push(value.ok_or("the pickle recalls what it never had")?)
    }
}

const TOO_DEEP: &str = "the pickle's values are nested too deeply";

/// Whether values may be put into another.
fn shallow(values: &[Value]) -> Result<(), String> {
    let fits = values.iter().all(|value| depth(value, DEEP) < DEEP);
    fits.then_some(()).ok_or_else(|| TOO_DEEP.to_owned())
}

/// How deep values lie in a value, as far as `most`.
fn depth(value: &Value, most: usize) -> usize {
    let below = |value: &Value| depth(value, most.saturating_sub(1));
    let inner = match value {
        _ if most == 0 => None,
        Value::Tuple(values) | Value::List(values) => values.iter().map(below).max(),
        Value::Dict(pairs) => pairs
            .iter()
            .map(|(key, value)| below(key).max(below(value)))
            .max(),
        _ => None,
    };
    inner.map_or(0, |inner| inner + 1)
}

fn word(value: &Value) -> Result<String, String> {
    let bytes = value
        .bytes()
        .ok_or("the pickle names something without a name")?;
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

/// What a function makes, of the few that these files call.
fn call(what: &Value, with: &Value) -> Result<Value, String> {
    let Value::Name(name) = what else {
        return Err("the pickle calls what has no name".to_owned());
    };
    let with = with.list().unwrap_or_default();
    match (name.as_str(), with) {
        ("_codecs.encode", [Value::Bytes(text), ..]) => latin(text),
        ("__builtin__.bytes" | "builtins.bytes" | "builtins.bytearray", []) => {
            Ok(Value::Bytes(Rc::default()))
        }
        ("__builtin__.bytearray" | "builtins.bytearray", [Value::Bytes(bytes)]) => {
            Ok(Value::Bytes(bytes.clone()))
        }
        ("numpy.dtype", [Value::Bytes(kind), ..]) if matches!(&**kind, b"u1" | b"|u1") => {
            Ok(Value::ByteType)
        }
        (
            "numpy.core.multiarray._reconstruct" | "numpy._core.multiarray._reconstruct",
            [Value::Name(class), ..],
        ) if class == "numpy.ndarray" => array(&[Value::Int(0)], &Rc::default()),
        (
            "numpy.core.numeric._frombuffer" | "numpy._core.numeric._frombuffer",
            [
                Value::Bytes(bytes),
                Value::ByteType,
                Value::Tuple(shape),
                Value::Bytes(order),
            ],
        ) if **order == *b"C" => array(shape, bytes),
        _ => Err(format!(
            "the pickle calls {name}, which no data set of this kind does; nothing of it was run"
        )),
    }
}

/// What a state makes of a value: an array's own, or a type's, which changes nothing of bytes.
fn build(of: Value, state: &Value) -> Result<Value, String> {
    match (of, state.list().unwrap_or_default()) {
        (Value::ByteType, _) => Ok(Value::ByteType),
        (
            Value::Array { .. },
            [
                _,
                Value::Tuple(shape),
                Value::ByteType,
                Value::Int(0),
                Value::Bytes(bytes),
            ],
        ) => array(shape, bytes),
        _ => Err("the pickle holds an array that isn't of bytes in rows".to_owned()),
    }
}

fn array(shape: &[Value], bytes: &Rc<[u8]>) -> Result<Value, String> {
    let sides = shape
        .iter()
        .map(|side| side.int().and_then(|side| usize::try_from(side).ok()));
    let shape: Option<Vec<usize>> = sides.collect();
    let shape = shape.ok_or("the pickle holds an array without a shape")?;
    let count = shape
        .iter()
        .try_fold(1_usize, |all, side| all.checked_mul(*side));
    if count != Some(bytes.len()) {
        return Err(format!(
            "the pickle holds an array of {shape:?} with {} bytes",
            bytes.len()
        ));
    }
    Ok(Value::Array {
        shape,
        bytes: bytes.clone(),
    })
}

/// Bytes that Python wrote as text, each as a character of Latin-1.
fn latin(text: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(text).map_err(|_| "the pickle's text isn't UTF-8")?;
    let bytes: Option<Vec<u8>> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect();
    let bytes = bytes.ok_or("the pickle's bytes aren't Latin-1")?;
    Ok(Value::Bytes(bytes.into()))
}
