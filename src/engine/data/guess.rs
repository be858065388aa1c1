//! Which kind of data set lies in a folder.

use super::{Source, cifar, folder, idx, numpy, parquet, stl10, webdataset};
use std::path::Path;

/// Whether a kind of data set seems to lie in a path.
type Fits = fn(&Path) -> bool;

/// Data sets that are told by their files, in the order in which they are taken.
const TOLD: [(Source, Fits); 4] = [
    (Source::Cifar10, |path| cifar::TEN.fits(path)),
    (Source::Cifar100, |path| cifar::HUNDRED.fits(path)),
    (Source::Stl10, stl10::fits),
    (Source::Idx, idx::fits),
];

/// What the files in a folder look like; a folder of images, if like nothing else.
#[must_use]
pub fn guess(path: &Path) -> Source {
    if let Some(source) = of_file(path) {
        return source;
    }
    let told = told(path).into_iter().next();
    told.unwrap_or_else(|| {
        if folder::shows_images(path) {
            Source::Folder
        } else if numpy::fits(path) {
            Source::Npz
        } else if parquet::fits(path) {
            Source::Parquet
        } else if webdataset::fits(path) {
            Source::WebDataset
        } else {
            Source::Folder
        }
    })
}

/// All kinds that are told by their files: a folder may hold one data set beside another.
#[must_use]
pub fn told(path: &Path) -> Vec<Source> {
    let fits = TOLD.iter().filter(|(_, fits)| fits(path));
    fits.map(|(source, _)| *source).collect()
}

/// The kind of data set that is one file, by its ending.
pub fn of_file(path: &Path) -> Option<Source> {
    let ending = path.extension()?.to_ascii_lowercase();
    let source = match ending.to_str()? {
        _ if path.is_dir() => return None,
        _ if cifar::TEN.archive(path).is_some() => Source::Cifar10,
        _ if cifar::HUNDRED.archive(path).is_some() => Source::Cifar100,
        "npz" | "npy" => Source::Npz,
        "parquet" => Source::Parquet,
        "tar" => Source::WebDataset,
        _ => return None,
    };
    path.is_file().then_some(source)
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
            ("cifar-10-python.tar.gz", Source::Cifar10),
            ("stl10_binary/train_X.bin", Source::Stl10),
            ("raw/train-images-idx3-ubyte.gz", Source::Idx),
            ("pathmnist.npz", Source::Npz),
            ("x_train.npy", Source::Npz),
            ("data/train-00000-of-00001.parquet", Source::Parquet),
            ("train/000000.tar", Source::WebDataset),
            ("cat/1.png", Source::Folder),
        ] {
            let home = tempfile::tempdir().expect("a folder");
            let path = home.path().join(file);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            std::fs::write(path, b"x").expect("written");
            assert_eq!(guess(home.path()), source, "{file}");
        }
        let home = tempfile::tempdir().expect("a folder");
        for file in ["cifar-100-python (1).tar.gz", "a.parquet", "train.tar"] {
            std::fs::write(home.path().join(file), b"x").expect("written");
        }
        let file = |name: &str| guess(&home.path().join(name));
        assert_eq!(file("cifar-100-python (1).tar.gz"), Source::Cifar100);
        assert_eq!(
            (file("a.parquet"), file("train.tar")),
            (Source::Parquet, Source::WebDataset)
        );
        // A file of features beside the images.
        let home = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(home.path().join("cat")).expect("created");
        for file in ["features.npy", "cat/1.png"] {
            std::fs::write(home.path().join(file), b"x").expect("written");
        }
        assert_eq!(guess(home.path()), Source::Folder);
        assert_eq!(guess(&home.path().join("features.npy")), Source::Npz);
    }
}
