//! Which kind of data set lies in a folder.

use super::{Source, cifar, idx, stl10};
use std::path::Path;

/// What the files in a folder look like; a folder of images, if like nothing else.
#[must_use]
pub fn guess(path: &Path) -> Source {
    if cifar::TEN.fits(path) {
        Source::Cifar10
    } else if cifar::HUNDRED.fits(path) {
        Source::Cifar100
    } else if stl10::fits(path) {
        Source::Stl10
    } else if idx::fits(path) {
        Source::Idx
    } else {
        Source::Folder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_tell_the_kind_of_data_set() {
        for (file, source) in [
            ("data_batch_1.bin", Source::Cifar10),
            ("cifar-10-batches-py/data_batch_1", Source::Cifar10),
            ("cifar-100-binary/train.bin", Source::Cifar100),
            ("stl10_binary/train_X.bin", Source::Stl10),
            ("raw/train-images-idx3-ubyte.gz", Source::Idx),
            ("cat/1.png", Source::Folder),
        ] {
            let home = tempfile::tempdir().expect("a folder");
            let path = home.path().join(file);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            std::fs::write(path, b"x").expect("written");
            assert_eq!(guess(home.path()), source, "{file}");
        }
    }
}
