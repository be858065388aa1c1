//! Sweeps that were made on the screen, or of a single experiment for Slurm. Each has a folder of its own in the runs folder, `.sweeps/NAME-xxxx/NAME.ron`, with the
//! experiment that it starts from beside it.

use super::SweepError;
use crate::disk::path::whole;
use crate::disk::untrusted::{self, own_folder};
use crate::disk::{random, write_own};
use crate::experiment::Experiment;
use crate::experiment::file::to_text;
use crate::runs::names::choose;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of all of them, in that of the runs.
pub const FOLDER: &str = ".sweeps";

/// The experiment beside a sweep's file, from which it starts.
const BASE: &str = "base.ron";

/// Writes one, with its base beside it, into a folder that no other sweep has; `text` is the file's, which names the base so.
///
/// # Errors
/// A sentence with the path.
pub fn write(
    runs: &Path,
    name: &str,
    base: &Experiment,
    text: impl FnOnce(&str) -> String,
) -> Result<PathBuf, SweepError> {
    let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
    let stem: String = name.chars().map(plain).collect();
    let sweeps = whole(&runs.join(FOLDER));
    let folder = sweeps.join(format!("{stem}-{:04x}", random() & 0xffff));
    let path = folder.join(format!("{stem}.ron"));
    // The runs folder may be the work of others, and the links in it too.
    fs::create_dir_all(runs)
        .and_then(|()| own_folder(&sweeps))
        .and_then(|()| own_folder(&folder))
        .and_then(|()| write_own(&folder.join(BASE), to_text(base).as_bytes()))
        .and_then(|()| write_own(&path, text(BASE).as_bytes()))
        .map_err(|e| SweepError::Asked(format!("{} can't be written: {e}", path.display())))?;
    Ok(path)
}

/// Their files, the newest first. Links are not followed.
#[must_use]
pub fn files(runs: &Path) -> Vec<PathBuf> {
    let Ok(entries) = untrusted::entries(&runs.join(FOLDER)) else {
        return Vec::new();
    };
    let mut found: Vec<_> = entries.flatten().filter_map(|e| dated(&e.path())).collect();
    found.sort();
    found.into_iter().rev().map(|(_, file)| file).collect()
}

/// The file of the sweep in a folder, after the time when it was written.
fn dated(folder: &Path) -> Option<(std::time::SystemTime, PathBuf)> {
    untrusted::folder(folder).ok()?;
    let (name, _) = folder.file_name()?.to_str()?.rsplit_once('-')?;
    let file = folder.join(format!("{name}.ron"));
    let entry = fs::symlink_metadata(&file).ok()?;
    Some((entry.modified().ok().filter(|_| entry.is_file())?, file))
}

/// The file that is meant by its name, that of its folder, or a part of one that no other has.
///
/// # Errors
/// Where it could be several.
pub fn find(runs: &Path, name: &str) -> Result<Option<PathBuf>, SweepError> {
    let mut files = files(runs);
    let folder = |file: &PathBuf| file.parent().and_then(Path::file_name).map(as_text);
    let names = |file: &PathBuf| [folder(file), file.file_stem().map(as_text)];
    let all: Vec<Vec<String>> = files
        .iter()
        .map(|file| names(file).into_iter().flatten().collect())
        .collect();
    match choose(&all, name) {
        Ok(choice) => Ok(Some(files.swap_remove(choice.at))),
        Err(several) if several.is_empty() => Ok(None),
        Err(several) => {
            let folders: Vec<&str> = several.iter().map(|at| all[*at][0].as_str()).collect();
            let folders = folders.join(" or ");
            let why =
                format!("{name:?} could be {folders}; name it by its folder, which these are");
            Err(SweepError::Asked(why))
        }
    }
}

fn as_text(name: &std::ffi::OsStr) -> String {
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;

    #[test]
    fn they_are_found_by_their_names_the_newest_first() {
        let runs = tempfile::tempdir().unwrap();
        assert!(files(runs.path()).is_empty());
        let make = |folder: &str, name: &str, age: u64| {
            let folder = runs.path().join(FOLDER).join(folder);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("base.ron"), "()").unwrap();
            let file = folder.join(name);
            fs::write(&file, "()").unwrap();
            let then = std::time::SystemTime::now() - std::time::Duration::from_secs(age);
            fs::File::options()
                .write(true)
                .open(&file)
                .unwrap()
                .set_modified(then)
                .unwrap();
            file
        };
        let old = make("quick-1a2b", "quick.ron", 90);
        let new = make("quick-3c4d", "quick.ron", 10);
        let other = make("crop-alone-5e6f", "crop-alone.ron", 50);
        make("none-7a8b", "another.ron", 1);
        #[cfg(unix)]
        std::os::unix::fs::symlink(&other, make("link-9c0d", "x", 1).with_file_name("link.ron"))
            .unwrap();
        assert_eq!(files(runs.path()), [new.clone(), other.clone(), old]);
        let found = |name: &str| find(runs.path(), name);
        assert_eq!(found("crop-alone").unwrap(), Some(other));
        assert_eq!(found("quick-3c4d").unwrap(), Some(new));
        assert_eq!(found("temperature").unwrap(), None);
        let why = found("quick").unwrap_err().to_string();
        why.says("quick-1a2b");
        why.says("quick-3c4d");
    }
}
