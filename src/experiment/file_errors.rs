//! What is wrong with the text of an experiment file, and where: better sentences than a parser's.
//!
//! Asked only once `ron` has refused a text, so nothing here can refuse what `ron` takes.

use super::ron_errors;
use super::ron_scanner::{Entry, Group, Outline, Value, scan};
use crate::hparam::{Field, Hparam, Rule, join, nearest};
use std::ops::ControlFlow;

/// A fault: where it starts in the text, and a sentence on what is wrong there and what would be right.
type Fault = (usize, String);

/// The faults in a text that `ron` refused that this knows: all names and values that are wrong, or else the first place
/// where the structure is.
pub fn diagnose(text: &str) -> Vec<Fault> {
    let outline = scan(text);
    let fields = super::catalogue();
    let mut walk = Walk {
        text,
        fields,
        faults: Vec::new(),
    };
    let root = outline.root.as_ref();
    let _ = root.map(|root| walk.group(root, ""));
    if walk.faults.is_empty() {
        walk.faults.extend(structure(text, &outline));
    }
    walk.faults
}

struct Walk<'a> {
    text: &'a str,
    fields: &'a [Field],
    faults: Vec<Fault>,
}

impl<'a> Walk<'a> {
    /// Goes through a group; breaks where all that follows would look wrong because of what was found.
    fn group(&mut self, group: &Group, at: &str) -> ControlFlow<()> {
        let mut seen: Vec<String> = Vec::new();
        for entry in &group.entries {
            let key = &self.text[entry.key.clone()];
            let field = self.field(at, key);
            let path = field.map_or_else(|| join(at, key), |f| f.path.clone());
            let start = entry.key.start;
            if seen.contains(&path) {
                self.faults.push((start, format!("{key} is given twice")));
                continue;
            }
            match field {
                Some(field) => self.faults.extend(self.leaf(entry, field.param)),
                None if self.is_group(&path) => self.sub_group(entry, &path)?,
                None => {
                    self.faults.push((start, self.unknown(key, at)));
                    // A parenthesis is missing before it.
                    if self.is_group(key) {
                        return ControlFlow::Break(());
                    }
                }
            }
            seen.push(path);
        }
        ControlFlow::Continue(())
    }

    /// The hyperparameter with this name, or this old name, in the group at `at`.
    fn field(&self, at: &str, key: &str) -> Option<&'a Field> {
        self.fields.iter().find(|f| {
            f.path == join(at, f.param.name) && (f.param.name == key || f.param.was.contains(&key))
        })
    }

    fn is_group(&self, path: &str) -> bool {
        let start = format!("{path}.");
        self.fields.iter().any(|f| f.path.starts_with(&start))
    }

    fn sub_group(&mut self, entry: &Entry, path: &str) -> ControlFlow<()> {
        match &entry.value {
            Value::Group(group) => return self.group(group, path),
            Value::Leaf(span) => {
                let name = &self.text[entry.key.clone()];
                let why = format!("{name} is a group: write it as {name}: (name: value, ...)");
                self.faults.push((span.start, why));
            }
        }
        ControlFlow::Continue(())
    }

    fn leaf(&self, entry: &Entry, param: &Hparam) -> Option<Fault> {
        let span = match &entry.value {
            Value::Leaf(span) if !span.is_empty() => span.clone(),
            // What opens here and never closes is a fault of structure.
            Value::Leaf(span) if self.text[span.start..].starts_with(['"', 'r', '[', '{']) => {
                return None;
            }
            Value::Leaf(span) => {
                let why = format!("{} has no value; it takes {}", param.name, takes(param));
                return Some((span.start, why));
            }
            Value::Group(group) => {
                let why = format!("{} takes {}, not a group", param.name, takes(param));
                return Some((group.open, why));
            }
        };
        let found = &self.text[span.clone()];
        if let Some(why) = special(found, param) {
            return Some((span.start, why));
        }
        let why = match spelled(found, param.rule) {
            Some(plain) => param.parse(&plain).err()?,
            None => format!("{} takes {}, not {found}", param.name, takes(param)),
        };
        Some((span.start, why))
    }

    /// Where a name that is not in this group may belong.
    fn unknown(&self, key: &str, at: &str) -> String {
        let mut sentence = format!("there is no hyperparameter {key:?} ");
        sentence.push_str(&if at.is_empty() {
            "at the top level".to_owned()
        } else {
            format!("in {at}")
        });
        let here = names(self.fields, at);
        let all = here.iter().copied().chain(self.names_anywhere());
        if self.is_group(key) {
            sentence.push_str(
                ": it is a group of its own; a closing parenthesis may be missing before it",
            );
        } else if let Some(path) = self.anywhere(key) {
            sentence.push_str(&format!("; there is {path}"));
        } else if let Some(near) = nearest(key, all) {
            let elsewhere = self.anywhere(near).filter(|_| !here.contains(&near));
            let near = elsewhere.as_deref().unwrap_or(near);
            sentence.push_str(&format!("; did you mean {near}?"));
        } else {
            sentence.push_str(&format!("; there are {}", here.join(", ")));
        }
        sentence
    }

    /// The names of all hyperparameters and groups.
    fn names_anywhere(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().flat_map(|f| f.path.split('.'))
    }

    /// The first path that ends with this name.
    fn anywhere(&self, name: &str) -> Option<String> {
        let to = |path: &str| {
            let parts: Vec<&str> = path.split('.').collect();
            let at = parts.iter().position(|part| *part == name)?;
            Some(parts[..=at].join("."))
        };
        self.fields.iter().find_map(|f| to(&f.path))
    }
}

/// The names of hyperparameters and groups in the group at `at`, in order of declaration.
pub fn names<'a>(fields: &'a [Field], at: &str) -> Vec<&'a str> {
    let start = join(at, "");
    let below = fields.iter().filter_map(|f| f.path.strip_prefix(&start));
    let mut names: Vec<&str> = below.filter_map(|path| path.split('.').next()).collect();
    names.dedup();
    names
}

/// What a hyperparameter takes, as a file spells it.
fn takes(param: &Hparam) -> String {
    match param.rule {
        Rule::Toggle => "true or false".to_owned(),
        Rule::Text => "a text in double quotes".to_owned(),
        Rule::Path => "a path in double quotes".to_owned(),
        Rule::ShareOrPath { .. } => format!("{} in double quotes", param.rule),
        rule => rule.to_string(),
    }
}

/// What is wrong with a path whose backslashes were taken for the beginnings of special letters.
fn special(found: &str, param: &Hparam) -> Option<String> {
    let inside = found.strip_prefix('"')?.strip_suffix('"')?;
    let read: String = ron::from_str(found).ok()?;
    let is_path = matches!(param.rule, Rule::Path | Rule::ShareOrPath { .. });
    let meant = is_path && inside.contains('\\');
    (meant && read.contains(char::is_control)).then(|| ron_errors::backslash(param.name, inside))
}

/// A value of a file as a user would type it; `None` when the file has to spell it otherwise.
fn spelled(found: &str, rule: Rule) -> Option<String> {
    let quoted = found.starts_with(['"', 'r']) && found.ends_with(['"', '#']);
    match rule {
        Rule::ShareOrPath { .. } if !quoted => Some(as_read::<f64>(found)),
        Rule::Text | Rule::Path | Rule::ShareOrPath { .. } => {
            quoted.then(|| ron::from_str(found).unwrap_or_default())
        }
        Rule::Toggle => matches!(found, "true" | "false").then(|| found.to_owned()),
        _ if found.starts_with(['"', '[', '{']) => None,
        Rule::OneOf(_) => Some(found.to_owned()),
        Rule::Linear { .. } | Rule::Log { .. } => Some(as_read::<f64>(found)),
        Rule::Whole { .. } | Rule::Doubling { .. } | Rule::Format { .. } => {
            Some(as_read::<u64>(found))
        }
    }
}

/// A number in the digits that a user would type, or what stands in its place.
fn as_read<T: serde::de::DeserializeOwned + ToString>(found: &str) -> String {
    ron::from_str::<T>(found).map_or_else(|_| found.to_owned(), |number| number.to_string())
}

/// Faults of the text's structure: what is open is not closed, or something stands where nothing should.
fn structure(text: &str, outline: &Outline) -> Option<Fault> {
    let at = outline.broken?;
    let rest = text[at..].trim_start();
    let Some(root) = &outline.root else {
        let why = "an experiment is written in parentheses: (name: \"...\", ...)";
        return Some((at, why.to_owned()));
    };
    let why = if rest.starts_with("/*") {
        "this comment is never closed"
    } else if rest.starts_with('"') {
        "this text is never closed; its closing quote is missing"
    } else if let Some(open) = unclosed(root) {
        if rest.is_empty() {
            return Some((open, "this parenthesis is never closed".to_owned()));
        }
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            let why = "a name is expected here; a number has no commas in it: 1000 or 1_000";
            return Some((text.len() - rest.len(), why.to_owned()));
        }
        "a comma, a closing parenthesis or a hyperparameter as name: value is expected here"
    } else {
        "there is more text after the experiment's closing parenthesis"
    };
    Some((text.len() - rest.len(), why.to_owned()))
}

/// Offset of the innermost parenthesis that is open where scanning stopped.
fn unclosed(group: &Group) -> Option<usize> {
    if group.close.is_some() {
        return None;
    }
    let inner = group.entries.last().and_then(|entry| match &entry.value {
        Value::Group(inner) => unclosed(inner),
        Value::Leaf(_) => None,
    });
    inner.or(Some(group.open))
}
