//! The screens: a fixed list, each with its state, its key table, `update` and `view`.

pub mod compare;
mod confusion;
pub mod experiment;
pub mod explore;
mod gallery;
pub mod help;
pub mod history;
pub mod sweeps;
pub mod train;

use crate::ui::draw_context::DrawContext;
use crate::ui::intent::Intent;
use crate::ui::keymap::Keymap;
use crate::ui::keys::Hint;
use crate::ui::shared::Shared;
use crossterm::event::KeyEvent;

/// How a screen looks.
pub trait View {
    /// Draws the screen.
    fn view(&self, ctx: &mut DrawContext, shared: &Shared);
}

/// One screen.
pub trait Screen: View {
    /// The keys that work now.
    fn hints(&self, shared: &Shared) -> Vec<Hint>;
    /// Every key of the screen, for the help.
    fn help(&self, keys: &Keymap) -> Vec<Hint>;
    /// Takes a key; `None` when it means nothing here.
    fn update(&mut self, key: &KeyEvent, shared: &Shared) -> Option<Vec<Intent>>;
    /// Takes a click on a row; again on the row under the cursor means enter.
    fn click(&mut self, row: usize, shared: &Shared) -> Vec<Intent>;
    /// Takes a click on the slider of a row, at a share of its length.
    fn slide(&mut self, _row: usize, _share: f64) {}
    /// Takes a click on the heading of a column.
    fn click_heading(&mut self, _column: usize) -> Vec<Intent> {
        Vec::new()
    }
    /// Takes turns of the wheel, down positive.
    fn wheel(&mut self, turns: isize, shared: &Shared);
    /// Puts the crosshair at a place of x, for screens with charts.
    fn aim(&mut self, _at: f64) {}
    /// Zooms the charts around a place of x, closer or further.
    fn zoom(&mut self, _at: f64, _closer: bool, _shared: &Shared) {}
    /// Moves along zoomed charts by a share of what is seen.
    fn pan(&mut self, _share: f64, _shared: &Shared) {}
    /// Takes pasted text; most screens have no use for it.
    fn paste(&mut self, _text: &str) {}
    /// The runs of which it shows more than an outline.
    fn reads(&self, _shared: &Shared) -> Vec<String> {
        Vec::new()
    }
    /// Whether keys are text at the moment, so that none of them may do anything else.
    fn is_typing(&self) -> bool {
        false
    }
}
