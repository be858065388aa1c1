//! The value of a hyperparameter.

use std::borrow::Cow;
use std::fmt;

/// What kind of value a hyperparameter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A real number.
    Float,
    /// A whole number.
    Whole,
    /// On or off.
    Toggle,
    /// A text, a path or the name of a choice.
    Text,
    /// A real number or a text.
    Either,
}

/// The value of one hyperparameter, whatever its type.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A real number.
    Float(f64),
    /// A whole number that is not negative.
    Whole(u64),
    /// On or off.
    Toggle(bool),
    /// Free text, a path, or the name of one of several choices.
    Text(Cow<'static, str>),
}

impl Value {
    /// The number behind the value, for charts and tables over numeric hyperparameters.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "no hyperparameter comes near 2^53"
    )]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Float(v) => Some(*v),
            Self::Whole(v) => Some(*v as f64),
            Self::Toggle(_) | Self::Text(_) => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // `{}` prints the shortest digits that read back as the same number, but no exponent.
            Self::Float(v) if *v != 0.0 && (v.abs() < 1e-3 || v.abs() >= 1e6) => write!(f, "{v:e}"),
            Self::Float(v) => write!(f, "{v}"),
            Self::Whole(v) => write!(f, "{v}"),
            Self::Toggle(true) => f.write_str("on"),
            Self::Toggle(false) => f.write_str("off"),
            Self::Text(v) => f.write_str(v),
        }
    }
}
