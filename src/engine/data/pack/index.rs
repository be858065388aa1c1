//! What a pack's index says: of all images, and of each.

use crate::engine::data::UNLABELLED;
use crate::engine::data::labels::Label;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};

/// The file's format.
pub const FORMAT: u32 = 1;
pub const BLOCK: u64 = 512;
/// Zeros that end an archive.
pub const ZEROS: u64 = 2 * BLOCK;
/// What the block that ends an index begins with; where the index begins, its bytes and their checksum follow.
pub const MARK: &[u8; 16] = b"simclr-tui pack\n";
/// Bytes that the line of JSON may have.
pub const HEAD: u64 = 16 << 20;
pub const DAMAGED: &str = "its index is damaged; make it again with `data pack`";

/// What all images of a pack share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub format: u32,
    /// The data set that was packed, and the checksum of its images.
    pub name: String,
    pub fingerprint: String,
    pub shape: Shape,
    /// Images that training and test part have.
    pub train: usize,
    pub test: usize,
    /// By label.
    pub classes: Vec<String>,
}

/// How images are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// The short side of those that are larger, in pixels; 0 leaves all as they are.
    pub size: usize,
    /// The quality of their JPEG, 1 to 100; none stores the pixels.
    pub quality: Option<u8>,
}

/// Bytes of a record; the image's old name follows.
const BYTES: usize = 31;

/// How an image is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Jpeg = 0,
    /// Red, green and blue of each pixel, behind a header.
    Pixels = 1,
}

/// One image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub kind: Kind,
    /// Where its bytes are in the file, and their checksum.
    pub at: u64,
    pub bytes: u32,
    pub sum: u32,
    pub width: u32,
    pub height: u32,
    /// A place among the classes, or [`UNLABELLED`].
    pub label: u32,
    /// Where its old name is among the records.
    pub name_at: u64,
    pub name_bytes: u16,
}

impl Record {
    /// That of an image that is left out.
    pub const fn left_out() -> Self {
        Self {
            kind: Kind::Jpeg,
            at: 0,
            bytes: 0,
            sum: 0,
            width: 0,
            height: 0,
            label: UNLABELLED,
            name_at: 0,
            name_bytes: 0,
        }
    }

    /// The record of an image that was called so; of a longer name, its beginning is kept.
    pub fn named(self, name: &str) -> Self {
        let name_bytes = name.floor_char_boundary(usize::from(u16::MAX)) as u16;
        Self { name_bytes, ..self }
    }

    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    pub const fn label(&self) -> Label {
        if self.label == UNLABELLED {
            Label::None
        } else {
            Label::Number(self.label as i64)
        }
    }

    /// Where its bytes end in the file.
    pub fn end(&self) -> u64 {
        self.at.saturating_add(u64::from(self.bytes))
    }

    /// Whether images may lie before `limit` in the file as it says, in so many classes.
    pub fn is_sound(&self, limit: u64, classes: usize) -> bool {
        let packed = u64::from(self.bytes);
        let labelled = self.label == UNLABELLED || (self.label as usize) < classes;
        let holds = self.kind == Kind::Jpeg || self.pixels().saturating_mul(3) < packed;
        self.pixels() > 0 && holds && labelled && self.end() <= limit
    }

    /// Writes it and its name. `name_at` is told by its place.
    pub fn write(&self, name: &str, to: &mut impl Write) -> io::Result<()> {
        to.write_all(&[self.kind as u8])?;
        to.write_all(&self.at.to_le_bytes())?;
        for word in [self.bytes, self.sum, self.width, self.height, self.label] {
            to.write_all(&word.to_le_bytes())?;
        }
        to.write_all(&self.name_bytes.to_le_bytes())?;
        to.write_all(&name.as_bytes()[..self.name_bytes as usize])
    }

    /// Reads the next one, which begins at `place` among the records, and its name.
    pub fn read(place: u64, from: &mut impl Read) -> io::Result<(Self, String)> {
        let mut all = [0; BYTES];
        from.read_exact(&mut all)?;
        let [kind, at @ .., low, high] = all;
        let (at, words) = at.split_first_chunk().unwrap_or((&[0; 8], &[]));
        let words = words.as_chunks().0.iter();
        let mut words = words.map(|word| u32::from_le_bytes(*word));
        let mut word = || words.next().unwrap_or_default();
        let record = Self {
            kind: match kind {
                0 => Kind::Jpeg,
                1 => Kind::Pixels,
                _ => return Err(io::ErrorKind::InvalidData.into()),
            },
            at: u64::from_le_bytes(*at),
            bytes: word(),
            sum: word(),
            width: word(),
            height: word(),
            label: word(),
            name_at: place + BYTES as u64,
            name_bytes: u16::from_le_bytes([low, high]),
        };
        let mut name = vec![0; usize::from(record.name_bytes)];
        from.read_exact(&mut name)?;
        Ok((record, String::from_utf8_lossy(&name).into_owned()))
    }

    /// Where the next one begins among the records.
    pub fn next(&self) -> u64 {
        self.name_at + u64::from(self.name_bytes)
    }
}
