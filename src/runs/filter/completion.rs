//! What a filter that is being typed may go on with.

use super::predicate;
use super::tokens::SIGNS;
use crate::hparam::Rule;
use crate::runs::Fact;

/// Where the part before the cursor begins that is being typed, and all that it may become: a name, or a value of one that
/// has few.
#[must_use]
pub fn completions(before: &str) -> (usize, Vec<String>) {
    let word = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let word = word + before[word..].len() - before[word..].trim_start_matches(['-', '!']).len();
    let typed = &before[word..];
    let sign = SIGNS
        .iter()
        .filter_map(|(sign, _)| Some((typed.find(sign)?, sign.len())));
    let Some((at, sign)) = sign.min_by_key(|(at, sign)| (*at, std::cmp::Reverse(*sign))) else {
        return (word, begun(Fact::names(), typed));
    };
    let start = at + sign;
    let values = Fact::find(&typed[..at]).map_or_else(|_| Vec::new(), values);
    (word + start, begun(values.into_iter(), &typed[start..]))
}

fn begun<'a>(names: impl Iterator<Item = &'a str>, typed: &str) -> Vec<String> {
    let typed = typed.to_lowercase();
    let mut found: Vec<String> = Vec::new();
    for name in names.filter(|name| name.starts_with(&typed)) {
        if !typed.is_empty() && !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    }
    found
}

/// The values of a fact that has few.
fn values(fact: Fact) -> Vec<&'static str> {
    match (fact, fact.param().map(|param| param.rule)) {
        (Fact::Status, _) => predicate::statuses().collect(),
        (Fact::Archived, _) => vec!["yes", "no"],
        (_, Some(Rule::Toggle)) => vec!["on", "off"],
        (_, Some(Rule::OneOf(choices))) => choices.iter().map(|choice| choice.name).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_completed_where_they_stand() {
        for (before, start, first) in [
            ("temp", 0, "temperature"),
            ("tag:crop -jit", 10, "jitter.p"),
            ("status:comp", 7, "completed"),
            ("-archived:y", 10, "yes"),
            ("optimizer=l", 10, "lars"),
            ("normalize!=of", 11, "off"),
        ] {
            let (at, found) = completions(before);
            assert_eq!(
                (at, found.first().map(String::as_str)),
                (start, Some(first)),
                "{before}"
            );
        }
        for nothing in ["", "tag:", "warmth of zz", "temperature<0."] {
            assert!(completions(nothing).1.is_empty(), "{nothing}");
        }
    }
}
