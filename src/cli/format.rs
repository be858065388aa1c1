//! In which form a command prints: for people, or as JSON, CSV or Markdown for what comes next.

use super::output::Screen;
pub use crate::export::csv::{markdown, number, value};
use crate::text::shown;

use crate::export::csv;
use std::io;

/// At most one of the forms
#[derive(Clone, Copy, Debug, Default, clap::Args)]
#[group(multiple = false)]
pub struct Format {
    /// Prints JSON, as docs/json.md describes it
    #[arg(long)]
    pub json: bool,
    /// Prints CSV with all digits, as docs/tables.md describes it
    #[arg(long)]
    pub csv: bool,
    /// Prints Markdown
    #[arg(long)]
    pub markdown: bool,
}

/// Prints one record of CSV, quoted as RFC 4180 has it.
pub fn record<T: AsRef<str>>(out: &mut Screen, fields: &[T]) -> io::Result<()> {
    out.line(&csv::record(
        fields.iter().map(|field| shown(field.as_ref())),
    ))
}
