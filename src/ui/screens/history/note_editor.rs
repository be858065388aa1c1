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

/// Words about one run, while they are typed.
#[derive(Debug)]
pub struct NoteEditor {
    id: String,
    title: String,
    act: Action,
    /// The words.
    pub prompt: Prompt,
}

impl NoteEditor {
    /// Begins with the words as they are; refuses what a line can't hold.
    pub fn new(act: Action, run: &Run) -> Result<Self, String> {
        let (what, words) = match act {
            Action::Name => ("name", run.notes.name.clone()),
            Action::Tags => ("tags", run.notes.tags.join(", ")),
            _ => ("note", run.notes.note.clone()),
        };
        if words.contains(char::is_control) {
            let part = run.id.rsplit('-').next().unwrap_or_default();
            let command = command(&format!("note {part} --{what}"));
            return Err(format!(
                "its {what} has more than one line; edit it with `{command}`"
            ));
        }
        Ok(Self {
            id: run.id.clone(),
            title: format!("{what} of {}", run.title()),
            act,
            prompt: Prompt::new(words),
        })
    }

    /// What was typed, to be kept.
    pub fn keep(self) -> Intent {
        let typed = self.prompt.text().trim().to_owned();
        let words = match self.act {
            Action::Name => NoteChange::Name(typed),
            Action::Tags => NoteChange::Tags(notes::tags(&typed)),
            _ => NoteChange::Note(typed),
        };
        Intent::Annotate(self.id, words)
    }

    /// Draws the box.
    pub fn view(&self, ctx: &mut DrawContext, shared: &Shared) {
        let theme = &shared.theme;
        let help = match self.act {
            Action::Name => "in place of the experiment's name; empty for that",
            Action::Tags => "with commas between them",
            _ => "",
        };
        let size = (76.min(ctx.area.width), 6.min(ctx.area.height));
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
