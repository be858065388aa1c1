//! Images to choose by that are neither learnt from nor tested on: `data.validation`.

use super::few::Subset;
use super::{DataSet, Images, UNLABELLED};
use crate::engine::random::{Purpose, Stream};
use crate::hparam::{HparamType, Kind, Value};
use serde::de::{Deserializer, Error, Visitor};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// Which images there are to choose by.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(untagged)]
pub enum Validation {
    /// A share of the labelled training images; none at 0.
    Share(f64),
    /// Those of another data set.
    Path(String),
}

impl Default for Validation {
    fn default() -> Self {
        Self::Share(0.0)
    }
}

impl Validation {
    /// The share of the labelled training images that is held out.
    #[must_use]
    pub const fn share(&self) -> f64 {
        match self {
            Self::Share(share) => *share,
            Self::Path(_) => 0.0,
        }
    }

    /// Where the images lie, where they lie apart; else nothing.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Share(_) => "",
            Self::Path(path) => path,
        }
    }

    /// Whether there are any.
    #[must_use]
    pub fn is_some(&self) -> bool {
        *self != Self::default()
    }

    /// As somebody types it.
    fn of_text(text: &str) -> Self {
        let text = text.trim();
        match text.parse() {
            Ok(share) => Self::Share(share),
            Err(_) if text.is_empty() => Self::default(),
            Err(_) => Self::Path(text.to_owned()),
        }
    }
}

impl fmt::Display for Validation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_value().fmt(f)
    }
}

impl HparamType for Validation {
    const KIND: Kind = Kind::Either;
    fn to_value(&self) -> Value {
        match self {
            Self::Share(share) => Value::Float(*share),
            Self::Path(path) => Value::Text(Cow::Owned(path.clone())),
        }
    }
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(Self::of_text(text)),
            // Minus zero is zero.
            _ => value.number().map(|share| Self::Share(share + 0.0)),
        }
    }
}

impl<'de> serde::Deserialize<'de> for Validation {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Validation;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a share or a path")
            }
            fn visit_f64<E: Error>(self, share: f64) -> Result<Validation, E> {
                Ok(Validation::Share(share))
            }
            fn visit_u64<E: Error>(self, share: u64) -> Result<Validation, E> {
                Ok(Validation::Share(share as f64))
            }
            fn visit_i64<E: Error>(self, share: i64) -> Result<Validation, E> {
                Ok(Validation::Share(share as f64))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Validation, E> {
                Ok(Validation::of_text(text))
            }
        }
        from.deserialize_any(Either)
    }
}

/// Tells the draw of the images from that of test images, which has but the class.
const DRAW: u64 = u64::MAX - 1;

/// The data set with a share of the labelled images of each class held out: they don't vote, and don't
/// train either, unless only some of those that train have labels.
pub fn hold_out(mut set: DataSet, share: f64) -> DataSet {
    if share <= 0.0 || set.unjudged().is_some() {
        return set;
    }
    let labels: Vec<u32> = (0..set.bank.len()).map(|i| set.bank.label(i)).collect();
    let held = share_of_each(&labels, share);
    let rest: Vec<usize> = (0..set.bank.len()).filter(|i| !held.contains(i)).collect();
    let count = held.len();
    let bank: Arc<dyn Images> = Arc::new(Subset::of(&set.bank, rest));
    set.validation = Some(Arc::new(Subset::of(&set.bank, held.into_iter().collect())));
    if Arc::ptr_eq(&set.bank, &set.train) {
        set.train = bank.clone();
    }
    set.bank = bank;
    set.fingerprint.train = set.train.len() as u64;
    set.fingerprint.hash.push_str(&format!("-v{share}"));
    set.notes.push(note(count, "are held out"));
    set
}

/// What is said of so many images to choose by.
pub fn note(count: usize, whence: &str) -> String {
    format!(
        "data.validation: {count} labelled images {whence}; while training, kNN and linear evaluation are measured on them, \
         not on the test images, which `eval` reports on"
    )
}

/// The places of a share of the images of each class, by a fixed shuffle: one at least, and never all.
#[must_use]
pub fn share_of_each(labels: &[u32], share: f64) -> BTreeSet<usize> {
    let mut classes = BTreeMap::<u32, Vec<usize>>::new();
    for (place, label) in labels.iter().enumerate() {
        classes.entry(*label).or_default().push(place);
    }
    classes.remove(&UNLABELLED);
    let held = classes.into_iter().flat_map(|(label, mut places)| {
        Stream::new(0, Purpose::Split, &[DRAW, u64::from(label)]).shuffle(&mut places);
        let count = (share * places.len() as f64).round() as usize;
        places.truncate(count.max(1).min(places.len() - 1));
        places
    });
    held.collect()
}

#[cfg(test)]
mod tests {
    use super::Validation;
    use crate::engine::data::{Data, DataSet, Images, open};
    use crate::hparam::Group;
    use std::collections::BTreeSet;
    use std::sync::Arc;

    fn shapes(validation: f64) -> DataSet {
        let data = Data {
            validation: Validation::Share(validation),
            train_limit: 200,
            test_limit: 20,
            ..Data::default()
        };
        open(&data).unwrap()
    }

    #[test]
    fn a_share_or_a_path_is_read_as_it_is_typed() {
        let path = Validation::Path("~/val".to_owned());
        for (text, wanted, typed) in [
            ("0.1", Validation::Share(0.1), "0.1"),
            ("0", Validation::default(), "0"),
            ("\"~/val\"", path, "~/val"),
            ("\"0.1\"", Validation::Share(0.1), "0.1"),
            ("\"\"", Validation::default(), "0"),
        ] {
            let data: Data = ron::from_str(&format!("(validation: {text})")).unwrap();
            assert_eq!(data.validation, wanted, "{text}");
            assert_eq!(data.validation.to_string(), typed);
            let field = data.fields().into_iter().find(|f| f.path == "validation");
            let value = field.unwrap().param.parse(typed).unwrap();
            let mut set = Data::default();
            set.set_at("validation", &value).unwrap();
            assert_eq!(set.validation, wanted);
        }
        for text in ["1.5", "-0.1", "true"] {
            ron::from_str::<Data>(&format!("(validation: {text})")).unwrap_err();
        }
    }

    fn names(images: &dyn Images) -> BTreeSet<String> {
        (0..images.len()).map(|i| images.name(i)).collect()
    }

    #[test]
    fn a_share_of_each_class_is_held_out_and_nothing_else_changes() {
        let (whole, set) = (shapes(0.0), shapes(0.2));
        assert!(whole.validation.is_none() && Arc::ptr_eq(whole.chosen_on(), &whole.test));
        let held = set.validation.clone().unwrap();
        assert_eq!(
            (set.train.len(), set.bank.len(), held.len()),
            (160, 160, 40)
        );
        let [train, bank, held_names] = [&*set.train, &*set.bank, &*held].map(names);
        assert_eq!(train, bank);
        assert_eq!(&train | &held_names, names(&*whole.train));
        for class in 0..10 {
            assert_eq!((0..40).filter(|i| held.label(*i) == class).count(), 4);
        }
        assert_eq!(names(&*set.test), names(&*whole.test));
        assert_ne!(set.fingerprint.hash, whole.fingerprint.hash);
        assert_ne!(set.fingerprint.hash, shapes(0.201).fingerprint.hash);
    }
}
