//! A folder of images: one sub-folder a class, with or without `train`, `val` and `test` above the classes.
//!
//! Opening reads names, sizes and headers; pixels are decoded when they are wanted, and kept while the cache has room.
//! As in torchvision's `ImageFolder`, classes are sorted by name and images may lie deeper within a class's folder.

mod doubts;
mod headers;
mod image_files;
mod names;
mod scan;
mod tiny_imagenet;

use super::decode::{self, Bounds};
use super::labels::{Label, Labels};
use super::parts::{Labelled, Stored, Whole};
use super::skipped::listed;
use super::{Data, DataError, DataSet, Image, Watch};
use crc32fast::Hasher;
use headers::Headers;
use image_files::{Files, is_image};
use names::{relative, shown};
use scan::{Found, Scan};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// How far and at how many files it is looked to tell a folder of images from another.
const DEEP: usize = 3;
const LOOKED_AT: usize = 1000;

/// The images of one part.
struct Folder {
    root: PathBuf,
    /// The files of each class in turn, with the number of files before them.
    files: Vec<(usize, Files)>,
    /// As their headers say, once they were looked at.
    pixels: Vec<AtomicU32>,
    headers: Arc<Headers>,
    bounds: Bounds,
}

/// Opens the data set in `path`, or in the one folder in it.
pub fn open(path: &Path, data: &Data, watch: &Watch) -> Result<DataSet, DataError> {
    let inner = scan::below(path);
    let path = inner.as_deref().unwrap_or(path);
    let mut scan = Scan::new(path, watch);
    let found = scan.find()?;
    if let Some(inner) = &inner {
        scan.notes
            .push(format!("the data set lies in {}", inner.display()));
    }
    let Scan {
        left, mut notes, ..
    } = scan;
    let Found {
        train,
        unlabelled,
        test,
    } = found;
    let (names, train): (Vec<OsString>, Vec<Files>) = train.into_iter().unzip();
    let class = |name: &OsString| names.binary_search(name).ok();
    let (known, unknown): (Vec<_>, Vec<_>) = test
        .into_iter()
        .partition(|(name, _)| class(name).is_some());
    if !unknown.is_empty() {
        let unknown: Vec<String> = unknown.iter().map(|(name, _)| shown(name)).collect();
        notes.push(format!(
            "test images of classes without training images are left out: {}",
            listed(&unknown)
        ));
    }
    let test = known.into_iter().map(|(name, files)| (class(&name), files));
    let train = train.into_iter().enumerate();
    let train = train.map(|(class, files)| (Some(class), files));
    let unlabelled = unlabelled.into_iter().map(|files| (None, files));
    let train: Vec<_> = train.chain(unlabelled).collect();
    let test: Vec<_> = test.collect();
    let count = train
        .iter()
        .chain(&test)
        .map(|(_, files)| files.len())
        .sum();
    let headers = Arc::new(Headers::of(path, count));
    let bounds = Bounds::new(data.largest);
    let part = |classes| Folder::part(path, bounds, &headers, classes);
    let train = part(train);
    let whole = Whole {
        name: path
            .file_name()
            .map_or("folder".into(), |name| name.to_string_lossy())
            .into_owned(),
        train: Labelled {
            names: tiny_imagenet::words(path, names.iter().map(|name| shown(name)).collect()),
            ..train
        },
        test: Some(part(test)),
        notes,
        left_out: left,
    };
    let set = whole.data_set(path, data, watch);
    // Also where it was stopped: what was read until then need not be read again.
    headers.keep();
    set
}

/// Whether images lie in a folder or not far below it.
pub fn shows_images(path: &Path) -> bool {
    let walk = walkdir::WalkDir::new(path).max_depth(DEEP);
    let mut entries = walk.into_iter().take(LOOKED_AT).flatten();
    entries.any(|entry| is_image(entry.path()) && entry.file_type().is_file())
}

impl Folder {
    /// The images of some classes, or of none.
    fn part(
        root: &Path,
        bounds: Bounds,
        headers: &Arc<Headers>,
        classes: Vec<(Option<usize>, Files)>,
    ) -> Labelled {
        let (mut files, mut labels) = (Vec::new(), Labels::default());
        for (class, some) in classes {
            let (before, label) = (labels.len(), class.map(|class| class as i64));
            labels.push_many(label.map_or(Label::None, Label::Number), some.len());
            files.push((before, some));
        }
        let images = Arc::new(Self {
            root: root.to_owned(),
            pixels: (0..labels.len()).map(|_| AtomicU32::default()).collect(),
            files,
            headers: headers.clone(),
            bounds,
        });
        Labelled {
            images,
            labels,
            names: Vec::new(),
        }
    }

    /// The files that image `i` is among, and its place there.
    fn place(&self, i: usize) -> (&Files, usize) {
        let class = self.files.partition_point(|(before, _)| *before <= i) - 1;
        let (before, files) = &self.files[class];
        (files, i - before)
    }

    fn path(&self, i: usize) -> PathBuf {
        let (files, at) = self.place(i);
        files.path(at)
    }

    fn bytes(&self, i: usize) -> u64 {
        let (files, at) = self.place(i);
        files.bytes(at)
    }
}

impl Stored for Folder {
    fn image(&self, i: usize) -> Result<Arc<Image>, DataError> {
        let path = self.path(i);
        let image = decode::decode(&path, self.bounds);
        image
            .map(Arc::new)
            .map_err(|why| DataError::file(path, why))
    }

    fn memory(&self, i: usize) -> u64 {
        let pixels = self.pixels[i].load(Ordering::Relaxed);
        decode::memory(u64::from(pixels), self.bytes(i))
    }

    fn name(&self, i: usize) -> String {
        relative(&self.root, &self.path(i))
    }

    fn digest(&self, i: usize, label: u32, hash: &mut Hasher) -> Result<(), DataError> {
        let (path, bytes) = (self.path(i), self.bytes(i));
        let name = path.strip_prefix(&self.root).unwrap_or(&path);
        let name = name.as_os_str().as_encoded_bytes().iter();
        let name: Vec<u8> = name.map(|b| if *b == b'\\' { b'/' } else { *b }).collect();
        hash.update(format!("{label} {bytes} ").as_bytes());
        hash.update(&name);
        hash.update(b"\n");
        Ok(())
    }

    fn check(&self, i: usize, bounds: Bounds) -> Result<(), String> {
        let (files, at) = self.place(i);
        let file = files.get(at);
        let look = || decode::check(&file.path, bounds);
        let mut pixels = self.headers.pixels(&file, look)?;
        // It may have been known within other bounds.
        if pixels > bounds.pixels() {
            pixels = look()?;
        }
        self.pixels[i].store(pixels as u32, Ordering::Relaxed);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
