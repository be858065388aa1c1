//! Data sets: which images to learn from, and where they lie.

use crate::hparam::Hparam;
use crate::{choices, hparams};

choices! {
    /// The kinds of data set.
    pub enum Source {
        /// Coloured shapes made from a seed; nothing to download.
        Shapes = "shapes",
        /// CIFAR-10 in its official binary layout.
        Cifar10 = "cifar10",
        /// CIFAR-100 in its official binary layout, fine labels.
        Cifar100 = "cifar100",
        /// MNIST or Fashion-MNIST idx files, gzipped or not.
        Idx = "idx",
        /// A folder with one sub-folder of images a class.
        Folder = "folder",
    }
}

hparams! {
    /// Data
    pub struct Data {
        /// Which data set to learn from.
        source: Source = Source::Shapes => Hparam::one_of(Source::CHOICES);
        /// Where the data set's files lie; ~ is your home, a relative path starts where the program was started.
        path: String = String::new() => Hparam::path();
        /// Use only so many training images; 0 is all.
        train_limit: usize = 0 => Hparam::whole(0, 100_000_000, 500).unit("images");
        /// Use only so many test images; 0 is all.
        test_limit: usize = 0 => Hparam::whole(0, 100_000_000, 500).unit("images");
        /// Side of the square views that the encoder sees.
        image_size: usize = 32 => Hparam::whole(8, 512, 8).unit("px");
        /// Loader threads that decode and augment; 0 is one a core.
        threads: usize = 0 => Hparam::whole(0, 256, 1).free();
        /// Memory that decoded images of a folder may take before they are decoded anew each time.
        cache: usize = 1024 => Hparam::doubling(0, 1_048_576).unit("MiB").free();
    }
}

impl Source {
    /// Whether the data set lies in files of the user's.
    #[must_use]
    pub const fn needs_path(self) -> bool {
        !matches!(self, Self::Shapes)
    }
}
