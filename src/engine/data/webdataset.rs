//! `WebDataset`'s shards: tar archives of images, each with a label beside it of the same name. They are looked through
//! once, when the data set is opened; images are read from their place in the archive when they are wanted.
//! <https://github.com/webdataset/webdataset>

mod entries;
mod samples;

use super::decode::{self, Bounds};
use super::labels::{Label, Labels};
use super::pack;
use super::parts::{Labelled, Stored};
use super::shards;
use super::{Data, DataError, DataSet, Image, Watch};
use crate::disk::untrusted::{self, Links};
use crc32fast::Hasher;
use rayon::prelude::*;
use samples::{Found, Sample};
use std::io::{Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The ending of shards.
const ENDING: &str = "tar";

/// The images of one part.
struct Samples {
    root: PathBuf,
    shards: Vec<PathBuf>,
    /// Each with its shard.
    all: Vec<(u32, Sample)>,
    /// As their headers say, once they were looked at.
    pixels: Vec<AtomicU32>,
    bounds: Bounds,
}

/// Opens the shards in `path`, or the one that it is.
pub fn open(path: &Path, data: &Data, watch: &Watch) -> Result<DataSet, DataError> {
    if pack::is_pack(path) {
        return pack::open(path, data, watch);
    }
    let bounds = Bounds::new(data.largest);
    shards::open(path, data, ENDING, watch, |shards, labelled| {
        Samples::index(path, shards, labelled, bounds, watch)
    })
}

/// Whether shards seem to lie in `path`.
pub fn fits(path: &Path) -> bool {
    shards::any(path, ENDING)
}

impl Samples {
    /// What these shards hold; those from the `labelled`th on have no labels.
    fn index(
        root: &Path,
        shards: &[PathBuf],
        labelled: usize,
        bounds: Bounds,
        watch: &Watch,
    ) -> Result<Labelled, DataError> {
        let indexed = shards.par_iter().map(|shard| {
            if pack::is_pack(shard) {
                let why = "was made by `data pack` and is a whole data set; give this file itself";
                return Err(DataError::file(shard, why));
            }
            let found = samples::of_shard(shard, watch)?;
            match found {
                Found { samples, other: Some(other) } if samples.is_empty() => {
                    let why = format!("holds no image, but {other}; a WebDataset shard holds files such as 000001.jpg and 000001.cls");
                    Err(DataError::file(shard, why))
                }
                Found { samples, .. } => Ok(samples),
            }
        });
        let indexed: Vec<Vec<Sample>> = indexed.collect::<Result<_, _>>()?;
        let (mut all, mut labels) = (Vec::new(), Labels::default());
        for (shard, samples) in indexed.into_iter().enumerate() {
            for mut sample in samples {
                let label = std::mem::replace(&mut sample.label, Label::None);
                labels.push(if shard < labelled { label } else { Label::None });
                all.push((shard as u32, sample));
            }
        }
        let images = Arc::new(Self {
            root: root.to_owned(),
            shards: shards.to_vec(),
            pixels: all.iter().map(|_| AtomicU32::default()).collect(),
            all,
            bounds,
        });
        Ok(Labelled {
            images,
            labels,
            names: Vec::new(),
        })
    }

    fn shard(&self, i: usize) -> &Path {
        &self.shards[self.all[i].0 as usize]
    }

    fn decoded(&self, i: usize) -> Result<Image, String> {
        let Sample { at, bytes, .. } = self.all[i].1;
        let bytes = untrusted::stretch(self.shard(i), at, bytes, self.bounds.bytes());
        decode::decode_bytes(&bytes.map_err(|e| e.to_string())?, self.bounds)
    }
}

impl Stored for Samples {
    fn image(&self, i: usize) -> Result<Arc<Image>, DataError> {
        let image = self.decoded(i).map_err(|why| {
            let why = format!("{} in it: {why}", self.all[i].1.key);
            DataError::file(self.shard(i), why)
        });
        image.map(Arc::new)
    }

    fn memory(&self, i: usize) -> u64 {
        let pixels = self.pixels[i].load(Ordering::Relaxed);
        decode::memory(u64::from(pixels), self.all[i].1.bytes)
    }

    fn lies(&self, i: usize) -> Option<(&Path, Range<u64>)> {
        let Sample { at, bytes, .. } = self.all[i].1;
        Some((self.shard(i), at..at + bytes))
    }

    fn name(&self, i: usize) -> String {
        let shard = shards::shown(&self.root, self.shard(i));
        format!("{shard}/{}", self.all[i].1.key)
    }

    fn digest(&self, i: usize, label: u32, hash: &mut Hasher) -> Result<(), DataError> {
        hash.update(&label.to_le_bytes());
        let bytes = self.all[i].1.bytes;
        hash.update(format!("{bytes} {}\n", self.name(i)).as_bytes());
        Ok(())
    }

    fn check(&self, i: usize, bounds: Bounds) -> Result<(), String> {
        let Sample { at, bytes, .. } = self.all[i].1;
        let file = untrusted::open(self.shard(i), Links::Follow);
        let mut file = file.map_err(|e| e.to_string())?;
        file.seek(SeekFrom::Start(at)).map_err(|e| e.to_string())?;
        let pixels = decode::check_start(file, bytes, bounds)?;
        self.pixels[i].store(pixels as u32, Ordering::Relaxed);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
