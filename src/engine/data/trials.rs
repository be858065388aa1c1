//! What tests of readers share: data sets in a folder, and those of `tests/fixtures/data`.

use super::{Data, Images, Source};
use std::fs;
use std::path::{Path, PathBuf};

/// A data set of this kind in a folder or file.
pub fn data(source: Source, path: impl AsRef<Path>) -> Data {
    Data {
        source,
        path: path.as_ref().display().to_string(),
        ..Data::default()
    }
}

/// A file or folder that another program wrote.
pub fn fixture(name: &str) -> PathBuf {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/data");
    home.join(name)
}

/// The labels of all images.
pub fn labels(images: &dyn Images) -> Vec<u32> {
    (0..images.len()).map(|i| images.label(i)).collect()
}

/// Writes these files into a folder.
pub fn write(home: &Path, files: &[(&str, Vec<u8>)]) {
    for (name, bytes) in files {
        fs::write(home.join(name), bytes).unwrap();
    }
}
