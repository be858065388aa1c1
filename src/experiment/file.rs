//! Experiment files: reading `.ron` with errors that name file, line and column, and writing it.

use super::Experiment;
use crate::hparam::nearest;
use ron::error::SpannedError;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Files larger than this are not experiments.
const LARGEST: u64 = 1 << 20;

/// Why an experiment file can't be used: a sentence that names the place.
#[derive(Debug, Error)]
pub enum FileError {
    /// The file can't be read.
    #[error("{}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What stood in the way.
        why: String,
    },
    /// The file's text isn't an experiment.
    #[error("{file}:{line}:{column}: {why}")]
    Invalid {
        /// The file, as the user named it.
        file: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What is wrong there, and what would be right.
        why: String,
    },
}

/// Reads an experiment file.
///
/// # Errors
/// A sentence with the file, and line and column where the text is wrong.
pub fn load(path: &Path) -> Result<Experiment, FileError> {
    let unreadable = |why: String| FileError::Unreadable {
        path: path.to_owned(),
        why,
    };
    let meta = std::fs::metadata(path).map_err(|e| unreadable(io_sentence(&e)))?;
    if meta.is_dir() {
        return Err(unreadable("is a folder, not an experiment file".to_owned()));
    }
    if meta.len() > LARGEST {
        let why = format!(
            "is {} bytes long; an experiment file has at most {LARGEST}",
            meta.len()
        );
        return Err(unreadable(why));
    }
    let bytes = std::fs::read(path).map_err(|e| unreadable(io_sentence(&e)))?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let (line, column) = position(&String::from_utf8_lossy(&e.as_bytes()[..at]));
        let why = "this byte isn't UTF-8 text; save the file as UTF-8".to_owned();
        FileError::Invalid {
            file: path.display().to_string(),
            line,
            column,
            why,
        }
    })?;
    parse(&text, &path.display().to_string())
}

/// Reads an experiment from text; `file` is what errors call it.
///
/// # Errors
/// A sentence with line and column.
pub fn parse(text: &str, file: &str) -> Result<Experiment, FileError> {
    ron::Options::default()
        .without_recursion_limit()
        .with_recursion_limit(64)
        .from_str::<Experiment>(text)
        .map_err(|e| FileError::Invalid {
            file: file.to_owned(),
            line: e.span.start.line.max(1),
            column: e.span.start.col.max(1),
            why: sentence(&e),
        })
}

/// The experiment as complete `.ron` text.
#[must_use]
pub fn to_text(experiment: &Experiment) -> String {
    let config = ron::ser::PrettyConfig::new()
        .indentor("    ".to_owned())
        .struct_names(false);
    let mut text = ron::ser::to_string_pretty(experiment, config).unwrap_or_default();
    text.push('\n');
    text
}

fn sentence(error: &SpannedError) -> String {
    use ron::Error as E;
    match &error.code {
        E::NoSuchStructField {
            expected, found, ..
        } => {
            let near = nearest(found, expected.iter().copied()).map_or_else(
                || format!("this group has {}", expected.join(", ")),
                |n| format!("did you mean {n}?"),
            );
            format!("there is no hyperparameter {found:?} here; {near}")
        }
        E::NoSuchEnumVariant {
            expected, found, ..
        } => {
            let near = nearest(found, expected.iter().copied())
                .map_or_else(String::new, |n| format!("; did you mean {n}?"));
            format!("{found:?} is none of {}{near}", expected.join(", "))
        }
        E::DuplicateStructField { field, .. } => format!("{field} is given twice"),
        E::TrailingCharacters => {
            "there is more text after the experiment's closing parenthesis".to_owned()
        }
        E::Eof => "the file ends before the experiment does; a closing parenthesis may be missing"
            .to_owned(),
        E::ExpectedFloat => "a number is expected here".to_owned(),
        E::ExpectedInteger => "a whole number is expected here".to_owned(),
        E::ExpectedBoolean => "true or false is expected here".to_owned(),
        E::ExpectedString => "a text in double quotes is expected here".to_owned(),
        E::ExpectedComma => {
            "a comma or a closing parenthesis is expected here; a whole number takes no fraction"
                .to_owned()
        }
        E::IntegerOutOfBounds => "this number is too large or negative".to_owned(),
        E::ExpectedStructLike | E::ExpectedNamedStructLike(_) => {
            "an opening parenthesis is expected here: a group is written (name: value, ...)"
                .to_owned()
        }
        other => other.to_string(),
    }
}

fn io_sentence(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "may not be read (permission denied)".to_owned(),
        _ => error.to_string(),
    }
}

/// Line and column, from 1, of the end of `text`.
fn position(text: &str) -> (usize, usize) {
    let line = text.matches('\n').count() + 1;
    let column = text.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}
