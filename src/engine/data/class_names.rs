//! Names of classes that stand in a text file, one a line.

use crate::disk::untrusted::{self, Links};
use std::ops::Range;
use std::path::Path;

/// Bytes that such a file may have.
const TEXT: u64 = 1 << 20;

/// The names in a file, or numbers where it is missing or odd.
pub fn read(file: &Path, numbers: Range<usize>) -> Vec<String> {
    of_text(
        &untrusted::text(file, Links::Follow, TEXT).unwrap_or_default(),
        numbers,
    )
}

/// The names in a text, or numbers where there are more or fewer.
pub fn of_text(text: &str, numbers: Range<usize>) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    or_numbers(lines.map(str::to_owned).collect(), numbers)
}

/// These names, or numbers where they are more or fewer.
pub fn or_numbers(names: Vec<String>, numbers: Range<usize>) -> Vec<String> {
    if names.len() == numbers.len() {
        names
    } else {
        numbers.map(|i| i.to_string()).collect()
    }
}
