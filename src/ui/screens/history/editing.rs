//! The box in which words about a run are typed.

use crate::runs::{Run, notes};
use crate::ui::canvas::Canvas;
use crate::ui::intent::{Intent, Words};
use crate::ui::keymap::history::Act;
use crate::ui::prompt::{self, Prompt};
use crate::ui::shared::Shared;
use crate::ui::text;
use crate::ui::widgets::popup;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Words about one run, while they are typed.
#[derive(Debug)]
pub struct Editing {
    id: String,
    title: String,
    act: Act,
    /// The words.
    pub prompt: Prompt,
}

impl Editing {
    /// Begins with the words as they are; refuses what a line can't hold.
    pub fn new(act: Act, run: &Run) -> Result<Self, String> {
        let (what, words) = match act {
            Act::Name => ("name", run.notes.name.clone()),
            Act::Tags => ("tags", run.notes.tags.join(", ")),
            _ => ("note", run.notes.note.clone()),
        };
        if words.contains(char::is_control) {
            let part = run.id.rsplit('-').next().unwrap_or_default();
            return Err(format!(
                "its {what} has more than a line; edit it with `simclr-tui note {part} --{what}`"
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
            Act::Name => Words::Name(typed),
            Act::Tags => Words::Tags(notes::tags(&typed)),
            _ => Words::Note(typed),
        };
        Intent::Annotate(self.id, words)
    }

    /// Draws the box.
    pub fn view(&self, canvas: &mut Canvas, shared: &Shared) {
        let theme = &shared.theme;
        let help = match self.act {
            Act::Name => "instead of the experiment's name; nothing for that",
            Act::Tags => "with commas between them",
            _ => "",
        };
        let size = (76.min(canvas.area.width), 6.min(canvas.area.height));
        let title = text::fit(&self.title, usize::from(size.0.saturating_sub(6)));
        let keys = &prompt::keys(&shared.keys.history_words);
        let inner = popup::open(canvas.frame, theme, canvas.area, size, &title, keys);
        let line = Rect {
            height: inner.height.min(1),
            ..inner
        };
        self.prompt.view(canvas.frame, line, theme.bright);
        if inner.height > 1 {
            let below = Rect::new(inner.x, inner.y + 1, inner.width, 1);
            canvas
                .frame
                .render_widget(Line::styled(help, theme.dim), below);
        }
    }
}
