//! Where the images of a page lie in its file: once a page was unpacked, one image of it is read without the others.

use super::page::Page;
use super::recent::Content;
use super::table::ImagePage;
use super::thrift::Reader;
use std::ops::Range;
use std::path::Path;

/// Unpacked bytes of the pieces that Snappy packs, each by itself.
const PIECE: usize = 1 << 16;
/// Pages of fewer unpacked bytes are as well read whole.
const LARGE: u64 = 4 * PIECE as u64;

/// How a page is packed, where parts of it can be unpacked.
pub struct Pieces {
    /// Where pieces begin among the packed bytes, and where the last one ends; none where nothing is packed.
    bounds: Vec<u32>,
    /// Bytes of all, unpacked.
    unpacked: usize,
}

impl Pieces {
    /// Those of a page that is worth it.
    pub fn of(page: &Page, packed: &[u8]) -> Option<Self> {
        if page.unpacked < LARGE {
            return None;
        }
        let levels = page.levels() as usize;
        let bounds = match page.packing() {
            None => Vec::new(),
            Some(true) => pieces(packed.get(levels..)?)?,
            Some(false) => return None,
        };
        let unpacked = (page.unpacked as usize).checked_sub(levels)?;
        Some(Self { bounds, unpacked })
    }
}

/// By what single values of a page are read.
pub struct Index {
    /// The page that holds them, which may be a dictionary.
    page: Page,
    /// Where its first value begins, and each one ends: the length of a value lies before it, and of one that is missing nothing does.
    first: u32,
    ends: Vec<u32>,
    /// Of each row the value, where that is a word of the dictionary.
    words: Option<Vec<Option<u32>>>,
    pieces: Pieces,
}

impl Index {
    /// Of what a page holds, where values lie one after the other.
    pub fn of(page: &ImagePage, content: &Content, pieces: Pieces) -> Option<Self> {
        let (first, ends) = match &content.words {
            Some(words) => (0, words.ends()),
            None => content.rows.ends()?,
        };
        let words = content.words.is_some();
        Some(Self {
            page: page.words.unwrap_or(page.page),
            first,
            ends,
            words: if words {
                Some(content.rows.words()?)
            } else {
                None
            },
            pieces,
        })
    }

    /// The bytes of a row's image; nothing where it has none.
    pub fn read(&self, path: &Path, row: usize) -> Result<Option<Vec<u8>>, String> {
        let value = match &self.words {
            Some(words) => words.get(row).copied().flatten(),
            None => Some(row as u32),
        };
        let Some(value) = value.map(|value| value as usize) else {
            return Ok(None);
        };
        let above = value.checked_sub(1).map(|above| self.ends.get(above));
        let before = above.map_or(Some(self.first), Option::<&u32>::copied);
        let (before, end) = before
            .zip(self.ends.get(value).copied())
            .ok_or_else(damaged)?;
        let place = (before as usize + 4)..end as usize;
        if place.is_empty() {
            return Ok((place.start == place.end).then(Vec::new));
        }
        let levels = self.page.levels() as usize;
        let place = place.start - levels..place.end - levels;
        if self.pieces.bounds.is_empty() {
            return self.page.part(path, place).map(Some);
        }
        self.unpack(path, &place).map(Some)
    }

    fn unpack(&self, path: &Path, place: &Range<usize>) -> Result<Vec<u8>, String> {
        let (first, last) = (place.start / PIECE, (place.end - 1) / PIECE);
        let [begin, end] = [first, last + 1].map(|nth| self.pieces.bounds.get(nth).copied());
        let (begin, end) = (begin.ok_or_else(damaged)?, end.ok_or_else(damaged)?);
        let from = first * PIECE;
        let length = ((last + 1) * PIECE).min(self.pieces.unpacked) - from;
        let mut packed = number(length);
        packed.extend(self.page.part(path, begin as usize..end as usize)?);
        let unpacked = snap::raw::Decoder::new().decompress_vec(&packed);
        let unpacked = unpacked.map_err(|e| format!("has a page that can't be unpacked ({e})"))?;
        let own = unpacked.get(place.start - from..place.end - from);
        own.map(<[u8]>::to_vec).ok_or_else(damaged)
    }
}

fn damaged() -> String {
    "has a damaged page".to_owned()
}

/// A length as Snappy writes it: seven bits a byte, the lowest first.
fn number(mut length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while length >= 0x80 {
        bytes.push(length as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes
}

/// Where each piece of what Snappy packed begins, and where the last one ends; nothing if one can't be unpacked without another.
fn pieces(packed: &[u8]) -> Option<Vec<u32>> {
    let mut reader = Reader::new(packed);
    let length = usize::try_from(reader.number().ok()?).ok()?;
    let (mut at, mut out, mut found) = (reader.at(), 0, Vec::new());
    while at < packed.len() {
        let inner = out % PIECE;
        if inner == 0 {
            found.push(at as u32);
        }
        let (taken, made, back) = element(&packed[at..])?;
        if inner + made > PIECE || back > inner {
            return None;
        }
        (at, out) = (at + taken, out + made);
    }
    found.push(at as u32);
    (out == length && at == packed.len()).then_some(found)
}

/// Bytes that an element takes and makes, and how far back those lie that it repeats.
/// <https://github.com/google/snappy/blob/main/format_description.txt>
fn element(packed: &[u8]) -> Option<(usize, usize, usize)> {
    let tag = packed[0];
    let little = |range: Range<usize>| {
        let bytes = packed.get(range)?.iter().rev();
        Some(bytes.fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
    };
    let high = usize::from(tag >> 2);
    Some(match tag & 3 {
        0 if high < 60 => (2 + high, 1 + high, 0),
        0 => {
            let bytes = high - 59;
            let made = 1 + little(1..1 + bytes)?;
            (1 + bytes + made, made, 0)
        }
        1 => (
            2,
            4 + (high & 7),
            usize::from(tag >> 5) << 8 | little(1..2)?,
        ),
        2 => (3, 1 + high, little(1..3)?),
        _ => (5, 1 + high, little(1..5)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::{Purpose, Stream};

    /// Bytes of which half can be packed.
    fn bytes(count: usize) -> Vec<u8> {
        let mut stream = Stream::new(0, Purpose::Split, &[]);
        let mut random: Vec<u8> = (0..count).map(|i| i as u8).collect();
        stream.shuffle(&mut random);
        random[count / 2..].fill(7);
        random
    }

    #[test]
    fn each_piece_is_unpacked_by_itself() {
        let plain = bytes(3 * PIECE + 1234);
        let packed = snap::raw::Encoder::new().compress_vec(&plain).unwrap();
        let pieces = pieces(&packed).unwrap();
        assert_eq!(pieces.len(), 5);
        for (nth, piece) in plain.chunks(PIECE).enumerate() {
            let mut alone = number(piece.len());
            alone.extend(&packed[pieces[nth] as usize..pieces[nth + 1] as usize]);
            let alone = snap::raw::Decoder::new().decompress_vec(&alone).unwrap();
            assert!(alone == piece, "{nth}");
        }
    }

    #[test]
    fn what_reaches_into_another_piece_or_ends_early_has_none() {
        // A literal of one byte, and 64 bytes that repeat it.
        let mut over = number(1 + 64 * 1024);
        over.extend([0, b'a']);
        over.extend([(63 << 2) | 2, 1, 0].repeat(1024));
        assert_eq!(
            snap::raw::Decoder::new()
                .decompress_vec(&over)
                .unwrap()
                .len(),
            1 + 64 * 1024
        );
        assert_eq!(pieces(&over), None);
        let packed = snap::raw::Encoder::new().compress_vec(&bytes(100)).unwrap();
        assert!(pieces(&packed).is_some());
        for end in 1..packed.len() {
            assert_eq!(pieces(&packed[..end]), None, "{end}");
        }
    }
}
