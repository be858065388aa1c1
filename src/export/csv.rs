//! Records of CSV, quoted as RFC 4180 has it, with numbers that read back as the same number, and cells of Markdown.

use crate::hparam::Value;
use crate::text::shown;

/// One record, without the end of its line.
pub fn record<T: AsRef<str>>(fields: impl IntoIterator<Item = T>) -> String {
    let fields = fields.into_iter().map(|field| quoted(field.as_ref()));
    fields.collect::<Vec<_>>().join(",")
}

pub(super) fn quoted(field: &str) -> String {
    // Blanks at an end are lost by some readers where no quotes hold them.
    let plain = !field.contains(['"', ',', '\n', '\r']) && field.trim() == field;
    if plain {
        field.to_owned()
    } else {
        format!("\"{}\"", field.replace('"', "\"\""))
    }
}

/// A number with all of its digits, and nothing where there is none.
#[must_use]
pub fn number(value: Option<f64>) -> String {
    match value {
        // The shortest digits that read back as the same number, with an exponent only where there were many zeros.
        Some(v) if v != 0.0 && (v.abs() < 1e-4 || v.abs() >= 1e15) && v.is_finite() => {
            format!("{v:e}")
        }
        Some(v) => v.to_string(),
        None => String::new(),
    }
}

/// The value of a hyperparameter; switches are `true` and `false` as in JSON.
#[must_use]
pub fn value(value: &Value) -> String {
    match value {
        Value::Toggle(on) => on.to_string(),
        Value::Float(v) => number(Some(*v)),
        value => value.to_string(),
    }
}

/// A text as a cell of a Markdown table: in one line, and with nothing that Markdown would take for a sign of its own, a link or HTML.
#[must_use]
pub fn markdown(text: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    let text = shown(text);
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let next = rest.chars().next().unwrap_or(' ');
        let takes = match c {
            '\\' | '|' | '`' | '*' | '~' | '<' | '[' | ']' | '$' | '#' | '@' => true,
            // Within a word it is a letter, as in names of files.
            '_' => !before.is_alphanumeric() || !next.is_alphanumeric(),
            '&' => next == '#' || next.is_alphanumeric(),
            // What looks like an address becomes a link.
            ':' => rest.starts_with("//"),
            '.' => out.to_lowercase().ends_with("www"),
            _ => false,
        };
        if takes {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out
}

/// The same as a paragraph of its own: neither a list nor a heading, whatever it begins with.
#[must_use]
pub fn paragraph(text: &str) -> String {
    let text = markdown(text.trim_start());
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - number.len();
    let begins =
        number.starts_with(['.', ')']) || (digits == 0 && number.starts_with(['-', '+', '=', '>']));
    if begins {
        format!("{}\\{number}", &text[..digits])
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The fields of a record, read as RFC 4180 has it.
    fn read(record: &str) -> Vec<String> {
        let (mut fields, mut open) = (vec![String::new()], false);
        let mut chars = record.chars().peekable();
        while let Some(c) = chars.next() {
            let last = fields.len() - 1;
            match c {
                '"' if open && chars.peek() == Some(&'"') => {
                    chars.next();
                    fields[last].push('"');
                }
                '"' => open = !open,
                ',' if !open => fields.push(String::new()),
                c => fields[last].push(c),
            }
        }
        fields
    }

    #[test]
    fn markdown_keeps_its_columns() {
        assert_eq!(markdown("a|b\\c\n*d* <e>"), "a\\|b\\\\c\\\\n\\*d\\* \\<e>");
    }

    #[test]
    fn csv_quotes_what_must_be() {
        for (field, text) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"so\"", "\"say \"\"so\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            (" blank", "\" blank\""),
            ("", ""),
        ] {
            assert_eq!(quoted(field), text);
        }
    }

    #[test]
    fn nothing_in_a_name_is_taken_by_markdown() {
        for (text, expected) in [
            ("[a](http://x.y)", "\\[a\\](http\\://x.y)"),
            ("![a](b)", "!\\[a\\](b)"),
            ("<img src=x>", "\\<img src=x>"),
            ("www.x.y WWW.x", "www\\.x.y WWW\\.x"),
            ("a@x.y", "a\\@x.y"),
            ("&lt; &#60; a & b", "\\&lt; \\&\\#60; a & b"),
            (
                "a | ~~b~~ $c$ # `d`",
                "a \\| \\~\\~b\\~\\~ \\$c\\$ \\# \\`d\\`",
            ),
            (
                "train_top1 _so_ __init__",
                "train_top1 \\_so\\_ \\_\\_init\\_\\_",
            ),
            ("loss.temperature: -0.5", "loss.temperature: -0.5"),
        ] {
            assert_eq!(markdown(text), expected);
        }
        for (text, expected) in [
            ("- a", "\\- a"),
            ("12. a", "12\\. a"),
            (" > a", "\\> a"),
            ("# a", "\\# a"),
            ("12 cases", "12 cases"),
        ] {
            assert_eq!(paragraph(text), expected);
        }
    }

    #[test]
    fn numbers_keep_all_digits() {
        assert_eq!(number(Some(0.1 + 0.2)), "0.30000000000000004");
        assert_eq!(number(Some(5e-7)), "5e-7");
        assert_eq!(number(Some(1_795_464_900.25)), "1795464900.25");
        assert_eq!(number(Some(f64::NAN)), "NaN");
        assert_eq!(number(Some(f64::NEG_INFINITY)), "-inf");
        assert_eq!(number(None), "");
    }

    proptest! {
        #[test]
        fn any_fields_are_read_back(fields in prop::collection::vec(".{0,8}|[\",\r\n a]{0,6}", 1..5)) {
            let record: Vec<String> = fields.iter().map(|f| quoted(f)).collect();
            prop_assert_eq!(read(&record.join(",")), fields);
        }

        #[test]
        fn any_number_is_read_back(value in prop::num::f64::NORMAL | prop::num::f64::ZERO) {
            let read: f64 = number(Some(value)).parse().unwrap();
            prop_assert_eq!(read.to_bits(), value.to_bits());
        }
    }
}
