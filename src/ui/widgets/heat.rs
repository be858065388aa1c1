//! A matrix as a heat map: value, colour, and a bar for who can't tell the colours apart.

use crate::export::heat;
use crate::text;
use crate::ui::pictures::indexed;
use crate::ui::theme::{Depth, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// Cells across a box, the gap to its right among them, where there is room.
const WIDE: u16 = 11;
/// The fewest: a figure such as 76.0 and the gap.
const NARROW: u16 = 5;
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
    /// Row by row, each number with its text.
    pub cells: Vec<Vec<Option<(f64, String)>>>,
    /// The boxes under the cursor.
    pub cursor: Vec<(usize, usize)>,
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

    /// How it is laid out in so many cells across.
    fn across(&self, width: u16) -> Across {
        let longest = self.names.iter().map(|n| text::width(n)).max().unwrap_or(0) as u16;
        let wide = |label| (width.saturating_sub(label) / self.names.len().max(1) as u16).min(WIDE);
        let label = longest + 2;
        if wide(label) > longest {
            let wide = wide(label);
            return Across {
                label,
                wide,
                letters: false,
            };
        }
        // Names would lose letters: the columns go by the letters that stand before the rows' names.
        let label = longest + 3;
        Across {
            label,
            wide: wide(label).max(NARROW),
            letters: true,
        }
    }

    /// What stands in a box of so many cells.
    fn words(cell: Option<(&str, f64)>, chosen: bool, width: u16) -> String {
        let Some((value, share)) = cell else {
            return if chosen { "[·]" } else { "·" }.to_owned();
        };
        let bar = BARS[((share * 7.0).round() as usize).min(7)];
        let marked = |words: String| {
            if chosen { format!("[{words}]") } else { words }
        };
        let forms = [marked(format!("{value} {bar}")), marked(value.to_owned())];
        let fits = |form: &String| text::width(form) <= usize::from(width);
        forms
            .into_iter()
            .find(fits)
            .unwrap_or_else(|| value.to_owned())
    }
}

/// A layout across.
struct Across {
    /// Cells of the rows' names.
    label: u16,
    /// Cells of a box and the gap to its right.
    wide: u16,
    /// Whether columns are named by letters.
    letters: bool,
}

/// The letter of a row and its column.
fn letter(nth: usize) -> char {
    char::from(b'a' + (nth % 26) as u8)
}

impl Widget for Heat<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let theme = self.theme;
        let Across {
            label,
            wide,
            letters,
        } = self.across(area.width);
        let tall = self.tall(area.height);
        let known = self.cells.iter().flatten().flatten();
        let (low, high) = heat::bounds(known.map(|(value, _)| *value));
        for (j, name) in self.names.iter().enumerate() {
            let x = area.x + label + j as u16 * wide;
            let at = Rect::new(x, area.y, wide - 1, 1).intersection(area);
            let name = if letters {
                letter(j).to_string()
            } else {
                name.clone()
            };
            Line::styled(name, theme.dim).centered().render(at, buffer);
        }
        for (i, (name, row)) in self.names.iter().zip(&self.cells).enumerate() {
            let y = area.y + 1 + i as u16 * tall;
            let middle = y + tall / 2;
            let at = Rect::new(area.x, middle, label, 1).intersection(area);
            let name = if letters {
                format!("{} {name}", letter(i))
            } else {
                name.clone()
            };
            Line::styled(name, theme.dim).render(at, buffer);
            for (j, cell) in row.iter().enumerate() {
                let x = area.x + label + j as u16 * wide;
                let at = Rect::new(x, y, wide - 1, tall).intersection(area);
                let chosen = self.cursor.contains(&(i, j));
                let cell = cell.as_ref();
                let cell = cell.map(|(v, text)| (text.as_str(), heat::share(*v, low, high)));
                let style = cell.map_or(theme.faint, |(_, share)| shade(share, theme));
                buffer.set_style(at, style);
                let words = Self::words(cell, chosen, wide - 1);
                let line = Rect::new(x, middle, wide - 1, 1).intersection(area);
                let unmarked = chosen && !words.starts_with('[');
                // The colours of the theme would be lost on those of the box.
                let style = if unmarked {
                    Style::new().reversed().bold()
                } else {
                    Style::new()
                };
                Line::styled(words, style).centered().render(line, buffer);
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
