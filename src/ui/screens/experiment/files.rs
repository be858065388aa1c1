//! Opening and saving experiment files from the editor.

use super::form::{Form, Origin};
use crate::disk::path;
use crate::disk::write_whole;
use crate::experiment::{self, FileError};
use crate::text::fit;
use crate::ui::intent::Page;
use std::path::{Path, PathBuf};

/// Cells for what is wrong with a file.
const ROOM: usize = 70;

/// The file name that saving suggests.
#[must_use]
pub fn suggestion(form: &Form) -> String {
    if let Origin::File(path) = &form.origin {
        return path.display().to_string();
    }
    let name = form.experiment.name.trim();
    let keep = |c: char| {
        if c.is_alphanumeric() || "-_.".contains(c) {
            c
        } else {
            '-'
        }
    };
    let name: String = name.chars().map(keep).collect();
    let name = name.trim_matches(['-', '.']);
    format!("{}.ron", if name.is_empty() { "untitled" } else { name })
}

/// The file that a typed name means: one without an ending gets that of experiments.
#[must_use]
pub fn named(text: &str) -> PathBuf {
    let path = path::typed(text);
    if path.is_dir() || path.file_name().is_none() || path.extension().is_some() {
        return path;
    }
    path.with_extension("ron")
}

/// Reads an experiment file into a form.
///
/// # Errors
/// What is wrong with the file, and where.
pub fn open(text: &str) -> Result<Form, FileError> {
    let path = path::typed(text);
    let experiment = experiment::load(&path)?;
    Ok(Form::new(experiment, Origin::File(path)))
}

/// All that is wrong with a text, where that is more than a line can say.
#[must_use]
pub fn faults(error: &FileError) -> Option<Page> {
    let faults = error.sentences();
    let mut lines = vec![format!("{} mistakes:", faults.len())];
    for fault in &faults {
        lines.push(String::new());
        lines.extend(fit::wrap(fault, ROOM));
    }
    let title = "this can't be read".to_owned();
    (faults.len() > 1).then_some(Page { title, lines })
}

/// Writes the experiment, whole or not at all.
///
/// # Errors
/// A sentence with the path.
pub fn save(form: &mut Form, path: &Path) -> Result<(), String> {
    let sentence = |e: std::io::Error| format!("{}: {e}", path.display());
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = parent.unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(format!("{}: there is no such folder", folder.display()));
    }
    write_whole(path, form.to_text().as_bytes()).map_err(sentence)?;
    form.saved(path.to_owned());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::presets::PRESETS;

    #[test]
    fn what_is_saved_opens_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.ron");
        let mut form = Form::of_preset(&PRESETS[0]);
        form.go_to("loss.temperature");
        form.enter("0.7").unwrap();
        save(&mut form, &path).unwrap();
        assert!(!form.is_edited());
        let back = open(&path.display().to_string()).unwrap();
        assert_eq!(back.experiment, form.experiment);
        assert_eq!(suggestion(&back), path.display().to_string());
    }

    #[test]
    fn a_file_keeps_its_comments_also_when_it_is_saved_again_or_as_another() {
        let folder = tempfile::tempdir().unwrap();
        let [path, other] = ["mine.ron", "other.ron"].map(|name| folder.path().join(name));
        let text = "// Notes.\n(loss: (temperature: 0.5)) // hot\n";
        std::fs::write(&path, text).unwrap();
        let mut form = open(&path.display().to_string()).unwrap();
        form.go_to("loss.temperature");
        for (path, value) in [(&path, "0.7"), (&path, "0.3"), (&other, "0.2")] {
            form.enter(value).unwrap();
            save(&mut form, path).unwrap();
            let wanted = text.replace("0.5", value);
            assert_eq!(std::fs::read_to_string(path).unwrap(), wanted);
        }
        std::fs::write(&other, "no experiment").unwrap();
        save(&mut form, &other).unwrap();
        let back = open(&other.display().to_string()).unwrap();
        assert_eq!(back.experiment, form.experiment);
    }

    #[test]
    fn what_cannot_be_done_is_said() {
        let mut form = Form::of_preset(&PRESETS[0]);
        let lost = Path::new("/nowhere/at/all.ron");
        assert!(save(&mut form, lost).is_err_and(|e| e.contains("no such folder")));
        assert!(open("/nowhere.ron").is_err_and(|e| e.to_string().contains("no such file")));
        for (typed, file) in [
            ("hot", "hot.ron"),
            ("hot.txt", "hot.txt"),
            ("/", "/"),
            ("", ""),
        ] {
            assert_eq!(named(typed), Path::new(file), "{typed:?}");
        }
        form.experiment.name = "a/b: c".to_owned();
        assert_eq!(suggestion(&form), "a-b--c.ron");
    }
}
