//! Finding the images: which folders are classes, and which of `train`, `val` and `test` hold labelled images.

use super::{DataError, tiny};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

const ENDINGS: [&str; 5] = ["jpg", "jpeg", "png", "webp", "bmp"];
/// Those that may hold test images, the first that does is taken.
const TEST_FOLDERS: [&str; 4] = ["test", "val", "valid", "validation"];

/// The image files of each class, with their sizes, by the class's name.
pub type Classes = BTreeMap<String, Vec<(PathBuf, u64)>>;

/// The classes of the training and of the test part; the latter has none where the data set isn't split.
pub fn parts(path: &Path, notes: &mut Vec<String>) -> Result<[Classes; 2], DataError> {
    let train = path.join("train");
    if !train.is_dir() {
        return Ok([classes(path, notes)?, Classes::new()]);
    }
    let train = classes(&train, notes)?;
    let there = TEST_FOLDERS
        .iter()
        .copied()
        .filter(|name| path.join(name).is_dir());
    let (labelled, bare): (Vec<&str>, Vec<&str>) =
        there.partition(|name| is_labelled(&path.join(name), &train));
    notes.extend(choice(&labelled, &bare));
    let test = match labelled.first().map(|name| path.join(name)) {
        None => Classes::new(),
        Some(test) if tiny::is_annotated(&test) => tiny::classes(&test, notes)?,
        Some(test) => classes(&test, notes)?,
    };
    Ok([train, test])
}

/// Whether a folder says of its images which of the training classes they belong to.
fn is_labelled(folder: &Path, train: &Classes) -> bool {
    tiny::is_annotated(folder) || train.keys().any(|class| folder.join(class).is_dir())
}

/// Which of the folders kNN is tested on, where that isn't plain.
fn choice(labelled: &[&str], bare: &[&str]) -> Option<String> {
    let plain = matches!(labelled, [] | ["test"]) && bare.is_empty();
    let used = labelled
        .first()
        .map(|name| format!("kNN is tested on {name}"));
    let others = labelled
        .iter()
        .skip(1)
        .map(|name| format!("{name} is not used"));
    let bare = bare.iter().map(|name| {
        format!(
            "{name} is left out: it holds no folder of a training class, so nobody knows its labels"
        )
    });
    let said: Vec<String> = used.into_iter().chain(others).chain(bare).collect();
    (!plain).then(|| said.join("; "))
}

/// The classes in a folder, which must be two at least.
fn classes(root: &Path, notes: &mut Vec<String>) -> Result<Classes, DataError> {
    let mut found = Classes::new();
    let mut loose = 0_usize;
    for entry in std::fs::read_dir(root).map_err(|e| DataError::io(root, &e))? {
        let path = entry.map_err(|e| DataError::io(root, &e))?.path();
        let name = file_name(&path);
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            let images = images(&path, notes);
            if images.is_empty() {
                notes.push(format!(
                    "{} holds no images and is left out",
                    path.display()
                ));
            } else {
                found.insert(name, images);
            }
        } else if is_image(&path) {
            loose += 1;
        }
    }
    let wants = "the folder must hold one sub-folder of images a class, two at least";
    let why = match (found.len(), loose) {
        (0, 0) => format!("holds no images (jpg, png, webp or bmp); {wants}"),
        (0, _) => format!("holds {loose} loose images but no classes; {wants}"),
        (1, _) => {
            let only = found.keys().next().cloned().unwrap_or_default();
            let inner = root.join(&only).join("train").is_dir();
            let instead = if inner {
                format!("; give {only} in it instead")
            } else {
                String::new()
            };
            format!("holds one class only, {only}; {wants}{instead}")
        }
        (_, 0) => return Ok(found),
        (_, _) => {
            notes.push(format!(
                "{loose} loose images in {} are left out",
                root.display()
            ));
            return Ok(found);
        }
    };
    Err(DataError::file(root, why))
}

/// The image files below a class's folder, sorted, so that their order doesn't depend on the file system.
fn images(class: &Path, notes: &mut Vec<String>) -> Vec<(PathBuf, u64)> {
    let shown = |entry: &walkdir::DirEntry| !entry.file_name().to_string_lossy().starts_with('.');
    let walk = WalkDir::new(class).follow_links(true).sort_by_file_name();
    let mut found = Vec::new();
    for entry in walk.into_iter().filter_entry(shown) {
        match entry.and_then(|entry| Ok((entry.metadata()?, entry))) {
            Ok((meta, entry)) if meta.is_file() && is_image(entry.path()) => {
                found.push((entry.into_path(), meta.len()));
            }
            Ok(_) => {}
            Err(e) => notes.push(format!("left out: {e}")),
        }
    }
    found
}

pub fn is_image(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    ENDINGS.iter().any(|e| ending == *e)
}

pub fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
