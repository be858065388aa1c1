//! What is asked before much is begun, or ended.

use super::entry::Entry;
use crate::queue::{Item, ItemState};
use crate::runs::Run;
use crate::sweep::Plan;
use crate::text::{figures, fit};
use crate::ui::draw_context::DrawContext;
use crate::ui::intent::{Intent, QueueChange};
use crate::ui::keys::Table;
use crate::ui::shared::Shared;
use crate::ui::widgets::popup;
use crossterm::event::KeyEvent;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

/// A question, and what follows a yes.
#[derive(Debug)]
pub struct Confirm {
    title: &'static str,
    words: Vec<String>,
    yes: Intent,
}

impl Confirm {
    /// Whether to train what is missing of a sweep; why not, where nothing is.
    pub fn train(entry: &Entry, plan: &Plan<&Run>, shared: &Shared) -> Result<Self, String> {
        let scale = entry.scale().map(str::to_owned);
        let missing = entry.missing(plan);
        let runs = match missing.len() {
            0 if entry.progress(plan).live > 0 => {
                return Err("the rest of it is being trained".to_owned());
            }
            0 => return Err("all of it is trained; ⏎ shows its cases".to_owned()),
            1 => "1 run".to_owned(),
            runs => format!("{runs} runs"),
        };
        let seconds: Option<f64> = missing.iter().map(|e| shared.seconds(e)).sum();
        let time = seconds.map_or_else(
            || "how long that takes is known after a first run".to_owned(),
            |seconds| format!("about {} one after another", figures::duration(seconds)),
        );
        let name = entry.name.rsplit('/').next().unwrap_or(&entry.name);
        let title = scale
            .as_ref()
            .map_or_else(|| name.to_owned(), |s| format!("{name} {s}"));
        Ok(Self {
            title: "train this sweep?",
            words: vec![
                format!("{title}: {runs}, {time}."),
                "They train in the background, even after you leave; p pauses the queue, and g, then d removes the sweep.".to_owned(),
            ],
            yes: Intent::Enqueue(entry.name.clone(), scale),
        })
    }

    /// Whether to take an item out of the queue, if that needs asking.
    pub fn remove(item: &Item, paused: bool) -> Option<Self> {
        let state = if paused {
            "is held by its worker while the queue is paused, or one of its runs is training to its end."
        } else {
            "is being trained."
        };
        matches!(item.state, ItemState::Working { .. }).then(|| Self {
            title: "stop it and remove it?",
            words: vec![
                format!("{} {state}", item.title),
                "Its run stops after its step and writes a checkpoint; completed runs stay in the history.".to_owned(),
            ],
            yes: Intent::Queue(QueueChange::Remove(item.id.clone(), true)),
        })
    }

    /// What a key answers: nothing yet, or what follows.
    pub fn answer(&self, key: &KeyEvent, keys: &Table<bool>) -> Option<Vec<Intent>> {
        let yes = keys.action(key)?;
        Some(yes.then(|| self.yes.clone()).into_iter().collect())
    }

    /// Draws it.
    pub fn view(&self, ctx: &mut DrawContext, shared: &Shared) {
        let keys = &shared.keys.sweeps_ask.line();
        let (theme, area) = (&shared.theme, ctx.area);
        let inner = popup::open(ctx.frame, theme, area, (64, 9), self.title, keys);
        let width = usize::from(inner.width);
        let lines = self.words.iter().flat_map(|words| fit::wrap(words, width));
        let lines: Vec<Line> = lines.map(Line::raw).collect();
        ctx.frame.render_widget(Paragraph::new(lines), inner);
    }
}
