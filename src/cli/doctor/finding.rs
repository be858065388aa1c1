//! What one look found.

use crate::cli::output::Style;
use serde_json::{Value as Json, json};

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Ok,
    /// Worth a look; everything works.
    Warning,
    /// Something that was asked for, or that every run needs, doesn't work.
    Failed,
}

impl State {
    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
        }
    }

    /// Its colour.
    pub const fn style(self) -> Style {
        match self {
            Self::Ok => Style::Good,
            Self::Warning => Style::Warn,
            Self::Failed => Style::Bad,
        }
    }
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub what: &'static str,
    /// How it stands.
    pub state: State,
    /// What was found.
    pub found: String,
    /// What to do, where there is something to do.
    pub remedy: Option<String>,
}

impl Finding {
    fn new(what: &'static str, state: State, found: String, remedy: Option<String>) -> Self {
        Self {
            what,
            state,
            found,
            remedy,
        }
    }

    /// All is well.
    pub fn ok(what: &'static str, found: impl Into<String>) -> Self {
        Self::new(what, State::Ok, found.into(), None)
    }

    /// Worth a look.
    pub fn warning(
        what: &'static str,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::new(what, State::Warning, found.into(), Some(remedy.into()))
    }

    /// Doesn't work.
    pub fn failed(what: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(what, State::Failed, found.into(), Some(remedy.into()))
    }

    /// As `docs/json.md` describes it.
    pub fn json(&self, part: &str) -> Json {
        json!({
            "part": part.to_lowercase(),
            "check": self.what,
            "state": self.state.name(),
            "found": self.found,
            "remedy": self.remedy,
        })
    }
}
