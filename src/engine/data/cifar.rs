//! CIFAR-10 and CIFAR-100 in their official binary layout, records of one or two label bytes and three planes of 32x32, or
//! in the pickles that torchvision leaves, which hold the same images.
//! <https://www.cs.toronto.edu/~kriz/cifar.html>

mod files;
mod layout;
mod python;

pub use layout::{HUNDRED, Layout, TEN};

use super::memory::{Memory, data_set};
use super::{Data, DataError, DataSet, Image, Split, class_names};
use files::Files;
use layout::{MOST, PLANE, SIDE, TEXT};
use std::path::{Path, PathBuf};

/// Opens the data set in `path`, in the official folder or archive in it, or in the archive that it is.
pub fn open(layout: &Layout, path: &Path, data: &Data) -> Result<DataSet, DataError> {
    let files = layout.find(path)?;
    if layout.python.fits(&files) {
        return python::open(layout, &files, data);
    }
    let train = layout.train_files(&files)?;
    if train.is_empty() {
        return Err(DataError::file(path, layout.missing()));
    }
    let train = layout.read(Split::Train, &files, &train, data)?;
    let test = layout.read(Split::Test, &files, &[layout.test.to_owned()], data)?;
    let names = files.read(layout.names, TEXT).unwrap_or_default();
    let names = class_names::of_text(&String::from_utf8_lossy(&names), 0..layout.classes);
    Ok(data_set(layout.name, train, test, names))
}

impl Layout {
    /// Whether the data set seems to lie in `path`.
    pub fn fits(&self, path: &Path) -> bool {
        self.folder(path).is_some() || self.archive(path).is_some()
    }

    /// The folder of the files.
    fn folder(&self, path: &Path) -> Option<Files> {
        let folders = |name: &str| [path.to_owned(), path.join(name)].map(Files::Folder);
        let binary = |files: &Files| self.train_files(files).is_ok_and(|files| !files.is_empty());
        let python = |files: &Files| self.python.fits(files);
        let found = folders(self.folder).into_iter().find(binary);
        found.or_else(|| folders(self.python.folder).into_iter().find(python))
    }

    /// The archive: the one that `path` is, or the one in it.
    pub fn archive(&self, path: &Path) -> Option<PathBuf> {
        let name = path.file_name()?.to_string_lossy();
        let ours = [self.archive, self.python.archive];
        let stems = ours.map(|archive| archive.trim_end_matches(".tar.gz"));
        // A second download may be called `cifar-10-python (1).tar.gz`.
        if path.is_file() && stems.iter().any(|stem| name.starts_with(stem)) {
            return Some(path.to_owned());
        }
        ours.map(|archive| path.join(archive))
            .into_iter()
            .find(|archive| archive.is_file())
    }

    fn find(&self, path: &Path) -> Result<Files, DataError> {
        if let Some(files) = self.folder(path) {
            return Ok(files);
        }
        match self.archive(path) {
            Some(archive) => Files::of_archive(&archive, 2 * MOST),
            None => Err(DataError::file(path, self.missing())),
        }
    }

    fn missing(&self) -> String {
        format!(
            "holds no {}; give the folder {} of the binary version, {}",
            self.train_files, self.folder, self.archive
        )
    }

    fn train_files(&self, files: &Files) -> Result<Vec<String>, DataError> {
        let mut names = files.names()?;
        let ours = |name: &str| name.strip_suffix(".bin").is_some() && (self.train)(name);
        names.retain(|name| ours(name));
        Ok(names)
    }

    fn read(
        &self,
        split: Split,
        files: &Files,
        names: &[String],
        data: &Data,
    ) -> Result<Memory, DataError> {
        let mut bytes = Vec::new();
        for name in names {
            let part = files.read(name, MOST - bytes.len() as u64)?;
            self.check(&files.place(name), &part)?;
            bytes.extend(part);
        }
        Ok(self.gather(split, data, &bytes))
    }

    /// The images of whole records.
    fn gather(&self, split: Split, data: &Data, bytes: &[u8]) -> Memory {
        let record = self.record();
        Memory::gather(split, data, bytes.len() / record, |i| {
            let (labels, planes) = bytes[i * record..][..record].split_at(self.labels);
            (interleaved(planes), u32::from(labels[self.labels - 1]))
        })
    }

    const fn record(&self) -> usize {
        self.labels + 3 * PLANE
    }

    fn check(&self, file: &Path, bytes: &[u8]) -> Result<(), DataError> {
        let record = self.record();
        if bytes.is_empty() {
            return Err(DataError::file(file, "is empty; unpack the archive again"));
        }
        if !bytes.len().is_multiple_of(record) {
            let why = format!(
                "is {} bytes long, not a multiple of the {record} bytes that an image of {} takes; the file is cut short or from another data set",
                bytes.len(),
                self.name
            );
            return Err(DataError::file(file, why));
        }
        let labels = bytes.iter().skip(self.labels - 1).step_by(record);
        match labels
            .enumerate()
            .find(|(_, l)| usize::from(**l) >= self.classes)
        {
            None => Ok(()),
            Some((i, label)) => {
                let why = format!(
                    "image {i} has label {label}, but {} has labels 0 to {}; the file is damaged or from another data set",
                    self.name,
                    self.classes - 1
                );
                Err(DataError::file(file, why))
            }
        }
    }
}

fn interleaved(planes: &[u8]) -> Image {
    let pixels = (0..PLANE).flat_map(|i| [planes[i], planes[PLANE + i], planes[2 * PLANE + i]]);
    Image {
        width: SIDE,
        height: SIDE,
        pixels: pixels.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::{Source, open as open_data, trials};
    use crate::text::says::Says;
    use std::fs;

    /// A record whose red, green and blue are the label, 100 and the pixel's row.
    fn record(labels: &[u8]) -> Vec<u8> {
        let mut bytes = labels.to_vec();
        bytes.extend([labels[labels.len() - 1]; PLANE]);
        bytes.extend([100; PLANE]);
        bytes.extend((0..PLANE).map(|i| (i / SIDE) as u8));
        bytes
    }

    fn ten(folder: &Path, train: &[u8], test: &[u8]) -> Data {
        fs::write(folder.join("data_batch_1.bin"), train).expect("written");
        fs::write(folder.join("test_batch.bin"), test).expect("written");
        trials::data(Source::Cifar10, folder)
    }

    #[test]
    fn images_labels_and_names_come_from_the_official_files() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join(TEN.folder);
        fs::create_dir(&folder).expect("a folder");
        let mut data = ten(
            &folder,
            &[record(&[3]), record(&[9])].concat(),
            &record(&[0]),
        );
        fs::write(folder.join("data_batch_2.bin"), record(&[7])).expect("written");
        fs::write(
            folder.join("batches.meta.txt"),
            "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n",
        )
        .expect("written");
        data.path = home.path().display().to_string();
        let set = open_data(&data).expect("a good data set");
        assert_eq!((set.train.len(), set.test.len()), (3, 1));
        assert_eq!(trials::labels(&*set.train), [3, 9, 7]);
        assert_eq!(set.classes[9], "j");
        assert_eq!(set.train.name(2), "train #2");
        let image = set.train.image(1).expect("in memory");
        assert_eq!(image.pixels[..3], [9, 100, 0]);
        assert_eq!(image.pixels[3 * (PLANE - 1)..], [9, 100, 31]);
        let whole = set.fingerprint;
        data.train_limit = 2;
        let less = open_data(&data).expect("a good data set").fingerprint;
        assert_eq!((less.train, less.test, less.classes), (2, 1, 10));
        assert_ne!(less.hash, whole.hash);
    }

    fn hundred(folder: &Path, train: &[u8], test: &[u8]) -> Data {
        fs::write(folder.join("train.bin"), train).expect("written");
        fs::write(folder.join("test.bin"), test).expect("written");
        trials::data(Source::Cifar100, folder)
    }

    #[test]
    fn fine_labels_of_cifar100_are_the_second_byte() {
        let home = tempfile::tempdir().expect("a folder");
        let (good, bad) = (record(&[5, 42]), record(&[19, 100]));
        let set = open_data(&hundred(home.path(), &good, &record(&[255, 99]))).expect("good");
        assert_eq!((set.train.label(0), set.test.label(0)), (42, 99));
        assert_eq!(set.classes.len(), 100);
        open_data(&hundred(home.path(), &good, &bad))
            .expect_err("a wrong label")
            .says("image 0 has label 100");
    }

    #[test]
    fn damaged_files_are_a_sentence_each() {
        let good = record(&[1]);
        for (train, test, says) in [
            (
                &good[..3000],
                &good[..],
                "data_batch_1.bin: is 3000 bytes long, not a multiple of the 3073",
            ),
            (&good[..], &[][..], "test_batch.bin: is empty"),
            (
                &record(&[10])[..],
                &good[..],
                "data_batch_1.bin: image 0 has label 10, but cifar10 has labels 0 to 9",
            ),
        ] {
            let home = tempfile::tempdir().expect("a folder");
            open_data(&ten(home.path(), train, test))
                .expect_err(says)
                .says(says);
        }
    }

    #[test]
    fn missing_files_are_named() {
        let home = tempfile::tempdir().expect("a folder");
        let data = ten(home.path(), &record(&[1]), &record(&[1]));
        fs::remove_file(home.path().join("test_batch.bin")).expect("removed");
        open_data(&data)
            .expect_err("no test batch")
            .says("test_batch.bin: there is no such file");
        fs::remove_file(home.path().join("data_batch_1.bin")).expect("removed");
        open_data(&data)
            .expect_err("nothing")
            .says("holds no data_batch_1.bin; give the folder cifar-10-batches-bin");
    }
}
