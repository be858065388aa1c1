//! Arrays in files: a `.npy` holds one, a `.npz` is a zip of several. Headers are read first; values are read from their
//! place in the file when they are wanted, or unpacked into memory where they are deflated.

use super::npy::{Header, Kind};
use crate::disk::untrusted::{self, Links};
use crate::engine::data::{DataError, packed};
use crate::text::figures;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use zip::ZipArchive;
use zip::read::ZipFile;

/// Arrays that a `.npz` may hold.
const MANY: usize = 1000;
/// Bytes of values that are held in memory.
const HELD: u64 = 4 << 30;

/// An array that was found.
#[derive(Debug)]
pub struct Array {
    pub path: PathBuf,
    /// Its name in a `.npz`, or that of its file.
    pub name: String,
    pub header: Header,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// Its values begin there in the file.
    At(u64),
    /// The entry of a zip, and how many bytes it takes there.
    Packed { entry: usize, bytes: u64 },
}

/// The values of an array.
pub enum Values {
    Held(Vec<u8>),
    /// In the file, from there on.
    At(PathBuf, u64),
}

/// The arrays in a file.
pub fn in_file(path: &Path) -> Result<Vec<Array>, DataError> {
    let zipped = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("npz"));
    let found = if zipped { zip(path) } else { single(path) };
    found.map_err(|why| DataError::file(path, why))
}

fn single(path: &Path) -> Result<Vec<Array>, String> {
    let file = untrusted::open(path, Links::Follow).map_err(|e| e.to_string())?;
    let length = file.metadata().map_err(|e| e.to_string())?.len();
    let header = Header::read(&mut BufReader::new(file))?;
    let array = Array {
        path: path.to_owned(),
        name: stem(path),
        place: Place::At(header.length as u64),
        header,
    };
    array.fits(length)?;
    Ok(vec![array])
}

/// A file's name without its ending.
pub fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn archive(path: &Path) -> Result<ZipArchive<BufReader<File>>, String> {
    let file = untrusted::open(path, Links::Follow).map_err(|e| e.to_string())?;
    ZipArchive::new(BufReader::new(file)).map_err(|e| damaged(&e))
}

fn damaged(why: &dyn std::fmt::Display) -> String {
    format!("is damaged or cut short ({why}); fetch it again")
}

fn zip(path: &Path) -> Result<Vec<Array>, String> {
    let mut archive = archive(path)?;
    if archive.len() > MANY {
        return Err(format!(
            "holds {} arrays, more than a data set has",
            archive.len()
        ));
    }
    let mut found = Vec::new();
    for entry in 0..archive.len() {
        let mut file = archive.by_index(entry).map_err(|e| damaged(&e))?;
        let name = file.name().map_err(|e| damaged(&e))?.into_owned();
        let Some(name) = name.strip_suffix(".npy").map(str::to_owned) else {
            continue;
        };
        let said = |why: String| format!("{name} in it {why}");
        let header = Header::read(&mut file).map_err(said)?;
        let array = Array {
            path: path.to_owned(),
            place: place(&file, entry, &header),
            name,
            header,
        };
        array.fits(file.size())?;
        found.push(array);
    }
    Ok(found)
}

fn place(file: &ZipFile<'_, BufReader<File>>, entry: usize, header: &Header) -> Place {
    let stored = file.compression() == zip::CompressionMethod::Stored && !file.encrypted();
    match file.data_start() {
        Some(start) if stored => Place::At(start.saturating_add(header.length as u64)),
        _ => Place::Packed {
            entry,
            bytes: file.compressed_size(),
        },
    }
}

impl Array {
    /// Bytes of its values.
    fn bytes(&self) -> Option<u64> {
        let each = match self.header.kind {
            Kind::Whole { bytes, .. } => bytes,
            // Of no use, however long they are.
            Kind::Other(_) => return Some(0),
        };
        (self.header.count()? as u64).checked_mul(each as u64)
    }

    /// Whether the values that its header promises may lie in so many bytes.
    fn fits(&self, length: u64) -> Result<(), String> {
        let whole = self
            .bytes()
            .and_then(|bytes| bytes.checked_add(self.header.length as u64));
        if whole.is_some_and(|whole| whole <= length) {
            return Ok(());
        }
        Err(format!(
            "{} promises {:?} values in its header and is {length} bytes long; it is damaged or cut short",
            self.name, self.header.shape
        ))
    }

    /// Its values, or where they are.
    pub fn values(&self) -> Result<Values, DataError> {
        match self.place {
            Place::At(at) => Ok(Values::At(self.path.clone(), at)),
            Place::Packed { entry, bytes } => {
                let held = self.unpacked(entry, bytes).map(Values::Held);
                held.map_err(|why| DataError::file(&self.path, why))
            }
        }
    }

    /// Its values in memory.
    pub fn held(&self) -> Result<Vec<u8>, DataError> {
        match self.values()? {
            Values::Held(bytes) => Ok(bytes),
            Values::At(path, at) => {
                let bytes = untrusted::stretch(&path, at, self.bytes().unwrap_or(u64::MAX), HELD);
                bytes.map_err(|e| DataError::io(path, &e))
            }
        }
    }

    fn unpacked(&self, entry: usize, packed: u64) -> Result<Vec<u8>, String> {
        let name = &self.name;
        let bytes = self.bytes().unwrap_or(u64::MAX);
        if bytes > packed::most(packed) {
            return Err(format!(
                "{name} promises {} in {}, and pictures don't pack so well; it is damaged",
                figures::bytes(bytes),
                figures::bytes(packed)
            ));
        }
        if bytes > HELD {
            return Err(format!(
                "{name} unpacks to {}, more than is held in memory; save it with numpy.savez, and it is read from the file",
                figures::bytes(bytes)
            ));
        }
        let mut archive = archive(&self.path)?;
        let mut file = archive.by_index(entry).map_err(|e| damaged(&e))?;
        if Header::read(&mut file)? != self.header {
            return Err(format!("{name} is another one than a moment ago"));
        }
        let mut values = Vec::new();
        values.reserve_exact(bytes as usize);
        let read = file.take(bytes).read_to_end(&mut values);
        read.map_err(|e| format!("{name} {}", damaged(&e)))?;
        if (values.len() as u64) < bytes {
            return Err(format!("{name} ends before its last value; it is damaged"));
        }
        Ok(values)
    }

    /// Its values as numbers, each of them a label.
    pub fn numbers(&self) -> Result<Vec<i64>, DataError> {
        let Kind::Whole {
            bytes,
            signed,
            big_endian,
        } = self.header.kind
        else {
            return Err(self.refused("labels must be whole numbers"));
        };
        let number = |value: &[u8]| {
            let first = if big_endian {
                value.first()
            } else {
                value.last()
            };
            let negative = signed && first.is_some_and(|byte| *byte >= 0x80);
            let shifted = |sum: i64, byte: &u8| (sum << 8) | i64::from(*byte);
            let start = if negative { -1 } else { 0 };
            if big_endian {
                value.iter().fold(start, shifted)
            } else {
                value.iter().rev().fold(start, shifted)
            }
        };
        Ok(self.held()?.chunks_exact(bytes).map(number).collect())
    }

    /// That it can't be used, and what would be right.
    pub fn refused(&self, right: &str) -> DataError {
        let Header {
            kind,
            shape,
            fortran,
            ..
        } = &self.header;
        let what = match kind {
            Kind::Whole { bytes, signed, .. } => {
                let sign = if *signed { "" } else { "u" };
                format!("{sign}int{}", 8 * bytes)
            }
            Kind::Other(name) => name.clone(),
        };
        let order = if *fortran { ", column by column" } else { "" };
        let why = format!(
            "{} holds {what} values of shape {shape:?}{order}; {right}",
            self.name
        );
        DataError::file(&self.path, why)
    }
}
