//! The filter of the History screen: words that hold as they are typed, as far as they make sense.

use crate::runs::{Filter, Run, filter};
use crate::ui::intent::Intent;
use crate::ui::keys::Table;
use crate::ui::prompt::Prompt;
use crossterm::event::KeyEvent;

/// What was typed, and the filter that holds.
#[derive(Debug, Default)]
pub struct FilterLine {
    text: String,
    /// The last filter that made sense.
    filter: Filter,
    /// The line while it is typed; its error says what makes no sense.
    pub typing: Option<Prompt>,
}

impl FilterLine {
    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What makes no sense of it.
    pub fn wrong(&self) -> Option<&str> {
        self.typing.as_ref()?.error.as_deref()
    }

    /// Whether a run is to be seen, archived ones where they are shown or asked for.
    pub fn shows(&self, run: &Run, archived: bool, now: f64) -> bool {
        let hidden = run.notes.archived && !archived && !self.filter.asks_for_archived();
        !hidden && self.filter.holds(run, now)
    }

    /// Opens the line.
    pub fn open(&mut self) {
        self.typing = Some(Prompt::new(self.text.clone()).completed_by(filter::completions));
    }

    /// Lets every run through again.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes a key while the line is open.
    pub fn key(&mut self, key: &KeyEvent, keys: &Table<bool>) -> Vec<Intent> {
        match (keys.action(key), &mut self.typing) {
            (Some(true), Some(prompt)) => {
                if let Some(why) = &prompt.error {
                    return vec![Intent::Refuse(why.clone())];
                }
                self.typing = None;
            }
            (Some(false), _) => self.clear(),
            (None, Some(prompt)) => {
                prompt.key(key);
                self.typed();
            }
            (Some(true) | None, None) => {}
        }
        Vec::new()
    }

    /// Takes pasted text while the line is open.
    pub fn paste(&mut self, text: &str) {
        if let Some(prompt) = &mut self.typing {
            prompt.paste(text);
            self.typed();
        }
    }

    fn typed(&mut self) {
        let Some(prompt) = &mut self.typing else {
            return;
        };
        prompt.offer();
        prompt.text().clone_into(&mut self.text);
        match Filter::parse(&self.text) {
            Ok(filter) => self.filter = filter,
            Err(why) => {
                prompt.error = Some(why);
                // What the word was before its sign came is not what it was to be: without it more is seen.
                if let Ok(filter) = Filter::parse(all_but_the_last(&self.text)) {
                    self.filter = filter;
                }
            }
        }
    }
}

/// The words before the last one.
fn all_but_the_last(text: &str) -> &str {
    let end = text.trim_end().rfind(char::is_whitespace);
    &text[..end.unwrap_or(0)]
}
