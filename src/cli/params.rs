//! `params`: every hyperparameter as a Markdown table, from the declarations.

use super::output::Screen;
use super::{Exit, Result};
use crate::experiment::catalogue;
use crate::hparam::{Field, Rule, Value};
use std::io::Write;

/// Prints every hyperparameter as a Markdown table
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn main(out: &mut Screen) -> Result {
    out.write_all(markdown().as_bytes())?;
    out.flush()?;
    Ok(Exit::Done)
}

/// The text of `docs/hyperparameters.md`.
#[must_use]
pub fn markdown() -> String {
    let mut text = "# Hyperparameters\n\n\
        What an experiment file can contain, and what `--set PATH=VALUE` takes. Whatever a file leaves out has its default.\n\
        This page is printed by `simclr-tui params`.\n\n\
        | path | default | range | what it does | source |\n\
        |---|---|---|---|---|\n"
        .to_owned();
    let fields = catalogue();
    // The format of the file is not the user's to choose.
    let tunable = fields
        .iter()
        .filter(|f| !matches!(f.param.rule, Rule::Format { .. }));
    for field in tunable {
        text.push_str(&row(field));
    }
    text
}

fn row(field: &Field) -> String {
    let param = field.param;
    let default = match &field.value {
        Value::Text(text) if text.is_empty() => "empty".to_owned(),
        value => value.to_string(),
    };
    let unit = param
        .unit
        .map_or_else(String::new, |unit| format!(" {unit}"));
    let cells = [
        format!("`{}`", field.path),
        default,
        format!("{}{unit}", param.rule.range()),
        param.help.trim().to_owned(),
        param.source.unwrap_or_default().to_owned(),
    ];
    let cells = cells.map(|cell| cell.replace('|', "\\|"));
    format!("| {} |\n", cells.join(" | "))
}
