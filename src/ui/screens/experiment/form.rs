//! The experiment being edited: its hyperparameters, what was changed, undo and redo.

mod cursor;
pub mod place;

use super::sections;
use crate::engine::data::Size;
use crate::experiment::presets::Preset;
use crate::experiment::text::rewrite;
use crate::experiment::{Experiment, Objection, file};
use crate::hparam::{Field, Group, Rule, Value};
use place::{Place, Row};
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
    /// Its hyperparameters in the order of the form, the file's format left out.
    pub fields: Vec<Field>,
    /// The cursor, and what is open.
    pub place: Place,
    /// The section of each.
    sections: Vec<usize>,
    before: Vec<Field>,
    usual: Vec<Field>,
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
            place: Place::default(),
            sections: Vec::new(),
            before: Vec::new(),
            usual: rows(&Experiment::default()),
            past: Vec::new(),
            future: Vec::new(),
            nudging: None,
        };
        form.before = rows(&form.loaded);
        form.sections = form.before.iter().map(|f| sections::of(&f.path)).collect();
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

    /// Whether a hyperparameter is no longer as it was loaded.
    #[must_use]
    pub fn is_changed(&self, index: usize) -> bool {
        self.fields[index].value != self.before[index].value
    }

    /// Whether a hyperparameter has its declared default.
    #[must_use]
    pub fn is_usual(&self, index: usize) -> bool {
        self.fields[index].value == self.usual[index].value
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

    /// Nudges the value under the cursor.
    pub fn nudge(&mut self, steps: i64, coarse: bool) {
        let Some(field) = self.field() else {
            return;
        };
        let path = field.path.clone();
        let value = field.param.rule.nudge(&field.value, steps, coarse);
        let goes_on = self.nudging.as_deref() == Some(&path);
        self.set(&path, &value, goes_on);
        self.nudging = Some(path);
    }

    /// Sets the value under the cursor to that at a share of its slider.
    pub fn slide(&mut self, share: f64) {
        let Some(field) = self.field() else {
            return;
        };
        let path = field.path.clone();
        let value = field.param.rule.at_share(&field.value, share);
        let goes_on = self.nudging.as_deref() == Some(&path);
        self.set(&path, &value, goes_on);
        self.nudging = Some(path);
    }

    /// Sets the value under the cursor to what was typed.
    ///
    /// # Errors
    /// A sentence that says what it takes.
    pub fn enter(&mut self, text: &str) -> Result<(), String> {
        let field = self.field().ok_or("a heading takes no value")?;
        let value = field.param.parse(text)?;
        let path = field.path.clone();
        self.set(&path, &value, false);
        Ok(())
    }

    /// Sets the value under the cursor to its declared default.
    pub fn to_default(&mut self) {
        if let Row::Field(nth) = self.place.at {
            let usual = self.usual[nth].clone();
            self.set(&usual.path, &usual.value, false);
        }
    }

    /// Sets the value under the cursor to what was loaded.
    pub fn to_loaded(&mut self) {
        if let Row::Field(nth) = self.place.at {
            let before = self.before[nth].clone();
            self.set(&before.path, &before.value, false);
        }
    }

    /// The declared default of the hyperparameter under the cursor.
    #[must_use]
    pub fn default_here(&self) -> Option<&Value> {
        match self.place.at {
            Row::Field(nth) => Some(&self.usual[nth].value),
            Row::Heading(_) => None,
        }
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
    pub fn objections(&self, size: Option<Size>) -> Vec<Objection> {
        let mut all = self.experiment.objections_with(size);
        // As much of the training as it was.
        let share = self.experiment.fitting_warmup(&self.loaded);
        for objection in all.iter_mut().filter(|o| o.path == "train.warmup") {
            objection.fits = share.map(Value::Float).or(objection.fits.take());
        }
        all
    }

    /// Sets all that objections name a fitting value for, as one change; tells what was set, such as `batch 256`.
    pub fn fit(&mut self, objections: &[Objection]) -> Vec<String> {
        let mut fitting = self.experiment.clone();
        let mut set = Vec::new();
        for objection in objections {
            if let Some(value) = &objection.fits
                && fitting.set_at(objection.path, value).is_ok()
            {
                let name = objection.path.rsplit('.').next().unwrap_or_default();
                set.push(format!("{} {value}", name.replace('_', " ")));
            }
        }
        self.change(fitting, false);
        set
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
        let mut experiment = self.experiment.clone();
        if experiment.set_at(path, value).is_ok() {
            self.change(experiment, goes_on);
        }
    }

    /// Takes another experiment as one change.
    pub fn take(&mut self, experiment: Experiment) {
        self.change(experiment, false);
    }

    /// Takes another experiment; where it goes on with the last change, both are one.
    fn change(&mut self, experiment: Experiment, goes_on: bool) {
        if experiment == self.experiment {
            return;
        }
        let before = std::mem::replace(&mut self.experiment, experiment);
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
    sections::sort(&mut fields);
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
    fn a_warm_up_that_is_too_long_keeps_its_share_of_the_training() {
        let mut form = Form::of_preset(&PRESETS[0]);
        let share = form.loaded.train.warmup / form.loaded.train.epochs as f64;
        form.set("train.epochs", &Value::Whole(1), false);
        let told = form.fit(&form.objections(None));
        let warmup = form.experiment.train.warmup;
        assert!(
            (warmup - share).abs() < 1e-3,
            "{warmup} of {share}: {told:?}"
        );
        form.experiment.check().unwrap();
    }

    #[test]
    fn nudges_in_a_row_are_one_change() {
        let mut form = form();
        form.go_to("loss.temperature");
        form.nudge(1, false);
        form.nudge(1, false);
        assert_eq!(form.nearest_field().value, Value::Float(0.3));
        assert!(form.is_changed(0) && form.is_edited());
        form.go(1);
        assert!(form.undo());
        assert_eq!(form.experiment, form.loaded);
        assert_eq!(
            form.nearest_field().path,
            "loss.temperature",
            "the cursor shows what changed"
        );
        assert!(form.redo() && !form.redo());
        assert_eq!(form.nearest_field().value, Value::Float(0.3));
    }

    #[test]
    fn what_is_typed_is_checked() {
        let mut form = form();
        form.go_to("train.batch");
        assert!(form.enter("lots").is_err_and(|e| e.contains("batch takes")));
        assert_eq!(form.enter("256"), Ok(()));
        form.to_loaded();
        assert_eq!(form.nearest_field().value, Value::Whole(128));
        form.to_default();
        assert_eq!(form.nearest_field().value, Value::Whole(512));
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
        // The beginnings of words, in any order.
        for text in ["jitter p", "p jit", "jitter.p"] {
            let all = form.matches(text);
            let paths: Vec<&str> = all
                .iter()
                .map(|nth| form.fields[*nth].path.as_str())
                .collect();
            assert_eq!(
                paths.first(),
                Some(&"augment.jitter.p"),
                "{text}: {paths:?}"
            );
        }
        assert!(form.matches("jitter nothing").is_empty());
    }
}
