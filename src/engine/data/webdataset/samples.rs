//! The samples of a shard: files that follow each other and whose names agree up to the first dot, an image and its label.

use super::entries::{Entries, Entry};
use crate::engine::data::decode;
use crate::engine::data::labels::Label;
use crate::engine::data::{DataError, Watch};
use std::path::Path;

/// Endings of labels, the one to be taken first.
const LABELS: [&str; 5] = ["cls", "label", "class", "cls.txt", "json"];
/// Keys of a label in a `.json`, the one to be taken first.
const KEYS: [&str; 7] = [
    "label",
    "cls",
    "class",
    "target",
    "class_id",
    "class_name",
    "category",
];
/// Bytes that a label's file may have.
const TEXT: u64 = 1 << 20;

/// One image and its label.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Its name without an ending.
    pub key: Box<str>,
    pub at: u64,
    pub bytes: u64,
    pub label: Label,
}

/// What a shard holds.
#[derive(Debug, Default)]
pub struct Found {
    pub samples: Vec<Sample>,
    /// Files that are neither an image nor a label's, by one of them.
    pub other: Option<String>,
}

/// The samples of a shard.
///
/// # Errors
/// A sentence, where the shard is damaged.
pub fn of_shard(path: &Path, watch: &Watch) -> Result<Found, DataError> {
    let damaged = |why: String| DataError::file(path, why);
    let mut entries = Entries::open(path).map_err(damaged)?;
    let mut found = Found::default();
    let mut now = Group::default();
    while let Some(entry) = entries.next().map_err(damaged)? {
        watch.found()?;
        let (key, ending) = parted(&entry.name);
        if now.key.as_deref() != Some(key) {
            let ended = std::mem::take(&mut now).end(&mut entries, &mut found);
            ended.map_err(damaged)?;
            now.key = Some(key.to_owned());
        }
        let ending = ending.to_lowercase();
        if decode::ENDINGS.contains(&last(&ending)) {
            now.image.get_or_insert(entry);
        } else if LABELS.contains(&&*ending) {
            now.labels.push((ending, entry));
        } else if found.other.is_none() {
            found.other = Some(entry.name);
        }
    }
    now.end(&mut entries, &mut found).map_err(damaged)?;
    Ok(found)
}

/// A name before and behind the first dot that isn't in a folder's name or at its beginning.
fn parted(name: &str) -> (&str, &str) {
    let file = name.rfind('/').map_or(0, |at| at + 1);
    let dot = name[file..].find('.').filter(|at| *at > 0);
    dot.map_or((name, ""), |dot| {
        (&name[..file + dot], &name[file + dot + 1..])
    })
}

fn last(ending: &str) -> &str {
    ending.rsplit('.').next().unwrap_or(ending)
}

/// The files of one sample.
#[derive(Default)]
struct Group {
    key: Option<String>,
    image: Option<Entry>,
    labels: Vec<(String, Entry)>,
}

impl Group {
    fn end(self, entries: &mut Entries, found: &mut Found) -> Result<(), String> {
        let (Some(key), Some(image)) = (self.key, self.image) else {
            return Ok(());
        };
        let rank = |ending: &str| LABELS.iter().position(|label| *label == ending);
        let file = self.labels.iter().min_by_key(|(ending, _)| rank(ending));
        let label = match file {
            Some((ending, entry)) => {
                let text = entries.text(entry, TEXT)?;
                if ending == "json" {
                    of_json(&text)
                } else {
                    Label::text(&text)
                }
            }
            None => Label::None,
        };
        found.samples.push(Sample {
            key: key.into(),
            at: image.at,
            bytes: image.bytes,
            label,
        });
        Ok(())
    }
}

/// The label in a `.json`: the number or word itself, or under one of the keys in use.
fn of_json(text: &str) -> Label {
    let plain = |value: &serde_json::Value| match value {
        serde_json::Value::Number(number) => number.as_i64().map(Label::number),
        serde_json::Value::String(text) => Some(Label::text(text)),
        _ => None,
    };
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
        return Label::None;
    };
    let mut keyed = KEYS.iter().filter_map(|key| plain(value.get(key)?));
    plain(&value)
        .or_else(|| keyed.next())
        .unwrap_or(Label::None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_ends_at_the_first_dot_of_the_file() {
        for (name, key, ending) in [
            ("000001.jpg", "000001", "jpg"),
            ("./a.b/000001.seg.png", "./a.b/000001", "seg.png"),
            ("../../x/.hidden", "../../x/.hidden", ""),
            ("a", "a", ""),
        ] {
            assert_eq!(parted(name), (key, ending));
        }
    }

    #[test]
    fn labels_are_found_in_json() {
        for (text, label) in [
            ("3", Label::Number(3)),
            ("{\"label\": 3, \"cls\": 4}", Label::Number(3)),
            ("{\"class_name\": \"cat\"}", Label::Word("cat".to_owned())),
            ("{\"label\": [1]}", Label::None),
            ("{", Label::None),
        ] {
            assert_eq!(of_json(text), label, "{text}");
        }
    }
}
