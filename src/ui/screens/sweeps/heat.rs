//! The matrix of pairs as a heat map: value, colour, and a bar for who can't tell the colours apart.

use super::figures;
use crate::export::heat;
use crate::runs::Fact;
use crate::ui::pictures::indexed;
use crate::ui::text;
use crate::ui::theme::{Depth, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// Cells across a box, the gap to its right among them.
const WIDE: u16 = 11;
/// From low to high.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// From low to high: dark blue to bright yellow, as bright to every kind of colour vision.
const RAMP: [[f64; 3]; 5] = [
    [38.0, 40.0, 84.0],
    [44.0, 86.0, 140.0],
    [40.0, 138.0, 140.0],
    [106.0, 186.0, 96.0],
    [246.0, 222.0, 64.0],
];

/// A matrix of figures with names of its rows, which are its columns' too.
#[derive(Debug)]
pub struct Heat<'a> {
    /// Of rows and columns.
    pub names: &'a [String],
    /// Row by row.
    pub cells: &'a [Vec<Option<f64>>],
    /// The box under the cursor; either half of the matrix.
    pub cursor: Option<(usize, usize)>,
    /// What the figures are.
    pub fact: Fact,
    /// The colours.
    pub theme: &'a Theme,
}

impl Heat<'_> {
    /// Lines that it takes, its heading among them.
    #[must_use]
    pub fn height(&self, room: u16) -> u16 {
        self.names.len() as u16 * self.tall(room) + 1
    }

    /// Lines of a box.
    fn tall(&self, room: u16) -> u16 {
        if self.names.len() as u16 * 2 < room {
            2
        } else {
            1
        }
    }
}

impl Widget for Heat<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let theme = self.theme;
        let label = self.names.iter().map(|n| text::width(n)).max().unwrap_or(0) as u16 + 2;
        let tall = self.tall(area.height);
        let (low, high) = heat::bounds(self.cells.iter().flatten().flatten().copied());
        for (j, name) in self.names.iter().enumerate() {
            let x = area.x + label + j as u16 * WIDE;
            let at = Rect::new(x, area.y, WIDE - 1, 1).intersection(area);
            let name = text::fit(name, usize::from(WIDE) - 1);
            Line::styled(name, theme.dim).centered().render(at, buffer);
        }
        for (i, (name, row)) in self.names.iter().zip(self.cells).enumerate() {
            let y = area.y + 1 + i as u16 * tall;
            let middle = y + tall / 2;
            let at = Rect::new(area.x, middle, label, 1).intersection(area);
            Line::styled(name.as_str(), theme.dim).render(at, buffer);
            for (j, cell) in row.iter().enumerate() {
                let x = area.x + label + j as u16 * WIDE;
                let at = Rect::new(x, y, WIDE - 1, tall).intersection(area);
                let chosen = [Some((i, j)), Some((j, i))].contains(&self.cursor);
                let share = cell.map(|v| heat::share(v, low, high));
                let style = share.map_or(theme.faint, |s| shade(s, theme));
                buffer.set_style(at, style);
                let words = match (cell, share) {
                    (Some(v), Some(s)) => {
                        let bar = BARS[((s * 7.0).round() as usize).min(7)];
                        format!("{} {bar}", figures::value(self.fact, *v))
                    }
                    _ => "·".to_owned(),
                };
                let words = if chosen { format!("[{words}]") } else { words };
                let line = Rect::new(x, middle, WIDE - 1, 1).intersection(area);
                Line::from(words).centered().render(line, buffer);
            }
        }
    }
}

/// The colours of a box: dark letters where it is bright.
fn shade(share: f64, theme: &Theme) -> Style {
    let [r, g, b] = heat::mixed(&RAMP, share).map(|c| c as u8);
    let colour = Color::Rgb(r, g, b);
    let ink = if share > 0.45 {
        Color::Black
    } else {
        Color::White
    };
    match theme.depth {
        Depth::True => Style::new().fg(ink).bg(colour),
        Depth::Indexed => Style::new().fg(ink).bg(indexed(colour)),
        Depth::Sixteen | Depth::None => theme.text,
    }
}
