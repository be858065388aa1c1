//! What `--set` takes, as shells complete it: every hyperparameter by its path, with its values where these are few.

use crate::experiment::catalogue;
use crate::hparam::Rule;
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use std::ffi::OsStr;

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
        let offered = |path: &str| path.starts_with(self.0) && !["format", "name"].contains(&path);
        let fields = catalogue().iter().filter(move |f| offered(&f.path));
        let all = fields.flat_map(|field| {
            let names: Vec<&str> = match field.param.rule {
                Rule::Toggle => vec!["on", "off"],
                Rule::OneOf(choices) => choices.iter().map(|choice| choice.name).collect(),
                _ => vec![""],
            };
            let help = field.param.help.trim();
            let one =
                move |name: &str| PossibleValue::new(format!("{}={name}", field.path)).help(help);
            names.into_iter().map(one).collect::<Vec<_>>()
        });
        Some(Box::new(all))
    }
}
