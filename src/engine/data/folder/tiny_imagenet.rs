//! Tiny ImageNet's way to keep labels: validation images in one folder, their classes in `val_annotations.txt`, and what
//! the classes' numbers mean in `words.txt`. <http://cs231n.stanford.edu/tiny-imagenet-200.zip>

use super::DataError;
use super::image_files::{Classes, ImageFile, is_image};
use super::names::is_hidden;
use crate::disk::untrusted::{self, Links};
use crate::engine::data::skipped::listed;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::Path;

const ANNOTATIONS: &str = "val_annotations.txt";
const WORDS: &str = "words.txt";
/// A text has so many bytes at most: ten times those of Tiny ImageNet's.
const TEXT: u64 = 32 << 20;

/// Whether a folder of validation images is laid out like this.
pub fn is_annotated(folder: &Path) -> bool {
    folder.join(ANNOTATIONS).is_file() && folder.join("images").is_dir()
}

/// Whether a file is one of those that are read here.
pub fn is_own(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name == ANNOTATIONS || name == WORDS)
}

/// The images in such a folder by class; a line of the annotations begins with an image's name and its class.
pub fn classes(folder: &Path, notes: &mut Vec<String>) -> Result<Classes, DataError> {
    let path = folder.join(ANNOTATIONS);
    let text = untrusted::text(&path, Links::Follow, TEXT).map_err(|e| DataError::io(&path, &e))?;
    let mut files = images(&folder.join("images"))?;
    let mut found = BTreeMap::<OsString, Vec<ImageFile>>::new();
    let mut missing = Vec::new();
    for (number, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        let mut words = line.split_whitespace();
        let (Some(image), Some(class)) = (words.next(), words.next()) else {
            let why = format!("line {} names no image and its class: {line:?}", number + 1);
            return Err(DataError::file(path, why));
        };
        match files.remove(OsStr::new(image)) {
            Some(file) => found.entry(class.into()).or_default().push(file),
            None => missing.push(image.to_owned()),
        }
    }
    let unknown: Vec<String> = files.keys().map(|name| super::names::shown(name)).collect();
    for (names, what) in [
        (missing, "named in it but not there"),
        (unknown, "not named in it and left out"),
    ] {
        if !names.is_empty() {
            notes.push(format!(
                "{}: {} images {what}: {}",
                path.display(),
                names.len(),
                listed(&names)
            ));
        }
    }
    // In the order of their names, so that the order of lines changes nothing.
    let sorted = found.into_iter().map(|(class, mut files)| {
        files.sort();
        (class, files.into_iter().collect())
    });
    Ok(sorted.collect())
}

/// The image files right in a folder, by name.
fn images(folder: &Path) -> Result<BTreeMap<OsString, ImageFile>, DataError> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(|e| DataError::io(folder, &e))? {
        let path = entry.map_err(|e| DataError::io(folder, &e))?.path();
        let name = path.file_name().unwrap_or_default().to_owned();
        if is_image(&path) && !is_hidden(&name) {
            let meta = std::fs::metadata(&path).map_err(|e| DataError::io(&path, &e))?;
            found.insert(name, ImageFile::new(path, &meta));
        }
    }
    Ok(found)
}

/// The classes by the first of their words, where the data set tells them; two classes of one word keep their numbers
/// too.
pub fn words(root: &Path, classes: Vec<String>) -> Vec<String> {
    let Ok(text) = untrusted::text(&root.join(WORDS), Links::Follow, TEXT) else {
        return classes;
    };
    let lines = text.lines().filter_map(|line| line.split_once('\t'));
    let words: BTreeMap<&str, &str> = lines
        .map(|(number, words)| {
            (
                number.trim(),
                words.split(',').next().unwrap_or(words).trim(),
            )
        })
        .collect();
    let known = |class: &String| {
        words
            .get(class.as_str())
            .copied()
            .filter(|word| !word.is_empty())
    };
    let mut uses = BTreeMap::<&str, usize>::new();
    for word in classes.iter().filter_map(known) {
        *uses.entry(word).or_default() += 1;
    }
    let named = |class: &String| match known(class) {
        Some(word) if uses[word] > 1 => format!("{word} ({class})"),
        Some(word) => word.to_owned(),
        None => class.clone(),
    };
    classes.iter().map(named).collect()
}
