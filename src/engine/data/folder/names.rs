//! Names of folders that are parts of a data set rather than classes.

use std::ffi::{OsStr, OsString};
use std::path::Path;

/// What part of a data set a folder's name says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Train,
    Test,
    Unlabelled,
}

impl Part {
    /// In the order in which they are looked for.
    const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Train => &["train", "training"],
            Self::Test => &[
                "test",
                "testing",
                "val",
                "valid",
                "validation",
                "dev",
                "eval",
                "evaluation",
            ],
            Self::Unlabelled => &["unlabeled", "unlabelled"],
        }
    }

    fn rank(self, name: &OsStr) -> Option<usize> {
        let name = plain(name);
        self.words().iter().position(|word| *word == name)
    }
}

/// Words that follow the name of a part, such as in `training_set`.
const ENDS: [&str; 5] = ["set", "data", "images", "imgs", "split"];
/// Names that part a data set by something else than classes.
const OTHERS: [&str; 19] = [
    "fold",
    "part",
    "split",
    "set",
    "batch",
    "chunk",
    "shard",
    "image",
    "images",
    "img",
    "imgs",
    "jpegimages",
    "pictures",
    "photos",
    "labels",
    "masks",
    "annotations",
    "data",
    "raw",
];
/// Folders that belong to a system or a program.
const SYSTEM: [&str; 8] = [
    "lost+found",
    "@eaDir",
    "@tmp",
    "#recycle",
    "@Recycle",
    "__MACOSX",
    "$RECYCLE.BIN",
    "System Volume Information",
];

/// Files that a system keeps in folders of images. What is hidden, such as `.DS_Store`, need not be listed.
const LITTER: [&str; 4] = ["Thumbs.db", "ehthumbs.db", "desktop.ini", "Icon\r"];

/// A name without case, signs, a number at its end, and words such as `set`.
fn plain(name: &OsStr) -> String {
    let name = name.to_string_lossy().to_lowercase();
    let name: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let end = ENDS.iter().find_map(|end| name.strip_suffix(end));
    end.filter(|rest| !rest.is_empty())
        .unwrap_or(name)
        .to_owned()
}

/// Those of the names that are of a part, the one to be taken first.
pub fn of<'a>(part: Part, names: impl Iterator<Item = &'a OsString>) -> Vec<OsString> {
    let mut found: Vec<(usize, &OsString)> = names
        .filter_map(|name| Some((part.rank(name)?, name)))
        .collect();
    found.sort();
    found.into_iter().map(|(_, name)| name.clone()).collect()
}

/// Whether a name says which images are learnt from or tested on.
pub fn is_split(name: &OsStr) -> bool {
    [Part::Train, Part::Test]
        .iter()
        .any(|part| part.rank(name).is_some())
}

/// Whether a name is more likely a part's than a class's.
pub fn is_part(name: &OsStr) -> bool {
    is_split(name) || Part::Unlabelled.rank(name).is_some() || OTHERS.contains(&&*plain(name))
}

/// Whether a folder of this name belongs to a system or a program.
pub fn is_system(name: &OsStr) -> bool {
    SYSTEM.iter().any(|system| name == *system)
}

/// Whether a file of this name is a system's note of how its folder is shown.
pub fn is_litter(name: &OsStr) -> bool {
    LITTER
        .iter()
        .any(|litter| name.eq_ignore_ascii_case(litter))
}

/// Whether a name is hidden, as `.DS_Store` and `._1.jpg` are too, which macOS leaves.
pub fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

/// A name as it is shown: bytes that are no text as `\xe9`, so that two names never look the same.
pub fn shown(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

/// A path below the data set's folder, as it is shown.
pub fn relative(root: &Path, path: &Path) -> String {
    shown(path.strip_prefix(root).unwrap_or(path).as_os_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_known_by_their_common_names() {
        let named = |name: &str| {
            let is = |part: &Part| part.rank(OsStr::new(name)).is_some();
            [Part::Train, Part::Test, Part::Unlabelled]
                .into_iter()
                .find(is)
        };
        for name in [
            "train",
            "Train",
            "TRAINING",
            "training_set",
            "train-set",
            "train2017",
        ] {
            assert_eq!(named(name), Some(Part::Train), "{name}");
        }
        for name in [
            "Test",
            "testing",
            "test_set",
            "Val",
            "valid",
            "validation",
            "test1",
            "eval",
        ] {
            assert_eq!(named(name), Some(Part::Test), "{name}");
        }
        assert_eq!(named("Unlabelled"), Some(Part::Unlabelled));
        for name in ["trains", "cat", "tester", "set", "3"] {
            assert_eq!(named(name), None, "{name}");
        }
        for name in ["fold1", "part_02", "images", "Labels"] {
            assert!(is_part(OsStr::new(name)), "{name}");
        }
        assert!(!is_part(OsStr::new("cat")) && !is_part(OsStr::new("0")));
    }
}
