//! How the two data sets are laid out.

pub const SIDE: usize = 32;
pub const PLANE: usize = SIDE * SIDE;
/// All files of one part have so many bytes at most: three times those of the official ones.
pub const MOST: u64 = 512 << 20;

/// How one of the two data sets is laid out.
pub struct Layout {
    pub name: &'static str,
    /// The folder in the official archive.
    pub folder: &'static str,
    pub archive: &'static str,
    pub train: fn(&str) -> bool,
    pub train_files: &'static str,
    pub test: &'static str,
    pub names: &'static str,
    pub classes: usize,
    /// Bytes before the pixels; the last one is the label.
    pub labels: usize,
    /// How its pickles are named.
    pub python: Names,
}

/// CIFAR-10.
pub const TEN: Layout = Layout {
    name: "cifar10",
    folder: "cifar-10-batches-bin",
    archive: "cifar-10-binary.tar.gz",
    train: |file| file.starts_with("data_batch_"),
    train_files: "data_batch_1.bin",
    test: "test_batch.bin",
    names: "batches.meta.txt",
    classes: 10,
    labels: 1,
    python: PYTHON_TEN,
};

/// CIFAR-100 with its fine labels.
pub const HUNDRED: Layout = Layout {
    name: "cifar100",
    folder: "cifar-100-binary",
    archive: "cifar-100-binary.tar.gz",
    train: |file| file == "train.bin",
    train_files: "train.bin",
    test: "test.bin",
    names: "fine_label_names.txt",
    classes: 100,
    labels: 2,
    python: PYTHON_HUNDRED,
};

/// Bytes that the file of names may have.
pub const TEXT: u64 = 1 << 20;

/// How the files of one of the two data sets are named, and what lies under which word.
pub struct Names {
    pub folder: &'static str,
    pub archive: &'static str,
    /// Files by which a folder is known.
    pub marks: &'static [&'static str],
    pub train: &'static [&'static str],
    pub test: &'static str,
    pub meta: &'static str,
    pub labels: &'static str,
    pub classes: &'static str,
}

const PYTHON_TEN: Names = Names {
    folder: "cifar-10-batches-py",
    archive: "cifar-10-python.tar.gz",
    marks: &["data_batch_1"],
    train: &[
        "data_batch_1",
        "data_batch_2",
        "data_batch_3",
        "data_batch_4",
        "data_batch_5",
    ],
    test: "test_batch",
    meta: "batches.meta",
    labels: "labels",
    classes: "label_names",
};

const PYTHON_HUNDRED: Names = Names {
    folder: "cifar-100-python",
    archive: "cifar-100-python.tar.gz",
    marks: &["train", "test", "meta"],
    train: &["train"],
    test: "test",
    meta: "meta",
    labels: "fine_labels",
    classes: "fine_label_names",
};
