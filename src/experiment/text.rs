//! Changing an experiment in the text of its file, so that comments, order and layout survive.

use super::file_errors::names;
use super::ron_scanner::{Entry, Group, Value, scan, skip_blank};
use super::{Experiment, parse};
use crate::hparam::{self, Field, Group as _, Rule, join};

/// The text with the experiment's values in place of its own: what differs is replaced where it stands, and what a file
/// that says nothing would not mean is added to its group. `None` when that can't be done; the file is then to be written anew.
///
/// ```
/// use simclr_tui::experiment::{parse, text::rewrite};
/// let text = "(loss: (temperature: 0.5)) // mine";
/// let mut experiment = parse(text, "").unwrap();
/// experiment.loss.temperature = 0.2;
/// assert_eq!(rewrite(text, &experiment).unwrap(), "(loss: (temperature: 0.2)) // mine");
/// ```
#[must_use]
pub fn rewrite(text: &str, experiment: &Experiment) -> Option<String> {
    let now = parse(text, "").ok()?;
    let outline = scan(text);
    let root = outline.root.filter(|_| outline.broken.is_none())?;
    let (said, wanted) = (now.fields(), experiment.fields());
    let changed = wanted.iter().zip(&said).filter(|(w, s)| w.value != s.value);
    let mut edits = Edits {
        text,
        fields: &wanted,
        changed: changed.map(|(w, _)| w).collect(),
        list: Vec::new(),
    };
    edits.group(&root, "");
    let new = edits.apply();
    // Whatever the text held that this does not understand, a wrong file is never handed out.
    parse(&new, "")
        .is_ok_and(|e| e == *experiment)
        .then_some(new)
}

/// A value as a file spells it.
fn spell(field: &Field) -> String {
    let value = &field.value;
    match (field.param.rule, value) {
        (Rule::Text | Rule::Path | Rule::ShareOrPath { .. }, hparam::Value::Text(text)) => {
            ron::to_string(text).unwrap_or_default()
        }
        (Rule::Toggle, hparam::Value::Toggle(on)) => on.to_string(),
        (_, hparam::Value::Float(v)) => {
            let digits = value.to_string();
            let whole = v.is_finite() && !digits.contains(['.', 'e']);
            digits + if whole { ".0" } else { "" }
        }
        _ => value.to_string(),
    }
}

/// A change to the text: so many bytes from a place on become others.
struct Edit {
    at: usize,
    over: usize,
    new: String,
}

struct Edits<'a> {
    text: &'a str,
    /// Every hyperparameter with its new value, in order of declaration.
    fields: &'a [Field],
    /// Those whose values are not what the text means.
    changed: Vec<&'a Field>,
    list: Vec<Edit>,
}

impl Edits<'_> {
    /// Goes through the group at path `at`.
    fn group(&mut self, group: &Group, at: &str) {
        // What is new stands after the entry that is declared before it.
        let mut added: Vec<(Option<usize>, String)> = Vec::new();
        let mut after = None;
        for name in names(self.fields, at) {
            let path = join(at, name);
            if let Some(place) = self.place(group, &path) {
                after = Some(place);
                self.entry(&group.entries[place], &path);
            } else if let Some(value) = self.value(&path) {
                added.push((after, format!("{name}: {value}")));
            }
        }
        let last = group.entries.len().checked_sub(1);
        for (nth, entry) in group.entries.iter().enumerate() {
            let here = |after: Option<usize>| after.or(last) == Some(nth);
            let new = added.iter().filter(|(after, _)| here(*after));
            let new: Vec<&str> = new.map(|(_, new)| new.as_str()).collect();
            self.add_after(group, entry, &new);
        }
        if last.is_none() {
            let new: Vec<String> = added.into_iter().map(|(_, new)| new).collect();
            self.insert(group.open + 1, new.join(", "));
        }
    }

    /// Which entry of the group holds what is at `path`, perhaps under an old name.
    fn place(&self, group: &Group, path: &str) -> Option<usize> {
        let name = path.rsplit('.').next()?;
        let field = self.fields.iter().find(|f| f.path == path);
        let was = field.map_or(&[][..], |f| f.param.was);
        group.entries.iter().position(|entry| {
            let key = &self.text[entry.key.clone()];
            key == name || was.contains(&key)
        })
    }

    fn entry(&mut self, entry: &Entry, path: &str) {
        match &entry.value {
            Value::Group(group) => self.group(group, path),
            Value::Leaf(span) => {
                if let Some(field) = self.changed.iter().find(|f| f.path == path) {
                    let new = spell(field);
                    let (at, over) = (span.start, span.len());
                    self.list.push(Edit { at, over, new });
                }
            }
        }
    }

    /// The text of a hyperparameter or group that the file lacks; `None` when it already means what is wanted.
    fn value(&self, path: &str) -> Option<String> {
        if let Some(field) = self.changed.iter().find(|f| f.path == path) {
            return Some(spell(field));
        }
        let inner = names(self.fields, path).into_iter();
        let said: Vec<String> = inner
            .filter_map(|name| Some(format!("{name}: {}", self.value(&join(path, name))?)))
            .collect();
        (!said.is_empty()).then(|| format!("({})", said.join(", ")))
    }

    /// Adds entries after one of the group's: on lines of their own where the group has such lines.
    fn add_after(&mut self, group: &Group, entry: &Entry, new: &[&str]) {
        if new.is_empty() {
            return;
        }
        if entry.comma.is_none() {
            self.insert(entry.value.end(), ",".to_owned());
        }
        let from = entry.comma.unwrap_or_else(|| entry.value.end());
        let close = group.close.unwrap_or(from);
        match line_end(self.text, from) {
            Some(end) if end < close => {
                let indent = indent(self.text, entry.key.start);
                let lines = new.iter().map(|new| format!("\n{indent}{new},"));
                self.insert(end, lines.collect());
            }
            _ => {
                let more = entry.comma.is_some() && skip_blank(self.text, from) != Some(close);
                let comma = if more { "," } else { "" };
                self.insert(from, format!(" {}{comma}", new.join(", ")));
            }
        }
    }

    fn insert(&mut self, at: usize, new: String) {
        let over = 0;
        self.list.push(Edit { at, over, new });
    }

    fn apply(mut self) -> String {
        // Stable, so that a comma stays before what is added behind it at the same place.
        self.list.sort_by_key(|edit| edit.at);
        let mut out = String::with_capacity(self.text.len() + 256);
        let mut at = 0;
        for edit in &self.list {
            out.push_str(&self.text[at..edit.at]);
            out.push_str(&edit.new);
            at = edit.at + edit.over;
        }
        out + &self.text[at..]
    }
}

/// Where the line ends that holds `from`, when nothing but comments stands on the rest of it.
fn line_end(text: &str, from: usize) -> Option<usize> {
    let end = from + text[from..].find('\n')?;
    let next = skip_blank(text, from)?;
    // A comment in /* */ may go on over the line's end: then there is no place on this line.
    let inside = text[from..end].contains("/*") && !text[from..end].contains("*/");
    (next > end && !inside).then_some(end - usize::from(text[..end].ends_with('\r')))
}

/// The white space before the first character of the line that holds `at`.
fn indent(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = &text[start..at];
    &line[..line.len() - line.trim_start().len()]
}
