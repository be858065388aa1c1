//! The header of a `.npy` file: which values an array holds, and how many. It is the text of a Python dictionary; the few
//! words of it that count are looked for, and nothing is run.

use std::io::{self, Read};

/// Bytes that a header may have; NumPy's own have 118 for images.
const MOST: usize = 1 << 16;
/// Dimensions that NumPy allows.
const DEEPEST: usize = 64;
const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// What an array's values are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers of so many bytes.
    Whole {
        bytes: usize,
        signed: bool,
        big_endian: bool,
    },
    /// Anything else, as NumPy names it.
    Other(String),
}

impl Kind {
    /// Unsigned bytes, as images are kept.
    pub const BYTES: Self = Self::Whole {
        bytes: 1,
        signed: false,
        big_endian: false,
    };

    fn of(descr: &str) -> Self {
        let other = || Self::Other(descr.to_owned());
        let mut letters = descr.chars();
        let (Some(order), Some(kind)) = (letters.next(), letters.next()) else {
            return other();
        };
        let bytes = letters.as_str().parse().unwrap_or(0);
        match (kind, bytes) {
            ('u' | 'i', 1 | 2 | 4 | 8) => Self::Whole {
                bytes,
                signed: kind == 'i',
                // One byte has no order.
                big_endian: order == '>' && bytes > 1,
            },
            ('b', 1) => Self::BYTES,
            _ => other(),
        }
    }
}

/// What an array's header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    pub kind: Kind,
    /// Whether the first index is the one that moves fastest.
    pub fortran: bool,
    pub shape: Vec<usize>,
    /// Bytes that the header takes itself.
    pub length: usize,
}

impl Header {
    /// Reads one.
    ///
    /// # Errors
    /// A few words, where there is none.
    pub fn read(from: &mut dyn Read) -> Result<Self, String> {
        let mut start = [0; 8];
        exactly(from, &mut start)?;
        if start[..6] != *MAGIC {
            return Err("is no array of NumPy's".to_owned());
        }
        let mut size = [0; 4];
        let width = if start[6] == 1 { 2 } else { 4 };
        exactly(from, &mut size[..width])?;
        let text = u32::from_le_bytes(size) as usize;
        if text > MOST {
            return Err(format!(
                "says that its header has {text} bytes; it is damaged"
            ));
        }
        let mut header = vec![0; text];
        exactly(from, &mut header)?;
        let length = start.len() + width + text;
        parsed(&String::from_utf8_lossy(&header), length)
    }

    /// How many values there are.
    pub fn count(&self) -> Option<usize> {
        self.shape
            .iter()
            .try_fold(1_usize, |all, side| all.checked_mul(*side))
    }
}

fn exactly(from: &mut dyn Read, to: &mut [u8]) -> Result<(), String> {
    from.read_exact(to).map_err(|e| match e.kind() {
        io::ErrorKind::UnexpectedEof => "is cut short".to_owned(),
        _ => format!("can't be read ({e})"),
    })
}

fn parsed(text: &str, length: usize) -> Result<Header, String> {
    let odd = |what: &str| format!("has a header without {what}; it is damaged");
    let descr = value(text, "descr").ok_or_else(|| odd("a type"))?;
    let kind = match descr.strip_prefix(['\'', '"']) {
        Some(rest) => {
            let end = rest.find(['\'', '"']).ok_or_else(|| odd("a type"))?;
            Kind::of(&rest[..end])
        }
        None => Kind::Other("a record".to_owned()),
    };
    let order = value(text, "fortran_order").ok_or_else(|| odd("an order"))?;
    let shape = value(text, "shape").and_then(sides);
    let shape = shape.ok_or_else(|| odd("a shape"))?;
    Ok(Header {
        kind,
        fortran: order.starts_with("True"),
        shape,
        length,
    })
}

/// What follows a word and its colon.
fn value<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let quoted = [format!("'{word}'"), format!("\"{word}\"")];
    let rest = quoted
        .iter()
        .find_map(|quoted| text.split_once(quoted.as_str()))?
        .1;
    Some(rest.trim_start().strip_prefix(':')?.trim_start())
}

/// The numbers in a tuple.
fn sides(text: &str) -> Option<Vec<usize>> {
    let inner = text.strip_prefix('(')?.split_once(')')?.0;
    let words = inner
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    // Python 2 wrote long numbers with an L.
    let sides: Option<Vec<usize>> = words
        .take(DEEPEST + 1)
        .map(|word| word.trim_end_matches('L').parse().ok())
        .collect();
    sides.filter(|sides| sides.len() <= DEEPEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;

    fn file(text: &str) -> Vec<u8> {
        let length = (text.len() as u16).to_le_bytes();
        [MAGIC, &[1, 0][..], &length, text.as_bytes()].concat()
    }

    fn read(text: &str) -> Result<Header, String> {
        Header::read(&mut &file(text)[..])
    }

    #[test]
    fn headers_say_kind_order_and_shape() {
        let header = read("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 28, 28, 3), }\n");
        let header = header.unwrap();
        assert_eq!((header.kind, header.fortran), (Kind::BYTES, false));
        assert_eq!(header.shape, [2, 28, 28, 3]);
        let header = read("{'descr': '>i8', 'fortran_order': True, 'shape': (7L,), }").unwrap();
        let kind = Kind::Whole {
            bytes: 8,
            signed: true,
            big_endian: true,
        };
        assert_eq!(
            (header.kind, header.fortran, header.shape),
            (kind, true, vec![7])
        );
        let header = read("{'descr': '<f4', 'fortran_order': False, 'shape': (), }").unwrap();
        assert_eq!(header.kind, Kind::Other("<f4".to_owned()));
        assert_eq!(header.count(), Some(1));
        let records = read("{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,)}");
        assert_eq!(records.unwrap().kind, Kind::Other("a record".to_owned()));
    }

    #[test]
    fn damaged_headers_are_a_sentence_each() {
        for (bytes, says) in [
            (b"PK\x03\x04aaaa".to_vec(), "is no array of NumPy's"),
            (file("")[..7].to_vec(), "is cut short"),
            (file("{'descr': '|u1'}"), "a header without an order"),
            (
                file("{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}"),
                "a header without a shape",
            ),
            (
                b"\x93NUMPY\x02\0\xff\xff\xff\xff".to_vec(),
                "says that its header has 4294967295 bytes",
            ),
        ] {
            Header::read(&mut &bytes[..]).unwrap_err().says(says);
        }
    }
}
