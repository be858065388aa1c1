//! Finding the images: which folders are classes, which are parts of the data set, and what is left out.

use super::doubts::{choice, doubts, inner};
use super::image_files::{Classes, Files, ImageFile, is_image, is_unnamed_image};
use super::names::{self, Part, is_hidden, is_litter, is_system, relative, shown};
use super::{DataError, Watch, tiny_imagenet};
use crate::engine::data::format;
use crate::engine::data::skipped::{LeftOut, Reason, listed};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The images of a data set.
#[derive(Default)]
pub struct Found {
    /// Those to learn from, by class.
    pub train: Classes,
    /// Those to learn from whose classes nobody knows.
    pub unlabelled: Vec<Files>,
    /// Those to evaluate on; none where the data set isn't split.
    pub test: Classes,
}

/// A look into the folders of one data set.
pub struct Scan<'a> {
    root: &'a Path,
    watch: &'a Watch<'a>,
    /// What is no part of the data set.
    pub left: LeftOut,
    /// What the user should know.
    pub notes: Vec<String>,
}

/// What lies right in a folder.
#[derive(Default)]
struct Level {
    folders: BTreeMap<OsString, PathBuf>,
    images: Files,
}

impl<'a> Scan<'a> {
    pub fn new(root: &'a Path, watch: &'a Watch<'a>) -> Self {
        Self {
            root,
            watch,
            left: LeftOut::default(),
            notes: Vec::new(),
        }
    }

    /// The images of the data set.
    pub fn find(&mut self) -> Result<Found, DataError> {
        let mut level = self.level(self.root)?;
        let mut found = Found::default();
        for name in names::of(Part::Unlabelled, level.folders.keys()) {
            if let Some(folder) = level.folders.remove(&name) {
                found.unlabelled.push(self.images(&folder)?);
            }
        }
        match training(&level) {
            Some(name) => self.split(&name, level, &mut found)?,
            None => self.classes(self.root, level, &mut found)?,
        }
        if found.train.is_empty() && found.unlabelled.iter().all(Files::is_empty) {
            let seen = format::seen(self.root).unwrap_or_else(|| {
                let left = self.left.notes();
                let left = if left.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", left.join("; "))
                };
                format!("the folder must hold images; for kNN, in one sub-folder per class{left}")
            });
            let why = format!("holds no images (jpg, png, webp, bmp, gif or tif); {seen}");
            return Err(DataError::file(self.root, why));
        }
        Ok(found)
    }

    /// A data set whose training images lie in the folder `name`.
    fn split(
        &mut self,
        name: &OsStr,
        mut level: Level,
        found: &mut Found,
    ) -> Result<(), DataError> {
        let Some(train) = level.folders.remove(name) else {
            return Ok(());
        };
        if name != "train" {
            self.notes.push(format!("learns from {}", shown(name)));
        }
        let inner = self.level(&train)?;
        self.classes(&train, inner, found)?;
        let tests = names::of(Part::Test, level.folders.keys());
        let tests: Vec<(String, PathBuf)> = tests
            .iter()
            .filter_map(|name| Some((shown(name), level.folders.remove(name)?)))
            .collect();
        let (labelled, bare): (Vec<_>, Vec<_>) = tests
            .into_iter()
            .partition(|(_, folder)| is_labelled(folder, &found.train));
        self.notes.extend(choice(&labelled, &bare));
        if let Some((_, test)) = labelled.first() {
            found.test = if tiny_imagenet::is_annotated(test) {
                tiny_imagenet::classes(test, &mut self.notes)?
            } else {
                let level = self.level(test)?;
                self.loose(&level.images);
                self.folders(level.folders)?
            };
        }
        self.loose(&level.images);
        for folder in level.folders.values() {
            self.leave(Reason::Beside, folder);
        }
        Ok(())
    }

    /// The images in `folder`: of a class each sub-folder, and without labels where it has no sub-folders.
    fn classes(&mut self, folder: &Path, level: Level, found: &mut Found) -> Result<(), DataError> {
        let classes = self.folders(level.folders)?;
        if classes.is_empty() {
            found.unlabelled.push(level.images);
            return Ok(());
        }
        if let (1, Some((name, files))) = (classes.len(), classes.first_key_value()) {
            self.only(folder, name, files)?;
        } else {
            self.notes.extend(doubts(folder, &classes));
        }
        self.loose(&level.images);
        found.train = classes;
        Ok(())
    }

    /// One class alone is more likely the folder that holds the data set.
    fn only(&mut self, folder: &Path, name: &OsStr, files: &Files) -> Result<(), DataError> {
        let inner = inner(&folder.join(name), files);
        let name = shown(name);
        if inner.iter().any(|folder| names::is_split(folder)) {
            let why = format!(
                "has images in only one folder, {name}, which looks like a data set of its own; give {name} instead"
            );
            return Err(DataError::file(folder, why));
        }
        if inner.len() > 1 {
            let inner: Vec<String> = inner.iter().map(|folder| shown(folder)).collect();
            self.notes.push(format!(
                "{name} is taken as one class; if the folders in it ({}) are the classes, give {name} instead",
                listed(&inner)
            ));
        }
        Ok(())
    }

    /// The images of each folder that holds any.
    fn folders(&mut self, folders: BTreeMap<OsString, PathBuf>) -> Result<Classes, DataError> {
        let (root, watch) = (self.root, self.watch);
        let looked: Vec<_> = folders
            .into_par_iter()
            .map(|(name, folder)| {
                let mut scan = Scan::new(root, watch);
                let images = scan.images(&folder)?;
                Ok((name, folder, images, scan.left))
            })
            .collect::<Result<_, DataError>>()?;
        let mut found = Classes::new();
        for (name, folder, images, left) in looked {
            self.left.extend(left);
            if images.is_empty() {
                self.leave(Reason::Empty, &folder);
            } else {
                found.insert(name, images);
            }
        }
        Ok(found)
    }

    fn loose(&mut self, images: &Files) {
        for image in images.paths() {
            self.leave(Reason::Loose, &image);
        }
    }

    /// What lies right in a folder.
    fn level(&mut self, folder: &Path) -> Result<Level, DataError> {
        let mut level = Level::default();
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder).map_err(|e| DataError::io(folder, &e))? {
            entries.push(entry.map_err(|e| DataError::io(folder, &e))?.path());
        }
        // So that nothing depends on the order of the file system.
        entries.sort();
        for path in entries {
            self.watch.found()?;
            let name = path.file_name().unwrap_or_default();
            if is_hidden(name) || is_litter(name) {
                continue;
            }
            match fs::metadata(&path) {
                Ok(meta) if meta.is_dir() && is_system(name) => self.leave(Reason::System, &path),
                Ok(meta) if meta.is_dir() => drop(level.folders.insert(name.to_owned(), path)),
                Ok(meta) => level.images.extend(self.file(path, &meta)),
                Err(e) => self.unreadable(&path, &e),
            }
        }
        Ok(level)
    }

    /// The image files below a folder, sorted, so that their order doesn't depend on the file system.
    fn images(&mut self, folder: &Path) -> Result<Files, DataError> {
        let mut found = Files::default();
        let mut walk = WalkDir::new(folder)
            .follow_links(true)
            .sort_by_file_name()
            .into_iter();
        while let Some(entry) = walk.next() {
            self.watch.found()?;
            let entry = match entry.and_then(|entry| Ok((entry.metadata()?, entry))) {
                Ok(entry) => entry,
                Err(e) => {
                    let path = e.path().unwrap_or(folder).to_owned();
                    match e.io_error() {
                        Some(error) => self.unreadable(&path, error),
                        None => self.leave(Reason::Link, &path),
                    }
                    continue;
                }
            };
            let (meta, entry) = entry;
            if entry.depth() > 0 && (is_hidden(entry.file_name()) || is_litter(entry.file_name())) {
                if meta.is_dir() {
                    walk.skip_current_dir();
                }
                continue;
            }
            let kept = match (entry.depth(), entry.file_name()) {
                (0, _) => None,
                (_, name) if meta.is_dir() && is_system(name) => Some(Reason::System),
                _ if meta.is_dir()
                    && entry.path_is_symlink()
                    && leads_out(entry.path(), folder) =>
                {
                    Some(Reason::Link)
                }
                _ => None,
            };
            if let Some(reason) = kept {
                self.leave(reason, entry.path());
                if meta.is_dir() {
                    walk.skip_current_dir();
                }
            } else if !meta.is_dir() {
                found.extend(self.file(entry.into_path(), &meta));
            }
        }
        found.shrink();
        Ok(found)
    }

    /// A file, where it is an image's.
    fn file(&mut self, path: PathBuf, meta: &fs::Metadata) -> Option<ImageFile> {
        if !meta.is_file() {
            self.leave(Reason::Special, &path);
            return None;
        }
        if is_image(&path) || is_unnamed_image(&path) {
            return Some(ImageFile::new(path, meta));
        }
        if !tiny_imagenet::is_own(&path) {
            let ending = path.extension().unwrap_or_default();
            let reason = Reason::Ending(shown(ending).to_lowercase());
            self.leave(reason, &path);
        }
        None
    }

    fn unreadable(&mut self, path: &Path, error: &std::io::Error) {
        let link = fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink());
        let denied = error.kind() == std::io::ErrorKind::PermissionDenied;
        let reason = if link && !denied {
            Reason::Link
        } else {
            Reason::Unreadable
        };
        self.leave(reason, path);
    }

    fn leave(&mut self, reason: Reason, path: &Path) {
        self.left.add(reason, relative(self.root, path));
    }
}

/// The one folder in a folder, where it holds the parts of a data set and nothing else here could.
pub fn below(path: &Path) -> Option<PathBuf> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(path).ok()?.flatten() {
        let (name, path) = (entry.file_name(), entry.path());
        if path.is_dir() && !is_hidden(&name) && !is_system(&name) {
            folders.push(path);
        } else if is_image(&path) {
            return None;
        }
    }
    let [only] = folders.as_slice() else {
        return None;
    };
    let is_part = names::is_split(only.file_name()?);
    let mut inside = fs::read_dir(only).ok()?.flatten();
    let split = inside.any(|entry| entry.path().is_dir() && names::is_split(&entry.file_name()));
    (split && !is_part).then(|| only.clone())
}

/// The folder of training images: one with that name that holds folders, or beside which nothing but parts lie. Else
/// it may be a class of vehicles.
fn training(level: &Level) -> Option<OsString> {
    let named = names::of(Part::Train, level.folders.keys());
    let parts = level.folders.keys().all(|name| names::is_part(name));
    named
        .into_iter()
        .find(|name| parts || holds_folders(&level.folders[name]))
}

/// Whether a link in a folder leads to one that the folder lies in, so that images would come again.
fn leads_out(link: &Path, folder: &Path) -> bool {
    let whole = |path: &Path| fs::canonicalize(path).ok();
    whole(link)
        .zip(whole(folder))
        .is_some_and(|(to, folder)| folder.starts_with(to))
}

fn holds_folders(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        let names = entries.flatten().filter(|entry| entry.path().is_dir());
        names
            .map(|entry| entry.file_name())
            .any(|name| !is_hidden(&name) && !is_system(&name))
    })
}

/// Whether a folder says of its images which of the training classes they belong to.
fn is_labelled(folder: &Path, train: &Classes) -> bool {
    tiny_imagenet::is_annotated(folder) || train.keys().any(|class| folder.join(class).is_dir())
}
