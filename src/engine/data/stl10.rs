//! STL-10 in its official binary layout: images of 96x96 as three planes, each column by column; labels 1 to 10.
//! <https://cs.stanford.edu/~acoates/stl10>
//!
//! The unlabelled images take 2.8 GB, so images are read from their place in the file when they are wanted; what memory
//! is free, the system keeps them in.

use super::{All, Data, DataError, DataSet, Image, Images, Split, UNLABELLED, class_names, subset};
use crate::disk::untrusted::{self, Links};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const NAME: &str = "stl10";
const FOLDER: &str = "stl10_binary";
const SIDE: usize = 96;
const PLANE: usize = SIDE * SIDE;
const RECORD: usize = 3 * PLANE;
const CLASSES: usize = 10;
/// Images that a file may hold: ten times those without labels.
const MOST: usize = 1_000_000;
/// Images of a part whose pixels count in its checksum, so that a fingerprint of gigabytes takes no minute.
const SAMPLED: usize = 64;

/// One part of the data set, on disk.
struct Part {
    /// What a user calls it.
    name: &'static str,
    path: PathBuf,
    file: File,
    /// Places in the file that the limit keeps.
    places: Vec<usize>,
    /// Images in the file.
    all: usize,
    /// The class of each place; empty for the unlabelled images.
    labels: Vec<u32>,
}

/// Opens the data set in `path`, or in the official folder in it.
pub fn open(path: &Path, data: &Data) -> Result<DataSet, DataError> {
    let folder = find(path)?;
    let labelled = Part::labelled(&folder, Split::Train, data)?;
    let test = Part::labelled(&folder, Split::Test, data)?;
    let (train, bank) = match Part::unlabelled(&folder, data)? {
        Some(unlabelled) => (unlabelled, Some(labelled)),
        None => (labelled, None),
    };
    let mut hash = String::new();
    for part in [&train, &test].into_iter().chain(&bank) {
        hash.push_str(&format!("{:08x}", part.checksum()?));
    }
    let note = bank.as_ref().map(|bank| {
        format!(
            "learns from {} unlabelled images; kNN votes from the {} labelled ones of train_X.bin",
            train.len(),
            bank.len()
        )
    });
    let all = All {
        train: train.all,
        bank: bank.as_ref().unwrap_or(&train).all,
    };
    let classes = class_names::read(&folder.join("class_names.txt"), 1..CLASSES + 1);
    let bank = bank.map(|bank| Arc::new(bank) as _);
    let parts = (Arc::new(train) as _, bank, Arc::new(test) as _);
    Ok(DataSet {
        notes: note.into_iter().collect(),
        ..DataSet::new(NAME.to_owned(), parts, all, classes, hash)
    })
}

/// Whether the data set seems to lie in `path`.
pub fn fits(path: &Path) -> bool {
    find(path).is_ok()
}

fn find(path: &Path) -> Result<PathBuf, DataError> {
    [path.to_owned(), path.join(FOLDER)]
        .into_iter()
        .find(|folder| folder.join("train_X.bin").is_file())
        .ok_or_else(|| {
            let why =
                format!("holds no train_X.bin; give the folder {FOLDER} of stl10_binary.tar.gz");
            DataError::file(path, why)
        })
}

impl Part {
    fn labelled(folder: &Path, split: Split, data: &Data) -> Result<Self, DataError> {
        let mut part = Self::open(folder, split.name(), split, data)?;
        let path = folder.join(format!("{}_y.bin", split.name()));
        let labels = untrusted::read(&path, Links::Follow, MOST as u64)
            .map_err(|e| DataError::io(&path, &e))?;
        let count = images_in(&part.path, &part.file)?;
        if labels.len() != count {
            let why = format!(
                "holds {} labels, but {} holds {count} images; the two don't belong together",
                labels.len(),
                part.path.display()
            );
            return Err(DataError::file(path, why));
        }
        let odd = labels
            .iter()
            .position(|l| !(1..=CLASSES).contains(&usize::from(*l)));
        if let Some(i) = odd {
            let why = format!(
                "image {i} has label {}, but STL-10 has labels 1 to {CLASSES}; the file is damaged or from another data set",
                labels[i]
            );
            return Err(DataError::file(path, why));
        }
        let places = part.places.iter();
        part.labels = places.map(|place| u32::from(labels[*place]) - 1).collect();
        Ok(part)
    }

    /// The unlabelled images, if they were unpacked too.
    fn unlabelled(folder: &Path, data: &Data) -> Result<Option<Self>, DataError> {
        if !folder.join("unlabeled_X.bin").exists() {
            return Ok(None);
        }
        Self::open(folder, "unlabeled", Split::Train, data).map(Some)
    }

    fn open(
        folder: &Path,
        name: &'static str,
        split: Split,
        data: &Data,
    ) -> Result<Self, DataError> {
        let path = folder.join(format!("{name}_X.bin"));
        let file = untrusted::open(&path, Links::Follow).map_err(|e| DataError::io(&path, &e))?;
        let count = images_in(&path, &file)?;
        Ok(Self {
            name,
            path,
            file,
            places: subset(count, split.limit(data), split),
            all: count,
            labels: Vec::new(),
        })
    }

    /// The bytes of image `i`.
    fn record(&self, i: usize) -> Result<Vec<u8>, DataError> {
        let mut bytes = vec![0; RECORD];
        let at = (self.places[i] * RECORD) as u64;
        untrusted::read_at(&self.path, &self.file, &mut bytes, at).map_err(|e| match e.kind() {
            io::ErrorKind::UnexpectedEof => {
                let why = format!("ends before image {}; it was cut short", self.places[i]);
                DataError::file(&self.path, why)
            }
            _ => DataError::io(&self.path, &e),
        })?;
        Ok(bytes)
    }

    /// A checksum of places, labels, and the pixels of a sample.
    fn checksum(&self) -> Result<u32, DataError> {
        let mut hash = crc32fast::Hasher::new();
        for place in &self.places {
            hash.update(&(*place as u64).to_le_bytes());
        }
        for label in &self.labels {
            hash.update(&label.to_le_bytes());
        }
        let count = self.places.len();
        for i in 0..count.min(SAMPLED) {
            hash.update(&self.record(i * count / count.min(SAMPLED))?);
        }
        Ok(hash.finalize())
    }
}

impl Images for Part {
    fn len(&self) -> usize {
        self.places.len()
    }

    fn label(&self, i: usize) -> u32 {
        self.labels.get(i).copied().unwrap_or(UNLABELLED)
    }

    fn image(&self, i: usize) -> Result<Arc<Image>, DataError> {
        Ok(Arc::new(upright(&self.record(i)?)))
    }

    fn name(&self, i: usize) -> String {
        format!("{} #{}", self.name, self.places[i])
    }
}

/// How many images a file holds.
fn images_in(path: &Path, file: &File) -> Result<usize, DataError> {
    let bytes = file.metadata().map_err(|e| DataError::io(path, &e))?.len() as usize;
    if bytes == 0 {
        return Err(DataError::file(path, "is empty; unpack the archive again"));
    }
    if bytes / RECORD > MOST {
        let why = format!(
            "is {bytes} bytes long, more than {MOST} images take; it is from another data set"
        );
        return Err(DataError::file(path, why));
    }
    if bytes.is_multiple_of(RECORD) {
        return Ok(bytes / RECORD);
    }
    let why = format!(
        "is {bytes} bytes long, not a multiple of the {RECORD} bytes that an image takes; it is cut short or from another data set"
    );
    Err(DataError::file(path, why))
}

/// Planes of columns as rows of pixels.
fn upright(planes: &[u8]) -> Image {
    let pixel = |i: usize| {
        let at = i % SIDE * SIDE + i / SIDE;
        [planes[at], planes[PLANE + at], planes[2 * PLANE + at]]
    };
    Image {
        width: SIDE,
        height: SIDE,
        pixels: (0..PLANE).flat_map(pixel).collect(),
    }
}

#[cfg(test)]
mod tests;
