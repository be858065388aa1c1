//! What goes to the terminal, in few bytes: each colour and attribute once, and none that can't be seen.
//!
//! Ratatui's own backend writes both colours where one changes, an escape sequence for each attribute, the whole position after each
//! gap, and colours of blanks, on which none shows. A full screen of a table takes an eighth less without.

use crate::text;
use crossterm::style::{Attribute, Colored};
use ratatui::backend::{Backend, ClearType, CrosstermBackend, IntoCrossterm, WindowSize};
use ratatui::buffer::{Cell, CellWidth};
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use std::collections::HashMap;
use std::io::{self, Write};

/// The largest screen that is drawn on. A terminal may claim any size, and each cell takes memory.
const LARGEST: Size = Size::new(1024, 512);

/// Crossterm's backend with a drawing of its own.
#[derive(Debug)]
pub struct CompactBackend<W: Write> {
    terminal: CrosstermBackend<W>,
    wide: WideLetters,
}

/// Where letters of several characters stand, and how many cells each takes. A terminal may have drawn such a letter part by part, so that
/// another one in its first cell doesn't clear the others.
type WideLetters = HashMap<(u16, u16), u16>;

impl<W: Write> CompactBackend<W> {
    /// Onto a terminal.
    pub fn new(terminal: W) -> Self {
        Self {
            terminal: CrosstermBackend::new(terminal),
            wide: WideLetters::new(),
        }
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
    fg: Color,
    bg: Color,
    attributes: Modifier,
    at: Option<Position>,
    /// Whether no sign since the last whole position could be wider than thought.
    sure: bool,
}

impl Pen {
    fn cell(
        &mut self,
        out: &mut impl Write,
        (x, y): (u16, u16),
        cell: &Cell,
        wide: &mut WideLetters,
    ) -> io::Result<()> {
        self.move_to(out, x, y)?;
        self.set_style(out, cell)?;
        let symbol = cell.symbol();
        self.sure &= symbol.is_ascii();
        // A picture is a whole sequence in one cell, and leaves the cursor where it likes.
        if symbol.contains('\x1b') {
            self.at = None;
            return out.write_all(symbol.as_bytes());
        }
        let cells = cell.cell_width().max(1);
        let sure = text::is_sure(symbol) && text::width(symbol) == usize::from(cells);
        if sure {
            self.at = Some(Position { x: x + cells, y });
            out.write_all(symbol.as_bytes())?;
        } else {
            self.print_doubtful(out, (x, y), symbol, cells)?;
        }
        let before = (x..x + cells)
            .filter_map(|x| Some(x + wide.remove(&(x, y))?))
            .max();
        if let Some(rest) = before
            .and_then(|end| end.checked_sub(x + cells))
            .filter(|rest| *rest > 0)
        {
            self.move_to(out, x + cells, y)?;
            self.at = Some(Position {
                x: x + cells + rest,
                y,
            });
            write!(out, "{:1$}", "", rest.into())?;
        }
        if cells > 1 && !sure {
            wide.insert((x, y), cells);
        }
        Ok(())
    }

    /// Draws a letter that terminals disagree on: over blanks, as much of it as has room everywhere, and then the place is named.
    fn print_doubtful(
        &mut self,
        out: &mut impl Write,
        (x, y): (u16, u16),
        letter: &str,
        cells: u16,
    ) -> io::Result<()> {
        let cells = usize::from(cells);
        if cells > 1 {
            write!(out, "{:cells$}\x1b[{};{}H", "", y + 1, x + 1)?;
        }
        self.at = None;
        out.write_all(text::drawable(letter, cells).as_bytes())
    }

    /// Steps over a gap, or names the place: terminals disagree on how wide some signs are, and a place that is named sets that right.
    fn move_to(&mut self, out: &mut impl Write, x: u16, y: u16) -> io::Result<()> {
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
    fn set_style(&mut self, out: &mut impl Write, cell: &Cell) -> io::Result<()> {
        let blank = cell.symbol() == " ";
        let mut codes = Vec::new();
        let shown = cell.modifier.union(self.attributes).intersects(ON_BLANKS);
        if cell.modifier != self.attributes && (shown || !blank) {
            codes = attribute_changes(self.attributes, cell.modifier);
            self.attributes = cell.modifier;
        }
        if cell.fg != self.fg && (!blank || self.attributes.intersects(ON_BLANKS)) {
            self.fg = cell.fg;
            codes.push(Colored::ForegroundColor(cell.fg.into_crossterm()).to_string());
        }
        if cell.bg != self.bg {
            self.bg = cell.bg;
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
fn attribute_changes(from: Modifier, to: Modifier) -> Vec<String> {
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

impl<W: Write> Backend for CompactBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut pen = Pen::default();
        let mut drawn = false;
        for (x, y, cell) in content {
            pen.cell(&mut self.terminal, (x, y), cell, &mut self.wide)?;
            drawn = true;
        }
        // The next frame, and the shell after it, begin plain.
        if drawn {
            write!(self.terminal, "\x1b[0m")
        } else {
            Ok(())
        }
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.terminal.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.terminal.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.terminal.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.terminal.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.wide.clear();
        self.terminal.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.wide.clear();
        self.terminal.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        let Size { width, height } = self.terminal.size()?;
        Ok(Size::new(
            width.min(LARGEST.width),
            height.min(LARGEST.height),
        ))
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.terminal.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.terminal)
    }
}

impl<W: Write> Write for CompactBackend<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.terminal.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.terminal)
    }
}

#[cfg(test)]
mod tests;
