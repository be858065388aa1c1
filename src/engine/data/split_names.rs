//! What part of a data set the name of a file or an array says it is.

use std::path::Path;

/// A part of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Train,
    Test,
    Validation,
    /// Images without labels, to learn from.
    Unlabelled,
}

const WORDS: [(Part, &[&str]); 4] = [
    (Part::Train, &["train", "training"]),
    (Part::Test, &["test", "testing"]),
    (
        Part::Validation,
        &["val", "valid", "validation", "dev", "eval"],
    ),
    (
        Part::Unlabelled,
        &["unlabeled", "unlabelled", "unsupervised"],
    ),
];

impl Part {
    /// By one of the words of a name.
    pub fn of(name: &str) -> Option<Self> {
        one_of(name, &WORDS)
    }

    /// By the name of a file below a data set's folder, or of the folders on the way to it.
    pub fn of_file(below: &Path) -> Option<Self> {
        let mut names: Vec<_> = below.iter().map(|name| name.to_string_lossy()).collect();
        names.reverse();
        names.iter().find_map(|name| Self::of(name))
    }
}

/// The first word of a name that is among these.
pub fn one_of<T: Copy>(name: &str, all: &[(T, &[&str])]) -> Option<T> {
    let name = name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.find_map(|word| {
        let known = all.iter().find(|(_, words)| words.contains(&word));
        known.map(|(one, _)| *one)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_their_folders_name_parts() {
        for (file, part) in [
            ("train-00000-of-00002.parquet", Some(Part::Train)),
            (
                "data/validation-00000-of-00001.parquet",
                Some(Part::Validation),
            ),
            ("imagenet-val-000012.tar", Some(Part::Validation)),
            ("test/000012.tar", Some(Part::Test)),
            ("train/shard_test_1.tar", Some(Part::Test)),
            ("unsupervised-0.parquet", Some(Part::Unlabelled)),
            ("000012.tar", None),
            ("trains.tar", None),
        ] {
            assert_eq!(Part::of_file(Path::new(file)), part, "{file}");
        }
    }
}
