//! The box in which words about a run are typed.

use crate::runs::{Run, notes};
use crate::text::fit;
use crate::text::suggest::command;
use crate::ui::draw_context::DrawContext;
use crate::ui::intent::{Intent, NoteChange};
use crate::ui::keymap::history::Action;
use crate::ui::prompt::{self, Prompt};
use crate::ui::shared::Shared;
use crate::ui::widgets::popup;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Words about a run, or about all that are marked, while they are typed.
#[derive(Debug)]
pub struct NoteEditor {
    ids: Vec<String>,
    title: String,
    act: Action,
    /// The tags that all of them have, or the words as they were.
    was: Vec<String>,
    /// The words.
    pub prompt: Prompt,
}

impl NoteEditor {
    /// Begins with the words as they are, of several runs with what they have in common; refuses what a line can't hold.
    pub fn new(act: Action, runs: &[&Run]) -> Result<Self, String> {
        let first = runs.first().ok_or("there is no run here")?;
        let common = |of: fn(&Run) -> &str| {
            let same = runs.iter().all(|run| of(run) == of(first));
            vec![of(first).to_owned()]
                .into_iter()
                .filter(|_| same)
                .collect()
        };
        let (what, was): (_, Vec<String>) = match act {
            Action::Name => ("name", common(|run| &run.notes.name)),
            Action::Tags => {
                let shared = |tag: &&String| runs.iter().all(|run| run.notes.tags.contains(tag));
                (
                    "tags",
                    first.notes.tags.iter().filter(shared).cloned().collect(),
                )
            }
            _ => ("note", common(|run| &run.notes.note)),
        };
        let words = was.join(", ");
        if words.contains(char::is_control) {
            let part = first.id.rsplit('-').next().unwrap_or_default();
            let command = command(&format!("note {part} --{what}"));
            return Err(format!(
                "its {what} has more than one line; edit it with `{command}`"
            ));
        }
        let title = match runs {
            [run] => format!("{what} of {}", run.title()),
            runs => format!("{what} of {} runs", runs.len()),
        };
        Ok(Self {
            ids: runs.iter().map(|run| run.id.clone()).collect(),
            title,
            act,
            was,
            prompt: Prompt::new(words),
        })
    }

    /// What was typed, to be kept; nothing where several notes that differ were left alone.
    pub fn keep(self) -> Option<Intent> {
        let typed = self.prompt.text().trim().to_owned();
        let words = match self.act {
            Action::Name => NoteChange::Name(typed),
            Action::Tags => NoteChange::Tags {
                now: notes::tags(&typed),
                was: self.was,
            },
            _ if typed.is_empty() && self.was.is_empty() => return None,
            _ => NoteChange::Note(typed),
        };
        Some(Intent::Annotate(self.ids, words))
    }

    /// Draws the box.
    pub fn view(&self, ctx: &mut DrawContext, shared: &Shared) {
        let theme = &shared.theme;
        let help = match self.act {
            Action::Name => "in place of the experiment's name; empty for that",
            Action::Tags if self.ids.len() > 1 => {
                "with commas between them; those that only some have stay"
            }
            Action::Tags => "with commas between them",
            _ if self.was.is_empty() => "in place of notes that differ",
            _ => "",
        };
        let size = (76.min(popup::widest(ctx.area)), 6.min(ctx.area.height));
        let title = fit::shorten(&self.title, usize::from(size.0.saturating_sub(6)));
        let keys = &prompt::keys(&shared.keys.history_words);
        let inner = popup::open(ctx.frame, theme, ctx.area, size, &title, keys);
        let line = Rect {
            height: inner.height.min(1),
            ..inner
        };
        self.prompt.view(ctx.frame, line, theme.bright);
        if inner.height > 1 {
            let below = Rect::new(inner.x, inner.y + 1, inner.width, 1);
            ctx.frame
                .render_widget(Line::styled(help, theme.dim), below);
        }
    }
}
