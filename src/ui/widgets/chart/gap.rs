//! Places where training stood still: a dotted upright line behind the curves, and how long it was where there is room.

use super::raster;
use super::scale::Scale;
use crate::text;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

const LINE: &str = "┊";
const SIGN: &str = "‖";

/// A place on x where training stood still for a while.
#[derive(Clone, Debug)]
pub struct Break {
    /// Where.
    pub at: f64,
    /// For how long, in words; empty where that is not worth any.
    pub label: String,
}

impl Break {
    /// Its column, from the left, if it is within the plot.
    fn column(&self, x: &Scale, plot: Rect) -> Option<u16> {
        let share = x.share(self.at);
        (0.0..=1.0)
            .contains(&share)
            .then(|| raster::column(share, plot.width))
    }

    /// Draws the line, before everything else.
    pub fn line(&self, x: &Scale, plot: Rect, style: Style, buffer: &mut Buffer) {
        if let Some(column) = self.column(x, plot) {
            for row in plot.rows() {
                let cell = &mut buffer[(plot.x + column, row.y)];
                cell.set_symbol(LINE).set_style(style);
            }
        }
    }

    /// Draws the sign at the line's foot or head, with the words beside it where nothing else is; after everything else.
    pub fn words(&self, x: &Scale, plot: Rect, style: Style, buffer: &mut Buffer) {
        let Some(column) = self.column(x, plot) else {
            return;
        };
        let [right, left] = if self.label.is_empty() {
            [SIGN.to_owned(), SIGN.to_owned()]
        } else {
            [
                format!("{SIGN} {} ", self.label),
                format!(" {} {SIGN}", self.label),
            ]
        };
        let cells = text::width(&right) as u16;
        let before = (column + 1).checked_sub(cells);
        let texts = [(Some(column), right), (before, left)];
        let rows = [plot.height - 1, 0];
        for (start, text) in texts.iter().chain([&(Some(column), SIGN.to_owned())]) {
            for row in rows {
                let at = start.map(|start| (plot.x + start, plot.y + row));
                if let Some(at) = at.filter(|at| is_free(*at, text, plot, buffer)) {
                    buffer.set_string(at.0, at.1, text, style);
                    return;
                }
            }
        }
    }
}

/// Whether a text would cover nothing but lines of breaks.
fn is_free((column, row): (u16, u16), text: &str, plot: Rect, buffer: &Buffer) -> bool {
    let end = column + text::width(text) as u16;
    let blank = |column| matches!(buffer[(column, row)].symbol(), " " | LINE);
    end <= plot.right() && (column..end).all(blank)
}
