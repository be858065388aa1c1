//! STL-10 in its official binary layout: images of 96x96 as three planes, each column by column; labels 1 to 10.
//! <https://cs.stanford.edu/~acoates/stl10>
//!
//! The unlabelled images take 2.8 GB, so images are read from their place in the file when they are wanted; what memory
//! is free, the system keeps them in.

use super::{
    Data, DataError, DataSet, Fingerprint, Image, Images, LeftOut, Set, UNLABELLED, class_names,
    kept,
};
use crate::disk::foreign::{self, Links};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const NAME: &str = "stl10";
const FOLDER: &str = "stl10_binary";
const SIDE: usize = 96;
const PLANE: usize = SIDE * SIDE;
const RECORD: usize = 3 * PLANE;
const CLASSES: usize = 10;
/// Images that a file may hold: ten times those without labels.
const MOST: usize = 1_000_000;
/// Images of a part whose pixels count in its checksum, so that a fingerprint of gigabytes takes no minute.
const SAMPLED: usize = 64;

/// One part of the data set, on disk.
struct Part {
    /// What a user calls it.
    name: &'static str,
    path: PathBuf,
    file: File,
    /// Places in the file that the limit keeps.
    places: Vec<usize>,
    /// The class of each place; empty for the unlabelled images.
    labels: Vec<u32>,
}

/// Opens the data set in `path`, or in the official folder in it.
pub fn open(path: &Path, data: &Data) -> Result<DataSet, DataError> {
    let folder = find(path)?;
    let bank = Arc::new(Part::labelled(&folder, Set::Train, data)?);
    let test = Arc::new(Part::labelled(&folder, Set::Test, data)?);
    let unlabelled = Part::unlabelled(&folder, data)?.map(Arc::new);
    let train = unlabelled.clone().unwrap_or_else(|| bank.clone());
    let mut hash = String::new();
    let apart = unlabelled.as_ref().map(|_| &bank);
    for part in [&train, &test].into_iter().chain(apart) {
        hash.push_str(&format!("{:08x}", part.checksum()?));
    }
    let note = apart.map(|bank| {
        format!(
            "learns from {} unlabelled images; kNN votes from the {} labelled ones of train_X.bin",
            train.len(),
            bank.len()
        )
    });
    let fingerprint = Fingerprint {
        name: NAME.to_owned(),
        train: train.len() as u64,
        test: test.len() as u64,
        classes: CLASSES as u64,
        hash,
    };
    Ok(DataSet {
        name: NAME.to_owned(),
        train,
        bank,
        test,
        classes: class_names::read(&folder.join("class_names.txt"), 1..CLASSES + 1),
        notes: note.into_iter().collect(),
        left_out: LeftOut::default(),
        fingerprint,
    })
}

/// Whether the data set seems to lie in `path`.
pub fn fits(path: &Path) -> bool {
    find(path).is_ok()
}

fn find(path: &Path) -> Result<PathBuf, DataError> {
    [path.to_owned(), path.join(FOLDER)]
        .into_iter()
        .find(|folder| folder.join("train_X.bin").is_file())
        .ok_or_else(|| {
            let why =
                format!("holds no train_X.bin; give the folder {FOLDER} of stl10_binary.tar.gz");
            DataError::file(path, why)
        })
}

impl Part {
    fn labelled(folder: &Path, set: Set, data: &Data) -> Result<Self, DataError> {
        let mut part = Self::open(folder, set.name(), set, data)?;
        let path = folder.join(format!("{}_y.bin", set.name()));
        let labels = foreign::read(&path, Links::Follow, MOST as u64)
            .map_err(|e| DataError::io(&path, &e))?;
        let count = images_in(&part.path, &part.file)?;
        if labels.len() != count {
            let why = format!(
                "holds {} labels, but {} holds {count} images; the two don't belong together",
                labels.len(),
                part.path.display()
            );
            return Err(DataError::file(path, why));
        }
        let odd = labels
            .iter()
            .position(|l| !(1..=CLASSES).contains(&usize::from(*l)));
        if let Some(i) = odd {
            let why = format!(
                "image {i} has label {}, but STL-10 has labels 1 to {CLASSES}; the file is damaged or of another data set",
                labels[i]
            );
            return Err(DataError::file(path, why));
        }
        let places = part.places.iter();
        part.labels = places.map(|place| u32::from(labels[*place]) - 1).collect();
        Ok(part)
    }

    /// The unlabelled images, if they were unpacked too.
    fn unlabelled(folder: &Path, data: &Data) -> Result<Option<Self>, DataError> {
        if !folder.join("unlabeled_X.bin").exists() {
            return Ok(None);
        }
        Self::open(folder, "unlabeled", Set::Train, data).map(Some)
    }

    fn open(folder: &Path, name: &'static str, set: Set, data: &Data) -> Result<Self, DataError> {
        let path = folder.join(format!("{name}_X.bin"));
        let file = foreign::open(&path, Links::Follow).map_err(|e| DataError::io(&path, &e))?;
        let count = images_in(&path, &file)?;
        Ok(Self {
            name,
            path,
            file,
            places: kept(count, set.limit(data), set),
            labels: Vec::new(),
        })
    }

    /// The bytes of image `i`.
    fn record(&self, i: usize) -> Result<Vec<u8>, DataError> {
        let mut bytes = vec![0; RECORD];
        let at = (self.places[i] * RECORD) as u64;
        read_at(&self.path, &self.file, &mut bytes, at).map_err(|e| match e.kind() {
            io::ErrorKind::UnexpectedEof => {
                let why = format!("ends before image {}; it was cut short", self.places[i]);
                DataError::file(&self.path, why)
            }
            _ => DataError::io(&self.path, &e),
        })?;
        Ok(bytes)
    }

    /// A checksum of places, labels, and the pixels of a sample.
    fn checksum(&self) -> Result<u32, DataError> {
        let mut hash = crc32fast::Hasher::new();
        for place in &self.places {
            hash.update(&(*place as u64).to_le_bytes());
        }
        for label in &self.labels {
            hash.update(&label.to_le_bytes());
        }
        let count = self.places.len();
        for i in 0..count.min(SAMPLED) {
            hash.update(&self.record(i * count / count.min(SAMPLED))?);
        }
        Ok(hash.finalize())
    }
}

impl Images for Part {
    fn len(&self) -> usize {
        self.places.len()
    }

    fn label(&self, i: usize) -> u32 {
        self.labels.get(i).copied().unwrap_or(UNLABELLED)
    }

    fn image(&self, i: usize) -> Result<Arc<Image>, DataError> {
        Ok(Arc::new(upright(&self.record(i)?)))
    }

    fn name(&self, i: usize) -> String {
        format!("{} #{}", self.name, self.places[i])
    }
}

/// How many images a file holds.
fn images_in(path: &Path, file: &File) -> Result<usize, DataError> {
    let bytes = file.metadata().map_err(|e| DataError::io(path, &e))?.len() as usize;
    if bytes == 0 {
        return Err(DataError::file(path, "is empty; unpack the archive again"));
    }
    if bytes / RECORD > MOST {
        let why = format!(
            "is {bytes} bytes long, more than {MOST} images take; it is of another data set"
        );
        return Err(DataError::file(path, why));
    }
    if bytes.is_multiple_of(RECORD) {
        return Ok(bytes / RECORD);
    }
    let why = format!(
        "is {bytes} bytes long, no multiple of the {RECORD} bytes that an image takes; it is cut short or of another data set"
    );
    Err(DataError::file(path, why))
}

/// Planes of columns as rows of pixels.
fn upright(planes: &[u8]) -> Image {
    let pixel = |i: usize| {
        let at = i % SIDE * SIDE + i / SIDE;
        [planes[at], planes[PLANE + at], planes[2 * PLANE + at]]
    };
    Image {
        width: SIDE,
        height: SIDE,
        pixels: (0..PLANE).flat_map(pixel).collect(),
    }
}

/// Reads from a place in a file that other threads read at the same time.
#[cfg(unix)]
fn read_at(_: &Path, file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

/// The same where a file's position belongs to all its readers: each read opens it anew.
#[cfg(not(unix))]
fn read_at(path: &Path, _: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    use std::io::{Read, Seek};
    let mut file = foreign::open(path, Links::Follow)?;
    file.seek(io::SeekFrom::Start(at))?;
    file.read_exact(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::{Source, open as open_data};
    use std::fs;

    /// An image whose red is `mark`, whose green is the row and whose blue is the column of each pixel.
    fn record(mark: u8) -> Vec<u8> {
        let mut bytes = vec![mark; PLANE];
        bytes.extend((0..PLANE).map(|i| (i % SIDE) as u8));
        bytes.extend((0..PLANE).map(|i| (i / SIDE) as u8));
        bytes
    }

    fn records(marks: std::ops::Range<u8>) -> Vec<u8> {
        marks.flat_map(record).collect()
    }

    /// Two labelled training images, three test images and four unlabelled ones.
    fn files() -> Vec<(&'static str, Vec<u8>)> {
        vec![
            ("train_X.bin", records(0..2)),
            ("train_y.bin", vec![1, 10]),
            ("test_X.bin", records(10..13)),
            ("test_y.bin", vec![3, 2, 3]),
            (
                "class_names.txt",
                b"a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n".to_vec(),
            ),
            ("unlabeled_X.bin", records(20..24)),
        ]
    }

    fn opened(files: &[(&'static str, Vec<u8>)], train_limit: usize) -> Result<DataSet, DataError> {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join(FOLDER);
        fs::create_dir(&folder).expect("a folder");
        for (name, bytes) in files {
            fs::write(folder.join(name), bytes).expect("written");
        }
        open_data(&Data {
            source: Source::Stl10,
            path: home.path().display().to_string(),
            train_limit,
            ..Data::default()
        })
    }

    #[test]
    fn unlabelled_images_train_and_labelled_ones_vote() {
        let set = opened(&files(), 0).expect("good files");
        assert_eq!((set.train.len(), set.bank.len(), set.test.len()), (4, 2, 3));
        assert_eq!(set.train.label(0), UNLABELLED);
        assert_eq!(
            (set.bank.label(0), set.bank.label(1), set.test.label(0)),
            (0, 9, 2)
        );
        assert_eq!(set.classes[9], "j");
        assert_eq!(set.train.name(3), "unlabeled #3");
        assert_eq!(set.train.image(3).expect("readable").pixels[0], 23);
        assert!(
            set.notes[0].contains("4 unlabelled images; kNN votes from the 2"),
            "{:?}",
            set.notes
        );
    }

    #[test]
    fn columns_become_rows() {
        let set = opened(&files(), 0).expect("good files");
        let image = set.test.image(1).expect("readable");
        let at = |row: usize, column: usize| &image.pixels[3 * (SIDE * row + column)..][..3];
        assert_eq!((image.width, image.height), (SIDE, SIDE));
        assert_eq!(at(0, 0), [11, 0, 0]);
        assert_eq!(at(5, 70), [11, 5, 70]);
        assert_eq!(at(95, 1), [11, 95, 1]);
    }

    #[test]
    fn without_unlabelled_images_the_labelled_ones_train() {
        let mut some = files();
        some.truncate(5);
        let set = opened(&some, 0).expect("good files");
        assert_eq!((set.train.len(), set.train.label(1)), (2, 9));
        assert!(Arc::ptr_eq(&set.train, &set.bank) && set.notes.is_empty());
    }

    #[test]
    fn a_fingerprint_sees_every_part() {
        let whole = opened(&files(), 0).expect("good files").fingerprint;
        for (at, byte) in [(0, RECORD + 7), (1, 0), (2, 5), (3, 1), (5, 3 * RECORD)] {
            let mut changed = files();
            changed[at].1[byte] ^= 3;
            let other = opened(&changed, 0).expect("good files").fingerprint;
            assert_ne!(other.hash, whole.hash, "{}", changed[at].0);
        }
        let less = opened(&files(), 3).expect("good files");
        assert_eq!(
            (less.train.len(), less.bank.len(), less.fingerprint.train),
            (3, 2, 3)
        );
        assert_ne!(less.fingerprint.hash, whole.hash);
    }

    #[test]
    fn damaged_files_are_a_sentence_each() {
        for (at, bytes, says) in [
            (
                0,
                record(0)[1..].to_vec(),
                "train_X.bin: is 27647 bytes long, no multiple of the 27648",
            ),
            (1, vec![1], "train_y.bin: holds 1 labels, but"),
            (
                1,
                vec![1, 0],
                "image 1 has label 0, but STL-10 has labels 1 to 10",
            ),
            (2, Vec::new(), "test_X.bin: is empty"),
            (3, vec![1, 2, 11], "image 2 has label 11"),
            (5, vec![1; 100], "unlabeled_X.bin: is 100 bytes long"),
        ] {
            let mut files = files();
            files[at].1 = bytes;
            let error = opened(&files, 0).expect_err(says).to_string();
            assert!(error.contains(says), "{error}");
        }
        let error = opened(&files()[1..], 0).expect_err("nothing").to_string();
        assert!(
            error.contains("holds no train_X.bin; give the folder stl10_binary"),
            "{error}"
        );
    }

    #[test]
    fn a_file_that_shrinks_while_it_is_used_is_a_sentence() {
        let home = tempfile::tempdir().expect("a folder");
        for (name, bytes) in files() {
            fs::write(home.path().join(name), bytes).expect("written");
        }
        let path = home.path().display().to_string();
        let set = open_data(&Data {
            source: Source::Stl10,
            path,
            ..Data::default()
        })
        .expect("good files");
        let file = File::options()
            .write(true)
            .open(home.path().join("unlabeled_X.bin"));
        file.and_then(|f| f.set_len(RECORD as u64)).expect("cut");
        assert!(set.train.image(0).is_ok());
        let error = set.train.image(3).expect_err("cut").to_string();
        assert!(
            error.contains("unlabeled_X.bin: ends before image 3"),
            "{error}"
        );
    }
}
