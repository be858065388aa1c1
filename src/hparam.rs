//! What a hyperparameter is: a typed value with a rule, a default and a sentence of help, declared once.
//!
//! The [`hparams!`](crate::hparams) macro turns one declaration into a struct field, its `.ron` reading and writing, its range
//! check, and the description that the editor, `--set`, the documentation and a comparison use.

mod macros;
mod nudge;
mod rule;
mod types;
mod value;

pub use rule::{Choice, Rule};
pub use types::{HparamSeed, HparamType, Key};
pub use value::{Kind, Value};

use std::borrow::Cow;

/// What a hyperparameter meant in a file written before it existed; often not today's default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Absent {
    /// A real number.
    Float(f64),
    /// A whole number.
    Whole(u64),
    /// On or off.
    Toggle(bool),
    /// A text or the name of a choice.
    Text(&'static str),
}

impl From<Absent> for Value {
    fn from(absent: Absent) -> Self {
        match absent {
            Absent::Float(v) => Self::Float(v),
            Absent::Whole(v) => Self::Whole(v),
            Absent::Toggle(v) => Self::Toggle(v),
            Absent::Text(v) => Self::Text(Cow::Borrowed(v)),
        }
    }
}

/// The description of one hyperparameter, as declared beside the arithmetic that it tunes.
#[derive(Clone, Copy, Debug)]
pub struct Hparam {
    /// Its field name, the last part of its path.
    pub name: &'static str,
    /// One sentence on what it does.
    pub help: &'static str,
    /// Which values it takes and how it is nudged.
    pub rule: Rule,
    /// Where the paper (or another source) speaks of it.
    pub source: Option<&'static str>,
    /// Its unit, where it has one.
    pub unit: Option<&'static str>,
    /// Names under which older files know it.
    pub was: &'static [&'static str],
    /// What its absence from a file means, where that is not the default.
    pub absent: Option<Absent>,
    /// Whether it leaves the numbers of a run alone (its name, its device, how many threads load it).
    /// Two experiments that differ only in free hyperparameters are the same experiment.
    pub free: bool,
    /// Whether it is younger than the names that experiments go by: at its default it isn't part of them, so that those
    /// of older runs stay.
    pub late: bool,
}

impl Hparam {
    /// A hyperparameter that follows `rule`.
    #[must_use]
    pub const fn new(rule: Rule) -> Self {
        Self {
            name: "",
            help: "",
            rule,
            source: None,
            unit: None,
            was: &[],
            absent: None,
            free: false,
            late: false,
        }
    }
    /// Any real number from `min` to `max`, nudged by `step`.
    #[must_use]
    pub const fn linear(min: f64, max: f64, step: f64) -> Self {
        Self::new(Rule::Linear { min, max, step })
    }
    /// Any real number from `min` to `max`, nudged by a factor.
    #[must_use]
    pub const fn log(min: f64, max: f64) -> Self {
        Self::new(Rule::Log { min, max })
    }
    /// A whole number from `min` to `max`, nudged by `step`.
    #[must_use]
    pub const fn whole(min: u64, max: u64, step: u64) -> Self {
        Self::new(Rule::Whole { min, max, step })
    }
    /// A whole number from `min` to `max`, nudged by doubling and halving.
    #[must_use]
    pub const fn doubling(min: u64, max: u64) -> Self {
        Self::new(Rule::Doubling { min, max })
    }
    /// On or off.
    #[must_use]
    pub const fn toggle() -> Self {
        Self::new(Rule::Toggle)
    }
    /// One of several named choices.
    #[must_use]
    pub const fn one_of(choices: &'static [Choice]) -> Self {
        Self::new(Rule::OneOf(choices))
    }
    /// Free text.
    #[must_use]
    pub const fn text() -> Self {
        Self::new(Rule::Text)
    }
    /// The path of a file or folder, possibly with `~`.
    #[must_use]
    pub const fn path() -> Self {
        Self::new(Rule::Path)
    }
    /// A share from 0 to `max`, nudged by `step`, or the path of a file or folder.
    #[must_use]
    pub const fn share_or_path(max: f64, step: f64) -> Self {
        Self::new(Rule::ShareOrPath { max, step })
    }
    /// The version of the file's format: no hyperparameter to tune, so the editor leaves it out.
    #[must_use]
    pub const fn format(newest: u64) -> Self {
        Self::new(Rule::Format { newest }).free()
    }
    /// Names the source that speaks of it.
    #[must_use]
    pub const fn paper(mut self, source: &'static str) -> Self {
        self.source = Some(source);
        self
    }
    /// Names its unit.
    #[must_use]
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }
    /// Lists names under which older files know it.
    #[must_use]
    pub const fn was(mut self, names: &'static [&'static str]) -> Self {
        self.was = names;
        self
    }
    /// Says what its absence from a file means.
    #[must_use]
    pub const fn absent(mut self, absent: Absent) -> Self {
        self.absent = Some(absent);
        self
    }
    /// Marks it as one that leaves the numbers of a run alone.
    #[must_use]
    pub const fn free(mut self) -> Self {
        self.free = true;
        self
    }
    /// Marks it as younger than the names that experiments go by.
    #[must_use]
    pub const fn late(mut self) -> Self {
        self.late = true;
        self
    }
    /// Completes a declaration; called by the macro.
    #[must_use]
    pub const fn named(mut self, name: &'static str, help: &'static str) -> Self {
        self.name = name;
        self.help = help;
        self
    }

    /// Reads what a user typed.
    ///
    /// # Errors
    /// A sentence that says what the hyperparameter takes instead.
    pub fn parse(&self, text: &str) -> Result<Value, String> {
        let value = self
            .rule
            .parse(text)
            .ok_or_else(|| self.refusal(text.trim()))?;
        self.check(&value).map(|()| value)
    }

    /// Checks a value against the rule.
    ///
    /// # Errors
    /// A sentence that names the hyperparameter, the value and the range.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        if self.rule.admits(value) {
            Ok(())
        } else {
            Err(self.refusal(&value.to_string()))
        }
    }

    fn refusal(&self, found: &str) -> String {
        let mut sentence = format!("{} takes {}, not {}", self.name, self.rule, typed(found));
        if let Rule::OneOf(choices) = self.rule
            && let Some(near) = nearest(found, choices.iter().map(|c| c.name))
        {
            sentence.push_str(&format!("; did you mean {near}?"));
        }
        if let Rule::Format { newest } = self.rule {
            sentence = format!(
                "this file has format {found}, and this program reads up to {newest}: a newer simclr-tui wrote it"
            );
        }
        sentence
    }
}

/// One hyperparameter of an experiment: where it is, what it is, its value.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its path from the experiment, such as `augment.crop.area_min`.
    pub path: String,
    /// Its declaration.
    pub param: &'static Hparam,
    /// Its present value.
    pub value: Value,
    /// The title of the group that it belongs to.
    pub group: &'static str,
}

/// A group of hyperparameters; implemented by the [`hparams!`](crate::hparams) macro.
pub trait Group {
    /// Every hyperparameter in order of declaration, sub-groups after the group's own.
    fn fields_at(&self, at: &str, out: &mut Vec<Field>);
    /// The value of the hyperparameter at `path` (relative to this group).
    fn get_at(&self, path: &str) -> Option<Value>;
    /// Sets the hyperparameter at `path` (relative to this group).
    ///
    /// # Errors
    /// A sentence, when there is none at `path` or it does not take `value`.
    fn set_at(&mut self, path: &str, value: &Value) -> Result<(), String>;
    /// The title under which the editor shows the group: its documentation's first line.
    fn title(&self) -> &'static str;

    /// Every hyperparameter below this group.
    fn fields(&self) -> Vec<Field> {
        let mut out = Vec::new();
        self.fields_at("", &mut out);
        out
    }
}

/// What somebody typed, as refusals write it: a text in quotes, a number without.
#[must_use]
pub fn typed(text: &str) -> String {
    if text.parse::<f64>().is_ok() {
        text.to_owned()
    } else {
        format!("{text:?}")
    }
}

/// The name nearest to `found`, if one is near enough to be what was meant.
#[must_use]
pub fn nearest<'a>(found: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let names: Vec<&str> = names.into_iter().collect();
    let near = names
        .iter()
        .map(|&name| {
            (
                strsim::damerau_levenshtein(&found.to_lowercase(), &name.to_lowercase()),
                name,
            )
        })
        // Of one letter, any other letter would be near.
        .filter(|(distance, name)| {
            *distance <= (name.len().max(found.len()) / 3).max(1)
                && *distance < name.len().max(found.len())
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name);
    near.or_else(|| begun(found, &names))
}

/// The only name that begins so.
fn begun<'a>(found: &str, names: &[&'a str]) -> Option<&'a str> {
    // Of fewer letters, too much begins so.
    const FEWEST: usize = 3;
    let mut begun = names.iter().filter(|name| name.starts_with(found));
    let first = *begun.next().filter(|_| found.len() >= FEWEST)?;
    begun.all(|name| *name == first).then_some(first)
}

/// The end of a sentence on a name that is none: the nearest one, in the words of `what`, if one is near enough.
#[must_use]
pub fn did_you_mean<'a>(
    found: &str,
    what: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> String {
    nearest(found, names).map_or_else(String::new, |near| format!("; did you mean {what}{near}?"))
}

/// Joins two parts of a path.
#[must_use]
pub fn join(at: &str, name: &str) -> String {
    if at.is_empty() {
        name.to_owned()
    } else {
        format!("{at}.{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_range_and_the_nearest_choice() {
        const KINDS: &[Choice] = &[Choice::new("sgd", ""), Choice::new("adamw", "")];
        let t = Hparam::log(0.01, 10.0).named("temperature", "");
        assert_eq!(
            t.parse("0.001").unwrap_err(),
            "temperature takes a number from 0.01 to 10, not 0.001"
        );
        let o = Hparam::one_of(KINDS).named("optimizer", "");
        assert_eq!(
            o.parse("adam").unwrap_err(),
            "optimizer takes sgd or adamw, not \"adam\"; did you mean adamw?"
        );
    }

    #[test]
    fn a_short_name_is_near_where_most_of_it_is() {
        let names = ["took", "quick", "temperature", "sgd"];
        let near = |found: &str| nearest(found, names);
        assert_eq!(near("foo"), None);
        assert_eq!(near("quik"), Some("quick"));
        assert_eq!(near("sdg"), Some("sgd"));
        assert_eq!(near("temprature"), Some("temperature"));
    }

    #[test]
    fn values_print_as_they_are_typed() {
        assert_eq!(Value::Float(5e-4).to_string(), "5e-4");
        assert_eq!(Value::Float(0.5).to_string(), "0.5");
        assert_eq!(Value::Toggle(true).to_string(), "on");
    }
}
