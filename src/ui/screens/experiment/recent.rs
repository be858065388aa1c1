//! Experiment files that were opened or saved before: offered where the path of one is typed.

use std::path::PathBuf;

/// Rows of them that are shown.
pub const MOST: usize = 8;

/// Files among them where there are other names too.
const FEW: usize = 2;

/// Files that were opened before.
#[derive(Debug, Default)]
pub struct Recent {
    /// All that are remembered, newest first.
    files: Vec<PathBuf>,
    /// Those that were there when a path was asked for.
    there: Vec<String>,
}

impl Recent {
    /// Knows these, newest first.
    pub fn know(&mut self, files: &[PathBuf]) {
        files.clone_into(&mut self.files);
    }

    /// Looks which of them are there.
    pub fn look(&mut self) {
        let there = self.files.iter().filter(|file| file.is_file());
        let there = there.map(|file| file.display().to_string());
        self.there = there.take(MOST).collect();
    }

    /// Offers other names too, behind the newest files.
    pub fn offer(&mut self, others: impl Iterator<Item = String>) {
        self.there.truncate(FEW);
        let room = MOST - self.there.len();
        self.there.extend(others.take(room));
    }

    /// Those that are there.
    pub fn there(&self) -> &[String] {
        &self.there
    }

    /// The one before or after this text; past an end, none.
    pub fn beside(&self, text: &str, forward: bool) -> Option<&str> {
        let at = self.there.iter().position(|file| file == text);
        let next = match (at, forward) {
            (None, true) => 0,
            (None, false) => self.there.len().checked_sub(1)?,
            (Some(at), true) => at + 1,
            (Some(at), false) => at.checked_sub(1)?,
        };
        self.there.get(next).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_is_left_out_and_the_rest_is_stepped_through() {
        let folder = tempfile::tempdir().unwrap();
        let [a, gone, b] = ["a.ron", "gone.ron", "b.ron"].map(|name| folder.path().join(name));
        for file in [&a, &b] {
            std::fs::write(file, "()").unwrap();
        }
        let mut recent = Recent::default();
        recent.know(&[a.clone(), gone, b.clone()]);
        recent.look();
        let [a, b] = [a, b].map(|file| file.display().to_string());
        assert_eq!(recent.there(), [a.clone(), b.clone()]);
        assert_eq!(recent.beside("", true), Some(&*a));
        assert_eq!(recent.beside(&a, true), Some(&*b));
        assert_eq!(recent.beside(&b, true), None);
        assert_eq!(recent.beside(&b, false), Some(&*a));
        assert_eq!(recent.beside("typed", false), Some(&*b));
        let others = (0..20).map(|nth| nth.to_string());
        recent.offer(others);
        assert_eq!(recent.there().len(), MOST);
        assert_eq!(recent.beside(&b, true), Some("0"));
    }
}
