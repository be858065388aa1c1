//! Data sets: which images to learn from, and where they lie. One source, one file.

mod cache;
pub mod catalog;
mod cifar;
mod class_names;
mod decode;
pub mod fetch;
mod few;
mod fingerprint;
mod folder;
pub mod format;
mod guess;
mod idx;
mod judged;
mod labels;
mod memory;
mod numpy;
mod open;
pub mod pack;
mod packed;
mod parquet;
mod parts;
mod pickle;
mod shapes;
mod shards;
pub mod size;
mod skipped;
mod split_names;
pub mod stats;
mod stl10;
#[cfg(test)]
mod trials;
mod validation;
mod webdataset;

pub use few::{Subset, few};
pub use fingerprint::Fingerprint;
pub use guess::{guess, told};
pub use open::{located, open};
pub use size::{All, Size};
pub use skipped::{LeftOut, Reason};
pub use validation::share_of_each;

use crate::engine::random::{Purpose, Stream};
use crate::hparam::Hparam;
use crate::{choices, hparams};
use std::path::PathBuf;
use std::sync::Arc;
use thiserror::Error;

choices! {
    /// The kinds of data set.
    pub enum Source {
        /// Coloured shapes made from a seed; nothing to download.
        Shapes = "shapes",
        /// CIFAR-10 in its official binary or Python layout.
        Cifar10 = "cifar10",
        /// CIFAR-100 in its official binary or Python layout, fine labels.
        Cifar100 = "cifar100",
        /// STL-10 in its official binary layout; learns from the unlabelled images too if they are there.
        Stl10 = "stl10",
        /// MNIST or Fashion-MNIST idx files, gzipped or not.
        Idx = "idx",
        /// A folder with one sub-folder of images per class, or Tiny ImageNet's.
        Folder = "folder",
        /// Arrays of images and labels in files of NumPy's, as MedMNIST has them.
        Npz = "npz",
        /// Parquet tables of images and labels, as the Hugging Face hub has them.
        Parquet = "parquet",
        /// WebDataset shards: tar files of images, each with a label of the same name.
        WebDataset = "webdataset",
    }
}

hparams! {
    /// Data
    pub struct Data {
        /// Which data set to learn from.
        source: Source = Source::Shapes => Hparam::one_of(Source::CHOICES);
        /// Where the data set's files are, if not where `data fetch` put them; ~ is your home, a relative path starts from the folder you launched the program in.
        path: String = String::new() => Hparam::path();
        /// Labelled images that kNN votes from and probes are fitted on, where they aren't those that train: a path to a data set of any kind.
        bank: String = String::new() => Hparam::path().late();
        /// Images to test on, where they aren't those beside the training images or the bank: a path to a data set of any kind.
        test: String = String::new() => Hparam::path().late();
        /// Share of the labelled training images that is held out to choose by: curves, best checkpoint, stop.when and sweeps are measured on it, and test images are left to eval; 0 chooses by test images.
        validation: f64 = 0.0 => Hparam::linear(0.0, 0.9, 0.05).late();
        /// Use only this many training images, drawn evenly by a fixed shuffle; 0 is all.
        train_limit: usize = 0 => Hparam::whole(0, 100_000_000, 500).unit("images");
        /// Use only this many test images, drawn evenly by a fixed shuffle; 0 is all.
        test_limit: usize = 0 => Hparam::whole(0, 100_000_000, 500).unit("images");
        /// Side of the square views that the encoder sees.
        image_size: usize = 32 => Hparam::whole(8, 512, 8).unit("px");
        /// Loader threads that decode and augment; 0 is one per core.
        threads: usize = 0 => Hparam::whole(0, 256, 1).free();
        /// Memory for decoded images; those that don't fit are decoded again each time.
        cache: usize = 1024 => Hparam::doubling(0, 1_048_576).unit("MiB").free();
        /// Images with more pixels are left out and named; decoding one can take 8 bytes of memory per pixel.
        largest: usize = 64 => Hparam::whole(1, 1000, 16).unit("megapixels").late();
    }
}

/// Hyperparameters that name places of images: they may change where the images stay the same.
pub const PLACES: [&str; 3] = ["data.path", "data.bank", "data.test"];

impl Source {
    /// Whether the data set lies in files of the user's.
    #[must_use]
    pub const fn needs_path(self) -> bool {
        !matches!(self, Self::Shapes)
    }

    /// What is missing where neither a path is given nor the data set was fetched, and how to get it.
    #[must_use]
    pub fn need(self) -> String {
        let get = catalog::of(self).map_or_else(String::new, |known| {
            format!(", or `simclr-tui data fetch {}`", known.name)
        });
        format!(
            "{} needs data.path, the folder with its files{get}",
            self.name()
        )
    }
}

/// An image of bytes: red, green and blue of each pixel in turn, row by row.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Image {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<u8>,
}

impl std::fmt::Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Image({} x {})", self.width, self.height)
    }
}

/// What [`Images::label`] says of an image whose class nobody knows.
pub const UNLABELLED: u32 = u32::MAX;

/// Images that many threads may read at once.
pub trait Images: Send + Sync {
    /// How many there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The class of image `i`: an index into the data set's classes, or [`UNLABELLED`].
    fn label(&self, i: usize) -> u32;

    /// Image `i`; shared rather than copied where it is kept in memory.
    ///
    /// # Errors
    /// A sentence that names the file, if it can't be decoded.
    fn image(&self, i: usize) -> Result<Arc<Image>, DataError>;

    /// Bytes of memory that [`image`](Self::image) takes for image `i` at most, about, while it is decoded and used; 0
    /// where it lies in memory already.
    fn memory(&self, _i: usize) -> u64 {
        0
    }

    /// What a user would call image `i`: its file, or its place in the data set's files, such as `train #1834`.
    fn name(&self, i: usize) -> String;
}

/// A data set, opened and checked.
#[derive(Clone)]
pub struct DataSet {
    /// Its name.
    pub name: String,
    /// The images to learn from.
    pub train: Arc<dyn Images>,
    /// The labelled images that kNN votes from and probes are fitted on: `train` itself, unless some of that has no
    /// labels; `train` also where nothing has labels.
    pub bank: Arc<dyn Images>,
    /// The images to report on; may be none.
    pub test: Arc<dyn Images>,
    /// Labelled images to choose by, where some are held out for that.
    pub validation: Option<Arc<dyn Images>>,
    /// How many images there are before limits.
    pub all: All,
    /// The names of the classes, by label.
    pub classes: Vec<String>,
    /// What the user should know, such as which images were skipped.
    pub notes: Vec<String>,
    /// Files that were left out.
    pub left_out: LeftOut,
    /// What tells this data set from others.
    pub fingerprint: Fingerprint,
}

/// Training images, bank and test images; without a bank, all that train vote.
type Parts = (Arc<dyn Images>, Option<Arc<dyn Images>>, Arc<dyn Images>);

impl DataSet {
    /// Of these parts, which this hash tells from others.
    fn new(
        name: String,
        (train, bank, test): Parts,
        all: All,
        classes: Vec<String>,
        hash: String,
    ) -> Self {
        let fingerprint = Fingerprint {
            name: name.clone(),
            train: train.len() as u64,
            test: test.len() as u64,
            classes: classes.len() as u64,
            hash,
        };
        Self {
            name,
            bank: bank.unwrap_or_else(|| train.clone()),
            train,
            test,
            validation: None,
            all,
            classes,
            notes: Vec::new(),
            left_out: LeftOut::default(),
            fingerprint,
        }
    }

    /// What a training is judged by, and so what is chosen on: the test images, unless others are held out for that.
    #[must_use]
    pub fn chosen_on(&self) -> &Arc<dyn Images> {
        self.validation.as_ref().unwrap_or(&self.test)
    }

    /// Why kNN and linear evaluation can't be done here, and what they need.
    #[must_use]
    pub fn unjudged(&self) -> Option<&'static str> {
        let (bank, test) = (&self.bank, &self.test);
        let mut labels = (0..bank.len())
            .map(|i| bank.label(i))
            .filter(|label| *label != UNLABELLED);
        let Some(first) = labels.next() else {
            return Some(
                "the images have no labels: kNN and linear evaluation need one folder of images per class",
            );
        };
        if labels.all(|label| label == first) {
            return Some(
                "all images are of one class: kNN and linear evaluation need at least two classes",
            );
        }
        test.is_empty()
            .then_some("there are no labelled test images: kNN and linear evaluation need some")
    }

    /// How many images kNN votes from; none where it can't be done.
    #[must_use]
    pub fn voters(&self) -> usize {
        self.unjudged().map_or_else(|| self.bank.len(), |_| 0)
    }
}

impl std::fmt::Debug for DataSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("DataSet").field(&self.fingerprint).finish()
    }
}

/// Why a data set or an image can't be used: a sentence that says what to do.
#[derive(Clone, Debug, Error)]
pub enum DataError {
    /// A file or folder is missing, damaged or of another kind.
    #[error("{}: {why}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// The settings or the data set as a whole allow no training.
    #[error("{0}")]
    Unusable(String),
    /// The loader's threads can't deliver.
    #[error("{0}")]
    Loader(String),
}

impl DataError {
    fn file(path: impl Into<PathBuf>, why: impl Into<String>) -> Self {
        Self::File {
            path: path.into(),
            why: why.into(),
        }
    }

    fn io(path: impl Into<PathBuf>, error: &std::io::Error) -> Self {
        let why = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
            std::io::ErrorKind::PermissionDenied => "can't be read (permission denied)".to_owned(),
            _ => error.to_string(),
        };
        Self::file(path, why)
    }
}

/// Which of `count` images a limit keeps, in their order: all when it is 0, else the first of a fixed shuffle, so that
/// files sorted by class stay balanced and a smaller limit keeps a part of what a larger one keeps.
fn subset(count: usize, limit: usize, split: Split) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    if limit > 0 && limit < count {
        Stream::new(0, Purpose::Split, &[u64::MAX, split as u64]).shuffle(&mut order);
        order.truncate(limit);
        order.sort_unstable();
    }
    order
}

/// The two parts of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Split {
    Train = 0,
    Test = 1,
}

impl Split {
    const fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Test => "test",
        }
    }

    const fn limit(self, data: &Data) -> usize {
        match self {
            Self::Train => data.train_limit,
            Self::Test => data.test_limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_nest_and_spread_over_sorted_files() {
        let (few, more) = (
            subset(1000, 50, Split::Train),
            subset(1000, 200, Split::Train),
        );
        assert_eq!((few.len(), more.len()), (50, 200));
        assert!(few.iter().all(|i| more.contains(i)));
        assert!(few.is_sorted());
        let first_half = more.iter().filter(|i| **i < 500).count();
        assert!((80..120).contains(&first_half), "{first_half}");
        assert_ne!(few, subset(1000, 50, Split::Test));
        assert_eq!(subset(7, 0, Split::Test), subset(7, 9, Split::Test));
    }
}
