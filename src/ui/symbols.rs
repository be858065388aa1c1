//! The signs that a terminal can show. Screens draw with all of them; what is poorer is made of the finished frame, so
//! that no screen has to know.

use ratatui::buffer::Buffer;
use std::borrow::Cow;

/// The names of signs, as the settings and `SIMCLR_TUI_SYMBOLS` write them.
pub const NAMES: [&str; 4] = ["auto", "braille", "block", "ascii"];

/// Which signs frames are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Symbols {
    /// Eight dots a cell, for fonts with braille.
    #[default]
    Braille,
    /// Four blocks a cell.
    Block,
    /// Nothing but ASCII.
    Ascii,
}

impl Symbols {
    /// What the locale says: ASCII alone where it is not UTF-8, and on a text console, whose font has few signs. A locale
    /// that nobody set says nothing.
    #[must_use]
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &&str| var(name).filter(|v| !v.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(set);
        let utf8 = locale.is_none_or(|locale| {
            let locale = locale.to_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        if utf8 && var("TERM").as_deref() != Some("linux") {
            Self::Braille
        } else {
            Self::Ascii
        }
    }

    /// The signs of a name; `auto` leaves them to the environment.
    #[must_use]
    pub fn chosen(name: &str, var: impl Fn(&str) -> Option<String>) -> Self {
        match name {
            "braille" => Self::Braille,
            "block" => Self::Block,
            "ascii" => Self::Ascii,
            _ => Self::detect(var),
        }
    }

    /// A text whose signs of keys are words, where there are none.
    #[must_use]
    pub fn spell(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Ascii => spelt(text).into(),
            Self::Braille | Self::Block => text.into(),
        }
    }

    /// Makes the frame of these signs.
    pub fn apply(self, buffer: &mut Buffer) {
        if self == Self::Braille {
            return;
        }
        if self == Self::Ascii {
            plus_minus(buffer);
        }
        for cell in &mut buffer.content {
            let symbol = cell.symbol();
            if symbol.is_ascii() {
                continue;
            }
            let sign = symbol.chars().next().unwrap_or(' ');
            match (dots(sign), self) {
                (Some(dots), Self::Block) => {
                    cell.set_char(blocks(dots));
                }
                (Some(dots), _) => {
                    cell.set_char(stroke(dots));
                }
                (None, Self::Ascii) => {
                    cell.set_char(ascii(sign));
                }
                (None, _) => {}
            }
        }
    }
}

/// Gives each ± the two cells that it takes in ASCII, where the one after it or before it is free.
fn plus_minus(buffer: &mut Buffer) {
    let width = usize::from(buffer.area.width);
    let free = |buffer: &Buffer, at: usize| buffer.content[at].symbol() == " ";
    for at in 0..buffer.content.len() {
        if buffer.content[at].symbol() != "±" {
            continue;
        }
        let column = at % width;
        let plus = if column + 1 < width && free(buffer, at + 1) {
            at
        } else if column > 0 && free(buffer, at - 1) {
            at - 1
        } else {
            continue;
        };
        buffer.content[plus].set_char('+');
        buffer.content[plus + 1].set_char('-');
    }
}

/// The dots of a braille sign.
fn dots(sign: char) -> Option<u8> {
    u8::try_from(u32::from(sign).checked_sub(0x2800)?).ok()
}

/// Whether the cell has dots in these rows, at the left and at the right.
const fn side(dots: u8, left: u8, right: u8) -> u8 {
    (dots & left != 0) as u8 | (((dots & right != 0) as u8) << 1)
}

/// The four blocks that the eight dots lie in.
fn blocks(dots: u8) -> char {
    const BLOCKS: [char; 16] = [
        ' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█',
    ];
    let (top, bottom) = (side(dots, 0x03, 0x18), side(dots, 0x44, 0xa0));
    BLOCKS[usize::from(top | (bottom << 2))]
}

/// The sign in ASCII that lies where the dots do: a level, a slope, or an upright.
fn stroke(dots: u8) -> char {
    const ROWS: [u8; 4] = [0x09, 0x12, 0x24, 0xc0];
    let has = |row: usize| dots & ROWS[row] != 0;
    let rows: Vec<usize> = (0..4).filter(|row| has(*row)).collect();
    let (Some(top), Some(bottom)) = (rows.first(), rows.last()) else {
        return ' ';
    };
    let lean = |row: usize| side(dots & ROWS[row], 0x47, 0xb8);
    match (bottom - top, lean(*top), lean(*bottom)) {
        (2.., 1, 2) => '\\',
        (2.., 2, 1) => '/',
        (2.., ..) => '|',
        _ if *bottom == 0 => '"',
        _ if *top >= 2 => {
            if *bottom == 3 {
                '_'
            } else {
                ','
            }
        }
        _ => '-',
    }
}

/// Signs in ASCII, each with those that it stands for.
const LIKENESS: [(char, &str); 22] = [
    ('+', "╭╮╰╯├┤┌┐└┘┼┬┴±✓"),
    ('|', "│┃║▏▐"),
    (':', "┊┆╎"),
    ('-', "─–—−▄▃"),
    ('.', "╌·"),
    ('=', "━═▆▅‖"),
    ('~', "…≈"),
    ('<', "←◂‹≤"),
    ('>', "→▸›⏎≥⇥"),
    ('^', "↑▴▲⇧"),
    ('v', "↓▾▼"),
    ('x', "×✗"),
    ('*', "●★•"),
    ('o', "○◌"),
    ('"', "▀▔"),
    ('#', "■█▇"),
    ('_', "▂▁"),
    ('V', "√"),
    ('S', "§"),
    ('u', "µμ"),
    ('t', "τ"),
    ('2', "²"),
];

/// A text whose signs of keys are words: one letter for each would be another key.
#[must_use]
pub fn spelt(text: &str) -> String {
    let signs = [
        ("⇧", "shift-"),
        ("⏎", "enter"),
        ("↑↓←→", "arrows"),
        ("↑↓", "up/down"),
        ("←→", "left/right"),
        ("↑", "up"),
        ("↓", "down"),
        ("←", "left"),
        ("→", "right"),
    ];
    let spell = |text: String, (sign, word)| text.replace(sign, word);
    signs.into_iter().fold(text.to_owned(), spell)
}

/// The sign in ASCII that says the same, one cell for one.
fn ascii(sign: char) -> char {
    let like = LIKENESS.iter().find(|(_, signs)| signs.contains(sign));
    like.map_or('?', |(ascii, _)| *ascii)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    fn detected(pairs: &[(&str, &str)]) -> Symbols {
        Symbols::detect(|name| {
            let pair = pairs.iter().find(|(n, _)| *n == name);
            pair.map(|(_, v)| (*v).to_owned())
        })
    }

    #[test]
    fn the_locale_says_which_signs_there_are() {
        assert_eq!(detected(&[]), Symbols::Braille);
        assert_eq!(detected(&[("LANG", "de_DE.UTF-8")]), Symbols::Braille);
        assert_eq!(detected(&[("LC_CTYPE", "C.utf8")]), Symbols::Braille);
        assert_eq!(detected(&[("LANG", "C")]), Symbols::Ascii);
        let both = [("LC_ALL", "POSIX"), ("LANG", "de_DE.UTF-8")];
        assert_eq!(detected(&both), Symbols::Ascii);
        let console = [("TERM", "linux"), ("LANG", "C.UTF-8")];
        assert_eq!(detected(&console), Symbols::Ascii);
    }

    fn shown(symbols: Symbols, text: &str) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, text.chars().count() as u16, 1));
        buffer.set_string(0, 0, text, Style::new());
        symbols.apply(&mut buffer);
        buffer
            .content
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect()
    }

    #[test]
    fn dots_become_what_lies_where_they_do() {
        // Level from the top to the bottom, gentle slopes, steep ones, the left column, nothing.
        let dots = "⠉⠒⠤⣀⡠⠊⠱⡰⡇⠀";
        assert_eq!(shown(Symbols::Block, "⠉⠤⣀⡇⣿⠀"), "▀▄▄▌█ ");
        assert_eq!(shown(Symbols::Ascii, dots), "\"-,__-\\/| ");
        assert_eq!(shown(Symbols::Braille, dots), dots);
    }

    #[test]
    fn whatever_is_drawn_is_ascii() {
        let all: String = ('\u{a1}'..'\u{3000}').filter(|c| !c.is_control()).collect();
        for c in all.chars() {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 1, 1));
            buffer.content[0].set_char(c);
            Symbols::Ascii.apply(&mut buffer);
            assert!(buffer.content[0].symbol().is_ascii(), "{c}");
        }
        assert_eq!(shown(Symbols::Ascii, "╭─ kNN ▸ …"), "+- kNN > ~");
        assert_eq!(shown(Symbols::Ascii, "‖ paused"), "= paused");
        assert_eq!(
            shown(Symbols::Ascii, "6 ± 2, 6 ±2, 6±2"),
            "6 +-2, 6+-2, 6+2"
        );
    }
}
