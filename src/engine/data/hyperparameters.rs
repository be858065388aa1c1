//! Which data set, and how much of it.

use super::validation::Validation;
use crate::hparam::Hparam;
use crate::{choices, hparams};

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
        /// A folder of images, in one sub-folder per class if they have labels, or Tiny ImageNet's.
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
        /// Where the files are, if not where `data fetch` put them; ~ is your home, a relative path starts where you started the program.
        path: String = String::new() => Hparam::path();
        /// Labelled images that kNN votes from and probes are fitted on, where they aren't those that train: a path to a data set of any kind.
        bank: String = String::new() => Hparam::path().late();
        /// Images to test on, where they aren't those beside the training images or the bank: a path to a data set of any kind.
        test: String = String::new() => Hparam::path().late();
        /// Images to choose by: a share of the labelled training images, which is held out, or a path to a data set of any kind; curves, best checkpoint, stop.when and sweeps are measured on them, and test images are left to eval; 0 chooses by test images.
        validation: Validation = Validation::default() => Hparam::share_or_path(0.9, 0.05).late();
        /// Use only this many training images, drawn evenly by a fixed shuffle; 0 is all.
        train_limit: usize = 0 => Hparam::whole(0, 100_000_000, 500).unit("images");
        /// Use only this many test images, drawn evenly by a fixed shuffle; 0 is all.
        test_limit: usize = 0 => Hparam::whole(0, 100_000_000, 500).unit("images");
        /// Neighbours in the files that the shuffle keeps near each other, so that shards on network file systems are read in long stretches; 64 such pieces are mixed at a time; 0 mixes all images.
        piece: usize = 0 => Hparam::whole(0, 1_000_000, 64).unit("images").late();
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
pub const PLACES: [&str; 4] = ["data.path", "data.bank", "data.test", "data.validation"];

impl Source {
    /// Whether the data set lies in files of the user's.
    #[must_use]
    pub const fn needs_path(self) -> bool {
        !matches!(self, Self::Shapes)
    }
}

impl Data {
    /// Whether it is judged by images that lie elsewhere, so that none of its own need be held out.
    #[must_use]
    pub fn is_judged_elsewhere(&self) -> bool {
        [&self.bank, &self.test]
            .iter()
            .any(|path| !path.trim().is_empty())
    }
}
