//! Paths as users write them and as they are told.

use super::untrusted;
use std::path::{Path, PathBuf};

/// Entries of a folder that are looked at to complete a name.
const LOOKED_AT: usize = 10_000;

/// The path that a user typed, `~` being home.
#[must_use]
pub fn typed(text: &str) -> PathBuf {
    PathBuf::from(shellexpand::tilde(text.trim()).as_ref())
}

/// The path with all its folders, or as it is where these aren't known.
#[must_use]
pub fn whole(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Where the last part of a path that is being typed begins, and the names that it may become, those of folders with a slash.
/// Hidden ones come where the part begins with a dot.
#[must_use]
pub fn completions(before: &str) -> (usize, Vec<String>) {
    let start = before.rfind('/').map_or(0, |at| at + 1);
    let (folder, part) = before.split_at(start);
    let folder = if folder.is_empty() {
        Path::new(".").to_owned()
    } else {
        typed(folder)
    };
    let entries = untrusted::entries(&folder).into_iter().flatten().flatten();
    let named = entries.take(LOOKED_AT).filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let hidden = name.starts_with('.') && !part.starts_with('.');
        let slash = if entry.path().is_dir() { "/" } else { "" };
        (name.starts_with(part) && !hidden).then(|| name + slash)
    });
    let mut names: Vec<String> = named.collect();
    names.sort();
    (start, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_of_a_path_is_completed() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("cifar-10")).unwrap();
        for file in ["cifar.ron", "crop.ron", ".hidden"] {
            std::fs::write(dir.path().join(file), "").unwrap();
        }
        let begun = |part: &str| {
            let typed = format!("{}/{part}", dir.path().display());
            let (start, names) = completions(&typed);
            assert_eq!(&typed[start..], part);
            names
        };
        assert_eq!(begun("ci"), ["cifar-10/", "cifar.ron"]);
        assert_eq!(begun(""), ["cifar-10/", "cifar.ron", "crop.ron"]);
        assert_eq!(begun(".h"), [".hidden"]);
        assert!(begun("x").is_empty());
        assert!(completions("/nowhere/at/all/x").1.is_empty());
    }
}
