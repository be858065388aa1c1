//! A box that asks for the name of a file to write.

use crate::disk::path;
use crate::disk::write_whole;
use crate::runs::Run;
use crate::text::fit;
use crate::ui::draw_context::DrawContext;
use crate::ui::intent::Intent;
use crate::ui::keys::Table;
use crate::ui::prompt::{self, Prompt};
use crate::ui::shared::Shared;
use crate::ui::task::Task;
use crate::ui::widgets::popup;
use crossterm::event::KeyEvent;
use std::path::Path;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A chart.
    Chart,
    /// A table of runs beside each other.
    Table,
    /// A run's encoder or its embeddings.
    Network,
    /// The report of a sweep.
    Report,
    /// Images in a representation.
    Map,
}

impl Kind {
    const fn title(self) -> &'static str {
        match self {
            Self::Chart => "write the chart to .svg, .png or .csv",
            Self::Table => "write the table to .md, .csv or .json",
            Self::Network => "encoder to .safetensors, or embeddings to .npy",
            Self::Report => "write the report to .html or .md",
            Self::Map => "write the map to .html, .png, .svg or .csv",
        }
    }
}

/// The box, while it is open: what is written, and the name as it is typed.
#[derive(Debug, Default)]
pub struct WriteBox(Option<(Kind, Prompt)>);

impl WriteBox {
    /// Opens it with a suggestion.
    pub fn open(&mut self, kind: Kind, name: &str) {
        let prompt = Prompt::replacing(name).completed_by(path::completions);
        self.0 = Some((kind, prompt));
    }

    /// What is written, while it is open.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        self.0.as_ref().map(|(kind, _)| *kind)
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

    /// Takes a key; `then` writes the file once a name is given, or has it written. On an error the box stays and says it.
    pub fn key(
        &mut self,
        key: &KeyEvent,
        keys: &Table<bool>,
        then: impl FnOnce(&Path) -> Result<Intent, String>,
    ) -> Vec<Intent> {
        let Some((_, prompt)) = &mut self.0 else {
            return Vec::new();
        };
        match keys.action(key) {
            Some(false) => self.0 = None,
            Some(true) => {
                let path = path::typed(prompt.text());
                match then(&path) {
                    Ok(intent) => {
                        self.0 = None;
                        return vec![intent];
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
        let Some((kind, prompt)) = &self.0 else {
            return;
        };
        let theme = &shared.theme;
        let keys = &prompt::keys(&shared.keys.write);
        let inner = popup::open(ctx.frame, theme, ctx.area, (70, 7), kind.title(), keys);
        let path = path::whole(&path::typed(prompt.text()));
        let into = path.parent().unwrap_or(&path).display().to_string();
        let room = usize::from(inner.width).saturating_sub(5);
        let into = format!("into {}", fit::shorten_start(&into, room));
        prompt::ask(prompt, &into, ctx.frame, theme, inner, theme.accent);
    }
}

/// Writes a file at once; what to say then.
///
/// # Errors
/// A sentence with the path.
pub fn write(path: &Path, bytes: &[u8]) -> Result<Intent, String> {
    write_whole(path, bytes).map_err(|e| format!("{} can't be written: {e}", path.display()))?;
    let path = path::whole(path);
    Ok(Intent::Say(format!("wrote {}", path.display())))
}

/// Whether a file's name ends so that this can be written.
///
/// # Errors
/// A sentence with the endings.
pub fn ends(path: &Path, endings: &[&str]) -> Result<(), String> {
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    if endings.iter().any(|known| ending == *known) {
        return Ok(());
    }
    Err(format!(
        "{}: the name has to end with .{}",
        path.display(),
        endings.join(" or .")
    ))
}

/// A name for the file of a run's encoder.
#[must_use]
pub fn encoder(run: &Run) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
    let name: String = run.title().chars().map(plain).collect();
    format!("{name}.safetensors")
}

/// Has a run's encoder or embeddings written.
///
/// # Errors
/// A sentence with the endings.
pub fn export(run: &Run, path: &Path) -> Result<Intent, String> {
    ends(path, &["safetensors", "npy"])?;
    Ok(Intent::Begin(Task::export(run, path)))
}

/// Has the map of a run's images written.
///
/// # Errors
/// A sentence with the endings.
pub fn map(run: &Run, space: &str, path: &Path) -> Result<Intent, String> {
    ends(path, &["html", "png", "svg", "csv"])?;
    Ok(Intent::Begin(Task::write_map(run, space, path)))
}
