//! Labels as files give them, numbers or words, and the classes that they make.

use super::UNLABELLED;
use std::collections::BTreeSet;

/// Classes that a data set may have: five times those of the whole of ImageNet.
const MOST: usize = 100_000;

/// What a file says of an image's class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// Nothing.
    None,
    Number(i64),
    Word(String),
}

impl Label {
    /// A number; a negative one stands for an unknown class.
    pub const fn number(number: i64) -> Self {
        if number < 0 {
            Self::None
        } else {
            Self::Number(number)
        }
    }

    fn name(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Number(number) => number.to_string(),
            Self::Word(word) => word.clone(),
        }
    }

    /// A number or a word.
    pub fn text(text: &str) -> Self {
        let text = text.trim();
        match text.parse() {
            Ok(number) => Self::number(number),
            Err(_) if text.is_empty() => Self::None,
            Err(_) => Self::Word(text.to_owned()),
        }
    }
}

/// The names of the classes, and each part's labels as indices into them. Where `names` are given, a number is the place
/// of its name.
///
/// # Errors
/// A few words, where there are more classes than names, or more than a data set has.
pub fn classes(
    parts: &[&[Label]],
    names: &[String],
) -> Result<(Vec<String>, Vec<Vec<u32>>), String> {
    // One by one: a data set has many labels and few classes.
    let mut known = BTreeSet::new();
    known.extend(parts.iter().flat_map(|part| part.iter()));
    known.remove(&Label::None);
    let known: Vec<&Label> = known.into_iter().collect();
    if known.len() > MOST {
        return Err(format!(
            "has {} different labels, more than a data set has classes; they may be numbers of images",
            known.len()
        ));
    }
    if names.is_empty() {
        let index = |label: &Label| known.binary_search(&label).map_or(UNLABELLED, |i| i as u32);
        let labels = parts.iter().map(|part| part.iter().map(index).collect());
        let names = known.iter().map(|label| label.name());
        return Ok((names.collect(), labels.collect()));
    }
    let place = |label: &Label| match label {
        Label::None => Some(UNLABELLED),
        Label::Number(number) => usize::try_from(*number)
            .ok()
            .filter(|i| *i < names.len())
            .map(|i| i as u32),
        Label::Word(word) => names.iter().position(|name| name == word).map(|i| i as u32),
    };
    if let Some(odd) = known.iter().find(|label| place(label).is_none()) {
        let (odd, count) = (odd.name(), names.len());
        let noun = if count == 1 { "class" } else { "classes" };
        return Err(format!(
            "has the label {odd}, but names only {count} {noun}"
        ));
    }
    let label = |label: &Label| place(label).unwrap_or(UNLABELLED);
    let labels = parts.iter().map(|part| part.iter().map(label).collect());
    Ok((names.to_vec(), labels.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;

    #[test]
    fn labels_are_places_of_names_or_in_their_order() {
        let label = Label::text;
        let (train, test) = (
            [label("7"), label("3"), label("-1")],
            [label("7"), label(" \n")],
        );
        let (names, labels) = classes(&[&train, &test], &[]).unwrap();
        assert_eq!(names, ["3", "7"]);
        assert_eq!(labels, [vec![1, 0, UNLABELLED], vec![1, UNLABELLED]]);
        let (names, labels) = classes(&[&[label("dog"), label("cat")]], &[]).unwrap();
        assert_eq!(
            (names, labels),
            (vec!["cat".into(), "dog".into()], vec![vec![1, 0]])
        );
        let named = ["a", "b", "c"].map(str::to_owned);
        let (names, labels) = classes(&[&[label("2"), label("b")]], &named).unwrap();
        assert_eq!((names.len(), labels), (3, vec![vec![2, 1]]));
        let why = classes(&[&[label("3")]], &named).unwrap_err();
        assert_eq!(why, "has the label 3, but names only 3 classes");
        let many: Vec<Label> = (0..=MOST as i64).map(Label::number).collect();
        classes(&[&many], &[])
            .unwrap_err()
            .says("100001 different labels");
    }
}
