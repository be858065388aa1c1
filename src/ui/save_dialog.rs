//! A box that asks for a file's name and writes a chart or a table there.

use crate::disk::path;
use crate::disk::write_whole;
use crate::text::fit;
use crate::ui::draw_context::DrawContext;
use crate::ui::intent::Intent;
use crate::ui::keys::Table;
use crate::ui::prompt::{self, Prompt};
use crate::ui::shared::Shared;
use crate::ui::widgets::popup;
use crossterm::event::KeyEvent;
use std::path::Path;

/// The box, while it is open: its title, and the name as it is typed.
#[derive(Debug, Default)]
pub struct WriteBox(Option<(&'static str, Prompt)>);

impl WriteBox {
    /// Opens it with a suggestion; the title says what can be written.
    pub fn open(&mut self, title: &'static str, name: &str) {
        self.0 = Some((title, Prompt::new(name)));
    }

    /// Whether it takes the keys.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        if let Some((_, prompt)) = &mut self.0 {
            prompt.paste(text);
        }
    }

    /// Takes a key; `file` makes what is written once a name is given. On an error the box stays and says it.
    pub fn key(
        &mut self,
        key: &KeyEvent,
        keys: &Table<bool>,
        file: impl FnOnce(&Path) -> Result<Vec<u8>, String>,
    ) -> Vec<Intent> {
        let Some((_, prompt)) = &mut self.0 else {
            return Vec::new();
        };
        match keys.action(key) {
            Some(false) => self.0 = None,
            Some(true) => {
                let path = path::typed(prompt.text());
                match file(&path).and_then(|bytes| write(&path, &bytes)) {
                    Ok(()) => {
                        self.0 = None;
                        return vec![Intent::Say(format!(
                            "wrote {}",
                            path::whole(&path).display()
                        ))];
                    }
                    Err(why) => prompt.error = Some(why),
                }
            }
            None => prompt.key(key),
        }
        Vec::new()
    }

    /// Draws it.
    pub fn view(&self, ctx: &mut DrawContext, shared: &Shared) {
        let Some((title, prompt)) = &self.0 else {
            return;
        };
        let theme = &shared.theme;
        let keys = &prompt::keys(&shared.keys.write);
        let inner = popup::open(ctx.frame, theme, ctx.area, (70, 7), title, keys);
        let path = path::whole(&path::typed(prompt.text()));
        let into = path.parent().unwrap_or(&path).display().to_string();
        let room = usize::from(inner.width).saturating_sub(5);
        let into = format!("into {}", fit::shorten_start(&into, room));
        prompt::ask(prompt, &into, ctx.frame, theme, inner, theme.accent);
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    write_whole(path, bytes).map_err(|e| format!("{} can't be written: {e}", path.display()))
}

/// What the box is called when it writes a chart.
pub const CHART: &str = "write the chart to .svg, .png or .csv";
