//! What tells one data set from another.

use serde::{Deserialize, Serialize};

/// What tells a data set from others: equal where the images that are used, their order and their labels are equal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fingerprint {
    /// Name of the data set.
    pub name: String,
    /// Number of training images.
    pub train: u64,
    /// Number of test images.
    pub test: u64,
    /// Number of classes.
    pub classes: u64,
    /// Checksums of training and test images, and of the bank where it is apart: over labels and pixels, for STL-10 a
    /// sample of the pixels, for folders paths and sizes of files.
    pub hash: String,
}

impl Fingerprint {
    /// Whether the images are the same, whatever the folder is called that they lie in.
    #[must_use]
    pub fn same_images(&self, other: &Self) -> bool {
        let what = |f: &Self| (f.train, f.test, f.classes, f.hash.clone());
        what(self) == what(other)
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            name,
            train,
            test,
            classes,
            hash,
        } = self;
        write!(
            f,
            "{name} ({train} training and {test} test images of {classes} classes, fingerprint {hash})"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_of_the_images_and_not_of_their_folder() {
        let one = Fingerprint {
            name: "a".to_owned(),
            train: 5,
            ..Fingerprint::default()
        };
        let moved = Fingerprint {
            name: "b".to_owned(),
            ..one.clone()
        };
        let other = Fingerprint {
            hash: "0".to_owned(),
            ..one.clone()
        };
        assert!(one.same_images(&moved) && !one.same_images(&other));
    }
}
