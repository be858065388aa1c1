//! What goes to the terminal, in few bytes: each colour and attribute once, and none that can't be seen.
//!
//! Ratatui's own backend writes both colours where one changes, an escape sequence for each attribute, the whole position after each
//! gap, and colours of blanks, on which none shows. A full screen of a table takes an eighth less without.

use crossterm::style::{Attribute, Colored};
use ratatui::backend::{Backend, ClearType, CrosstermBackend, IntoCrossterm, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use std::io::{self, Write};

/// Crossterm's backend with a drawing of its own.
#[derive(Debug)]
pub struct Frugal<W: Write>(CrosstermBackend<W>);

impl<W: Write> Frugal<W> {
    /// Onto a terminal.
    pub const fn new(terminal: W) -> Self {
        Self(CrosstermBackend::new(terminal))
    }
}

/// The attributes that show on a blank, too.
const ON_BLANKS: Modifier = Modifier::UNDERLINED
    .union(Modifier::REVERSED)
    .union(Modifier::CROSSED_OUT);

/// Each attribute that is set (colours of underlines are never), and what takes it back.
const ATTRIBUTES: [(Modifier, Attribute, Attribute); 9] = [
    (Modifier::BOLD, Attribute::Bold, Attribute::NormalIntensity),
    (Modifier::DIM, Attribute::Dim, Attribute::NormalIntensity),
    (Modifier::ITALIC, Attribute::Italic, Attribute::NoItalic),
    (
        Modifier::UNDERLINED,
        Attribute::Underlined,
        Attribute::NoUnderline,
    ),
    (
        Modifier::SLOW_BLINK,
        Attribute::SlowBlink,
        Attribute::NoBlink,
    ),
    (
        Modifier::RAPID_BLINK,
        Attribute::RapidBlink,
        Attribute::NoBlink,
    ),
    (Modifier::HIDDEN, Attribute::Hidden, Attribute::NoHidden),
    (Modifier::REVERSED, Attribute::Reverse, Attribute::NoReverse),
    (
        Modifier::CROSSED_OUT,
        Attribute::CrossedOut,
        Attribute::NotCrossedOut,
    ),
];

/// How the next cell would look, and where it would stand.
#[derive(Default)]
struct Pen {
    ink: Color,
    ground: Color,
    attributes: Modifier,
    at: Option<Position>,
    /// Whether no sign since the last whole position could be wider than thought.
    sure: bool,
}

impl Pen {
    fn cell(&mut self, out: &mut impl Write, x: u16, y: u16, cell: &Cell) -> io::Result<()> {
        self.go(out, x, y)?;
        self.dip(out, cell)?;
        // A picture is a whole sequence in one cell, and leaves the cursor where it likes.
        let picture = cell.symbol().contains('\x1b');
        self.sure &= cell.symbol().is_ascii();
        self.at = (!picture).then_some(Position { x: x + 1, y });
        out.write_all(cell.symbol().as_bytes())
    }

    /// Steps over a gap, or names the place: terminals disagree on how wide some signs are, and a place that is named sets that right.
    fn go(&mut self, out: &mut impl Write, x: u16, y: u16) -> io::Result<()> {
        match self.at {
            Some(at) if at == (Position { x, y }) => Ok(()),
            Some(at) if self.sure && at.y == y && at.x < x => write!(out, "\x1b[{}C", x - at.x),
            _ => {
                self.sure = true;
                write!(out, "\x1b[{};{}H", y + 1, x + 1)
            }
        }
    }

    /// Takes on the look of a cell, as far as it shows.
    fn dip(&mut self, out: &mut impl Write, cell: &Cell) -> io::Result<()> {
        let blank = cell.symbol() == " ";
        let mut codes = Vec::new();
        let shown = cell.modifier.union(self.attributes).intersects(ON_BLANKS);
        if cell.modifier != self.attributes && (shown || !blank) {
            codes = turned(self.attributes, cell.modifier);
            self.attributes = cell.modifier;
        }
        if cell.fg != self.ink && (!blank || self.attributes.intersects(ON_BLANKS)) {
            self.ink = cell.fg;
            codes.push(Colored::ForegroundColor(cell.fg.into_crossterm()).to_string());
        }
        if cell.bg != self.ground {
            self.ground = cell.bg;
            codes.push(Colored::BackgroundColor(cell.bg.into_crossterm()).to_string());
        }
        // Crossterm writes no colour at all where `NO_COLOR` is set.
        codes.retain(|code| !code.is_empty());
        if codes.is_empty() {
            return Ok(());
        }
        write!(out, "\x1b[{}m", codes.join(";"))
    }
}

/// What takes one set of attributes to another: first what goes, because bold and dim go together, then what comes.
fn turned(from: Modifier, to: Modifier) -> Vec<String> {
    let gone: Vec<_> = ATTRIBUTES
        .iter()
        .filter(|(which, ..)| (from - to).contains(*which))
        .collect();
    let dimmed = gone
        .iter()
        .any(|(.., off)| *off == Attribute::NormalIntensity);
    let intensity = Modifier::BOLD.union(Modifier::DIM);
    let come = if dimmed {
        (to - from).union(to.intersection(intensity))
    } else {
        to - from
    };
    let mut codes: Vec<String> = gone.iter().map(|(.., off)| off.sgr()).collect();
    codes.dedup();
    codes.extend(
        ATTRIBUTES
            .iter()
            .filter(|(which, ..)| come.contains(*which))
            .map(|(_, on, _)| on.sgr()),
    );
    codes
}

impl<W: Write> Backend for Frugal<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut pen = Pen::default();
        let mut drawn = false;
        for (x, y, cell) in content {
            pen.cell(&mut self.0, x, y, cell)?;
            drawn = true;
        }
        // The next frame, and the shell after it, begin plain.
        if drawn {
            write!(self.0, "\x1b[0m")
        } else {
            Ok(())
        }
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.0.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.0.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.0.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.0.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.0.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.0.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        self.0.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.0.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.0)
    }
}

impl<W: Write> Write for Frugal<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Style;

    fn written(cells: &[(&'static str, Style)]) -> String {
        let mut bytes = Vec::new();
        let cells: Vec<Cell> = cells
            .iter()
            .map(|(symbol, style)| {
                let mut cell = Cell::new(symbol);
                cell.set_style(*style);
                cell
            })
            .collect();
        let at = cells.iter().zip(0..).map(|(cell, x)| (x, 0, cell));
        Frugal::new(&mut bytes).draw(at).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn blanks_cost_no_colour_and_keep_what_shows_on_them() {
        let red = Style::new().fg(Color::Rgb(255, 0, 0)).bold();
        let plain = Style::new();
        let told = written(&[("a", red), (" ", plain), ("b", red)]);
        assert_eq!(told, "\x1b[1;1H\x1b[1;38;2;255;0;0ma b\x1b[0m");
        for shown in [plain.bg(Color::Blue), plain.underlined(), plain.reversed()] {
            let told = written(&[("a", red), (" ", shown), ("b", red)]);
            assert!(!told.contains("a b"), "{told:?}");
            let told = written(&[("a", shown), (" ", plain), ("b", shown)]);
            assert!(!told.contains("a b"), "{told:?}");
        }
    }

    #[test]
    fn bold_and_dim_go_together_and_the_one_that_stays_is_set_again() {
        let (bold, dim) = (Style::new().bold(), Style::new().dim());
        let told = written(&[
            ("a", bold.dim()),
            ("b", dim),
            ("c", bold),
            ("d", Style::new()),
        ]);
        assert_eq!(
            told,
            "\x1b[1;1H\x1b[1;2ma\x1b[22;2mb\x1b[22;1mc\x1b[22md\x1b[0m"
        );
    }

    #[test]
    fn gaps_are_stepped_over_unless_a_sign_may_be_wider_than_thought() {
        let cell = Cell::new("a");
        let wide = Cell::new("▁");
        let draw = |cells: &[(u16, u16, &Cell)]| {
            let mut bytes = Vec::new();
            Frugal::new(&mut bytes).draw(cells.iter().copied()).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        assert_eq!(
            draw(&[(0, 0, &cell), (5, 0, &cell)]),
            "\x1b[1;1Ha\x1b[4Ca\x1b[0m"
        );
        assert_eq!(
            draw(&[(0, 0, &wide), (5, 0, &cell)]),
            "\x1b[1;1H▁\x1b[1;6Ha\x1b[0m"
        );
        assert_eq!(
            draw(&[(0, 0, &cell), (0, 1, &cell)]),
            "\x1b[1;1Ha\x1b[2;1Ha\x1b[0m"
        );
        // The sequence of a picture in the first of its cells.
        let picture = Cell::new("\x1b]1337;File=inline=1:AAAA\x07");
        let drawn = draw(&[(0, 0, &picture), (5, 0, &cell)]);
        assert!(drawn.ends_with("\x07\x1b[1;6Ha\x1b[0m"), "{drawn:?}");
        let drawn = draw(&[(0, 0, &picture), (1, 0, &cell)]);
        assert!(drawn.ends_with("\x07\x1b[1;2Ha\x1b[0m"), "{drawn:?}");
        assert_eq!(draw(&[]), "");
    }
}
