//! What `--set` takes, as shells complete it: every hyperparameter by its path, with its values where these are few.

use crate::experiment::catalogue;
use crate::hparam::Rule;
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use std::ffi::OsStr;
use std::sync::LazyLock;

/// Takes any text, which is judged later by the experiment that it is for.
#[derive(Clone, Copy, Debug)]
pub struct Assignment(
    /// What the paths that shells offer begin with.
    pub &'static str,
);

impl TypedValueParser for Assignment {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let offered = ALL.iter().filter(|(text, _)| text.starts_with(self.0));
        Some(Box::new(offered.map(|(text, help)| {
            PossibleValue::new(text.as_str()).help(*help)
        })))
    }
}

/// Every assignment that is offered, with what it sets.
static ALL: LazyLock<Vec<(String, &'static str)>> = LazyLock::new(|| {
    let named = |path: &str| !["format", "name"].contains(&path);
    let fields = catalogue().iter().filter(|field| named(&field.path));
    let all = fields.flat_map(|field| {
        let values: Vec<&str> = match field.param.rule {
            Rule::Toggle => vec!["on", "off"],
            Rule::OneOf(choices) => choices.iter().map(|choice| choice.name).collect(),
            _ => vec![""],
        };
        let path = &field.path;
        let texts: Vec<String> = values.iter().map(|v| format!("{path}={v}")).collect();
        texts
            .into_iter()
            .map(|text| (text, field.param.help.trim()))
    });
    all.collect()
});
