//! What differs between the experiment that is open and another, side by side.

use super::files;
use super::form::Form;
use crate::experiment::Experiment;
use crate::experiment::presets;
use crate::hparam::Value;
use crate::runs;
use crate::text::{self, fit};
use crate::ui::intent::Page;
use crate::ui::shared::Shared;

/// Cells of a value.
const ROOM: usize = 24;

/// What differs from the experiment of this name: a file, a preset or a run; from what was loaded where there is none.
///
/// # Errors
/// A sentence, where there is no such experiment.
pub fn page(form: &Form, name: &str, shared: &Shared) -> Result<Page, String> {
    let name = name.trim();
    let (other, title) = match name {
        "" => (form.loaded.clone(), "as loaded"),
        _ => (named(name, shared)?, name),
    };
    let differences = Experiment::differences(&[&form.experiment, &other]);
    if differences.is_empty() {
        return Err("no hyperparameter differs".to_owned());
    }
    let paths = differences.iter().map(|d| text::width(&d.path));
    let widths = (paths.max().unwrap_or(0), ROOM);
    let title = fit::shorten_start(title, ROOM);
    let mut lines = vec![line("", "open here", &title, widths)];
    lines.extend(differences.iter().map(|difference| {
        let [here, there] = [0, 1].map(|nth| shown(&difference.values[nth]));
        line(&difference.path, &here, &there, widths)
    }));
    let title = match differences.len() {
        1 => "1 difference".to_owned(),
        n => format!("{n} differences"),
    };
    Ok(Page { title, lines })
}

fn line(path: &str, here: &str, there: &str, (paths, values): (usize, usize)) -> String {
    let (path, here) = (fit::left(path, paths), fit::left(here, values));
    format!("{path}  {here}  {there}")
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.is_empty() {
        return "–".to_owned();
    }
    fit::shorten_start(&text, ROOM)
}

fn named(name: &str, shared: &Shared) -> Result<Experiment, String> {
    match files::open(name) {
        Ok(form) => return Ok(form.experiment),
        // What is there and wrong is said; what isn't may be a preset or a run.
        Err(error) if crate::disk::path::typed(name).exists() => return Err(error.in_a_line()),
        Err(_) => {}
    }
    if let Some(preset) = presets::find(name) {
        return preset.experiment().map_err(|e| e.in_a_line());
    }
    let run = runs::find(&shared.listing.dir, name)
        .map_err(|_| format!("{name}: there is no such file, preset or run"))?;
    let why = format!("{name}: its experiment can't be read");
    run.experiment.ok_or(why)
}
