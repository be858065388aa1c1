//! Rules: which values a hyperparameter takes, how text is read under each, and how a value is nudged.

use super::nudge::{nudge_doubling, nudge_log, tidy};
use super::value::{Kind, Value};
use std::borrow::Cow;
use std::fmt;

/// One of the named values of a [`Rule::OneOf`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// As written in files and shown in the editor.
    pub name: &'static str,
    /// One sentence on what it means.
    pub help: &'static str,
}

impl Choice {
    /// A choice with its name and help.
    #[must_use]
    pub const fn new(name: &'static str, help: &'static str) -> Self {
        Self { name, help }
    }
}

/// Which values a hyperparameter takes.
#[expect(missing_docs, reason = "min, max and step say it")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// A real number on a linear scale.
    Linear { min: f64, max: f64, step: f64 },
    /// A real number on a logarithmic scale; `min` may be 0, which then is one nudge below the smallest step.
    Log { min: f64, max: f64 },
    /// A whole number.
    Whole { min: u64, max: u64, step: u64 },
    /// A whole number that doubles and halves.
    Doubling { min: u64, max: u64 },
    /// On or off.
    Toggle,
    /// One of several names.
    OneOf(&'static [Choice]),
    /// Any text.
    Text,
    /// A path.
    Path,
    /// A share from 0 on, or a path.
    ShareOrPath { max: f64, step: f64 },
    /// The version of a file format, from 1 to the newest.
    Format { newest: u64 },
}

impl Rule {
    /// The kind of value that it admits.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Linear { .. } | Self::Log { .. } => Kind::Float,
            Self::Whole { .. } | Self::Doubling { .. } | Self::Format { .. } => Kind::Whole,
            Self::Toggle => Kind::Toggle,
            Self::OneOf(_) | Self::Text | Self::Path => Kind::Text,
            Self::ShareOrPath { .. } => Kind::Either,
        }
    }

    /// Reads text as a value of the rule's type; the range is checked by [`admits`](Self::admits).
    #[must_use]
    pub fn parse(&self, text: &str) -> Option<Value> {
        let text = text.trim();
        match self {
            Self::Linear { .. } | Self::Log { .. } => text.parse().ok().map(Value::Float),
            Self::Whole { .. } | Self::Doubling { .. } | Self::Format { .. } => {
                whole(&text.replace('_', "")).map(Value::Whole)
            }
            Self::Toggle => match text.to_lowercase().as_str() {
                "on" | "true" | "yes" => Some(Value::Toggle(true)),
                "off" | "false" | "no" => Some(Value::Toggle(false)),
                _ => None,
            },
            Self::ShareOrPath { .. } if text.is_empty() => Some(Value::Float(0.0)),
            Self::ShareOrPath { .. } if let Ok(share) = text.parse() => Some(Value::Float(share)),
            Self::OneOf(_) | Self::Text | Self::Path | Self::ShareOrPath { .. } => {
                Some(Value::Text(Cow::Owned(text.to_owned())))
            }
        }
    }

    /// Whether the value has the right type and lies in the range.
    #[must_use]
    pub fn admits(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Linear { min, max, .. } | Self::Log { min, max }, Value::Float(v)) => {
                (*min..=*max).contains(v)
            }
            (Self::Whole { min, max, .. } | Self::Doubling { min, max }, Value::Whole(v)) => {
                (*min..=*max).contains(v)
            }
            (Self::Format { newest }, Value::Whole(v)) => (1..=*newest).contains(v),
            (Self::OneOf(choices), Value::Text(name)) => choices.iter().any(|c| c.name == name),
            (Self::Toggle, Value::Toggle(_)) => true,
            (Self::Text, Value::Text(text)) => !text.contains('\n') && text.len() <= 4096,
            (Self::ShareOrPath { max, .. }, Value::Float(v)) => (0.0..=*max).contains(v),
            // A tab in one was a backslash before a t.
            (Self::Path | Self::ShareOrPath { .. }, Value::Text(text)) => {
                !text.contains(char::is_control) && text.len() <= 4096
            }
            _ => false,
        }
    }

    /// The value `steps` nudges away (negative: down), ten times as far when `coarse`; stays in the range.
    #[must_use]
    pub fn nudge(&self, value: &Value, steps: i64, coarse: bool) -> Value {
        let steps = if coarse { steps * 10 } else { steps };
        match (self.as_number(), value) {
            (Self::Linear { min, max, step }, Value::Float(v)) => {
                #[expect(clippy::cast_precision_loss, reason = "a handful of key presses")]
                let moved = (v / step).round() + steps as f64;
                Value::Float(tidy(moved * step).clamp(min, max))
            }
            (Self::Log { min, max }, Value::Float(v)) => {
                Value::Float(nudge_log(*v, steps, min, max))
            }
            (Self::Whole { min, max, step }, Value::Whole(v)) => {
                let by = step.saturating_mul(steps.unsigned_abs());
                let moved = if steps < 0 {
                    v.saturating_sub(by)
                } else {
                    v.saturating_add(by)
                };
                Value::Whole(moved.clamp(min, max))
            }
            (Self::Doubling { min, max }, Value::Whole(v)) => {
                Value::Whole(nudge_doubling(*v, steps, min, max))
            }
            (Self::Toggle, Value::Toggle(on)) => Value::Toggle(!on),
            (Self::OneOf(choices), Value::Text(name)) => {
                let at = choices.iter().position(|c| c.name == name).unwrap_or(0);
                let count = i64::try_from(choices.len()).unwrap_or(1);
                let next = (i64::try_from(at).unwrap_or(0) + steps.signum()).rem_euclid(count);
                let next = usize::try_from(next).unwrap_or(0);
                Value::Text(Cow::Borrowed(choices[next].name))
            }
            (_, value) => value.clone(),
        }
    }

    /// The rule of its numbers alone.
    const fn as_number(self) -> Self {
        match self {
            Self::ShareOrPath { max, step } => Self::Linear {
                min: 0.0,
                max,
                step,
            },
            rule => rule,
        }
    }

    /// Where the value lies between the smallest (0) and the largest (1), for a slider; `None` for what has no scale.
    #[must_use]
    pub fn share(&self, value: &Value) -> Option<f64> {
        let (min, max, v, log) = match (self.as_number(), value) {
            (Self::Linear { min, max, .. }, Value::Float(v)) => (min, max, *v, false),
            // A range that begins with 0 has no logarithm there.
            (Self::Log { min, max }, Value::Float(v)) => {
                let low = if min > 0.0 { min } else { max * 1e-6 };
                (low, max, *v, true)
            }
            (Self::Doubling { min, max }, Value::Whole(_)) => {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "ranges of batch sizes and widths"
                )]
                let (min, max) = (min.max(1) as f64, max as f64);
                (min, max, value.number()?, true)
            }
            _ => return None,
        };
        let at = if log {
            (v.max(min) / min).ln() / (max / min).ln()
        } else {
            (v - min) / (max - min)
        };
        Some(at.clamp(0.0, 1.0))
    }

    /// The value at a share of the way from `low` to `high`, in equal factors where sliders go so, with three digits; whole
    /// numbers and powers of two stay such.
    #[must_use]
    pub fn between(&self, low: &Value, high: &Value, share: f64) -> Value {
        let (Some(from), Some(to)) = (low.number(), high.number()) else {
            return low.clone();
        };
        let factors = matches!(self, Self::Log { .. } | Self::Doubling { .. }) && from > 0.0;
        let at = |from: f64, to: f64| from + share * (to - from);
        let real = if factors {
            at(from.ln(), to.ln()).exp()
        } else {
            at(from, to)
        };
        match self {
            Self::Doubling { .. } if factors => {
                let power = at(from.log2().ceil(), to.log2().floor() + 1.0).floor();
                Value::Whole(floored(power.exp2().clamp(from, to)))
            }
            Self::Whole { .. } | Self::Doubling { .. } => {
                Value::Whole(floored(at(from, to + 1.0).min(to)))
            }
            _ => {
                let digits: f64 = format!("{real:.2e}").parse().unwrap_or(real);
                Value::Float(digits.clamp(from, to))
            }
        }
    }

    /// The value that nudges from this one lead to whose place on the slider is the nearest to a share of it.
    #[must_use]
    pub fn at_share(&self, value: &Value, share: f64) -> Value {
        let far = |value: &Value| self.share(value).map_or(0.0, |own| (own - share).abs());
        let mut best = value.clone();
        loop {
            let up = self.share(&best).is_some_and(|own| own < share);
            let next = self.nudge(&best, if up { 1 } else { -1 }, false);
            if far(&next) >= far(&best) {
                return best;
            }
            best = next;
        }
    }

    /// The range in a few characters, for the editor's margin.
    #[must_use]
    pub fn range(&self) -> String {
        match self {
            Self::Linear { min, max, .. } | Self::Log { min, max } => {
                format!("{} to {}", Value::Float(*min), Value::Float(*max))
            }
            Self::Whole { min, max, .. } | Self::Doubling { min, max } => format!("{min} to {max}"),
            Self::Toggle => "on or off".to_owned(),
            Self::OneOf(choices) => listed(choices),
            Self::Text => "text".to_owned(),
            Self::Path => "a path".to_owned(),
            Self::ShareOrPath { max, .. } => format!("0 to {}, or a path", Value::Float(*max)),
            Self::Format { newest } => format!("1 to {newest}"),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers within the range of a hyperparameter"
)]
const fn floored(value: f64) -> u64 {
    value as u64
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Linear { .. } | Self::Log { .. } | Self::ShareOrPath { .. } => {
                write!(f, "a number from {}", self.range())
            }
            Self::Whole { .. } | Self::Doubling { .. } | Self::Format { .. } => {
                write!(f, "a whole number from {}", self.range())
            }
            Self::Text | Self::Path => write!(
                f,
                "{} on one line",
                if *self == Self::Text {
                    "text"
                } else {
                    "a path"
                }
            ),
            Self::Toggle | Self::OneOf(_) => f.write_str(&self.range()),
        }
    }
}

fn listed(choices: &[Choice]) -> String {
    let names: Vec<_> = choices.iter().map(|c| c.name).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// A whole number, also one that is written as 1e3.
fn whole(text: &str) -> Option<u64> {
    let exact = text.parse().ok();
    exact.or_else(|| whole_of(text.parse().ok()?))
}

/// The whole number that a real one is, where it is one.
pub fn whole_of(number: f64) -> Option<u64> {
    let fits = number.fract() == 0.0 && (0.0..9e15).contains(&number);
    fits.then_some(number as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nudges_walk_round_numbers_and_come_back() {
        let rule = Rule::Log {
            min: 0.01,
            max: 10.0,
        };
        let up = rule.nudge(&Value::Float(0.5), 1, false);
        assert_eq!(up, Value::Float(0.6));
        assert_eq!(rule.nudge(&up, -1, false), Value::Float(0.5));
        assert_eq!(
            rule.nudge(&Value::Float(0.1), -1, false),
            Value::Float(0.08)
        );
        assert_eq!(
            rule.nudge(&Value::Float(10.0), 5, false),
            Value::Float(10.0)
        );
        let linear = Rule::Linear {
            min: 0.0,
            max: 1.0,
            step: 0.1,
        };
        assert_eq!(
            linear.nudge(&Value::Float(0.2), 1, false),
            Value::Float(0.3)
        );
        let doubling = Rule::Doubling { min: 2, max: 8192 };
        assert_eq!(
            doubling.nudge(&Value::Whole(100), 1, false),
            Value::Whole(128)
        );
        assert_eq!(
            doubling.nudge(&Value::Whole(128), -1, false),
            Value::Whole(64)
        );
        assert_eq!(doubling.nudge(&Value::Whole(2), -1, false), Value::Whole(2));
    }

    #[test]
    fn a_log_scale_from_zero_leaves_and_reaches_zero() {
        let rule = Rule::Log { min: 0.0, max: 1.0 };
        let up = rule.nudge(&Value::Float(0.0), 1, false);
        assert_eq!(up, Value::Float(1e-6));
        assert_eq!(rule.nudge(&up, -1, false), Value::Float(0.0));
    }

    #[test]
    fn not_a_number_is_never_admitted() {
        let rule = Rule::Linear {
            min: 0.0,
            max: 1.0,
            step: 0.1,
        };
        assert!(!rule.admits(&Value::Float(f64::NAN)));
        assert!(rule.parse("inf").is_some_and(|v| !rule.admits(&v)));
    }
}
