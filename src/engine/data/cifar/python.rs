//! CIFAR in the pickles of its Python version, as torchvision downloads it: the same images, labels and order as in the
//! binary version, and so the same data set.

use super::{Layout, MOST, PLANE, SIDE, TEXT};
use crate::engine::data::memory::data_set;
use crate::engine::data::pickle::{self, Value};
use crate::engine::data::{Data, DataError, DataSet, Set};
use std::path::{Path, PathBuf};

/// How the files of one of the two data sets are named, and what lies under which word.
pub struct Names {
    folder: &'static str,
    train: &'static [&'static str],
    test: &'static str,
    meta: &'static str,
    labels: &'static str,
    classes: &'static str,
}

pub const TEN: Names = Names {
    folder: "cifar-10-batches-py",
    train: &[
        "data_batch_1",
        "data_batch_2",
        "data_batch_3",
        "data_batch_4",
        "data_batch_5",
    ],
    test: "test_batch",
    meta: "batches.meta",
    labels: "labels",
    classes: "label_names",
};

pub const HUNDRED: Names = Names {
    folder: "cifar-100-python",
    train: &["train"],
    test: "test",
    meta: "meta",
    labels: "fine_labels",
    classes: "fine_label_names",
};

impl Names {
    /// The folder of these files.
    pub fn find(&self, path: &Path) -> Option<PathBuf> {
        let files = [self.train[0], self.test, self.meta];
        [path.to_owned(), path.join(self.folder)]
            .into_iter()
            .find(|folder| files.iter().all(|file| folder.join(file).is_file()))
    }

    fn class_names(&self, folder: &Path) -> Vec<String> {
        let meta = pickle::read(&folder.join(self.meta), TEXT).unwrap_or(Value::Other);
        let names = meta
            .get(self.classes)
            .and_then(Value::list)
            .unwrap_or_default();
        let text = |name: &Value| Some(String::from_utf8_lossy(name.bytes()?).into_owned());
        names.iter().filter_map(text).collect()
    }
}

/// Opens the data set in the folder of its pickles.
pub fn open(layout: &Layout, folder: &Path, data: &Data) -> Result<DataSet, DataError> {
    let names = &layout.python;
    let train: Vec<PathBuf> = names.train.iter().map(|file| folder.join(file)).collect();
    let part = |set, files: &[PathBuf]| {
        let mut records = Vec::new();
        for file in files {
            let add = add(layout, file, &mut records);
            add.map_err(|why| DataError::file(file, why))?;
        }
        Ok::<_, DataError>(layout.gather(set, data, &records))
    };
    let train = part(Set::Train, &train)?;
    let test = part(Set::Test, &[folder.join(names.test)])?;
    let classes = layout.named(names.class_names(folder));
    Ok(data_set(layout.name, train, test, classes))
}

/// Adds the images of one file as records of the binary version.
fn add(layout: &Layout, file: &Path, records: &mut Vec<u8>) -> Result<(), String> {
    let value = pickle::read(file, MOST - records.len() as u64)?;
    let (data, word) = (value.get("data"), layout.python.labels);
    let data = data
        .and_then(Value::bytes)
        .ok_or("holds no data of images")?;
    let labels = value.get(word).and_then(Value::list);
    let labels = labels.ok_or_else(|| format!("holds no {word}"))?;
    if data.len() != labels.len() * 3 * PLANE || labels.is_empty() {
        return Err(format!(
            "holds {} labels and {} bytes of images, {} each; the two don't belong together",
            labels.len(),
            data.len(),
            3 * SIDE * SIDE
        ));
    }
    for (i, (label, planes)) in labels.iter().zip(data.chunks_exact(3 * PLANE)).enumerate() {
        let known = label.int().and_then(|label| u8::try_from(label).ok());
        let Some(label) = known.filter(|label| usize::from(*label) < layout.classes) else {
            return Err(format!(
                "image {i} has the label {label:?}, but {} has labels 0 to {}",
                layout.name,
                layout.classes - 1
            ));
        };
        // Only the last label byte of a record counts.
        records.resize(records.len() + layout.labels - 1, 0);
        records.push(label);
        records.extend(planes);
    }
    Ok(())
}
