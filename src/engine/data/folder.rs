//! A folder of images: one sub-folder a class, with or without `train`, `val` and `test` above the classes.
//!
//! Opening reads names, sizes and headers; pixels are decoded when they are wanted, and kept while the cache has room.
//! As in torchvision's `ImageFolder`, classes are sorted by name and images may lie deeper within a class's folder.

mod headers;
mod image_files;
mod names;
mod scan;
mod tiny_imagenet;

use super::cache::{Cache, Room};
use super::decode::{self, Bounds};
use super::judged;
use super::parts::held_out;
use super::skipped::{LeftOut, Reason, listed};
use super::{All, Data, DataError, DataSet, Fingerprint, Image, Images, Split, UNLABELLED, subset};
use headers::Headers;
use image_files::{Classes, Files, is_image};
use names::shown;
use rayon::prelude::*;
use scan::{Found, Scan};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How far and at how many files it is looked to tell a folder of images from another.
const DEEP: usize = 3;
const LOOKED_AT: usize = 1000;

/// One image's file.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    path: PathBuf,
    bytes: u64,
    /// As its header says.
    pixels: u64,
    label: u32,
}

/// One part of the data set.
struct Folder {
    root: PathBuf,
    entries: Vec<Entry>,
    cache: Cache,
    bounds: Bounds,
}

/// The images of a data set before their files are looked into.
struct Parts {
    /// The names of the classes, in the order of labels.
    names: Vec<OsString>,
    labelled: Vec<Entry>,
    unlabelled: Vec<Entry>,
    test: Vec<Entry>,
}

/// Opens the data set in `path`, or in the one folder in it.
pub fn open(path: &Path, data: &Data) -> Result<DataSet, DataError> {
    let inner = scan::below(path);
    let path = inner.as_deref().unwrap_or(path);
    let mut scan = Scan::new(path);
    let found = scan.find()?;
    if let Some(inner) = &inner {
        scan.notes
            .push(format!("the data set lies in {}", inner.display()));
    }
    let Scan {
        mut left,
        mut notes,
        ..
    } = scan;
    let parts = Parts::new(found, !judged::elsewhere(data), &mut notes);
    let Parts {
        names,
        labelled,
        unlabelled,
        test,
    } = parts;
    let (voting, bare) = (labelled.len(), unlabelled.len());
    let mut check = Check::new(path, voting + bare + test.len(), data);
    // Where all have labels, or none, those that train are the bank.
    let apart = voting > 0 && bare > 0;
    let bank = apart.then(|| check.readable(limited(labelled.clone(), Split::Train, data)));
    let all = All {
        train: voting + bare,
        bank: if apart { voting } else { voting + bare },
    };
    let train = [labelled, unlabelled].into_iter().flatten().collect();
    let train = check.readable(limited(train, Split::Train, data));
    let tested = !test.is_empty();
    let test = check.readable(limited(test, Split::Test, data));
    let bounds = check.end(path, &mut left);
    notes.extend(bank.as_ref().map(|bank| beside(bare, bank.len())));
    notes.extend(left.notes());
    for (entries, what) in [(&train, "training"), (&test, "test")] {
        if entries.is_empty() && (what == "training" || tested) {
            let why = format!("has no readable {what} images; {}", notes.join("; "));
            return Err(DataError::file(path, why));
        }
    }
    let name = path
        .file_name()
        .map_or("folder".into(), |name| name.to_string_lossy());
    let hashed = [Some(&train), Some(&test), bank.as_ref()];
    let hash: Vec<String> = hashed
        .into_iter()
        .flatten()
        .map(|part| format!("{:08x}", checksum(path, part)))
        .collect();
    let fingerprint = Fingerprint {
        name: name.to_string(),
        train: train.len() as u64,
        test: test.len() as u64,
        classes: names.len() as u64,
        hash: hash.concat(),
    };
    let classes = names.iter().map(|name| shown(name)).collect();
    let room = Room::new(data.cache);
    let part = |entries| Arc::new(Folder::new(path, entries, room.clone(), bounds));
    let train = part(train);
    Ok(DataSet {
        name: name.to_string(),
        bank: bank.map_or_else(|| train.clone(), part),
        train,
        test: part(test),
        all,
        classes: tiny_imagenet::words(path, classes),
        notes,
        left_out: left,
        fingerprint,
    })
}

/// Whether images lie in a folder or not far below it.
pub fn shows_images(path: &Path) -> bool {
    let walk = walkdir::WalkDir::new(path).max_depth(DEEP);
    let mut entries = walk.into_iter().take(LOOKED_AT).flatten();
    entries.any(|entry| is_image(entry.path()) && entry.file_type().is_file())
}

impl Parts {
    fn new(found: Found, hold: bool, notes: &mut Vec<String>) -> Self {
        let Found {
            train,
            unlabelled,
            test,
        } = found;
        let (names, labelled) = entries(train);
        let (labelled, test) = match entries(test) {
            (_, test) if hold && test.is_empty() && names.len() > 1 => hold_out(labelled, notes),
            test => (labelled, relabelled(test, &names, notes)),
        };
        Self {
            names,
            labelled,
            unlabelled: labelled_as(UNLABELLED, unlabelled),
            test,
        }
    }
}

/// What is learnt from and what votes, where some images have labels and others have none.
fn beside(unlabelled: usize, bank: usize) -> String {
    format!(
        "learns from {unlabelled} unlabelled images too; kNN votes from the {bank} labelled ones"
    )
}

/// The names of the classes, and their images with labels in the same order.
fn entries(classes: Classes) -> (Vec<OsString>, Vec<Entry>) {
    let (names, files): (Vec<_>, Vec<_>) = classes.into_iter().unzip();
    let labelled = files.into_iter().enumerate();
    let labelled = labelled.flat_map(|(label, files)| labelled_as(label as u32, files));
    (names, labelled.collect())
}

fn labelled_as(label: u32, files: Files) -> Vec<Entry> {
    let entry = |(path, bytes)| Entry {
        path,
        bytes,
        pixels: 0,
        label,
    };
    files.into_iter().map(entry).collect()
}

/// The test images with the labels of the training classes; classes that can't be learnt are left out.
fn relabelled(
    (names, entries): (Vec<OsString>, Vec<Entry>),
    classes: &[OsString],
    notes: &mut Vec<String>,
) -> Vec<Entry> {
    let label = |name: &OsString| classes.binary_search(name).ok().map(|label| label as u32);
    let labels: Vec<Option<u32>> = names.iter().map(label).collect();
    let unknown: Vec<String> = names
        .into_iter()
        .filter(|name| label(name).is_none())
        .map(|name| shown(&name))
        .collect();
    if !unknown.is_empty() {
        notes.push(format!(
            "test images of classes without training images are left out: {}",
            listed(&unknown)
        ));
    }
    let relabel = |entry: Entry| {
        let label = labels[entry.label as usize]?;
        Some(Entry { label, ..entry })
    };
    entries.into_iter().filter_map(relabel).collect()
}

/// Splits off a tenth of each class as test images, by a fixed shuffle.
fn hold_out(entries: Vec<Entry>, notes: &mut Vec<String>) -> (Vec<Entry>, Vec<Entry>) {
    let test = held_out(entries.iter().map(|entry| entry.label), notes);
    let (held, rest): (Vec<_>, Vec<_>) = entries.into_iter().zip(test).partition(|(_, test)| *test);
    let entries = |part: Vec<(Entry, bool)>| part.into_iter().map(|(entry, _)| entry).collect();
    (entries(rest), entries(held))
}

fn limited(entries: Vec<Entry>, split: Split, data: &Data) -> Vec<Entry> {
    let kept = subset(entries.len(), split.limit(data), split);
    let mut kept = kept.into_iter().peekable();
    let entries = entries.into_iter().enumerate();
    let entries = entries.filter(|(i, _)| kept.next_if_eq(i).is_some());
    entries.map(|(_, entry)| entry).collect()
}

/// The look at each file's header.
struct Check {
    bounds: Bounds,
    headers: Headers,
    /// Files that are no images or too large, and why.
    bad: BTreeMap<PathBuf, String>,
}

impl Check {
    fn new(root: &Path, files: usize, data: &Data) -> Self {
        Self {
            bounds: Bounds::new(data.largest),
            headers: Headers::of(root, files),
            bad: BTreeMap::new(),
        }
    }

    /// The images whose headers can be read.
    fn readable(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        let (bounds, headers) = (self.bounds, &self.headers);
        let check = |Entry { path, bytes, .. }: &Entry| {
            let look = || decode::check(path, bounds);
            // It may have been known within other bounds.
            match headers.pixels(path, *bytes, look)? {
                pixels if pixels > bounds.pixels() => look(),
                pixels => Ok(pixels),
            }
        };
        let checks: Vec<_> = entries.par_iter().map(check).collect();
        let mut good = Vec::with_capacity(entries.len());
        for (entry, check) in entries.into_iter().zip(checks) {
            match check {
                Ok(pixels) => good.push(Entry { pixels, ..entry }),
                Err(why) => drop(self.bad.insert(entry.path, why)),
            }
        }
        good
    }

    /// Leaves out what can't be read.
    fn end(self, root: &Path, left: &mut LeftOut) -> Bounds {
        for (path, why) in &self.bad {
            left.add(Reason::Damaged, format!("{} ({why})", relative(root, path)));
        }
        self.headers.keep();
        self.bounds
    }
}

/// A path below the data set's folder, as it is shown.
fn relative(root: &Path, path: &Path) -> String {
    shown(path.strip_prefix(root).unwrap_or(path).as_os_str())
}

/// A checksum of labels, paths within the data set, and sizes of files.
fn checksum(root: &Path, entries: &[Entry]) -> u32 {
    let mut hash = crc32fast::Hasher::new();
    for entry in entries {
        let path = entry.path.strip_prefix(root).unwrap_or(&entry.path);
        let name = path.as_os_str().as_encoded_bytes();
        let name: Vec<u8> = name
            .iter()
            .map(|b| if *b == b'\\' { b'/' } else { *b })
            .collect();
        hash.update(format!("{} {} ", entry.label, entry.bytes).as_bytes());
        hash.update(&name);
        hash.update(b"\n");
    }
    hash.finalize()
}

impl Folder {
    fn new(root: &Path, entries: Vec<Entry>, room: Room, bounds: Bounds) -> Self {
        Self {
            root: root.to_owned(),
            cache: Cache::new(entries.len(), room),
            entries,
            bounds,
        }
    }
}

impl Images for Folder {
    fn len(&self) -> usize {
        self.entries.len()
    }

    fn label(&self, i: usize) -> u32 {
        self.entries[i].label
    }

    fn image(&self, i: usize) -> Result<Arc<Image>, DataError> {
        if let Some(image) = self.cache.get(i) {
            return Ok(image.clone());
        }
        let path = &self.entries[i].path;
        let image = decode::decode(path, self.bounds).map_err(|why| DataError::file(path, why))?;
        let image = Arc::new(image);
        self.cache.keep(i, &image);
        Ok(image)
    }

    fn memory(&self, i: usize) -> u64 {
        let Entry { pixels, bytes, .. } = self.entries[i];
        self.cache
            .get(i)
            .map_or_else(|| decode::memory(pixels, bytes), |_| 0)
    }

    fn name(&self, i: usize) -> String {
        relative(&self.root, &self.entries[i].path)
    }
}

#[cfg(test)]
mod tests;
