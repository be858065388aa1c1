//! Records of CSV, quoted as RFC 4180 has it, with numbers that read back as the same number, and cells of Markdown.

use crate::hparam::Value;
use crate::text::shown;

/// One record, without the end of its line.
pub fn record<T: AsRef<str>>(fields: impl IntoIterator<Item = T>) -> String {
    let fields = fields.into_iter().map(|field| quoted(field.as_ref()));
    fields.collect::<Vec<_>>().join(",")
}

fn quoted(field: &str) -> String {
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
        Some(v) if v.is_finite() => v.to_string(),
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

/// A text as a cell of a Markdown table: in one line, and with nothing that Markdown would take for a sign of its own.
#[must_use]
pub fn markdown(text: &str) -> String {
    let mut out = String::new();
    for c in shown(text).chars() {
        if matches!(c, '\\' | '|' | '`' | '*' | '<') {
            out.push('\\');
        }
        out.push(c);
    }
    out
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
