//! Where each key and value stands in the text of an experiment file, comments and layout aside.
//!
//! `ron` reads values but forgets their places. This scanner knows the places and nothing of the values; it takes any text,
//! and stops where it can't go on.

use std::ops::Range;

/// The outline of a file: its outermost group, and where scanning stopped, when that was not at the end.
#[derive(Debug, Default)]
pub struct Outline {
    /// The experiment, where an opening parenthesis was found.
    pub root: Option<Group>,
    /// Offset of what could not be understood.
    pub broken: Option<usize>,
}

/// A group in parentheses.
#[derive(Debug, Default)]
pub struct Group {
    /// Offset of its opening parenthesis.
    pub open: usize,
    /// Offset of its closing parenthesis, where there is one.
    pub close: Option<usize>,
    /// What stands in it, in order.
    pub entries: Vec<Entry>,
}

/// A key with its value.
#[derive(Debug)]
pub struct Entry {
    /// The key.
    pub key: Range<usize>,
    /// The value.
    pub value: Value,
    /// Whether a comma follows, and then the offset after it.
    pub comma: Option<usize>,
}

/// What stands after a key.
#[derive(Debug)]
pub enum Value {
    /// A single value.
    Leaf(Range<usize>),
    /// A group.
    Group(Group),
}

impl Value {
    /// Offset after its last character.
    pub fn end(&self) -> usize {
        match self {
            Self::Leaf(span) => span.end,
            Self::Group(group) => group.close.map_or(group.open + 1, |close| close + 1),
        }
    }
}

/// Scans a text.
pub fn scan(text: &str) -> Outline {
    let mut scanner = Scanner {
        text,
        at: 0,
        depth: 0,
    };
    let mut root = None;
    let scanned = scanner.file(&mut root);
    let broken = scanned.is_none().then_some(scanner.at);
    Outline { root, broken }
}

/// Offset after white space and comments from `at` on; `None` in an unclosed comment.
pub fn skip_blank(text: &str, at: usize) -> Option<usize> {
    let mut at = at;
    loop {
        let rest = &text[at..];
        let blank = rest.len() - rest.trim_start().len();
        let rest = &rest[blank..];
        at += blank;
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            at += block_comment(rest)?;
        } else {
            return Some(at);
        }
    }
}

/// Length of the comment that `text` starts with; such comments nest.
fn block_comment(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    None
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip(&mut self) -> Option<()> {
        self.at = skip_blank(self.text, self.at)?;
        Some(())
    }

    /// Goes over a character, if it is the next one.
    fn eat(&mut self, c: char) -> bool {
        let is = self.rest().starts_with(c);
        self.at += if is { c.len_utf8() } else { 0 };
        is
    }

    fn file(&mut self, root: &mut Option<Group>) -> Option<()> {
        self.skip()?;
        while self.rest().starts_with("#!") {
            self.at += self.rest().find(']')? + 1;
            self.skip()?;
        }
        let start = self.at;
        self.word();
        self.skip()?;
        if !self.rest().starts_with('(') {
            self.at = start;
            return None;
        }
        self.group(root.insert(Group::default()))?;
        self.skip()?;
        self.rest().is_empty().then_some(())
    }

    fn group(&mut self, group: &mut Group) -> Option<()> {
        group.open = self.at;
        self.at += 1;
        self.depth += 1;
        // Deeper than any experiment: what follows is no group of hyperparameters.
        if self.depth > 32 {
            return None;
        }
        loop {
            self.skip()?;
            if self.rest().starts_with(')') {
                group.close = Some(self.at);
                self.at += 1;
                self.depth -= 1;
                return Some(());
            }
            let comma_missing = group.entries.last().is_some_and(|e| e.comma.is_none());
            if comma_missing {
                return None;
            }
            self.entry(group)?;
        }
    }

    fn entry(&mut self, group: &mut Group) -> Option<()> {
        let start = self.at;
        let key = self.word();
        if key.is_empty() {
            return None;
        }
        self.skip()?;
        if !self.eat(':') {
            self.at = start;
            return None;
        }
        self.skip()?;
        group.entries.push(Entry {
            key,
            value: Value::Leaf(self.at..self.at),
            comma: None,
        });
        let mut inner = None;
        let value = self.value(&mut inner);
        let entry = group.entries.last_mut()?;
        // Also half a group is of use: it tells where the fault lies.
        entry.value = match (inner, &value) {
            (Some(group), _) => Value::Group(group),
            (None, Some(span)) => Value::Leaf(span.clone()),
            (None, None) => return None,
        };
        value?;
        self.skip()?;
        if self.eat(',') {
            entry.comma = Some(self.at);
        }
        Some(())
    }

    fn value(&mut self, inner: &mut Option<Group>) -> Option<Range<usize>> {
        let start = self.at;
        let rest = self.rest();
        if rest.starts_with('(') {
            self.group(inner.insert(Group::default()))?;
        } else if rest.starts_with(['[', '{']) {
            self.brackets()?;
        } else if rest.starts_with('"') {
            self.quoted()?;
        } else if rest.starts_with("r\"") || rest.starts_with("r#") {
            self.raw()?;
        } else if self.word().is_empty() {
            return None;
        } else {
            // A group may carry its name: `data: Data(...)`.
            let end = self.at;
            self.skip()?;
            if self.rest().starts_with('(') {
                self.group(inner.insert(Group::default()))?;
            } else {
                self.at = end;
            }
        }
        Some(start..self.at)
    }

    /// A name, a number, or whatever stands in its place.
    fn word(&mut self) -> Range<usize> {
        let start = self.at;
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || "(){}[],:\"/".contains(c));
        self.at += end.unwrap_or(rest.len());
        start..self.at
    }

    fn quoted(&mut self) -> Option<()> {
        let mut escaped = true;
        let end = self.rest().find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        })?;
        self.at += end + 1;
        Some(())
    }

    fn raw(&mut self) -> Option<()> {
        let hashes = self.rest()[1..].chars().take_while(|c| *c == '#').count();
        let body = self.at + 2 + hashes;
        let close = format!("\"{}", "#".repeat(hashes));
        self.at = body + self.text.get(body..)?.find(&close)? + close.len();
        Some(())
    }

    /// A list or map: no hyperparameter takes one, so only its end is of interest.
    fn brackets(&mut self) -> Option<()> {
        let mut open = 0_usize;
        loop {
            self.skip()?;
            match self.rest().chars().next()? {
                '[' | '{' | '(' => open += 1,
                ']' | '}' | ')' => open -= 1,
                '"' => {
                    self.quoted()?;
                    continue;
                }
                _ => {}
            }
            self.at += self.rest().chars().next()?.len_utf8();
            if open == 0 {
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_and_values_are_found_among_comments() {
        let text = "// a\n#![enable(implicit_some)]\nExperiment( /* b: ( */ name: \"x \\\" (\", // c\n loss: Loss ( temperature : 0.5 ) , raw: r#\"a\"b\"#,)";
        let outline = scan(text);
        assert_eq!(outline.broken, None);
        let root = outline.root.unwrap();
        let seen: Vec<&str> = root.entries.iter().map(|e| &text[e.key.clone()]).collect();
        assert_eq!(seen, ["name", "loss", "raw"]);
        let Value::Leaf(name) = &root.entries[0].value else {
            panic!()
        };
        assert_eq!(&text[name.clone()], "\"x \\\" (\"");
        let Value::Group(loss) = &root.entries[1].value else {
            panic!()
        };
        assert!(loss.close.is_some() && loss.entries.len() == 1);
        let Value::Leaf(raw) = &root.entries[2].value else {
            panic!()
        };
        assert_eq!(&text[raw.clone()], "r#\"a\"b\"#");
    }

    #[test]
    fn scanning_stops_at_what_it_cant_understand() {
        assert_eq!(scan("(a: 1 b: 2)").broken, Some(6));
        assert_eq!(scan("(a: 1, b: 2").broken, Some(11));
        assert_eq!(scan("(a: 1) x").broken, Some(7));
        assert_eq!(scan("(a 1)").broken, Some(1));
    }

    proptest! {
        #[test]
        fn any_text_can_be_scanned(text in "[ -~\n\u{e9}]{0,60}", deep in 0..200_usize) {
            scan(&text);
            scan(&format!("({text}"));
            scan(&format!("{}{text}", "(a:".repeat(deep)));
            scan(&format!("(a:{}{text}", "[".repeat(deep)));
        }
    }
}
