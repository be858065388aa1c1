//! Labels as files give them, numbers or words, and the classes that they make.

use super::UNLABELLED;
use std::collections::{BTreeMap, BTreeSet};

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

/// The labels of many images: each label once, and its place for each image that has it.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    all: Vec<Label>,
    places: BTreeMap<Label, u32>,
    of: Vec<u32>,
}

impl Labels {
    /// The same one for so many images.
    pub fn same(label: Label, count: usize) -> Self {
        let mut labels = Self::default();
        labels.push_many(label, count);
        labels
    }

    pub const fn len(&self) -> usize {
        self.of.len()
    }

    pub const fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Whether any image has one.
    pub fn any(&self) -> bool {
        self.all.iter().any(|label| *label != Label::None)
    }

    pub fn push(&mut self, label: Label) {
        let place = self.place(label);
        self.of.push(place);
    }

    /// The same one for so many images more.
    pub fn push_many(&mut self, label: Label, count: usize) {
        let place = self.place(label);
        self.of.resize(self.of.len() + count, place);
    }

    /// Those of other images.
    pub fn append(&mut self, other: Self) {
        let places: Vec<u32> = other
            .all
            .into_iter()
            .map(|label| self.place(label))
            .collect();
        self.of
            .extend(other.of.iter().map(|place| places[*place as usize]));
    }

    fn place(&mut self, label: Label) -> u32 {
        if let Some(place) = self.places.get(&label) {
            return *place;
        }
        let place = self.all.len() as u32;
        self.all.push(label.clone());
        self.places.insert(label, place);
        place
    }
}

impl Extend<Label> for Labels {
    fn extend<T: IntoIterator<Item = Label>>(&mut self, labels: T) {
        labels.into_iter().for_each(|label| self.push(label));
    }
}

impl FromIterator<Label> for Labels {
    fn from_iter<T: IntoIterator<Item = Label>>(labels: T) -> Self {
        let mut all = Self::default();
        all.extend(labels);
        all
    }
}

/// The names of the classes, and each part's labels as indices into them. Where `names` are given, a number is the place
/// of its name.
///
/// # Errors
/// A few words, where there are more classes than names, or more than a data set has.
pub fn classes(
    parts: Vec<Labels>,
    names: &[String],
) -> Result<(Vec<String>, Vec<Vec<u32>>), String> {
    let known: BTreeSet<&Label> = parts.iter().flat_map(|part| &part.all).collect();
    let known: Vec<&Label> = known.into_iter().filter(|l| **l != Label::None).collect();
    if known.len() > MOST {
        return Err(format!(
            "has {} different labels, more than a data set has classes; they may be numbers of images",
            known.len()
        ));
    }
    let place = |label: &Label| match label {
        Label::None => Some(UNLABELLED),
        _ if names.is_empty() => known.binary_search(&label).ok().map(|i| i as u32),
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
    let class = |label: &Label| place(label).unwrap_or(UNLABELLED);
    let of_part = |part: &Labels| part.all.iter().map(class).collect();
    let classes: Vec<Vec<u32>> = parts.iter().map(of_part).collect();
    let names = if names.is_empty() {
        known.iter().map(|label| label.name()).collect()
    } else {
        names.to_vec()
    };
    let labels = parts.into_iter().zip(classes).map(|(part, classes)| {
        let mut labels = part.of;
        for label in &mut labels {
            *label = classes[*label as usize];
        }
        labels
    });
    Ok((names, labels.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;

    #[test]
    fn labels_are_places_of_names_or_in_their_order() {
        let label = Label::text;
        let all = |labels: &[&str]| labels.iter().map(|text| label(text)).collect::<Labels>();
        let (train, test) = (all(&["7", "3", "-1"]), all(&["7", " \n"]));
        assert!(train.any() && !all(&["-1", ""]).any());
        let mut both = train.clone();
        both.append(test.clone());
        let (_, together) = classes(vec![both], &[]).unwrap();
        assert_eq!(together, [vec![1, 0, UNLABELLED, 1, UNLABELLED]]);
        let (names, labels) = classes(vec![train, test], &[]).unwrap();
        assert_eq!(names, ["3", "7"]);
        assert_eq!(labels, [vec![1, 0, UNLABELLED], vec![1, UNLABELLED]]);
        let (names, labels) = classes(vec![all(&["dog", "cat"])], &[]).unwrap();
        assert_eq!(
            (names, labels),
            (vec!["cat".into(), "dog".into()], vec![vec![1, 0]])
        );
        let named = ["a", "b", "c"].map(str::to_owned);
        let (names, labels) = classes(vec![all(&["2", "b"])], &named).unwrap();
        assert_eq!((names.len(), labels), (3, vec![vec![2, 1]]));
        let why = classes(vec![all(&["3"])], &named).unwrap_err();
        assert_eq!(why, "has the label 3, but names only 3 classes");
        let many: Labels = (0..=MOST as i64).map(Label::number).collect();
        classes(vec![many], &[])
            .unwrap_err()
            .says("100001 different labels");
    }
}
