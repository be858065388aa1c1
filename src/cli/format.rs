//! In which form a command prints: for people, or as JSON, CSV or Markdown for what comes next.

use super::output::{Screen, harmless};
pub use crate::export::csv::{number, value};

use crate::export::csv;
use std::io;

/// At most one of the forms
#[derive(Clone, Copy, Debug, clap::Args)]
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
    let terminal = out.terminal;
    // Nothing that is only looked at may steer the terminal; a file gets every character.
    let fields = fields.iter().map(|field| {
        let field = field.as_ref();
        if terminal {
            harmless(field)
        } else {
            field.to_owned()
        }
    });
    out.line(&csv::record(fields))
}

/// A text as a cell of a Markdown table that may be looked at in a terminal.
pub fn markdown(text: &str) -> String {
    csv::markdown(&harmless(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_keeps_its_columns() {
        assert_eq!(markdown("a|b\\c\n*d* <e>"), "a\\|b\\\\c \\*d\\* \\<e>");
    }
}
