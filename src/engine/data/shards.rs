//! Data sets in many files of one kind: which of them there are, and which part each one is of.

use super::parts::{Labelled, Whole, tested};
use super::skipped::{LeftOut, listed};
use super::split_names::Part;
use super::{Data, DataError, DataSet, Watch};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// How deep below the folder shards may lie.
const DEEP: usize = 4;
/// Shards that a data set may have: ten times those of the largest in use.
const MANY: usize = 100_000;
/// Files that are looked at to tell the kind of a data set.
const LOOKED_AT: usize = 2000;

/// The files of a data set.
type Shards = BTreeMap<Part, Vec<PathBuf>>;

/// Opens the data set of the shards with this ending in `path`, or of the one that it is. `read` reads some of them, and those from the
/// `labelled`th on without their labels.
///
/// # Errors
/// A sentence, where there are none, or those of several data sets; those of `read`.
pub fn open(
    path: &Path,
    data: &Data,
    ending: &str,
    watch: &Watch,
    read: impl Fn(&[PathBuf], usize) -> Result<Labelled, DataError>,
) -> Result<DataSet, DataError> {
    let mut shards = find(path, ending)?;
    let mut notes = Vec::new();
    let has = |part| shards.contains_key(&part);
    let test = tested(has, |part, _| read(&shards[&part], usize::MAX), &mut notes)?;
    let mut take = |part| shards.remove(&part).unwrap_or_default();
    let (train, unlabelled) = (take(Part::Train), take(Part::Unlabelled));
    let labelled = train.len();
    let train = read(&[train, unlabelled].concat(), labelled)?;
    if train.labels.is_empty() {
        return Err(DataError::file(path, "holds no training images"));
    }
    let name = path.file_stem().unwrap_or(ending.as_ref());
    let whole = Whole {
        name: name.to_string_lossy().into_owned(),
        train,
        test,
        notes,
        left_out: LeftOut::default(),
    };
    whole.data_set(path, data, watch)
}

/// Whether a file with this ending lies in a folder or below it, or is the file itself.
pub fn any(path: &Path, ending: &str) -> bool {
    let mut entries = walk(path).take(LOOKED_AT);
    entries.any(|entry| is_shard(&entry, ending))
}

/// Those with this ending, by part.
fn find(path: &Path, ending: &str) -> Result<Shards, DataError> {
    let mut parts = Shards::new();
    let mut homes = BTreeSet::new();
    for entry in walk(path).filter(|entry| is_shard(entry, ending)) {
        let file = entry.into_path();
        let below = file.strip_prefix(path).unwrap_or(&file);
        let part = Part::of_file(below).unwrap_or(Part::Train);
        homes.insert(home(below));
        let files = parts.entry(part).or_default();
        files.push(file);
        if files.len() > MANY {
            let why =
                format!("holds more than {MANY} .{ending} files; give the folder of one data set");
            return Err(DataError::file(path, why));
        }
    }
    if homes.len() > 1 {
        let homes: Vec<String> = homes
            .iter()
            .map(|home| home.display().to_string())
            .collect();
        let why = format!(
            "holds .{ending} files of several data sets, in {}; give the folder of one of them",
            listed(&homes)
        );
        return Err(DataError::file(path, why));
    }
    if [Part::Train, Part::Unlabelled]
        .iter()
        .any(|part| parts.contains_key(part))
    {
        return Ok(parts);
    }
    let why = if parts.is_empty() {
        format!("holds no .{ending} file")
    } else {
        format!(
            "holds no .{ending} file of training images, only of test images; give the folder above, or name one train-0.{ending}"
        )
    };
    Err(DataError::file(path, why))
}

/// What lies in a folder and not far below it, in the order of names; nothing hidden.
fn walk(path: &Path) -> impl Iterator<Item = DirEntry> {
    let shown = |entry: &DirEntry| {
        entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".")
    };
    let walk = WalkDir::new(path).max_depth(DEEP).follow_links(true);
    let walk = walk.sort_by_file_name().into_iter();
    walk.filter_entry(shown).flatten()
}

fn is_shard(entry: &DirEntry, ending: &str) -> bool {
    let named = entry.path().extension();
    named.is_some_and(|e| e.eq_ignore_ascii_case(ending)) && entry.file_type().is_file()
}

/// The folder of a data set that a file lies in, below a path: those above it that are parts are its own.
fn home(below: &Path) -> PathBuf {
    let mut home = below.parent().unwrap_or(Path::new("")).to_owned();
    while let Some(name) = home.file_name()
        && Part::of(&name.to_string_lossy()).is_some()
    {
        home.pop();
    }
    home
}

/// A shard's name below the data set's folder.
pub fn shown(root: &Path, shard: &Path) -> String {
    let below = shard.strip_prefix(root).unwrap_or(shard);
    let name = if below.as_os_str().is_empty() {
        Path::new(shard.file_name().unwrap_or_default())
    } else {
        below
    };
    name.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;
    use std::fs;

    fn found(files: &[&str]) -> Result<[Vec<String>; 3], String> {
        let home = tempfile::tempdir().unwrap();
        for file in files {
            let path = home.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let shards = find(home.path(), "tar").map_err(|e| e.to_string())?;
        let names = |parts: &[Part]| {
            let files = parts.iter().filter_map(|part| shards.get(part)).flatten();
            files.map(|file| shown(home.path(), file)).collect()
        };
        Ok([
            names(&[Part::Train]),
            names(&[Part::Unlabelled]),
            names(&[Part::Test, Part::Validation]),
        ])
    }

    #[test]
    fn shards_are_found_by_part_in_the_order_of_names() {
        let [train, none, test] = found(&[
            "train/000001.tar",
            "train/000000.tar",
            "val/000000.tar",
            ".cache/train/1.tar",
            "readme.md",
        ])
        .unwrap();
        assert_eq!(train, ["train/000000.tar", "train/000001.tar"]);
        assert_eq!((none.len(), test), (0, vec!["val/000000.tar".to_owned()]));
        let [train, unlabelled, test] = found(&[
            "data/train-0.tar",
            "data/test-0.tar",
            "data/val-0.tar",
            "data/unlabeled-0.tar",
        ])
        .unwrap();
        assert_eq!((train.len(), unlabelled.len()), (1, 1));
        assert_eq!(test, ["data/test-0.tar", "data/val-0.tar"]);
        assert_eq!(found(&["00.tar", "01.TAR"]).unwrap()[0].len(), 2);
    }

    #[test]
    fn what_is_no_data_set_is_a_sentence() {
        for (files, says) in [
            (&["a.txt"][..], "holds no .tar file"),
            (&["test-0.tar"], "only of test images"),
            (
                &["mnist/train-0.tar", "cifar/train-0.tar"],
                "several data sets, in cifar, mnist",
            ),
        ] {
            found(files).unwrap_err().says(says);
        }
    }
}
