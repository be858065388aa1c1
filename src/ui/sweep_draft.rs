//! Fields that are to take several values: the sweep that they make with the form as its base.

use crate::experiment::Experiment;
use crate::hparam::{Field, Value};

/// Where seeds stand: a sweep counts them apart.
const SEED: &str = "train.seed";

/// The values that fields are to take, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vary(Vec<(String, Vec<Value>)>);

impl Vary {
    /// Whether no field takes several values.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many experiments come of it.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.iter().map(|(_, values)| values.len()).product()
    }

    /// The experiments that come of it.
    #[must_use]
    pub fn experiments(&self, form: &Experiment) -> Vec<Experiment> {
        let mut all = vec![form.clone()];
        for (path, values) in &self.0 {
            let with = |base: &Experiment| {
                let one = |value: &Value| {
                    let mut experiment = base.clone();
                    // The field took it before.
                    let _ = experiment.assign(&format!("{path}={value}"));
                    experiment
                };
                values.iter().map(one).collect::<Vec<_>>()
            };
            all = all.iter().flat_map(with).collect();
        }
        all
    }

    /// The values of a field, with commas between them.
    #[must_use]
    pub fn words(&self, path: &str) -> Option<String> {
        let (_, values) = self.0.iter().find(|(known, _)| known == path)?;
        let words: Vec<String> = values.iter().map(ToString::to_string).collect();
        Some(words.join(", "))
    }

    /// Takes values with commas between them; nothing lets the field have its one value again.
    ///
    /// # Errors
    /// A sentence about the first that the field doesn't take, or that is given twice.
    pub fn enter(&mut self, form: &Experiment, field: &Field, typed: &str) -> Result<(), String> {
        let path = &field.path;
        let words = typed.split(',').map(str::trim).filter(|w| !w.is_empty());
        let mut values = Vec::new();
        for word in words {
            let mut experiment = form.clone();
            experiment.assign(&format!("{path}={word}"))?;
            let value = experiment.get(path).ok_or("it takes no values")?;
            if values.contains(&value) {
                return Err(format!("{value} is given twice"));
            }
            values.push(value);
        }
        match values.len() {
            1 => return Err("one value makes no sweep: type it as the field's value".to_owned()),
            0 => self.0.retain(|(known, _)| known != path),
            _ => match self.0.iter_mut().find(|(known, _)| known == path) {
                Some((_, known)) => *known = values,
                None => self.0.push((path.clone(), values)),
            },
        }
        Ok(())
    }

    /// Whether a hyperparameter has several values.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.0.iter().any(|(own, _)| own == path)
    }

    /// A name for the sweep: what it varies.
    #[must_use]
    pub fn name(&self, experiment: &Experiment) -> String {
        let ends = self
            .0
            .iter()
            .map(|(path, _)| path.rsplit('.').next().unwrap_or(path));
        format!(
            "{} by {}",
            experiment.name,
            ends.collect::<Vec<_>>().join(" and ")
        )
    }

    /// The sweep's file, whose base is the experiment in the file `base` beside it; `seed` is that of the form.
    #[must_use]
    pub fn file(&self, name: &str, base: &str, seed: u64) -> String {
        let mut text = format!(
            "// Made on the Experiment screen.\n(\n    format: 1,\n    name: {name:?},\n    base: {base:?},\n"
        );
        let listed = |values: &[Value]| {
            let all: Vec<String> = values.iter().map(literal).collect();
            all.join(", ")
        };
        let grid: Vec<String> = self
            .0
            .iter()
            .filter(|(path, _)| path != SEED)
            .map(|(path, values)| format!("        {path:?}: [{}],\n", listed(values)))
            .collect();
        if grid.is_empty() {
            // Seeds alone: the one case is the form itself.
            text.push_str("    cases: [(name: \"the form\", set: {})],\n");
        } else {
            text.push_str(&format!("    grid: {{\n{}    }},\n", grid.concat()));
        }
        let seeds = self.0.iter().find(|(path, _)| path == SEED);
        let seeds = seeds.map_or_else(|| seed.to_string(), |(_, seeds)| listed(seeds));
        text.push_str(&format!("    seeds: [{seeds}],\n"));
        text.push_str(")\n");
        text
    }
}

/// A value as the file has it.
fn literal(value: &Value) -> String {
    match value {
        Value::Toggle(on) => on.to_string(),
        Value::Text(text) => format!("{text:?}"),
        number => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::file;
    use crate::hparam::Group;
    use crate::sweep::Source;

    fn field(path: &str) -> Field {
        let fields = Experiment::default().fields();
        fields.into_iter().find(|f| f.path == path).unwrap()
    }

    fn entered(values: &[(&str, &str)]) -> Vary {
        let mut vary = Vary::default();
        for (path, typed) in values {
            vary.enter(&Experiment::default(), &field(path), typed)
                .unwrap();
        }
        vary
    }

    #[test]
    fn what_is_entered_is_a_sweep() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().join("base.ron");
        std::fs::write(&base, file::to_text(&Experiment::default())).unwrap();
        let vary = entered(&[
            ("loss.temperature", "0.1, 0.5,1"),
            ("train.optimizer", "sgd, lars"),
            ("head.norm", "on,off"),
            ("train.seed", "0,1"),
        ]);
        assert_eq!(vary.count(), 24);
        let text = vary.file("a \"name\"", "base.ron", 0);
        let sweep = Source::parse(&text, "f", folder.path()).unwrap();
        let sweep = sweep.sweep(None, &[]).unwrap();
        assert_eq!((sweep.cases.len(), sweep.seeds.len()), (12, 2));
        assert_eq!(sweep.name, "a \"name\"");
    }

    #[test]
    fn seeds_alone_are_a_sweep_of_one_case() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("b.ron"),
            file::to_text(&Experiment::default()),
        )
        .unwrap();
        let text = entered(&[("train.seed", "3, 4, 5")]).file("x", "b.ron", 0);
        let sweep = Source::parse(&text, "f", folder.path())
            .unwrap()
            .sweep(None, &[])
            .unwrap();
        assert_eq!((sweep.cases.len(), sweep.seeds), (1, vec![3, 4, 5]));
    }

    #[test]
    fn values_that_make_no_sense_are_refused_and_none_clears() {
        let mut vary = entered(&[("loss.temperature", "0.1, 0.5")]);
        let form = Experiment::default();
        let field = field("loss.temperature");
        for (typed, why) in [
            ("0.1, 999", "temperature takes"),
            ("0.1, warm", "temperature takes"),
            ("0.1, .1", "0.1 is given twice"),
            ("0.1", "one value makes no sweep"),
        ] {
            let error = vary.enter(&form, &field, typed).unwrap_err();
            assert!(error.contains(why), "{typed}: {error}");
        }
        assert_eq!(vary.words("loss.temperature").as_deref(), Some("0.1, 0.5"));
        vary.enter(&form, &field, " ").unwrap();
        assert!(vary.is_empty());
    }
}
