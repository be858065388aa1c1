//! Images and labels in files of NumPy's arrays: MedMNIST's `.npz`, Keras' `x_train` and `y_train`, and `.npy` files in a
//! folder. <https://medmnist.com>

mod array;
mod npy;
mod pictures;
mod roles;

use super::labels::{Label, Labels};
use super::parts::{Labelled, Whole, tested};
use super::skipped::LeftOut;
use super::split_names::Part;
use super::{Data, DataError, DataSet, Watch};
use array::{Array, in_file, stem};
use pictures::Pictures;
use roles::{What, role};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files of a folder that are looked at.
const MANY: usize = 1000;

type Arrays = BTreeMap<(Part, What), Array>;

/// Opens a file of arrays, or a folder of such files.
pub fn open(path: &Path, data: &Data, watch: &Watch) -> Result<DataSet, DataError> {
    let arrays = found(path)?;
    let mut notes = Vec::new();
    let has = |part| arrays.contains_key(&(part, What::Images));
    if !has(Part::Train) {
        let why = "holds no training images; name the arrays train_images, train_labels, test_images and test_labels";
        return Err(DataError::file(path, why));
    }
    let train = part(&arrays, Part::Train, &mut notes)?;
    let test = tested(has, |of, notes| part(&arrays, of, notes), &mut notes)?;
    let whole = Whole {
        name: stem(path),
        train,
        test,
        notes,
        left_out: LeftOut::default(),
    };
    whole.data_set(path, data, watch)
}

/// Whether such files seem to lie in `path`.
pub fn fits(path: &Path) -> bool {
    files(path).is_ok_and(|files| !files.is_empty())
}

/// The files of arrays: the one that is given, or those right in a folder.
fn files(path: &Path) -> Result<Vec<PathBuf>, DataError> {
    let ours = |path: &PathBuf| {
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        let hidden = path
            .file_name()
            .is_some_and(|n| n.as_encoded_bytes().starts_with(b"."));
        (ending == "npz" || ending == "npy") && !hidden && path.is_file()
    };
    if !path.is_dir() {
        return Ok(vec![path.to_owned()].into_iter().filter(ours).collect());
    }
    let entries = std::fs::read_dir(path).map_err(|e| DataError::io(path, &e))?;
    let paths = entries.flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = paths.filter(ours).take(MANY).collect();
    files.sort();
    Ok(files)
}

fn found(path: &Path) -> Result<Arrays, DataError> {
    let mut arrays = Arrays::new();
    let mut others = Vec::new();
    for file in files(path)? {
        for array in in_file(&file)? {
            let Some(role) = role(&array.name, &stem(&file)) else {
                others.push(array.name);
                continue;
            };
            if let Some(one) = arrays.get(&role) {
                return Err(DataError::file(path, twice(one, &array)));
            }
            arrays.insert(role, array);
        }
    }
    if arrays.is_empty() {
        let named = if others.is_empty() {
            "none".to_owned()
        } else {
            others.join(", ")
        };
        let why = format!(
            "holds no array that is called images or labels (it holds {named}); name them train_images, train_labels, test_images and test_labels"
        );
        return Err(DataError::file(path, why));
    }
    Ok(arrays)
}

/// That two arrays claim the same place.
fn twice(one: &Array, other: &Array) -> String {
    let file = |array: &Array| {
        array
            .path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    if one.path == other.path {
        return format!(
            "{} and {} could both be the same part; rename one of them",
            one.name, other.name
        );
    }
    format!(
        "holds several data sets, {} and {}; give one of them",
        file(one),
        file(other)
    )
}

/// The images of a part, and their labels.
fn part(arrays: &Arrays, part: Part, notes: &mut Vec<String>) -> Result<Labelled, DataError> {
    let images = &arrays[&(part, What::Images)];
    let count = pictures::count(images)?;
    if count == 0 {
        return Err(images.refused("there is no image in it"));
    }
    let labels = match arrays.get(&(part, What::Labels)) {
        Some(array) => labels(array, &images.name, count, notes)?,
        None => Labels::same(Label::None, count),
    };
    let name = if part == Part::Train { "train" } else { "test" };
    Ok(Labelled {
        images: Arc::new(Pictures::new(name, images)?),
        labels,
        names: Vec::new(),
    })
}

/// The labels of so many images.
fn labels(
    array: &Array,
    images: &str,
    count: usize,
    notes: &mut Vec<String>,
) -> Result<Labels, DataError> {
    if array.header.shape.first() != Some(&count) {
        let why = format!("{images} holds {count} images; the two don't belong together");
        return Err(array.refused(&why));
    }
    if array.header.count() != Some(count) {
        notes.push(format!(
            "{} holds several values for each image, which are taken for no label",
            array.name
        ));
        return Ok(Labels::same(Label::None, count));
    }
    Ok(array.numbers()?.into_iter().map(Label::number).collect())
}

#[cfg(test)]
mod tests;
