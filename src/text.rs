//! Texts from outside: shown so that they steer no terminal, measured and cut by the letters that a terminal draws.

pub mod figures;
pub mod fit;
#[cfg(test)]
#[path = "../tests/common/says.rs"]
pub mod says;
pub mod suggest;

use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How what this program complains of begins.
pub const COMPLAINT: &str = "simclr-tui: ";

/// What this program complained of, if that is the last that it said.
#[must_use]
pub fn complaint(said: &str) -> Option<&str> {
    said.lines().last()?.strip_prefix(COMPLAINT)
}

/// Whether a character steers a terminal, begins another line, or turns the order of those around it. Noncharacters are among them: they
/// mean something within this program alone.
#[must_use]
pub fn steers(c: char) -> bool {
    let marks = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || marks || matches!(c, '\u{fdd0}'..='\u{fdef}')
}

/// The text in one line, what would steer a terminal written as Rust escapes it: `\t`, `\u{1b}`.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if steers(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The same, with the ends of its lines kept.
#[must_use]
pub fn shown_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(shown).collect();
    lines.join("\n")
}

/// JSON that is the same value, and has none of these characters as they are: they stand only within its texts.
#[must_use]
pub fn shown_json(json: &str) -> Cow<'_, str> {
    if !json.contains(steers) {
        return Cow::Borrowed(json);
    }
    let one = |c: char| {
        if steers(c) {
            format!("\\u{:04x}", u32::from(c))
        } else {
            c.to_string()
        }
    };
    Cow::Owned(json.chars().map(one).collect())
}

/// The text as [`shown`], and such that all of it is as wide as its letters together, whoever measures it: half-width
/// sound marks, which ratatui counts twice, sit on their letter, and letters that would become one sign are held apart.
#[must_use]
pub fn drawn(text: &str) -> Cow<'_, str> {
    let text = shown(text);
    if is_plain(&text) {
        return text;
    }
    let mut out = text
        .replace('\u{ff9e}', "\u{3099}")
        .replace('\u{ff9f}', "\u{309a}");
    if UnicodeWidthStr::width(out.as_str()) != width(&out) {
        out = letters(&out).fold(String::new(), |out, (letter, _)| beside(out, letter));
    }
    Cow::Owned(out)
}

/// A text with one more letter.
fn beside(before: String, letter: &str) -> String {
    let even = |text: &String| width(text) == UnicodeWidthStr::width(text.as_str());
    let mut ways = ["", "\u{200c}"]
        .map(|between| format!("{before}{between}{letter}"))
        .into_iter();
    ways.find(even)
        .unwrap_or_else(|| before + &"?".repeat(cells(letter)))
}

/// Cells that the text takes.
#[must_use]
pub fn width(text: &str) -> usize {
    if is_plain(text) {
        text.len()
    } else {
        letters(text).map(|(_, cells)| cells).sum()
    }
}

/// The letters of a text, with their accents and what else is joined to them, and the cells that each takes.
pub fn letters(text: &str) -> impl DoubleEndedIterator<Item = (&str, usize)> {
    let letters = text.graphemes(true);
    letters.map(|letter| (letter, cells(letter)))
}

/// As many letters as fit so many cells.
#[must_use]
pub fn head(text: &str, width: usize) -> &str {
    let bytes = fitting(letters(text), width);
    &text[..bytes]
}

/// As many of the last letters as fit so many cells.
#[must_use]
pub fn tail(text: &str, width: usize) -> &str {
    let bytes = fitting(letters(text).rev(), width);
    &text[text.len() - bytes..]
}

/// What a terminal is given for a letter of so many cells: those of its characters which every terminal draws within them. Some draw
/// each part of a joined picture beside the others, and none knows a character of three cells.
#[must_use]
pub fn drawable(letter: &str, cells: usize) -> Cow<'_, str> {
    // An accent before all else would go to the letter before.
    let letter = letter.trim_start_matches(|c| each(c) == 0);
    if letter
        .chars()
        .next()
        .is_some_and(|c| each(c) > cells.min(2))
    {
        return Cow::Owned("?".repeat(cells));
    }
    let mut taken = 0;
    let end = letter.char_indices().find(|&(_, c)| {
        let joins = matches!(c, '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}');
        taken += each(c);
        joins || taken > cells
    });
    Cow::Borrowed(&letter[..end.map_or(letter.len(), |(at, _)| at)])
}

/// Whether every terminal agrees how far a letter goes.
#[must_use]
pub fn is_sure(letter: &str) -> bool {
    let mut chars = letter.chars();
    let one = chars
        .next()
        .is_some_and(|c| c < '\u{10000}' && each(c) <= 2);
    one && chars.next().is_none()
}

/// Cells of one letter. Those with a control character aren't drawn.
fn cells(letter: &str) -> usize {
    if letter.contains(char::is_control) {
        0
    } else {
        letter.width()
    }
}

/// Cells that a character takes at most.
fn each(c: char) -> usize {
    c.width().unwrap_or(0)
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b' '..=b'~'))
}

/// Bytes of the letters that fit so many cells.
fn fitting<'a>(letters: impl Iterator<Item = (&'a str, usize)>, width: usize) -> usize {
    let mut left = width;
    let fit = letters.map_while(|(letter, cells)| {
        left = left.checked_sub(cells)?;
        Some(letter.len())
    });
    fit.sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Texts with all that letters are made of.
    pub const ANY: &str = "([a-c❤👍表é\u{fe0f}\u{fe0e}\u{200d}\u{1f3fd}\u{1f1e9}\u{301}\u{ff76}\u{ff9e}\u{202e}\u{9b}\t\u{1b}]|\\PC){0,12}";

    #[test]
    fn what_would_steer_a_terminal_is_written_out() {
        assert_eq!(shown("a\u{1b}[2J\tb\nc"), "a\\u{1b}[2J\\tb\\nc");
        assert_eq!(
            shown("\u{9b}31m\u{202e}\u{7f}"),
            "\\u{9b}31m\\u{202e}\\u{7f}"
        );
        assert_eq!(shown_lines("a\u{1b}\nb"), "a\\u{1b}\nb");
        assert_eq!(shown("\u{fdd4}"), "\\u{fdd4}", "a mark of a style");
        assert!(matches!(shown("résumé 学習 \"x\""), Cow::Borrowed(_)));
    }

    #[test]
    fn letters_are_not_torn_apart() {
        let family = "👨\u{200d}👩\u{200d}👧";
        let text = format!("e\u{301}{family}🇩🇪👍🏽x");
        let parts: Vec<_> = letters(&text).collect();
        let wanted = [("e\u{301}", 1), (family, 2), ("🇩🇪", 2), ("👍🏽", 2), ("x", 1)];
        assert_eq!(parts, wanted);
        assert_eq!((width("❤\u{fe0f}"), width("ｶﾞ"), width("a\tb")), (2, 2, 2));
        assert_eq!((head("表表表", 3), tail("表表表", 3)), ("表", "表"));
        assert_eq!(drawable(family, 2), "👨");
        assert_eq!(drawable("❤\u{fe0f}", 2), "❤");
        assert_eq!(drawable("e\u{301}", 1), "e\u{301}");
        assert_eq!(drawable("🇩🇪", 2), "🇩🇪");
    }

    proptest! {
        #[test]
        fn json_stays_the_same_value(text in ANY) {
            let json = serde_json::Value::String(text);
            let written = json.to_string();
            let safe = shown_json(&written);
            prop_assert!(!safe.contains(steers));
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), json);
        }

        #[test]
        fn a_cut_text_fits_and_is_an_end_of_the_text(text in ANY, cells in 0..12_usize) {
            let (first, last) = (head(&text, cells), tail(&text, cells));
            prop_assert!(width(first) <= cells && width(last) <= cells);
            prop_assert!(text.starts_with(first) && text.ends_with(last));
            prop_assert!(!shown(&text).contains(steers));
        }

        #[test]
        fn what_is_drawn_fits_the_letter(text in ANY) {
            for (letter, cells) in letters(&text) {
                let drawn = drawable(letter, cells);
                prop_assert!(drawn.chars().map(each).sum::<usize>() <= cells);
            }
        }
    }
}
