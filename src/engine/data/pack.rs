//! One file of small images that opens at once, as `data pack` makes it: a tar archive that `WebDataset` reads too, with an
//! index at its end.
//!
//! ```text
//! train/00000000.jpg  train/00000000.cls   an image, and the number of its class
//! ...
//! test/00051200.ppm   test/00051200.cls    .ppm where the pixels are stored as they are
//! index               a line of JSON: `Head`; for each image a `Record` and its old name; zeros; and `END`, the last
//!                     block before the two of zeros that end an archive
//! ```

mod encode;
mod index;
mod writer;

pub use index::Shape;
pub use writer::Packing;

use super::decode::{self, Bounds};
use super::parts::{Labelled, Stored, Whole};
use super::skipped::LeftOut;
use super::{Data, DataError, DataSet, Image, Watch};
use crate::disk::untrusted::{self, Links};
use crc32fast::Hasher;
use index::{BLOCK, DAMAGED, FORMAT, HEAD, Head, Kind, MARK, Record, ZEROS};
use serde::Deserialize;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An open pack.
struct Pack {
    path: PathBuf,
    file: File,
    /// Where the records begin in the file.
    records_at: u64,
    /// In the order of the file, of all parts.
    records: Arc<[Record]>,
}

/// The images of one part.
struct Part {
    pack: Arc<Pack>,
    first: usize,
    bounds: Bounds,
}

/// Opens the pack in a file.
///
/// # Errors
/// A sentence, where it can't be read or is damaged.
pub fn open(path: &Path, data: &Data, watch: &Watch) -> Result<DataSet, DataError> {
    let (head, pack) = Pack::open(path).map_err(|why| DataError::file(path, why))?;
    let (bounds, pack) = (Bounds::new(data.largest), Arc::new(pack));
    let part = |first: usize, count: usize| {
        let images = Part {
            pack: pack.clone(),
            first,
            bounds,
        };
        let records = &pack.records[first..first + count];
        Labelled {
            images: Arc::new(images),
            labels: records.iter().map(Record::label).collect(),
            names: head.classes.clone(),
        }
    };
    let whole = Whole {
        train: part(0, head.train),
        test: (head.test > 0).then(|| part(head.train, head.test)),
        name: head.name,
        notes: Vec::new(),
        left_out: LeftOut::default(),
    };
    whole.data_set(path, data, watch)
}

/// Whether a file is a pack.
pub fn is_pack(path: &Path) -> bool {
    untrusted::open(path, Links::Follow).is_ok_and(|mut file| !matches!(end(&mut file), Ok(None)))
}

/// Where an index lies: its beginning, bytes and checksum.
type Place = (u64, u64, u32);

/// What the last block of an archive says; `None` where it is no pack.
fn end(file: &mut File) -> Result<Option<Place>, String> {
    let length = file.metadata().map_err(|e| e.to_string())?.len();
    let Some(at) = length.checked_sub(ZEROS + BLOCK) else {
        return Ok(None);
    };
    let mut block = [0; 36];
    file.seek(SeekFrom::Start(at)).map_err(|e| e.to_string())?;
    file.read_exact(&mut block).map_err(|e| e.to_string())?;
    let Some(numbers) = block.strip_prefix(MARK) else {
        return Ok(None);
    };
    let number = |from: usize| {
        numbers[from..]
            .first_chunk()
            .map_or(0, |b| u64::from_le_bytes(*b))
    };
    let sum = numbers[16..]
        .first_chunk()
        .map_or(0, |b| u32::from_le_bytes(*b));
    let (begin, bytes) = (number(0), number(8));
    if begin.checked_add(bytes).is_none_or(|end| end > at) {
        return Err(DAMAGED.to_owned());
    }
    Ok(Some((begin, bytes, sum)))
}

impl Pack {
    fn open(path: &Path) -> Result<(Head, Self), String> {
        let mut file = untrusted::open(path, Links::Follow).map_err(|e| e.to_string())?;
        let (begin, bytes, sum) = end(&mut file)?.ok_or("was not made by `data pack`")?;
        file.seek(SeekFrom::Start(begin))
            .map_err(|e| e.to_string())?;
        let mut index = Summed {
            inner: BufReader::with_capacity(1 << 20, (&mut file).take(bytes)),
            hash: Hasher::new(),
            read: 0,
        };
        let head = head(&mut index)?;
        let records_at = begin + index.read;
        let mut records = Vec::new();
        for _ in 0..head.train.saturating_add(head.test) {
            let place = records.last().map_or(0, Record::next);
            let (record, _) = Record::read(place, &mut index).map_err(|_| DAMAGED)?;
            if !record.is_sound(begin, head.classes.len()) {
                return Err(DAMAGED.to_owned());
            }
            records.push(record);
        }
        if index.read != bytes || index.hash.finalize() != sum {
            return Err(DAMAGED.to_owned());
        }
        let pack = Self {
            path: path.to_owned(),
            file,
            records_at,
            records: records.into(),
        };
        Ok((head, pack))
    }
}

/// The line of JSON.
fn head(index: &mut Summed<impl BufRead>) -> Result<Head, String> {
    let mut line = Vec::new();
    let mut byte = [0];
    while byte != *b"\n" {
        index.read_exact(&mut byte).map_err(|_| DAMAGED)?;
        line.push(byte[0]);
        if line.len() as u64 > HEAD {
            return Err(DAMAGED.to_owned());
        }
    }
    let format = serde_json::from_slice::<Format>(&line).map_err(|_| DAMAGED)?;
    if format.format > FORMAT {
        return Err("was packed by a later version of simclr-tui; update it".to_owned());
    }
    serde_json::from_slice(&line).map_err(|_| DAMAGED.to_owned())
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// Bytes that are counted and summed as they are read.
struct Summed<R> {
    inner: R,
    hash: Hasher,
    read: u64,
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(bytes)?;
        self.hash.update(&bytes[..count]);
        self.read += count as u64;
        Ok(count)
    }
}

impl Part {
    fn record(&self, i: usize) -> &Record {
        &self.pack.records[self.first + i]
    }

    /// Some bytes of the file, and no more than so many.
    fn bytes(&self, at: u64, count: u64, most: u64) -> Result<Vec<u8>, String> {
        let bytes = untrusted::stretch_of(&self.pack.path, &self.pack.file, at, count, most);
        bytes.map_err(|e| e.to_string())
    }

    fn decoded(&self, i: usize) -> Result<Image, String> {
        let record = self.record(i);
        let mut bytes = self.bytes(record.at, u64::from(record.bytes), self.bounds.bytes())?;
        if crc32fast::hash(&bytes) != record.sum {
            return Err("its bytes have changed since they were packed".to_owned());
        }
        match record.kind {
            Kind::Jpeg => decode::decode_bytes(&bytes, self.bounds),
            Kind::Pixels => {
                bytes.drain(..bytes.len() - 3 * record.pixels() as usize);
                Ok(Image {
                    width: record.width as usize,
                    height: record.height as usize,
                    pixels: bytes,
                })
            }
        }
    }
}

impl Stored for Part {
    fn image(&self, i: usize) -> Result<Arc<Image>, DataError> {
        let failed = |why| {
            let why = format!("{} in it: {why}", self.name(i));
            DataError::file(&self.pack.path, why)
        };
        self.decoded(i).map(Arc::new).map_err(failed)
    }

    fn memory(&self, i: usize) -> u64 {
        let record = self.record(i);
        decode::memory(record.pixels(), u64::from(record.bytes))
    }

    fn is_raw(&self, i: usize) -> bool {
        self.record(i).kind == Kind::Pixels
    }

    fn lies(&self, i: usize) -> Option<(&Path, Range<u64>)> {
        let Record { at, bytes, .. } = *self.record(i);
        Some((&self.pack.path, at..at + u64::from(bytes)))
    }

    /// As it was called where it was packed, which only the file knows.
    fn name(&self, i: usize) -> String {
        let record = self.record(i);
        let (at, bytes) = (self.pack.records_at + record.name_at, record.name_bytes);
        let name = self.bytes(at, bytes.into(), u16::MAX.into());
        name.map_or_else(
            |_| format!("#{}", self.first + i),
            |name| String::from_utf8_lossy(&name).into_owned(),
        )
    }

    fn digest(&self, i: usize, label: u32, hash: &mut Hasher) -> Result<(), DataError> {
        hash.update(&label.to_le_bytes());
        hash.update(&self.record(i).sum.to_le_bytes());
        Ok(())
    }

    fn check(&self, i: usize, bounds: Bounds) -> Result<(), String> {
        let Record { width, height, .. } = *self.record(i);
        bounds.admit((width, height)).map(drop)
    }
}

#[cfg(test)]
mod tests;
