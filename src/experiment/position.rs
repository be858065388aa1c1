//! Where in the text of a file something stands.

use super::file::position;

/// Line and column, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

impl Place {
    /// That of the end of a text.
    #[must_use]
    pub fn behind(text: &str) -> Self {
        let (line, column) = position(text);
        Self { line, column }
    }
}

/// The place where a text in quotes first stands outside of comments.
#[must_use]
pub fn of_string(text: &str, string: &str) -> Option<Place> {
    let at = without_comments(text).find(&format!("\"{string}\""))?;
    Some(Place::behind(&text[..at]))
}

/// The place of a string of the file, searched after those before it; comments are not searched.
#[must_use]
pub fn place(text: &str, strings: &[&str]) -> Place {
    let bare = without_comments(text);
    let mut at = 0;
    for string in strings {
        let quoted = format!("\"{string}\"");
        match bare[at..].find(&quoted) {
            // The string itself may be the one that is searched next.
            Some(further) => at += further + usize::from(strings.len() > 1),
            None => break,
        }
    }
    let at = at.saturating_sub(usize::from(strings.len() > 1));
    Place::behind(&text[..at])
}

/// The text with its comments blanked, each byte in its place.
pub(crate) fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut escaped, mut comment) = (false, false, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        comment = match c {
            '\n' => false,
            '/' if !quoted && chars.peek() == Some(&'/') => true,
            _ => comment,
        };
        if comment {
            out.extend(std::iter::repeat_n(' ', c.len_utf8()));
            continue;
        }
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_found_outside_of_comments() {
        let text = "(\n // \"a\" é\n  keys: { \"b//\": \"x\", \"a\": [\"a\", \"x\"] },\n)";
        let of = |strings: &[&str]| {
            let Place { line, column } = place(text, strings);
            (line, column)
        };
        assert_eq!(of(&["a"]), (3, 23));
        assert_eq!(of(&["a", "a"]), (3, 29));
        assert_eq!(of(&["a", "x"]), (3, 34));
        assert_eq!(of(&["b//"]), (3, 11));
        assert_eq!(of(&["nowhere"]), (1, 1));
        let alone = |string| of_string(text, string).map(|p| (p.line, p.column));
        assert_eq!((alone("a"), alone("nowhere")), (Some((3, 23)), None));
    }
}
