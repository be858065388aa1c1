//! Pasted text, for the line that is being typed.

use super::App;
use crate::ui::overlay::Overlay;

/// Bytes of a paste that are taken.
pub const PASTE: usize = 64 << 10;

impl App {
    /// Takes pasted text, as much of it as any line could hold.
    pub(super) fn paste(&mut self, text: &str) {
        let kept = &text[..text.floor_char_boundary(PASTE)];
        match &mut self.overlay {
            None => self.screen_mut().paste(kept),
            Some(Overlay::Palette(palette)) => palette.paste(kept),
            Some(_) => return,
        }
        if kept.len() < text.len() {
            let why = format!(
                "the paste is too long: only the first {} KiB are taken",
                PASTE >> 10
            );
            self.refuse(&why);
        }
    }
}
