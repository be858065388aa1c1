//! Experiment files: reading `.ron` with errors that name file, line and column, and writing it.

use super::Experiment;
use super::file_errors::diagnose;
use super::kind::{Kind, kind};
use super::ron_errors;
use crate::disk::untrusted::{self, Links};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Files larger than this are not experiments.
const LARGEST: u64 = 1 << 20;

/// Why an experiment file can't be used: a sentence that names the place.
#[derive(Debug, Error)]
pub enum FileError {
    /// The file can't be read or written.
    #[error("{}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What stood in the way.
        why: String,
    },
    /// The file's text isn't an experiment; a line for each fault.
    #[error("{}", .0.join("\n"))]
    Invalid(Vec<String>),
}

impl FileError {
    /// A fault at a line and column, both from 1; `file` is what the user called it.
    #[must_use]
    pub fn at(file: &str, (line, column): (usize, usize), why: &str) -> Self {
        Self::Invalid(vec![fault(file, (line, column), why)])
    }

    /// That the file is of another kind than was wanted.
    #[must_use]
    pub fn other(file: &str, kind: Kind) -> Self {
        Self::Invalid(vec![format!("{file}: {}", kind.instead())])
    }

    /// Its sentences, one for each fault.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        match self {
            Self::Invalid(faults) => faults.clone(),
            Self::Unreadable { .. } => vec![self.to_string()],
        }
    }

    /// In one line: the first fault, and how many there are.
    #[must_use]
    pub fn in_a_line(&self) -> String {
        let sentences = self.sentences();
        match &sentences[..] {
            [first, rest @ ..] if !rest.is_empty() => format!("{first}; {} more", rest.len()),
            _ => sentences.concat(),
        }
    }
}

/// A sentence on a place of a file.
#[must_use]
pub fn fault(file: &str, (line, column): (usize, usize), why: &str) -> String {
    format!("{file}:{line}:{column}: {why}")
}

/// Reads an experiment file that the user named.
///
/// # Errors
/// A sentence with the file, and line and column where the text is wrong.
pub fn load(path: &Path) -> Result<Experiment, FileError> {
    parse(&read(path)?, &path.display().to_string())
}

/// Reads the experiment of a run, which lies in its folder.
///
/// # Errors
/// As [`load`], and where it is a link or no regular file.
pub fn stored(path: &Path) -> Result<Experiment, FileError> {
    let bytes = untrusted::read(path, Links::Refuse, LARGEST);
    parse(&text(path, bytes)?, &path.display().to_string())
}

/// Reads the text of an experiment file that the user named, for [`parse`] and for keeping its comments when it is saved
/// again.
///
/// # Errors
/// A sentence with the file, and with line and column where it isn't text.
pub fn read(path: &Path) -> Result<String, FileError> {
    text(path, untrusted::named(path, LARGEST))
}

fn text(path: &Path, bytes: std::io::Result<Vec<u8>>) -> Result<String, FileError> {
    let bytes = bytes.map_err(|e| FileError::Unreadable {
        path: path.to_owned(),
        why: io_sentence(&e),
    })?;
    String::from_utf8(bytes).map_err(|e| {
        let bytes = e.as_bytes();
        let valid = String::from_utf8_lossy(&bytes[..e.utf8_error().valid_up_to()]);
        let what = match bytes {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "this file is UTF-16",
            _ => "this byte isn't UTF-8 text",
        };
        let why = format!("{what}; save the file as UTF-8");
        invalid(&path.display().to_string(), &valid, &why)
    })
}

/// Reads an experiment from text; `file` is what errors call it.
///
/// # Errors
/// A sentence with line and column for each name and value that is wrong; for a text of no such structure, one.
pub fn parse(text: &str, file: &str) -> Result<Experiment, FileError> {
    // Some editors begin a file with a mark that is no text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let read = ron::Options::default()
        .with_recursion_limit(64)
        .from_str::<Experiment>(text);
    read.map_err(|e| {
        if text.trim().is_empty() {
            let why = "the file is empty; the smallest experiment is ()";
            return invalid(file, "", why);
        }
        if let Some(sweep @ Kind::Sweep) = kind(text) {
            return FileError::other(file, sweep);
        }
        let letters = ron_errors::letters(text, &e).map(|known| vec![known]);
        let faults = letters.unwrap_or_else(|| diagnose(text));
        let known = faults.iter();
        let known = known.map(|(at, why)| fault(file, position(&text[..*at]), why));
        let mut faults: Vec<String> = known.collect();
        if faults.is_empty() {
            let (at, why) = ron_errors::explain(text, &e);
            faults.push(fault(file, position(&text[..at]), &why));
        }
        FileError::Invalid(faults)
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

/// A fault right after `before`.
#[must_use]
pub fn invalid(file: &str, before: &str, why: &str) -> FileError {
    FileError::at(file, position(before), why)
}

fn io_sentence(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        _ => error.to_string(),
    }
}

/// Line and column, from 1, of the end of `text`.
#[must_use]
pub fn position(text: &str) -> (usize, usize) {
    let line = text.matches('\n').count() + 1;
    let column = text.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}
