//! Formats of data sets that aren't read: what a folder or a file seems to be, and what to do with it.

use std::path::Path;

/// More files than this are not looked at.
const LOOKED_AT: usize = 1000;

const SAVE: &str = "save its images as files, in one folder per class";
const UNPACK: &str = "unpack it and give the folder";

/// Endings, what files with them hold, and what to do.
const KNOWN: [(&[&str], &str, &str); 11] = [
    (
        &["arrow"],
        "a table of a Hugging Face data set",
        "load it by datasets.load_from_disk and write it by to_parquet",
    ),
    (
        &["mat"],
        "MATLAB's format, as EMNIST and SVHN have it; EMNIST's idx files are read under MNIST's names",
        SAVE,
    ),
    (&["h5", "hdf5"], "an HDF5 file", SAVE),
    (
        &["tfrecord", "tfrecords"],
        "a file of TensorFlow records",
        SAVE,
    ),
    (&["lmdb", "mdb"], "an LMDB database", SAVE),
    (&["rec"], "a file of MXNet records", SAVE),
    (
        &["pkl", "pickle", "pt", "pth"],
        "a file of Python objects",
        SAVE,
    ),
    (&["csv", "tsv", "jsonl"], "a table", SAVE),
    (&["zip", "7z", "rar"], "an archive", UNPACK),
    (&["gz", "tgz", "xz", "bz2", "zst"], "an archive", UNPACK),
    (
        &["heic", "heif", "jxl", "avif", "svg", "ppm", "pgm"],
        "an image of a kind that can't be read",
        "make it a png or jpg file",
    ),
];

/// What a file seems to hold and what to do, where that is known.
#[must_use]
pub fn of_file(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    if name.starts_with("emnist-") && name.contains("-idx") {
        return Some("is a file of EMNIST; name the four of one split as MNIST's are, train-images-idx3-ubyte.gz and so on, and give their folder".to_owned());
    }
    let ending = path.extension()?.to_string_lossy().to_lowercase();
    let known = KNOWN
        .iter()
        .find(|(endings, ..)| endings.contains(&&*ending));
    known.map(|(_, what, how)| format!("is {what}; {how}"))
}

/// The same of a folder: of its files, and of those right below its folders.
#[must_use]
pub fn seen(folder: &Path) -> Option<String> {
    let walk = walkdir::WalkDir::new(folder)
        .max_depth(2)
        .sort_by_file_name();
    let files = walk.into_iter().take(LOOKED_AT).flatten();
    let mut files = files.filter(|entry| entry.depth() > 0 && entry.file_type().is_file());
    let (file, said) = files.find_map(|entry| {
        let said = of_file(entry.path())?;
        Some((entry.into_path(), said))
    })?;
    let name = file.strip_prefix(folder).unwrap_or(&file).display();
    Some(format!("{name} {said}"))
}
