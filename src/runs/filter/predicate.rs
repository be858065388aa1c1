//! What a fact has to be: read once from what was typed, then asked of each run.

use super::tokens::Sign;
use crate::hparam::{Rule, nearest, typed};
use crate::runs::Status;
use crate::runs::fact::{Fact, Found};
use std::cmp::Ordering;

/// A sign with the value that it compares to.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// A number in this order to another.
    Number(&'static [Ordering], f64),
    /// Yes or no.
    Flag(bool),
    /// The same text, whatever the case.
    Is(String),
    /// The same text or its last part behind a `-`, as runs are called.
    Ends(String),
    /// A part of the text, whatever the case.
    Contains(String),
    /// A status.
    Status(Vec<&'static str>),
}

/// What a fact is compared as.
enum Kind {
    Number,
    Span,
    Flag,
    Text,
}

const STATUSES: [(&str, &[Status]); 10] = [
    ("running", &[Status::Running]),
    ("paused", &[Status::Paused]),
    ("completed", &[Status::Completed]),
    ("stopped", &[Status::Stopped]),
    ("failed", &[Status::Failed]),
    ("interrupted", &[Status::Interrupted]),
    ("broken", &[Status::Broken]),
    ("done", &[Status::Completed]),
    ("complete", &[Status::Completed]),
    ("live", &[Status::Running, Status::Paused]),
];

/// Units of time in seconds.
const UNITS: [(char, f64); 5] = [
    ('s', 1.0),
    ('m', 60.0),
    ('h', 3600.0),
    ('d', 86400.0),
    ('w', 604_800.0),
];

/// The names of what runs may be doing.
pub fn statuses() -> impl Iterator<Item = &'static str> {
    STATUSES.iter().map(|(name, _)| *name)
}

impl Test {
    /// The test that was typed, and whether it must fail: what `!=` means.
    ///
    /// # Errors
    /// A sentence, where the fact has no such order or no such value.
    pub fn new(fact: Fact, name: &str, sign: Sign, value: &str) -> Result<(bool, Self), String> {
        let test = match (kind(fact), sign) {
            (_, Sign::Contains) => Self::Contains(part(name, value)?),
            (Kind::Number, _) => Self::Number(orders(sign), number(fact, name, value)?),
            (Kind::Span, _) => Self::Number(orders(sign), span(name, value)?),
            (_, Sign::Below | Sign::AtMost | Sign::Above | Sign::AtLeast) => {
                return Err(format!(
                    "{name} is not a number, so nothing is above or below it; = and ~ compare it"
                ));
            }
            (Kind::Flag, _) => Self::Flag(flag(name, value)?),
            (Kind::Text, _) => text(fact, name, value)?,
        };
        Ok((sign == Sign::IsNot, test))
    }

    /// Whether it holds for what a run has.
    pub fn holds(&self, found: &Found) -> bool {
        match (self, found) {
            (Self::Number(orders, than), Found::Number(own)) => compare(*own, *than, orders),
            (Self::Flag(flag), Found::Flag(own)) => flag == own,
            (Self::Is(text), Found::Texts(own)) if text.is_empty() => own.is_empty(),
            (Self::Is(text), Found::Texts(own)) => own.iter().any(|t| t.to_lowercase() == *text),
            (Self::Is(text), Found::Text(own)) => own.to_lowercase() == *text,
            (Self::Ends(text), Found::Text(own)) => ends(&own.to_lowercase(), text),
            (Self::Status(names), Found::Text(own)) => names.contains(&own.as_str()),
            (Self::Contains(text), found) => shown(found).iter().any(|own| own.contains(text)),
            _ => false,
        }
    }
}

fn kind(fact: Fact) -> Kind {
    match fact {
        Fact::Age | Fact::Took => Kind::Span,
        Fact::Epoch | Fact::Step | Fact::Last(_) | Fact::Best(_) => Kind::Number,
        Fact::Archived => Kind::Flag,
        _ => fact.param().map_or(Kind::Text, |param| match param.rule {
            Rule::Linear { .. }
            | Rule::Log { .. }
            | Rule::Whole { .. }
            | Rule::Doubling { .. }
            | Rule::ShareOrPath { .. } => Kind::Number,
            Rule::Toggle => Kind::Flag,
            _ => Kind::Text,
        }),
    }
}

const fn orders(sign: Sign) -> &'static [Ordering] {
    match sign {
        Sign::Below => &[Ordering::Less],
        Sign::AtMost => &[Ordering::Less, Ordering::Equal],
        Sign::Above => &[Ordering::Greater],
        Sign::AtLeast => &[Ordering::Greater, Ordering::Equal],
        Sign::Is | Sign::IsNot | Sign::Contains => &[Ordering::Equal],
    }
}

/// NaN equals itself and is in no order to any other number.
fn compare(own: f64, than: f64, orders: &[Ordering]) -> bool {
    let order = if own.is_nan() && than.is_nan() {
        Some(Ordering::Equal)
    } else {
        own.partial_cmp(&than)
    };
    order.is_some_and(|order| orders.contains(&order))
}

fn number(fact: Fact, name: &str, value: &str) -> Result<f64, String> {
    let percent = matches!(fact, Fact::Last(m) | Fact::Best(m) if m.unit == "%");
    let digits = value.strip_suffix('%').filter(|_| percent);
    let read = digits.unwrap_or(value).parse();
    read.map_err(|_| not(name, "a number", value))
}

/// Seconds, from parts such as `2d12h`.
fn span(name: &str, value: &str) -> Result<f64, String> {
    let wrong = || not(name, "a time such as 2d, 12h, 30m or 50s", value);
    let mut rest = value;
    let mut seconds = 0.0;
    while let Some(at) = rest.find(|c: char| c.is_ascii_alphabetic()) {
        let (digits, behind) = rest.split_at(at);
        let unit = UNITS.iter().find(|(sign, _)| behind.starts_with(*sign));
        let (_, unit) = unit.ok_or_else(wrong)?;
        let count: f64 = digits.trim().parse().map_err(|_| wrong())?;
        seconds += count * unit;
        rest = &behind[1..];
    }
    if rest.is_empty() && !value.is_empty() {
        Ok(seconds)
    } else {
        Err(wrong())
    }
}

fn flag(name: &str, value: &str) -> Result<bool, String> {
    match value.to_lowercase().as_str() {
        "yes" | "on" | "true" => Ok(true),
        "no" | "off" | "false" => Ok(false),
        _ => Err(not(name, "yes or no", value)),
    }
}

fn part(name: &str, value: &str) -> Result<String, String> {
    if value.is_empty() {
        return Err(format!("{name}~ takes a part of a text"));
    }
    Ok(value.to_lowercase())
}

fn text(fact: Fact, name: &str, value: &str) -> Result<Test, String> {
    let lower = value.to_lowercase();
    match (fact, fact.param().map(|p| p.rule)) {
        (Fact::Status, _) => status(&lower),
        (Fact::Id, _) if value.is_empty() => Err(not(name, "a run's name or its end", value)),
        (Fact::Id, _) => Ok(Test::Ends(lower)),
        (_, Some(Rule::OneOf(choices))) if !choices.iter().any(|c| c.name == lower) => {
            let names: Vec<&str> = choices.iter().map(|c| c.name).collect();
            Err(none_of(name, value, &names))
        }
        _ => Ok(Test::Is(lower)),
    }
}

fn status(value: &str) -> Result<Test, String> {
    let found = STATUSES.iter().find(|(name, _)| *name == value);
    let names = STATUSES.map(|(name, _)| name);
    let (_, all) = found.ok_or_else(|| none_of("status", value, &names[..8]))?;
    Ok(Test::Status(all.iter().map(|s| s.name()).collect()))
}

fn none_of(name: &str, value: &str, names: &[&str]) -> String {
    match nearest(value, names.iter().copied()).filter(|_| !value.is_empty()) {
        Some(near) => format!("{name} is never {value:?}; did you mean {near}?"),
        None => format!("{name} is one of {}", names.join(", ")),
    }
}

fn not(name: &str, takes: &str, value: &str) -> String {
    if value.is_empty() {
        format!("{name} takes {takes}")
    } else {
        format!("{name} takes {takes}, not {}", typed(value))
    }
}

fn ends(own: &str, text: &str) -> bool {
    let before = own.strip_suffix(text);
    before.is_some_and(|before| before.is_empty() || before.ends_with('-'))
}

/// What is searched for a part, in lower case.
fn shown(found: &Found) -> Vec<String> {
    match found {
        Found::Number(number) => vec![number.to_string().to_lowercase()],
        Found::Flag(on) => vec![if *on { "yes on" } else { "no off" }.to_owned()],
        Found::Text(text) => vec![text.to_lowercase()],
        Found::Texts(texts) => texts.iter().map(|t| t.to_lowercase()).collect(),
    }
}
