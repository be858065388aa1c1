//! Images to choose by that are neither learnt from nor tested on: `data.validation`.

use super::few::Subset;
use super::{Data, DataSet, Images, UNLABELLED};
use crate::engine::random::{Purpose, Stream};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Tells the draw of the images from that of test images, which has but the class.
const DRAW: u64 = u64::MAX - 1;

/// The data set with a share of the labelled images of each class held out, where `data` asks for it: they don't vote, and don't
/// train either, unless only some of those that train have labels.
pub fn hold_out(mut set: DataSet, data: &Data) -> DataSet {
    if data.validation <= 0.0 || set.unjudged().is_some() {
        return set;
    }
    let labels: Vec<u32> = (0..set.bank.len()).map(|i| set.bank.label(i)).collect();
    let held = share_of_each(&labels, data.validation);
    let rest: Vec<usize> = (0..set.bank.len()).filter(|i| !held.contains(i)).collect();
    let count = held.len();
    let bank: Arc<dyn Images> = Arc::new(Subset::of(&set.bank, rest));
    set.validation = Some(Arc::new(Subset::of(&set.bank, held.into_iter().collect())));
    if Arc::ptr_eq(&set.bank, &set.train) {
        set.train = bank.clone();
    }
    set.bank = bank;
    set.fingerprint.train = set.train.len() as u64;
    set.fingerprint
        .hash
        .push_str(&format!("-v{}", data.validation));
    set.notes.push(format!(
        "data.validation: {count} labelled images are held out; while training, kNN and linear evaluation are measured on them, \
         not on the test images, which `eval` reports on"
    ));
    set
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
    use crate::engine::data::{Data, DataSet, Images, open};
    use std::collections::BTreeSet;
    use std::sync::Arc;

    fn shapes(validation: f64) -> DataSet {
        let data = Data {
            validation,
            train_limit: 200,
            test_limit: 20,
            ..Data::default()
        };
        open(&data).unwrap()
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
