//! The data sets that can be fetched: their official addresses, sizes and checksums, and where they lie on this machine.

use super::Source;
use std::path::{Path, PathBuf};

/// A data set that its authors publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// What a user calls it.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// The `data.source` that reads it.
    pub source: Source,
    /// The address that its files lie below.
    pub base: &'static str,
    /// What is downloaded.
    pub files: &'static [Remote],
    /// The folder that holds it once it is unpacked.
    pub folder: &'static str,
}

/// A file on its publisher's server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remote {
    /// Its name.
    pub file: &'static str,
    /// How long it is.
    pub bytes: u64,
    /// The MD5 that its publisher gives, in hexadecimal digits.
    pub md5: &'static str,
}

const fn remote(file: &'static str, bytes: u64, md5: &'static str) -> Remote {
    Remote { file, bytes, md5 }
}

/// All of them. Checksums are those of the publishers' pages, and torchvision's for STL-10, whose page has none.
pub static KNOWN: [Known; 4] = [
    Known {
        name: "cifar10",
        about: "60,000 colour photographs of 32x32 in 10 classes",
        source: Source::Cifar10,
        base: "https://www.cs.toronto.edu/~kriz",
        files: &[remote(
            "cifar-10-binary.tar.gz",
            170_052_171,
            "c32a1d4ab5d03f1284b67883e8d87530",
        )],
        folder: "cifar-10-batches-bin",
    },
    Known {
        name: "cifar100",
        about: "60,000 colour photographs of 32x32 in 100 classes",
        source: Source::Cifar100,
        base: "https://www.cs.toronto.edu/~kriz",
        files: &[remote(
            "cifar-100-binary.tar.gz",
            168_513_733,
            "03b5dce01913d631647c71ecec9e9cb8",
        )],
        folder: "cifar-100-binary",
    },
    Known {
        name: "stl10",
        about: "113,000 colour photographs of 96x96, 13,000 of them in 10 classes",
        source: Source::Stl10,
        base: "http://ai.stanford.edu/~acoates/stl10",
        files: &[remote(
            "stl10_binary.tar.gz",
            2_640_397_119,
            "91f7769df0f17e558f3565bffb0c7dfb",
        )],
        folder: "stl10_binary",
    },
    Known {
        name: "fashion-mnist",
        about: "70,000 gray pictures of 28x28 of clothes in 10 classes",
        source: Source::Idx,
        base: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
        files: &[
            remote(
                "train-images-idx3-ubyte.gz",
                26_421_880,
                "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            ),
            remote(
                "train-labels-idx1-ubyte.gz",
                29_515,
                "25c81989df183df01b3e8a0aad5dffbe",
            ),
            remote(
                "t10k-images-idx3-ubyte.gz",
                4_422_102,
                "bef4ecab320f06d8554ea6380940ec79",
            ),
            remote(
                "t10k-labels-idx1-ubyte.gz",
                5_148,
                "bb300cfdad3c16e7a12a480ee83cd310",
            ),
        ],
        folder: "fashion-mnist",
    },
];

impl Known {
    /// Where it lies, or will lie, in the folder of fetched data sets.
    #[must_use]
    pub fn place(&self, home: &Path) -> PathBuf {
        home.join(self.folder)
    }

    /// Bytes to download.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|remote| remote.bytes).sum()
    }
}

/// The data set of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

/// The data set that a source reads, if it can be fetched.
#[must_use]
pub fn of(source: Source) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.source == source)
}

/// The folder of fetched data sets: `SIMCLR_TUI_DATA`, or one among the user's data.
#[must_use]
pub fn home() -> PathBuf {
    if let Some(dir) = std::env::var_os("SIMCLR_TUI_DATA").filter(|dir| !dir.is_empty()) {
        return PathBuf::from(dir);
    }
    directories::ProjectDirs::from("", "", "simclr-tui").map_or_else(
        || PathBuf::from("simclr-tui-data"),
        |dirs| dirs.data_dir().join("data"),
    )
}

impl Source {
    /// What is missing where neither a path is given nor the data set was fetched, and how to get it.
    #[must_use]
    pub fn need(self) -> String {
        let get = of(self).map_or_else(String::new, |known| {
            format!(", or `simclr-tui data fetch {}`", known.name)
        });
        format!("{} needs the folder with its files{get}", self.name())
    }
}
