//! The experiment being edited: its rows, the cursor, what was changed, undo and redo.

use crate::experiment::presets::Preset;
use crate::experiment::text::rewrite;
use crate::experiment::{Experiment, Objection, file};
use crate::hparam::{Field, Group, Rule, Value};
use std::path::PathBuf;

/// Where the experiment comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A shipped one, by its name and text.
    Preset(&'static str, &'static str),
    /// A file.
    File(PathBuf),
    /// A copy of a run's.
    Run(String),
    /// A case of a sweep.
    Case(String),
}

/// Changes beyond this are forgotten.
const REMEMBERED: usize = 500;

/// An experiment with its history of changes.
#[derive(Clone, Debug)]
pub struct Form {
    /// The experiment as it stands.
    pub experiment: Experiment,
    /// As it was loaded.
    pub loaded: Experiment,
    /// Where it was loaded from.
    pub origin: Origin,
    /// Its hyperparameters in order, the file's format left out.
    pub fields: Vec<Field>,
    /// The row under the cursor.
    pub cursor: usize,
    before: Vec<Field>,
    past: Vec<Experiment>,
    future: Vec<Experiment>,
    /// The hyperparameter that is being nudged: more nudges are the same change.
    nudging: Option<String>,
}

impl Form {
    /// A form for an experiment.
    #[must_use]
    pub fn new(experiment: Experiment, origin: Origin) -> Self {
        let mut form = Self {
            loaded: experiment.clone(),
            experiment,
            origin,
            fields: Vec::new(),
            cursor: 0,
            before: Vec::new(),
            past: Vec::new(),
            future: Vec::new(),
            nudging: None,
        };
        form.before = rows(&form.loaded);
        form.refresh();
        form
    }

    /// A form as it was left: its changes can be undone at once.
    #[must_use]
    pub fn resumed(loaded: Experiment, edited: Experiment, origin: Origin) -> Self {
        let mut form = Self::new(loaded, origin);
        form.past
            .push(std::mem::replace(&mut form.experiment, edited));
        form.refresh();
        form
    }

    /// A form for a shipped experiment; one that can't be read gives the defaults.
    #[must_use]
    pub fn of_preset(preset: &Preset) -> Self {
        let experiment = preset.experiment().unwrap_or_default();
        Self::new(experiment, Origin::Preset(preset.name, preset.text))
    }

    /// The row under the cursor.
    #[must_use]
    pub fn field(&self) -> &Field {
        &self.fields[self.cursor.min(self.fields.len() - 1)]
    }

    /// Whether a hyperparameter is no longer as it was loaded.
    #[must_use]
    pub fn is_changed(&self, index: usize) -> bool {
        self.fields[index].value != self.before[index].value
    }

    /// Whether anything is no longer as it was loaded.
    #[must_use]
    pub fn is_edited(&self) -> bool {
        self.experiment != self.loaded
    }

    /// What is no longer as it was loaded: path, value then, value now.
    #[must_use]
    pub fn changes(&self) -> Vec<(String, String, String)> {
        let pairs = self.fields.iter().zip(&self.before);
        pairs
            .filter(|(now, then)| now.value != then.value)
            .map(|(now, then)| {
                let (then, now_value) = (then.value.to_string(), now.value.to_string());
                (now.path.clone(), then, now_value)
            })
            .collect()
    }

    /// Moves the cursor by so many rows.
    pub fn move_by(&mut self, rows: isize) {
        let last = self.fields.len() - 1;
        self.go(self.cursor.saturating_add_signed(rows).min(last));
    }

    /// Moves the cursor to a row.
    pub fn go(&mut self, row: usize) {
        self.cursor = row.min(self.fields.len() - 1);
        self.nudging = None;
    }

    /// Moves the cursor to the first row of the next group, or of this or the one before.
    pub fn move_by_group(&mut self, down: bool) {
        let group = |i: usize| self.fields[i].group;
        let starts: Vec<usize> = (0..self.fields.len())
            .filter(|i| *i == 0 || group(*i) != group(i - 1))
            .collect();
        let target = if down {
            starts.into_iter().find(|i| *i > self.cursor)
        } else {
            starts.into_iter().rfind(|i| *i < self.cursor)
        };
        self.go(target.unwrap_or(self.cursor));
    }

    /// Moves the cursor to a hyperparameter.
    pub fn go_to(&mut self, path: &str) {
        if let Some(row) = self.fields.iter().position(|f| f.path == path) {
            self.go(row);
        }
    }

    /// The rows whose path or title contains the text, the cursor's own and later ones first.
    #[must_use]
    pub fn matches(&self, text: &str) -> Vec<usize> {
        let wanted = text.trim().to_lowercase().replace(' ', "_");
        let len = self.fields.len();
        let order = (0..len).map(|i| (self.cursor + i) % len);
        let fits = |i: &usize| {
            let field = &self.fields[*i];
            let group = field.group.to_lowercase().replace(' ', "_");
            field.path.to_lowercase().contains(&wanted) || group.contains(&wanted)
        };
        order.filter(fits).collect()
    }

    /// Nudges the value under the cursor.
    pub fn nudge(&mut self, steps: i64, coarse: bool) {
        let field = self.field();
        let path = field.path.clone();
        let value = field.param.rule.nudge(&field.value, steps, coarse);
        let goes_on = self.nudging.as_deref() == Some(&path);
        self.set(&path, &value, goes_on);
        self.nudging = Some(path);
    }

    /// Sets the value under the cursor to what was typed.
    ///
    /// # Errors
    /// A sentence that says what it takes.
    pub fn enter(&mut self, text: &str) -> Result<(), String> {
        let field = self.field();
        let value = field.param.parse(text)?;
        let path = field.path.clone();
        self.set(&path, &value, false);
        Ok(())
    }

    /// Sets the value under the cursor to its declared default.
    pub fn to_default(&mut self) {
        let path = self.field().path.clone();
        if let Some(value) = Experiment::default().get(&path) {
            self.set(&path, &value, false);
        }
    }

    /// Sets the value under the cursor to what was loaded.
    pub fn to_loaded(&mut self) {
        let before = self.before[self.cursor].clone();
        self.set(&before.path, &before.value, false);
    }

    /// The declared default of the hyperparameter under the cursor.
    #[must_use]
    pub fn default_here(&self) -> Option<Value> {
        Experiment::default().get(&self.field().path)
    }

    /// Takes back the last change; whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(earlier) = self.past.pop() else {
            return false;
        };
        let later = std::mem::replace(&mut self.experiment, earlier);
        self.show_change(&later);
        self.future.push(later);
        true
    }

    /// Makes the last change that was taken back again; whether there was one.
    pub fn redo(&mut self) -> bool {
        let Some(later) = self.future.pop() else {
            return false;
        };
        let earlier = std::mem::replace(&mut self.experiment, later);
        self.show_change(&earlier);
        self.past.push(earlier);
        true
    }

    /// Why it can't be trained, the data set's size considered where it is known.
    #[must_use]
    pub fn objections(&self, train_images: Option<usize>) -> Vec<Objection> {
        let mut objections = self.experiment.objections();
        if let Some(images) = train_images {
            objections.extend(self.experiment.objections_to(images, images));
        }
        objections
    }

    /// Takes what is on screen as saved in this file.
    pub fn saved(&mut self, path: PathBuf) {
        self.origin = Origin::File(path);
        self.loaded = self.experiment.clone();
        self.before = rows(&self.loaded);
    }

    /// Its text for a file: one that comes from a file keeps the comments there, and a shipped one that was not changed its own.
    #[must_use]
    pub fn to_text(&self) -> String {
        let text = match &self.origin {
            Origin::Preset(_, text) if !self.is_edited() => Some((*text).to_owned()),
            Origin::File(path) => file::read(path).ok(),
            _ => None,
        };
        let kept = text.and_then(|text| rewrite(&text, &self.experiment));
        kept.unwrap_or_else(|| file::to_text(&self.experiment))
    }

    fn set(&mut self, path: &str, value: &Value, goes_on: bool) {
        let before = self.experiment.clone();
        if self.experiment.set_at(path, value).is_err() || self.experiment == before {
            return;
        }
        if !goes_on {
            self.past.push(before);
            let excess = self.past.len().saturating_sub(REMEMBERED);
            self.past.drain(..excess);
        }
        self.future.clear();
        self.nudging = None;
        self.refresh();
    }

    /// Puts the cursor where the experiment differs from another.
    fn show_change(&mut self, other: &Experiment) {
        self.refresh();
        self.nudging = None;
        let others = rows(other);
        let pairs = self.fields.iter().zip(&others);
        if let Some(row) = pairs.map(|(a, b)| a.value != b.value).position(|d| d) {
            self.go(row);
        }
    }

    fn refresh(&mut self) {
        self.fields = rows(&self.experiment);
    }
}

fn rows(experiment: &Experiment) -> Vec<Field> {
    let mut fields = experiment.fields();
    fields.retain(|f| !matches!(f.param.rule, Rule::Format { .. }));
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::presets::PRESETS;

    fn form() -> Form {
        Form::of_preset(&PRESETS[0])
    }

    #[test]
    fn nudges_in_a_row_are_one_change() {
        let mut form = form();
        form.go_to("loss.temperature");
        form.nudge(1, false);
        form.nudge(1, false);
        assert_eq!(form.field().value, Value::Float(0.3));
        assert!(form.is_changed(form.cursor) && form.is_edited());
        form.go(0);
        assert!(form.undo());
        assert_eq!(form.experiment, form.loaded);
        assert_eq!(
            form.field().path,
            "loss.temperature",
            "the cursor shows what changed"
        );
        assert!(form.redo() && !form.redo());
        assert_eq!(form.field().value, Value::Float(0.3));
    }

    #[test]
    fn what_is_typed_is_checked() {
        let mut form = form();
        form.go_to("train.batch");
        assert!(form.enter("lots").is_err_and(|e| e.contains("batch takes")));
        assert_eq!(form.enter("256"), Ok(()));
        form.to_loaded();
        assert_eq!(form.field().value, Value::Whole(128));
        form.to_default();
        assert_eq!(form.field().value, Value::Whole(512));
    }

    #[test]
    fn an_unchanged_preset_is_saved_with_its_comments() {
        let mut form = form();
        assert!(form.to_text().starts_with("// "));
        form.nudge(1, false);
        form.go_to("train.epochs");
        form.nudge(1, false);
        assert!(!form.to_text().contains("//"));
    }

    #[test]
    fn a_search_starts_at_the_cursor() {
        let mut form = form();
        let all = form.matches("area min");
        assert_eq!(form.fields[all[0]].path, "augment.crop.area_min");
        form.go_to("loss.temperature");
        let all = form.matches("temperature");
        assert_eq!(form.fields[all[0]].path, "loss.temperature");
        assert_eq!(form.fields[all[1]].path, "knn.temperature");
    }
}
