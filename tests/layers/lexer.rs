//! As much of Rust's tokens as imports need: names, `::` and single signs, without comments and literals.

/// A token, as it stands in the text.
pub type Token<'a> = &'a str;

/// The tokens of a source text.
pub fn tokens(mut text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    while let Some(first) = text.chars().next() {
        let length = skipped(text);
        if length > 0 {
            text = &text[length..];
            continue;
        }
        let length = match first {
            c if is_of_name(c) => text.find(|c| !is_of_name(c)).unwrap_or(text.len()),
            ':' if text.starts_with("::") => 2,
            c => c.len_utf8(),
        };
        found.push(&text[..length]);
        text = &text[length..];
    }
    found
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How much of the beginning says nothing of imports: blanks, a comment or a literal.
fn skipped(text: &str) -> usize {
    let to = |end: &str, from: usize| {
        text[from..]
            .find(end)
            .map_or(text.len(), |at| from + at + end.len())
    };
    if text.starts_with(char::is_whitespace) {
        text.find(|c: char| !c.is_whitespace())
            .unwrap_or(text.len())
    } else if text.starts_with("//") {
        to("\n", 0)
    } else if text.starts_with("/*") {
        to("*/", 2)
    } else if text.starts_with("r\"") || text.starts_with("r#") {
        let hashes = text[1..].chars().take_while(|c| *c == '#').count();
        if text[1 + hashes..].starts_with('"') {
            to(&format!("\"{}", "#".repeat(hashes)), 2 + hashes)
        } else {
            // A name such as r#type.
            2
        }
    } else if text.starts_with('"') {
        quoted(text, '"')
    } else if let Some(rest) = text.strip_prefix('\'') {
        // A lifetime has no second quote.
        let letter = rest.chars().nth(1) == Some('\'') || rest.starts_with('\\');
        if letter { quoted(text, '\'') } else { 1 }
    } else {
        0
    }
}

/// The length of a literal that begins and ends with this quote.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}
