//! What of a folder is no part of its data set: every file that is left out, by the reason.

use super::decode::KINDS;
use std::collections::BTreeMap;
use std::fmt::Write;

/// How many of many names a note gives.
const NAMED: usize = 3;
/// How many of many endings a note gives.
const ENDINGS: usize = 5;

/// Why a file or folder is left out. In the order of the notes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Its name ends so, without the dot, and no image's does.
    Ending(String),
    /// A folder that the system or a program keeps for itself.
    System,
    /// A link that leads nowhere, or round in a circle.
    Link,
    /// Neither a file nor a folder.
    Special,
    /// It may not be read.
    Unreadable,
    /// A folder without images.
    Empty,
    /// A folder beside the training images that is neither for tests nor without labels.
    Beside,
    /// An image beside the folders of classes.
    Loose,
    /// An image that can't be read, or is too large; with the reason.
    Damaged,
}

/// What is left out.
#[derive(Clone, Debug, Default)]
pub struct LeftOut(BTreeMap<Reason, Vec<String>>);

impl LeftOut {
    /// Leaves out one more.
    pub fn add(&mut self, reason: Reason, name: String) {
        self.0.entry(reason).or_default().push(name);
    }

    /// Leaves out what another look left out, too.
    pub fn extend(&mut self, other: Self) {
        for (reason, names) in other.0 {
            self.0.entry(reason).or_default().extend(names);
        }
    }

    /// Every name with its reason.
    pub fn all(&self) -> impl Iterator<Item = (&Reason, &str)> {
        self.0
            .iter()
            .flat_map(|(reason, names)| names.iter().map(move |name| (reason, name.as_str())))
    }

    /// A sentence for each reason.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let others = self
            .0
            .iter()
            .filter(|(reason, _)| !matches!(reason, Reason::Ending(_)));
        let others = others.map(|(reason, names)| reason.note(names));
        self.endings().into_iter().chain(others).collect()
    }

    /// One sentence for all endings, the commonest first.
    fn endings(&self) -> Option<String> {
        let mut endings: Vec<(usize, &str)> = Vec::new();
        for (reason, names) in &self.0 {
            if let Reason::Ending(ending) = reason {
                endings.push((names.len(), ending));
            }
        }
        endings.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let mut said = String::new();
        for (count, ending) in endings.iter().take(ENDINGS) {
            let dot = if ending.is_empty() {
                "without an ending"
            } else {
                "."
            };
            let _ = write!(
                said,
                "{}{count} {dot}{ending}",
                if said.is_empty() { "" } else { ", " }
            );
        }
        let more: usize = endings.iter().skip(ENDINGS).map(|(count, _)| count).sum();
        if more > 0 {
            let _ = write!(said, " and {more} other");
        }
        (!said.is_empty()).then(|| format!("files not read: {said} ({KINDS} are)"))
    }
}

impl Reason {
    /// Its sentence.
    fn note(&self, names: &[String]) -> String {
        let many = |one: &str, more: &str| {
            let count = names.len();
            format!("{count} {}", if count == 1 { one } else { more })
        };
        let what = match self {
            Self::Ending(_) => many("file isn't read", "files aren't read"),
            Self::System => many(
                "folder of the system is left out",
                "folders of the system are left out",
            ),
            Self::Link => many(
                "link leads nowhere or round in a circle and is left out",
                "links lead nowhere or round in a circle and are left out",
            ),
            Self::Special => many(
                "pipe or device is left out",
                "pipes or devices are left out",
            ),
            Self::Unreadable => many(
                "file or folder can't be opened and is left out",
                "files and folders can't be opened and are left out",
            ),
            Self::Empty => many(
                "folder holds no images and is left out",
                "folders hold no images and are left out",
            ),
            Self::Beside => many(
                "folder beside the training images isn't used",
                "folders beside the training images aren't used",
            ),
            Self::Loose => many(
                "image is in no class folder and is left out",
                "images are in no class folder and are left out",
            ),
            Self::Damaged => many("unreadable image skipped", "unreadable images skipped"),
        };
        format!("{what}: {}", listed(names))
    }

    /// The reason in a few words, for a list of single files.
    #[must_use]
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Ending(_) => "isn't read (jpg, png, webp, bmp, gif and tif are)",
            Self::System => "belongs to the system",
            Self::Link => "is a link that leads nowhere or round in a circle",
            Self::Special => "is a pipe or a device",
            Self::Unreadable => "can't be opened",
            Self::Empty => "holds no images",
            Self::Beside => "is beside the training images",
            Self::Loose => "is in no class folder",
            Self::Damaged => "can't be read",
        }
    }
}

/// A few of the names, and how many more there are.
pub fn listed(names: &[String]) -> String {
    let shown = names[..names.len().min(NAMED)].join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
