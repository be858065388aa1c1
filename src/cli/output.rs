//! Where a command prints: its width and colours, and only characters that can't steer a terminal.

use std::io::{self, IsTerminal, Stdout, Write};

/// An output with what is known of it.
pub struct Screen {
    out: Box<dyn Write>,
    /// Columns, where it is a terminal.
    pub width: Option<usize>,
    /// Whether it takes colours.
    pub colour: bool,
    /// Whether it is a terminal whose cursor moves.
    pub terminal: bool,
}

impl Screen {
    /// Standard output.
    pub fn stdout() -> Self {
        let out: Stdout = io::stdout();
        let terminal = out.is_terminal() && !dumb();
        let size = terminal_size::terminal_size_of(&out).filter(|_| terminal);
        let width = size.map(|(columns, _)| usize::from(columns.0));
        Self {
            out: Box::new(io::BufWriter::new(out)),
            width,
            colour: terminal && colours(),
            terminal,
        }
    }

    /// Any writer, without colours and of any width.
    #[cfg(test)]
    pub fn to(out: impl Write + 'static) -> Self {
        Self {
            out: Box::new(out),
            width: None,
            colour: false,
            terminal: false,
        }
    }

    /// The text in a style, where the output takes colours.
    pub fn paint(&self, style: Style, text: &str) -> String {
        match style {
            Style::Plain => text.to_owned(),
            style if self.colour => format!("\u{1b}[{}m{text}\u{1b}[0m", style.code()),
            _ => text.to_owned(),
        }
    }

    /// Prints one line.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }

    /// Prints what a training says; that nobody reads it is no reason to stop.
    pub fn tell(&mut self, text: &str) {
        let _ = self.line(text);
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// How a text is set apart; never the only sign of what it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    #[default]
    Plain,
    Bold,
    Dim,
    Good,
    Bad,
    Warn,
    Live,
}

impl Style {
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "0",
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Good => "32",
            Self::Bad => "31",
            Self::Warn => "33",
            Self::Live => "36",
        }
    }
}

/// Whether the user lets programs colour: see no-color.org.
pub fn colours() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty())
}

/// Whether the terminal is one that can only print, line after line.
fn dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// The text on one line, without characters that would steer the terminal.
pub fn harmless(text: &str) -> String {
    let steers =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .map(|c| if steers(c) { ' ' } else { c })
        .collect()
}
