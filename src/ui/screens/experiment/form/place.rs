//! A line of the form, and where the cursor stands.

use super::super::sections::SECTIONS;
use std::cell::Cell;

/// A line of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// The heading of a section.
    Heading(usize),
    /// A hyperparameter, by its place among all.
    Field(usize),
}

/// The cursor, and the sections that are open.
#[derive(Clone, Debug)]
pub struct Place {
    /// The row under the cursor.
    pub at: Row,
    /// Whether a section is open, where the user said so; else where there is room.
    pub(super) open: [Option<bool>; SECTIONS.len()],
    /// Lines that the last frame had.
    pub(super) room: Cell<usize>,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            at: Row::Field(0),
            open: [None; SECTIONS.len()],
            room: Cell::new(0),
        }
    }
}
