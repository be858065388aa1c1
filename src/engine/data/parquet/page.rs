//! The pages of a column: their headers, read one after another without what follows them, and their content, unpacked.

use super::meta::Chunk;
use super::thrift::{Field, Reader};
use crate::disk::untrusted;
use crate::engine::data::packed;
use crate::text::figures;
use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::Path;

/// Bytes that a header may have, and that are read to see most.
const HEADER: (u64, u64) = (1 << 20, 4 << 10);
/// Bytes that a page may unpack to.
const MOST: u64 = 1 << 30;
/// Pages that a piece of a column may have.
const MANY: usize = 1_000_000;

/// The number of Snappy among the codecs.
const SNAPPY: i64 = 1;

/// How a page's values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Plain,
    /// As places in the dictionary.
    Words,
    Other(i64),
}

/// What a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Dictionary,
    /// Levels, with their length before them, and values, all packed.
    First,
    /// Levels of so many bytes, not packed; and values, which may be.
    Second {
        levels: u64,
        packed: bool,
    },
}

/// A page, and where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub role: Role,
    pub encoding: Encoding,
    /// Rows, or words of a dictionary.
    pub values: u64,
    at: u64,
    bytes: u64,
    pub unpacked: u64,
    codec: i64,
}

/// The pages of a piece of a column.
pub fn of_chunk(path: &Path, file: &File, chunk: &Chunk) -> Result<Vec<Page>, String> {
    let (mut at, end) = (chunk.at, chunk.at + chunk.bytes);
    let (mut pages, mut rows) = (Vec::new(), 0);
    while at < end && rows < chunk.values {
        let page = header(path, file, at, end, chunk.codec)?;
        at = page.at + page.bytes;
        if page.role != Role::Dictionary {
            rows += page.values;
        }
        pages.push(page);
        if pages.len() > MANY {
            return Err("has more pages than a table has; it is damaged".to_owned());
        }
    }
    if rows == chunk.values {
        return Ok(pages);
    }
    Err(format!(
        "promises {} values in a column, and its pages hold {rows}; it is damaged or cut short",
        chunk.values
    ))
}

fn header(path: &Path, file: &File, at: u64, end: u64, codec: i64) -> Result<Page, String> {
    let mut length = HEADER.1.min(end - at);
    loop {
        let mut bytes = vec![0; length as usize];
        untrusted::read_at(path, file, &mut bytes, at)
            .map_err(|e| format!("can't be read ({e})"))?;
        match parsed(&bytes, at, codec) {
            Ok(page) => return page.within(end),
            // The header may be longer: it may hold the smallest and the largest value.
            Err(_) if length < (end - at).min(HEADER.0) => {
                length = (length * 16).min(end - at).min(HEADER.0);
            }
            Err(why) => return Err(why),
        }
    }
}

fn parsed(bytes: &[u8], at: u64, codec: i64) -> Result<Page, String> {
    let mut r = Reader::new(bytes);
    let (mut kind, mut unpacked, mut length) = (0, 0, 0);
    let (mut data, mut second, mut words) = (None, None, None);
    r.fields(|r, field| {
        match field.id {
            1 => kind = r.int(field)?,
            2 => unpacked = r.int(field)?,
            3 => length = r.int(field)?,
            5 => data = Some(numbers(r)?),
            7 => words = Some(numbers(r)?),
            8 => second = Some(numbers(r)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let odd = || "has a damaged page header".to_owned();
    let whole = |number: i64| u64::try_from(number).map_err(|_| odd());
    let (role, values, encoding) = match (kind, data, words, second) {
        (0, Some(n), ..) => (Role::First, n[1], n[2]),
        (2, _, Some(n), _) => (Role::Dictionary, n[1], n[2]),
        (3, .., Some(n)) => {
            let levels = whole(n[5])?.checked_add(whole(n[6])?).ok_or_else(odd)?;
            let packed = n[7] != 0;
            (Role::Second { levels, packed }, n[1], n[4])
        }
        _ => return Err(odd()),
    };
    Ok(Page {
        role,
        encoding: match encoding {
            0 => Encoding::Plain,
            2 | 8 => Encoding::Words,
            other => Encoding::Other(other),
        },
        values: whole(values)?,
        at: at + r.at() as u64,
        bytes: whole(length)?,
        unpacked: whole(unpacked)?,
        codec,
    })
}

/// The first whole numbers of a structure, by their ids; what a page of the second kind doesn't say is that it's packed.
fn numbers(r: &mut Reader) -> Result<[i64; 8], String> {
    let mut found = [0, 0, 0, 0, 0, 0, 0, 1];
    r.fields(|r, field: Field| {
        let place = usize::try_from(field.id)
            .ok()
            .and_then(|id| found.get_mut(id));
        match (place, r.int(field)) {
            (Some(place), Ok(number)) => *place = number,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(found)
}

impl Page {
    /// Where its content lies in the file.
    pub const fn place(&self) -> Range<u64> {
        self.at..self.at + self.bytes
    }

    /// Itself, if it ends before its column does and may unpack to what it says.
    fn within(self, end: u64) -> Result<Self, String> {
        if self.at.checked_add(self.bytes).is_none_or(|own| own > end) {
            return Err("has a page that is longer than its column; it is damaged".to_owned());
        }
        let most = if self.codec == 0 {
            self.bytes
        } else {
            packed::most(self.bytes).min(MOST)
        };
        if self.unpacked > most || self.values > (self.unpacked + 1).saturating_mul(1 << 20) {
            return Err(format!(
                "has a page of {} that promises {} and {} values; it is damaged",
                figures::bytes(self.bytes),
                figures::bytes(self.unpacked),
                self.values
            ));
        }
        Ok(self)
    }

    /// Bytes of levels that are not packed.
    pub const fn levels(&self) -> u64 {
        match self.role {
            Role::Second { levels, .. } => levels,
            Role::First | Role::Dictionary => 0,
        }
    }

    /// Whether it is packed, and then whether by Snappy.
    pub fn packing(&self) -> Option<bool> {
        let packed = !matches!(self.role, Role::Second { packed: false, .. });
        (packed && self.codec != 0).then_some(self.codec == SNAPPY)
    }

    /// Its content.
    pub fn content(&self, path: &Path) -> Result<Vec<u8>, String> {
        self.unpacked(self.packed(path)?)
    }

    /// Its content as it lies in the file.
    pub fn packed(&self, path: &Path) -> Result<Vec<u8>, String> {
        let bytes = untrusted::stretch(path, self.at, self.bytes, self.bytes);
        bytes.map_err(|e| e.to_string())
    }

    /// A part of what lies in the file behind its levels.
    pub fn part(&self, path: &Path, part: Range<usize>) -> Result<Vec<u8>, String> {
        let behind = self.bytes.saturating_sub(self.levels());
        if part.end as u64 > behind {
            return Err("has a damaged page".to_owned());
        }
        let at = self.at + self.levels() + part.start as u64;
        let bytes = untrusted::stretch(path, at, part.len() as u64, self.bytes);
        bytes.map_err(|e| e.to_string())
    }

    /// Its content, of what lies in the file.
    pub fn unpacked(&self, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
        if let Role::Second { packed: false, .. } = self.role {
            return Ok(bytes);
        }
        let plain = usize::try_from(self.levels()).unwrap_or(usize::MAX);
        let (levels, values) = bytes.split_at_checked(plain).ok_or("has a damaged page")?;
        let length = self
            .unpacked
            .checked_sub(plain as u64)
            .ok_or("has a damaged page")?;
        if self.codec == 0 && levels.is_empty() {
            return Ok(bytes);
        }
        let values = unpacked(values, length as usize, self.codec)?;
        Ok([levels, &values].concat())
    }
}

/// So many bytes out of fewer.
fn unpacked(bytes: &[u8], length: usize, codec: i64) -> Result<Vec<u8>, String> {
    if length == 0 {
        return Ok(Vec::new());
    }
    let damaged =
        |why: &dyn std::fmt::Display| format!("has a page that can't be unpacked ({why})");
    let mut out = Vec::new();
    let read = match codec {
        0 => return Ok(bytes.to_vec()),
        SNAPPY => {
            out.resize(length, 0);
            let count = snap::raw::Decoder::new().decompress(bytes, &mut out);
            out.truncate(count.map_err(|e| damaged(&e))?);
            Ok(0)
        }
        2 => flate2::read::MultiGzDecoder::new(bytes)
            .take(length as u64)
            .read_to_end(&mut out),
        6 => {
            let frames = ruzstd::decoding::StreamingDecoder::new(bytes);
            frames
                .map_err(|e| damaged(&e))?
                .take(length as u64)
                .read_to_end(&mut out)
        }
        other => {
            let name = match other {
                3 => "LZO",
                4 => "Brotli",
                5 | 7 => "LZ4",
                _ => "something unknown",
            };
            return Err(format!(
                "is packed with {name}; write it with Snappy, Zstandard, Gzip or none"
            ));
        }
    };
    read.map_err(|e| damaged(&e))?;
    if out.len() == length {
        return Ok(out);
    }
    Err(damaged(&"it ends too early"))
}
