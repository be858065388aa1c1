//! `WebDataset`'s shards: tar archives of images, each with a label beside it of the same name. They are looked through
//! once, when the data set is opened; images are read from their place in the archive when they are wanted.
//! <https://github.com/webdataset/webdataset>

mod entries;
mod samples;

use super::decode::{self, Bounds};
use super::labels::{self, Label};
use super::pack;
use super::parts::{Stored, Whole};
use super::shards;
use super::{Data, DataError, DataSet, Image, Images};
use crate::disk::untrusted::{self, Links};
use crc32fast::Hasher;
use rayon::prelude::*;
use samples::{Found, Sample};
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The ending of shards.
const ENDING: &str = "tar";

/// The images of one part.
struct Samples {
    root: PathBuf,
    shards: Vec<PathBuf>,
    all: Vec<(u32, Sample)>,
    labels: Vec<u32>,
    /// As their headers say, once they were looked at.
    pixels: Vec<AtomicU32>,
    bounds: Bounds,
}

/// Opens the shards in `path`, or the one that it is.
pub fn open(path: &Path, data: &Data) -> Result<DataSet, DataError> {
    if pack::is_pack(path) {
        return pack::open(path, data);
    }
    let shards = shards::find(path, ENDING)?;
    if let Some((pack, alone)) = shards.pack() {
        return if alone {
            pack::open(pack, data)
        } else {
            let why = "was made by `data pack` and is a data set of its own; give this file alone";
            Err(DataError::file(pack, why))
        };
    }
    let bounds = Bounds::new(data.largest);
    let index = |shards: &[PathBuf]| Samples::index(path, shards, bounds);
    let mut train = index(&shards.train)?;
    train.add_unlabelled(index(&shards.unlabelled)?);
    let mut notes = Vec::new();
    let labelled = |test: &Samples| test.all.iter().any(|(_, one)| one.label != Label::None);
    let test = shards.tested(&mut notes, index, labelled)?;
    let mut test = match test {
        Some(test) => test,
        None => index(&[])?,
    };
    if train.all.is_empty() {
        return Err(DataError::file(
            path,
            "holds no training images in its shards",
        ));
    }
    let given = [train.given(), test.given()];
    let given: Vec<&[Label]> = given.iter().map(Vec::as_slice).collect();
    let classes = labels::classes(&given, &[]).map_err(|why| DataError::file(path, why))?;
    let (classes, mut labels) = classes;
    test.labels = labels.pop().unwrap_or_default();
    train.labels = labels.pop().unwrap_or_default();
    let name = path
        .file_stem()
        .map_or("webdataset".into(), |name| name.to_string_lossy());
    let whole = Whole {
        name: name.into_owned(),
        train: Arc::new(train),
        test: (!test.all.is_empty()).then(|| Arc::new(test) as Arc<dyn Stored>),
        classes,
        notes,
    };
    whole.data_set(path, data)
}

/// Whether shards seem to lie in `path`.
pub fn fits(path: &Path) -> bool {
    shards::any(path, ENDING)
}

impl Samples {
    /// What these shards hold.
    fn index(root: &Path, shards: &[PathBuf], bounds: Bounds) -> Result<Self, DataError> {
        let indexed = shards.par_iter().map(|shard| {
            let found = samples::of_shard(shard).map_err(|why| DataError::file(shard, why))?;
            match found {
                Found { samples, other: Some(other) } if samples.is_empty() => {
                    let why = format!("holds no image, but {other}; a WebDataset shard holds files such as 000001.jpg and 000001.cls");
                    Err(DataError::file(shard, why))
                }
                Found { samples, .. } => Ok(samples),
            }
        });
        let indexed: Vec<Vec<Sample>> = indexed.collect::<Result<_, _>>()?;
        let of_shard = |(shard, samples): (usize, Vec<Sample>)| {
            samples
                .into_iter()
                .map(move |sample| (shard as u32, sample))
        };
        let all: Vec<_> = indexed.into_iter().enumerate().flat_map(of_shard).collect();
        Ok(Self {
            root: root.to_owned(),
            pixels: all.iter().map(|_| AtomicU32::default()).collect(),
            shards: shards.to_vec(),
            all,
            labels: Vec::new(),
            bounds,
        })
    }

    /// Adds samples that are learnt from whatever their labels are.
    fn add_unlabelled(&mut self, other: Self) {
        let before = self.shards.len() as u32;
        self.shards.extend(other.shards);
        self.pixels.extend(other.pixels);
        self.all
            .extend(other.all.into_iter().map(|(shard, sample)| {
                let label = Label::None;
                (before + shard, Sample { label, ..sample })
            }));
    }

    fn given(&self) -> Vec<Label> {
        self.all
            .iter()
            .map(|(_, sample)| sample.label.clone())
            .collect()
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

impl Images for Samples {
    fn len(&self) -> usize {
        self.all.len()
    }

    fn label(&self, i: usize) -> u32 {
        self.labels[i]
    }

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

    fn name(&self, i: usize) -> String {
        let shard = shards::shown(&self.root, self.shard(i));
        format!("{shard}/{}", self.all[i].1.key)
    }
}

impl Stored for Samples {
    fn digest(&self, i: usize, hash: &mut Hasher) -> Result<(), DataError> {
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
