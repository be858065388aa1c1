//! What a row of a comparison holds.

/// One row of the comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    /// A heading.
    Heading(String),
    /// A hyperparameter; each value with whether it differs from the baseline's.
    Value(String, Vec<(String, bool)>),
    /// A result.
    Result(String, Vec<Cell>),
    /// Nothing.
    Space,
}

/// What stands where a run has no such value.
pub const NONE: &str = "–";

/// A result of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// As printed.
    pub value: String,
    /// Its difference to the baseline's, and whether that is better or worse where either is.
    pub by: Option<(String, Option<bool>)>,
}

impl Cell {
    /// Whether the run has such a value.
    pub fn is_known(&self) -> bool {
        self.value != NONE
    }
}
