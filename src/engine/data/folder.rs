//! A folder of images: one sub-folder a class, with or without `train`, `val` and `test` above the classes.
//!
//! Opening reads names, sizes and headers; pixels are decoded when they are wanted, and kept while the cache has room.
//! As in torchvision's `ImageFolder`, classes are sorted by name and images may lie deeper within a class's folder.

mod scan;
mod tiny;

use super::{Data, DataError, DataSet, Fingerprint, Image, Images, Set, decode, kept};
use crate::engine::random::{Purpose, Stream};
use rayon::prelude::*;
use scan::{Classes, parts};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// How many of many names a note gives.
const NAMED: usize = 3;

/// One image's file.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    path: PathBuf,
    bytes: u64,
    label: u32,
}

/// One part of the data set.
struct Folder {
    root: PathBuf,
    entries: Vec<Entry>,
    cache: Vec<OnceLock<Arc<Image>>>,
    /// Bytes that the cache may still take, over both parts.
    room: Arc<AtomicUsize>,
}

/// Opens the data set in `path`.
pub fn open(path: &Path, data: &Data) -> Result<DataSet, DataError> {
    let mut notes = Vec::new();
    let [train, test] = parts(path, &mut notes)?.map(|classes| entries(&classes));
    let classes = train.0;
    let (train, test) = match test.1.as_slice() {
        [] => hold_out(train.1, &mut notes),
        _ => (train.1, relabelled(test, &classes, &mut notes)),
    };
    let mut bad = Vec::new();
    let train = readable(limited(&train, Set::Train, data), &mut bad);
    let test = readable(limited(&test, Set::Test, data), &mut bad);
    notes.extend(skipped(path, &bad));
    for (entries, what) in [(&train, "training"), (&test, "test")] {
        if entries.is_empty() {
            let why = format!("has no readable {what} images; {}", notes.join("; "));
            return Err(DataError::file(path, why));
        }
    }
    let name = path
        .file_name()
        .map_or("folder".into(), |name| name.to_string_lossy());
    let fingerprint = Fingerprint {
        name: name.to_string(),
        train: train.len() as u64,
        test: test.len() as u64,
        classes: classes.len() as u64,
        hash: format!(
            "{:08x}{:08x}",
            checksum(path, &train),
            checksum(path, &test)
        ),
    };
    let classes = tiny::words(path, classes);
    let room = Arc::new(AtomicUsize::new(data.cache.saturating_mul(1 << 20)));
    let part = |entries| Arc::new(Folder::new(path, entries, room.clone()));
    let train = part(train);
    Ok(DataSet {
        name: name.to_string(),
        bank: train.clone(),
        train,
        test: part(test),
        classes,
        notes,
        fingerprint,
    })
}

/// The names of the classes, and their images with labels in the same order.
fn entries(classes: &Classes) -> (Vec<String>, Vec<Entry>) {
    let names = classes.keys().cloned().collect();
    let labelled = classes.values().enumerate().flat_map(|(label, images)| {
        images.iter().map(move |(path, bytes)| Entry {
            path: path.clone(),
            bytes: *bytes,
            label: label as u32,
        })
    });
    (names, labelled.collect())
}

/// The test images with the labels of the training classes; classes that can't be learnt are left out.
fn relabelled(
    (names, entries): (Vec<String>, Vec<Entry>),
    classes: &[String],
    notes: &mut Vec<String>,
) -> Vec<Entry> {
    let label = |name: &String| classes.binary_search(name).ok().map(|label| label as u32);
    let labels: Vec<Option<u32>> = names.iter().map(label).collect();
    let unknown: Vec<String> = names
        .into_iter()
        .filter(|name| label(name).is_none())
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
    let mut test = vec![false; entries.len()];
    let mut start = 0;
    for class in entries.chunk_by(|a, b| a.label == b.label) {
        let mut order: Vec<usize> = (start..start + class.len()).collect();
        Stream::new(0, Purpose::Split, &[u64::from(class[0].label)]).shuffle(&mut order);
        let tenth = ((class.len() + 5) / 10).max(1).min(class.len() - 1);
        order[..tenth].iter().for_each(|i| test[*i] = true);
        start += class.len();
    }
    let (held, rest): (Vec<_>, Vec<_>) = entries.into_iter().zip(test).partition(|(_, test)| *test);
    notes.push(format!(
        "there are no labelled test images: a tenth of each class, {} images, is held out by a fixed shuffle",
        held.len()
    ));
    let entries = |part: Vec<(Entry, bool)>| part.into_iter().map(|(entry, _)| entry).collect();
    (entries(rest), entries(held))
}

fn limited(entries: &[Entry], set: Set, data: &Data) -> Vec<Entry> {
    let places = kept(entries.len(), set.limit(data), set);
    places.into_iter().map(|i| entries[i].clone()).collect()
}

/// The images whose headers can be read; the others go to `bad`, each with the reason.
fn readable(entries: Vec<Entry>, bad: &mut Vec<(PathBuf, String)>) -> Vec<Entry> {
    let checks: Vec<_> = entries
        .par_iter()
        .map(|entry| decode::check(&entry.path))
        .collect();
    let mut good = Vec::with_capacity(entries.len());
    for (entry, check) in entries.into_iter().zip(checks) {
        match check {
            Ok(()) => good.push(entry),
            Err(why) => bad.push((entry.path, why)),
        }
    }
    good
}

fn skipped(root: &Path, bad: &[(PathBuf, String)]) -> Option<String> {
    let named: Vec<String> = bad
        .iter()
        .map(|(path, why)| format!("{} ({why})", relative(root, path)))
        .collect();
    let images = if bad.len() == 1 { "image" } else { "images" };
    (!bad.is_empty()).then(|| {
        format!(
            "{} unreadable {images} skipped: {}",
            bad.len(),
            listed(&named)
        )
    })
}

fn listed(names: &[String]) -> String {
    let shown = names[..names.len().min(NAMED)].join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .display()
        .to_string()
}

/// A checksum of labels, paths within the data set, and sizes of files.
fn checksum(root: &Path, entries: &[Entry]) -> u32 {
    let mut hash = crc32fast::Hasher::new();
    for entry in entries {
        let name = relative(root, &entry.path).replace('\\', "/");
        hash.update(format!("{} {} {name}\n", entry.label, entry.bytes).as_bytes());
    }
    hash.finalize()
}

impl Folder {
    fn new(root: &Path, entries: Vec<Entry>, room: Arc<AtomicUsize>) -> Self {
        Self {
            root: root.to_owned(),
            cache: entries.iter().map(|_| OnceLock::new()).collect(),
            entries,
            room,
        }
    }

    /// Keeps the image if the cache has room. What is in stays in: images come in another order each epoch, so
    /// throwing some out for others would gain nothing.
    fn keep(&self, i: usize, image: &Arc<Image>) {
        let bytes = image.pixels.len();
        let take = |room: usize| room.checked_sub(bytes);
        if self
            .room
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_err()
        {
            return;
        }
        if self.cache[i].set(image.clone()).is_err() {
            self.room.fetch_add(bytes, Ordering::Relaxed);
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
        if let Some(image) = self.cache[i].get() {
            return Ok(image.clone());
        }
        let path = &self.entries[i].path;
        let image = decode::decode(path).map_err(|why| DataError::file(path, why))?;
        let image = Arc::new(image);
        self.keep(i, &image);
        Ok(image)
    }

    fn name(&self, i: usize) -> String {
        relative(&self.root, &self.entries[i].path)
    }
}

#[cfg(test)]
mod tests;
