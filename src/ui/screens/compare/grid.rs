//! Which metrics have a chart in place of the table, and by what the runs are grouped.

use crate::engine::metric::Metric;
use crate::runs::Fact;
use crate::runs::filter::completions;
use crate::ui::draw_context::DrawContext;
use crate::ui::keys::Table;
use crate::ui::prompt::{self, Prompt};
use crate::ui::shared::Shared;
use crate::ui::widgets::popup;
use crossterm::event::KeyEvent;

/// Which charts there are, and of whom.
#[derive(Debug, Default)]
pub struct Grid {
    /// Whether they stand in place of the table.
    pub shown: bool,
    /// Words that a metric's name has to have one of; all metrics without any.
    words: String,
    /// What the runs of a group have in common; without it each has its own curve.
    pub by: Option<Fact>,
    asking: Option<(Ask, Prompt)>,
}

/// What is being typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Names of metrics.
    Metrics,
    /// What to group by.
    Group,
}

impl Grid {
    /// Begins to ask.
    pub fn ask(&mut self, what: Ask) {
        let prompt = match what {
            Ask::Metrics => Prompt::new(self.words.clone()),
            Ask::Group => {
                Prompt::new(self.by.map_or_else(String::new, Fact::name)).completed_by(completions)
            }
        };
        self.asking = Some((what, prompt));
    }

    /// Whether keys are text.
    pub const fn is_typing(&self) -> bool {
        self.asking.is_some()
    }

    /// Whether a metric is among those that are looked for.
    pub fn has(&self, key: &str) -> bool {
        let label = Metric::find(key).map_or("", |metric| metric.label);
        let name = format!("{key} {label}").to_lowercase();
        let words = self.words.to_lowercase();
        let mut words = words.split_whitespace().peekable();
        words.peek().is_none() || words.any(|word| name.contains(word))
    }

    /// Takes a key while something is typed.
    pub fn key(&mut self, key: &KeyEvent, keys: &Table<bool>) {
        let Some((what, mut prompt)) = self.asking.take() else {
            return;
        };
        match keys.action(key) {
            Some(false) => {
                match what {
                    Ask::Metrics => self.words.clear(),
                    Ask::Group => self.by = None,
                }
                return;
            }
            Some(true) if what == Ask::Metrics => return,
            Some(true) => {
                let name = prompt.text().trim();
                let found = Some(name).filter(|name| !name.is_empty()).map(Fact::find);
                match found.transpose() {
                    Ok(by) => {
                        self.by = by;
                        return;
                    }
                    Err(why) => prompt.error = Some(why),
                }
            }
            None => prompt.key(key),
        }
        self.typed(what, prompt);
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        if let Some((what, mut prompt)) = self.asking.take() {
            prompt.paste(text);
            self.typed(what, prompt);
        }
    }

    fn typed(&mut self, what: Ask, mut prompt: Prompt) {
        match what {
            Ask::Metrics => {
                self.shown = true;
                prompt.text().clone_into(&mut self.words);
            }
            Ask::Group => prompt.offer(),
        }
        self.asking = Some((what, prompt));
    }

    /// Draws the line that is typed, in a box over the screen.
    pub fn view(&self, ctx: &mut DrawContext, shared: &Shared) {
        let Some((what, prompt)) = &self.asking else {
            return;
        };
        let (title, hint) = match what {
            Ask::Metrics => ("which metrics?", "parts of names, such as knn loss"),
            Ask::Group => (
                "group the curves by what?",
                "tag, sweep, or a hyperparameter, such as temperature",
            ),
        };
        let theme = &shared.theme;
        let keys = prompt::keys(&shared.keys.compare_words);
        let inner = popup::open(ctx.frame, theme, ctx.area, (60, 7), title, &keys);
        prompt::ask(prompt, hint, ctx.frame, theme, inner, theme.bright);
    }
}
