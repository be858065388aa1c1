//! Where a command prints: its width and colours, and only characters that can't steer a terminal.

use super::child::error_line;
use super::{CliError, Result};
use crate::disk::write_whole;
use crate::text::figures::bytes;
use crate::text::{COMPLAINT, shown, shown_json, shown_lines, steers};
use indicatif::ProgressBar;
use serde_json::Value as Json;
use std::io::{self, IsTerminal, Stdout, Write};
use std::path::Path;

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

/// Writes a file that the user named.
pub fn written(path: &Path, file: &[u8]) -> Result<()> {
    let written = write_whole(path, file);
    written.map_err(|e| CliError::Failed(format!("{} can't be written: {e}", path.display())))
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

    /// The text in a style, where the output takes colours, for a [`line`](Self::line).
    pub fn paint(&self, style: Style, text: &str) -> String {
        match style {
            Style::Plain => shown(text).into_owned(),
            style if self.colour => {
                format!("{}{}{}", style.mark(), shown(text), Style::Plain.mark())
            }
            _ => shown(text).into_owned(),
        }
    }

    /// Prints a line, or several.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self, "{text}")?;
        self.out.flush()
    }

    /// Prints a value as a line of JSON.
    pub fn json(&mut self, value: &Json) -> io::Result<()> {
        writeln!(self.out, "{}", shown_json(&value.to_string()))?;
        self.out.flush()
    }

    /// Writes a file that the user named, and tells its size.
    pub fn save(&mut self, path: &Path, file: &[u8]) -> Result<()> {
        written(path, file)?;
        // That nobody reads it is no reason to leave out the next file.
        self.tell(&format!("{}  {}", path.display(), bytes(file.len() as u64)));
        Ok(())
    }

    /// Takes back the last lines of a terminal, so that others are printed over them.
    pub fn take_back(&mut self, lines: usize) -> io::Result<()> {
        write!(self.out, "\u{1b}[{lines}A\u{1b}[J")
    }

    /// Prints what a training says; that nobody reads it is no reason to stop.
    pub fn tell(&mut self, text: &str) {
        let _ = self.line(text);
    }

    /// The text with its styles as the output takes them, and with nothing else that would steer a terminal.
    fn dressed(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match Style::of_mark(c) {
                Some(style) if self.colour => out.push_str(&format!("\u{1b}[{}m", style.code())),
                Some(_) => {}
                None if steers(c) && !matches!(c, '\n' | '\t') => out.extend(c.escape_default()),
                None => out.push(c),
            }
        }
        out
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = self.dressed(&String::from_utf8_lossy(bytes));
        self.out.write_all(text.as_bytes())?;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Prints on standard error; that nobody reads it is no reason to stop.
pub fn complain(text: &str) {
    let _ = writeln!(io::stderr(), "{}", cut(&shown_lines(text)));
}

/// Reports why the command fails: to the parent process, where that reads errors, and else to people.
pub fn report(why: &str) {
    match error_line(&cut(why)) {
        Some(line) => drop(writeln!(io::stderr(), "{}", shown_json(&line))),
        None => complain(&format!("{COMPLAINT}{why}")),
    }
}

/// As much of a text as anybody reads.
fn cut(text: &str) -> String {
    let end = text.floor_char_boundary(LONGEST);
    let more = if end < text.len() { " …" } else { "" };
    format!("{}{more}", &text[..end])
}

/// As much of a complaint as anybody reads: what a file says may be in it.
const LONGEST: usize = 20_000;

/// Prints a question on standard error, where the answer is then typed.
pub fn ask(question: &str) -> io::Result<()> {
    write!(io::stderr(), "{} ", shown(question))?;
    io::stderr().flush()
}

/// Whether standard error is looked at.
pub fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// Prints a line above a bar.
pub fn above(bar: &ProgressBar, text: &str) {
    bar.println(shown(text));
}

/// Prints a text beside a bar.
pub fn beside(bar: &ProgressBar, text: &str) {
    bar.set_message(shown(text).into_owned());
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

    /// A noncharacter, which no text has, that stands for the style until it is printed.
    fn mark(self) -> char {
        let nth = STYLES.iter().position(|style| *style == self);
        nth.and_then(|nth| char::from_u32(FIRST_MARK + nth as u32))
            .unwrap_or(' ')
    }

    fn of_mark(c: char) -> Option<Self> {
        let nth = u32::from(c).checked_sub(FIRST_MARK)?;
        STYLES.get(nth as usize).copied()
    }
}

const FIRST_MARK: u32 = 0xfdd0;

const STYLES: [Style; 7] = [
    Style::Plain,
    Style::Bold,
    Style::Dim,
    Style::Good,
    Style::Bad,
    Style::Warn,
    Style::Live,
];

/// Whether the user lets programs colour: see no-color.org.
pub fn colours() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty())
}

/// Whether the terminal is one that can only print, line after line.
fn dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    /// What was printed.
    #[derive(Clone, Default)]
    pub struct Page(Arc<Mutex<Vec<u8>>>);

    impl Page {
        pub fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nothing_that_is_printed_steers_the_terminal_but_our_styles() {
        for colour in [false, true] {
            let page = Page::default();
            let mut screen = Screen::to(page.clone());
            screen.colour = colour;
            let evil = "\u{1b}[2J\u{9b}31m\u{202e}";
            let painted = screen.paint(Style::Good, evil);
            screen.line(&format!("{painted} {evil}")).unwrap();
            screen.json(&evil.into()).unwrap();
            screen
                .write_all(format!("a\tb\n{evil}").as_bytes())
                .unwrap();
            let safe = r"\u{1b}[2J\u{9b}31m\u{202e}";
            let (on, off) = if colour {
                ("\u{1b}[32m", "\u{1b}[0m")
            } else {
                ("", "")
            };
            let json = r#""\u001b[2J\u009b31m\u202e""#;
            assert_eq!(
                page.text(),
                format!("{on}{safe}{off} {safe}\n{json}\na\tb\n{safe}")
            );
        }
    }
}
