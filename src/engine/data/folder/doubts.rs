//! What is said of the folders of a data set: which of them are used, and what speaks against it.

use super::image_files::{Classes, Files};
use super::names::{self, shown};
use crate::engine::data::skipped::listed;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Which of the folders kNN is tested on, where that isn't plain.
pub fn choice(labelled: &[(String, PathBuf)], bare: &[(String, PathBuf)]) -> Option<String> {
    let name = |(name, _): &(String, PathBuf)| name.clone();
    let plain = bare.is_empty()
        && (labelled.is_empty() || (labelled.len() == 1 && labelled[0].0 == "test"));
    let used = labelled
        .first()
        .map(|one| format!("kNN is tested on {}", name(one)));
    let others = labelled
        .iter()
        .skip(1)
        .map(|one| format!("{} is not used", name(one)));
    let bare = bare.iter().map(|one| {
        format!(
            "{} is left out: it holds no folder of a training class, so its labels are unknown",
            name(one)
        )
    });
    let said: Vec<String> = used.into_iter().chain(others).chain(bare).collect();
    (!plain).then(|| said.join("; "))
}

/// The folders right below a class in which images were found.
pub fn inner(class: &Path, files: &Files) -> BTreeSet<OsString> {
    let first = |folder: &Path| {
        let mut parts = folder.strip_prefix(class).ok()?.components();
        parts.next().map(|first| first.as_os_str().to_owned())
    };
    files.folders().filter_map(first).collect()
}

/// What speaks against these folders being classes.
pub fn doubts(root: &Path, classes: &Classes) -> Option<String> {
    let shown = |names: &mut dyn Iterator<Item = &OsString>| {
        listed(&names.map(|name| shown(name)).collect::<Vec<_>>())
    };
    if classes.keys().all(|name| names::is_part(name)) {
        return Some(format!(
            "all classes are named like parts of a data set ({}); if they are parts, put the images into one folder per class",
            shown(&mut classes.keys())
        ));
    }
    let mut inner = classes
        .iter()
        .map(|(name, files)| inner(&root.join(name), files));
    let first = inner.next().filter(|first| first.len() > 1)?;
    inner.all(|other| other == first).then(|| {
        format!(
            "every class holds the same folders ({}), whose images are taken together; if they are the classes or the parts, they are one level too deep",
            shown(&mut first.iter())
        )
    })
}
