//! The values in a page: which rows have one, and where it is.

use super::page::{Encoding, Page, Role};
use super::thrift::Reader;
use std::ops::Range;

fn damaged() -> String {
    "has a damaged page".to_owned()
}

/// A page's content: the bytes of its values, and for each row the place of its own, if it has one.
#[derive(Debug, Default)]
pub struct Rows {
    bytes: Vec<u8>,
    places: Vec<Option<Place>>,
}

/// Where a value is.
#[derive(Clone, Debug)]
enum Place {
    Here(Range<usize>),
    /// A word of the dictionary.
    Word(usize),
}

/// The words of a dictionary.
#[derive(Debug, Default)]
pub struct Words {
    bytes: Vec<u8>,
    places: Vec<Range<usize>>,
}

impl Words {
    /// Those of a dictionary's page, each of so many bytes where all have as many.
    pub fn new(page: &Page, bytes: Vec<u8>, width: Option<usize>) -> Result<Self, String> {
        let places = split(&bytes, 0, page.values, width)?;
        Ok(Self { bytes, places })
    }

    /// Bytes that it takes.
    pub const fn len(&self) -> usize {
        self.bytes.len() + self.places.len() * size_of::<Range<usize>>()
    }

    /// Where each ends; they lie one after the other, each with its length before it.
    pub fn ends(&self) -> Vec<u32> {
        self.places.iter().map(|place| place.end as u32).collect()
    }

    fn get(&self, word: usize) -> Option<&[u8]> {
        self.bytes.get(self.places.get(word)?.clone())
    }
}

impl Rows {
    /// Those of a page, of a column of which so many structures may be missing.
    pub fn new(
        page: &Page,
        bytes: Vec<u8>,
        optional: u32,
        width: Option<usize>,
    ) -> Result<Self, String> {
        let count = usize::try_from(page.values).map_err(|_| damaged())?;
        let bits = u32::BITS - optional.leading_zeros();
        let (levels, at) = match page.role {
            Role::Second { levels, .. } => (0..levels as usize, levels as usize),
            _ if optional == 0 => (0..0, 0),
            _ => {
                let length = bytes.first_chunk().ok_or_else(damaged)?;
                let end = 4 + u32::from_le_bytes(*length) as usize;
                (4..end, end)
            }
        };
        let levels = bytes.get(levels).ok_or_else(damaged)?;
        let there: Vec<bool> = if optional == 0 {
            vec![true; count]
        } else {
            let levels = runs(levels, bits, count)?;
            levels.into_iter().map(|level| level == optional).collect()
        };
        let values = there.iter().filter(|there| **there).count();
        let mut places = places(page.encoding, &bytes, at, values, width)?.into_iter();
        Ok(Self {
            places: there
                .into_iter()
                .map(|there| if there { places.next() } else { None })
                .collect(),
            bytes,
        })
    }

    /// Where the first value begins with its length before it, and where each row's ends, if all lie one after the other in the page.
    pub fn ends(&self) -> Option<(u32, Vec<u32>)> {
        let first = self.places.iter().flatten().next()?;
        let Place::Here(first) = first else {
            return None;
        };
        let first = first.start.checked_sub(4)?;
        let mut end = first;
        let ends = self.places.iter().map(|place| {
            match place {
                Some(Place::Here(place)) if place.start == end + 4 => end = place.end,
                None => {}
                Some(_) => return None,
            }
            Some(end as u32)
        });
        Some((first as u32, ends.collect::<Option<_>>()?))
    }

    /// The word of each row that has a value, if all have words.
    pub fn words(&self) -> Option<Vec<Option<u32>>> {
        let word = |place: &Option<Place>| match place {
            Some(Place::Word(word)) => Some(Some(*word as u32)),
            Some(Place::Here(_)) => None,
            None => Some(None),
        };
        self.places.iter().map(word).collect()
    }

    pub const fn count(&self) -> usize {
        self.places.len()
    }

    /// Bytes that it takes.
    pub const fn len(&self) -> usize {
        self.bytes.len() + self.places.len() * size_of::<Option<Place>>()
    }

    /// The value of a row of this page.
    pub fn get<'a>(&'a self, row: usize, words: Option<&'a Words>) -> Option<&'a [u8]> {
        match self.places.get(row)?.as_ref()? {
            Place::Here(place) => self.bytes.get(place.clone()),
            Place::Word(word) => words?.get(*word),
        }
    }
}

/// The places of so many values from there on.
fn places(
    encoding: Encoding,
    bytes: &[u8],
    at: usize,
    count: usize,
    width: Option<usize>,
) -> Result<Vec<Place>, String> {
    match encoding {
        Encoding::Plain => {
            let places = split(bytes, at, count as u64, width)?;
            Ok(places.into_iter().map(Place::Here).collect())
        }
        Encoding::Words if count == 0 => Ok(Vec::new()),
        Encoding::Words => {
            let (bits, packed) = bytes
                .get(at..)
                .and_then(<[u8]>::split_first)
                .ok_or_else(damaged)?;
            let words = runs(packed, u32::from(*bits), count)?;
            Ok(words
                .into_iter()
                .map(|word| Place::Word(word as usize))
                .collect())
        }
        Encoding::Other(number) => Err(format!(
            "has values in encoding {number}, which isn't read; write it with PyArrow's or the Hugging Face library's defaults"
        )),
    }
}

/// Values one after another: of so many bytes each, or with their length before them.
fn split(
    bytes: &[u8],
    mut at: usize,
    count: u64,
    width: Option<usize>,
) -> Result<Vec<Range<usize>>, String> {
    let least = width.unwrap_or(4) as u64;
    if count > bytes.len() as u64 / least {
        return Err(damaged());
    }
    let mut found = Vec::with_capacity(count as usize);
    for _ in 0..count {
        let length = if let Some(width) = width {
            width
        } else {
            let length = bytes.get(at..).and_then(<[u8]>::first_chunk);
            at += 4;
            u32::from_le_bytes(*length.ok_or_else(damaged)?) as usize
        };
        let end = at.checked_add(length).filter(|end| *end <= bytes.len());
        let end = end.ok_or_else(damaged)?;
        found.push(at..end);
        at = end;
    }
    Ok(found)
}

/// So many numbers of so many bits, written as runs of one number or packed in eights.
fn runs(bytes: &[u8], bits: u32, count: usize) -> Result<Vec<u32>, String> {
    if bits > 32 {
        return Err(damaged());
    }
    let mut found = Vec::new();
    let mut rest = bytes;
    while found.len() < count {
        let mut reader = Reader::new(rest);
        let head = reader.number()?;
        rest = &rest[reader.at()..];
        let left = count - found.len();
        let many = usize::try_from(head >> 1).map_err(|_| damaged())?;
        if head & 1 == 0 {
            let (value, after) = rest
                .split_at_checked(bits.div_ceil(8) as usize)
                .ok_or_else(damaged)?;
            let value = value
                .iter()
                .rev()
                .fold(0, |sum, byte| sum << 8 | u32::from(*byte));
            if many == 0 {
                return Err(damaged());
            }
            found.resize(found.len() + many.min(left), value);
            rest = after;
        } else {
            let length = many.saturating_mul(bits as usize).min(rest.len());
            let (packed, after) = rest.split_at(length);
            let values = unpacked(packed, bits, left.min(many.saturating_mul(8)));
            if values.len() < left.min(many.saturating_mul(8)) || many == 0 {
                return Err(damaged());
            }
            found.extend(values);
            rest = after;
        }
    }
    Ok(found)
}

/// Numbers of so many bits each, the lowest first; as many as there are of so many.
fn unpacked(bytes: &[u8], bits: u32, count: usize) -> Vec<u32> {
    let all = if bits == 0 {
        count
    } else {
        count.min(bytes.len() * 8 / bits as usize)
    };
    let number = |i: usize| {
        let first = i * bits as usize;
        let mut value = 0_u64;
        for (k, byte) in bytes[first / 8..].iter().take(5).enumerate() {
            value |= u64::from(*byte) << (8 * k);
        }
        ((value >> (first % 8)) & ((1 << bits) - 1)) as u32
    };
    (0..all).map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_packed_numbers_are_read() {
        // 0 to 7 in three bits, as the format's description has it.
        assert_eq!(
            runs(&[3, 0x88, 0xc6, 0xfa], 3, 8).unwrap(),
            [0, 1, 2, 3, 4, 5, 6, 7]
        );
        assert_eq!(runs(&[3, 0x88, 0xc6, 0xfa], 3, 5).unwrap(), [0, 1, 2, 3, 4]);
        assert_eq!(runs(&[10, 7, 4, 1], 3, 7).unwrap(), [7, 7, 7, 7, 7, 1, 1]);
        assert_eq!(runs(&[6, 0x39, 0x30], 16, 3).unwrap(), [12345; 3]);
        assert_eq!(runs(&[6], 0, 3).unwrap(), [0; 3]);
        for (bytes, bits) in [
            (&[3, 0x88][..], 3),
            (&[], 1),
            (&[0, 1], 1),
            (&[1], 1),
            (&[6, 0], 33),
        ] {
            assert!(runs(bytes, bits, 8).is_err(), "{bytes:?}");
        }
    }
}
