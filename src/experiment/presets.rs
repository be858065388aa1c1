//! The experiments that ship: embedded, so that the binary needs no file beside it.

use super::{Experiment, FileError, parse};
use std::sync::LazyLock;

/// One shipped experiment.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Its name, that of its file without the ending.
    pub name: &'static str,
    /// One line on what it is for: the file's first comment.
    pub about: &'static str,
    /// The text of its `.ron` file, comments and all.
    pub text: &'static str,
}

macro_rules! presets {
    ($($name:literal),+ $(,)?) => {
        &[$( Preset::new($name, include_str!(concat!("../../experiments/", $name, ".ron"))) ),+]
    };
}

/// Every shipped experiment; the first is the one that the workbench opens with.
pub const PRESETS: &[Preset] = presets![
    "quick",
    "crop-only",
    "colour-only",
    "cifar10-small",
    "cifar10-dkobak-100",
    "cifar10-dkobak-1000",
    "cifar10-lightly",
    "cifar10-google",
    "cifar10-4096",
];

impl Preset {
    const fn new(name: &'static str, text: &'static str) -> Self {
        Self {
            name,
            about: first_comment(text),
            text,
        }
    }

    /// What its text says.
    ///
    /// # Errors
    /// A sentence with the place; none of those that ship has one.
    pub fn experiment(&self) -> Result<Experiment, FileError> {
        parse(self.text, self.name)
    }
}

/// The shipped experiment with this name, read once.
#[must_use]
pub fn known(name: &str) -> Option<&'static Experiment> {
    static READ: LazyLock<Vec<Option<Experiment>>> =
        LazyLock::new(|| PRESETS.iter().map(|p| p.experiment().ok()).collect());
    let nth = PRESETS.iter().position(|p| p.name == name)?;
    READ[nth].as_ref()
}

/// The preset with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|p| p.name == name)
}

/// The first line of a file that begins with `// `, without the slashes.
const fn first_comment(text: &'static str) -> &'static str {
    let bytes = text.as_bytes();
    let mut end = 0;
    while end < bytes.len() && bytes[end] != b'\n' {
        end += 1;
    }
    let (line, _) = text.split_at(end);
    if end < 3 { "" } else { line.split_at(3).1 }
}
