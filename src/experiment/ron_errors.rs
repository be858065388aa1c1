//! Mistakes that anybody makes in a `.ron`, whatever the file is for: sentences with a way out in place of a parser's words.

use ron::error::{Error, SpannedError};

/// What is wrong with a text that `ron` refused, and at which offset.
#[must_use]
pub fn explain(text: &str, error: &SpannedError) -> (usize, String) {
    if let Some(known) = letters(text, error) {
        return known;
    }
    let at = offset(text, error.span.end.line, error.span.end.col);
    let cut = text[..at].ends_with(|c: char| c.is_ascii_digit());
    if cut && text[at..].starts_with(['.', 'e', 'E']) {
        return (
            at,
            "a whole number is written without . or e here".to_owned(),
        );
    }
    let why = match &error.code {
        Error::ExpectedComma => "a comma is missing before this".to_owned(),
        Error::ExpectedMapColon => "a name and its value have a : between them".to_owned(),
        Error::TrailingCharacters => "there is more text after the last parenthesis".to_owned(),
        Error::ExpectedStringEnd => "a text is never closed; its quote is missing".to_owned(),
        Error::UnclosedBlockComment => "a comment is never closed; */ is missing".to_owned(),
        Error::Eof | Error::ExpectedStructLikeEnd | Error::ExpectedArrayEnd => {
            "a closing parenthesis or bracket is missing here".to_owned()
        }
        Error::ExpectedStructLike
        | Error::ExpectedNamedStructLike(_)
        | Error::ExpectedDifferentStructName { .. } => {
            "this is written in parentheses: (name: value, ...)".to_owned()
        }
        Error::ExpectedString => "a text in double quotes is expected here".to_owned(),
        Error::ExpectedBoolean => "true or false is expected here".to_owned(),
        Error::ExpectedInteger | Error::InvalidIntegerDigit { .. } => {
            "a whole number is expected here, such as 10".to_owned()
        }
        Error::ExpectedFloat => "a number is expected here, such as 0.5".to_owned(),
        Error::IntegerOutOfBounds => "this number is negative, or too large".to_owned(),
        Error::FloatUnderscore | Error::UnderscoreAtBeginning => {
            "this number has a _ where it can't have one".to_owned()
        }
        Error::ExceededRecursionLimit => {
            "these parentheses are nested deeper than in any file of this program".to_owned()
        }
        Error::DuplicateStructField { field, .. } => format!("{field} is given twice"),
        other => other.to_string(),
    };
    (at, why)
}

/// A mistake that is seen in the letters where `ron` stopped.
#[must_use]
pub fn letters(text: &str, error: &SpannedError) -> Option<(usize, String)> {
    let at = offset(text, error.span.end.line, error.span.end.col);
    if matches!(error.code, Error::InvalidEscape(_)) {
        return escape(text, at);
    }
    let rest = text[at..].trim_start_matches([' ', '\t', '\n', '\r']);
    let why = odd(rest.chars().next()?)?;
    Some((text.len() - rest.len(), why))
}

/// What to write in place of a letter that looks like another.
fn odd(letter: char) -> Option<String> {
    let code = u32::from(letter);
    match letter {
        '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200b}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}'
        | '\u{feff}' => Some(format!(
            "this is not a plain space but another character (U+{code:04X}); write a space"
        )),
        '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => Some(format!(
            "{letter} (U+{code:04X}) is not a quote here; write \"..\" with straight double quotes"
        )),
        '\'' => Some("a text is written in double quotes: \"..\"".to_owned()),
        '=' => Some("write : in place of =".to_owned()),
        _ => None,
    }
}

/// A backslash in a text, before a letter with which it means nothing.
fn escape(text: &str, at: usize) -> Option<(usize, String)> {
    let slash = text[..at].rfind('\\')?;
    let quote = text[..slash].rfind('"')?;
    let rest = &text[quote + 1..];
    let inside = &rest[..rest.find(['"', '\n']).unwrap_or(rest.len())];
    Some((slash, backslash(key(&text[..quote]), inside)))
}

/// What to write in place of a text with backslashes.
#[must_use]
pub fn backslash(name: &str, inside: &str) -> String {
    let (double, forward) = (inside.replace('\\', "\\\\"), inside.replace('\\', "/"));
    let name = if name.is_empty() { "a text" } else { name };
    format!(
        "{name} has a \\, which starts a special character in a text; write \"{double}\", r\"{inside}\" or \"{forward}\""
    )
}

/// The name of the value that begins behind this text.
fn key(before: &str) -> &str {
    let Some(before) = before.trim_end().strip_suffix(':') else {
        return "";
    };
    let before = before.trim_end().trim_end_matches('"');
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let start = before.trim_end_matches(is_part).len();
    &before[start..]
}

/// Offset of a line and column of `ron`, both from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let lines = text.split_inclusive('\n');
    let before: usize = lines.take(line.saturating_sub(1)).map(str::len).sum();
    let mut letters = text[before..].char_indices();
    let at = letters.nth(column.saturating_sub(1));
    at.map_or(text.len(), |(at, _)| before + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_parser_says_is_a_sentence_with_a_way_out() {
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "only read")]
        struct Some {
            on: Option<bool>,
            text: Option<String>,
            list: Option<Vec<u8>>,
        }
        let options = ron::Options::default()
            .with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME);
        for (text, says) in [
            ("(on: true text: \"a\")", "a comma is missing before this"),
            ("(on true)", "a name and its value have a : between them"),
            ("(on: true) (", "there is more text after the last"),
            (
                "(text: \"a)",
                "a text is never closed; its quote is missing",
            ),
            ("(on: yes)", "true or false is expected here"),
            ("(text: a)", "a text in double quotes is expected here"),
            ("(list: [1.5])", "a whole number is written without ."),
            ("(list: [1000])", "this number is negative, or too large"),
            ("(on: true, on: true)", "on is given twice"),
            ("[]", "this is written in parentheses: (name: value, ...)"),
            (
                "hello",
                "this is written in parentheses: (name: value, ...)",
            ),
            (
                "(text: \"C:\\data\")",
                "text has a \\, which starts a special",
            ),
        ] {
            let error = options.from_str::<Some>(text).unwrap_err();
            let (_, why) = explain(text, &error);
            assert!(why.starts_with(says), "{text}: {why}");
        }
    }
}
