//! Few labelled images: as many of each class, drawn by a seed.

use super::{DataError, Image, Images, UNLABELLED};
use crate::engine::random::{Purpose, Stream};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// The places of `count` images of each class, or of all where a class has fewer, class by class: the same for the same seed, and
/// among those that a larger count draws.
#[must_use]
pub fn few(labels: &[u32], count: usize, seed: u64) -> Vec<usize> {
    let mut classes = BTreeMap::<u32, Vec<usize>>::new();
    for (place, label) in labels.iter().enumerate() {
        if *label != UNLABELLED {
            classes.entry(*label).or_default().push(place);
        }
    }
    let drawn = classes.into_iter().flat_map(|(label, mut places)| {
        Stream::new(seed, Purpose::Labels, &[u64::from(label)]).shuffle(&mut places);
        places.truncate(count);
        places
    });
    drawn.collect()
}

/// Some of the images of a part, with their own labels or others.
pub struct Subset {
    images: Arc<dyn Images>,
    places: Vec<usize>,
    labels: Vec<u32>,
}

impl Subset {
    /// Those in these places, in this order.
    #[must_use]
    pub fn of(images: &Arc<dyn Images>, places: Vec<usize>) -> Self {
        let labels = places.iter().map(|i| images.label(*i)).collect();
        Self::labelled(images, places, labels)
    }

    /// The same under these labels, one for each place.
    #[must_use]
    pub fn labelled(images: &Arc<dyn Images>, places: Vec<usize>, labels: Vec<u32>) -> Self {
        Self {
            images: images.clone(),
            places,
            labels,
        }
    }
}

impl Images for Subset {
    fn len(&self) -> usize {
        self.places.len()
    }

    fn label(&self, i: usize) -> u32 {
        self.labels[i]
    }

    fn image(&self, i: usize) -> Result<Arc<Image>, DataError> {
        self.images.image(self.places[i])
    }

    fn memory(&self, i: usize) -> u64 {
        self.images.memory(self.places[i])
    }

    fn stretches(&self, images: Range<usize>) -> Vec<(PathBuf, Range<u64>)> {
        let places = &self.places[images];
        let (first, last) = (places.iter().min(), places.iter().max());
        let (first, last) = (first.copied().unwrap_or(0), last.map_or(0, |last| last + 1));
        self.images.stretches(first..last)
    }

    fn name(&self, i: usize) -> String {
        self.images.name(self.places[i])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_of_each_class_are_drawn_and_more_hold_the_fewer() {
        let labels: Vec<u32> = (0..100).map(|i| if i < 90 { i % 2 } else { 2 }).collect();
        let with_one_bare: Vec<u32> = [UNLABELLED].into_iter().chain(labels).collect();
        let drawn = |count, seed| few(&with_one_bare, count, seed);
        let of = |places: &[usize], class| {
            let places = places.iter().filter(|i| with_one_bare[**i] == class);
            places.count()
        };
        let five = drawn(5, 1);
        assert_eq!([0, 1, 2].map(|class| of(&five, class)), [5; 3]);
        assert_eq!(five, drawn(5, 1));
        assert_ne!(five, drawn(5, 2));
        let twenty = drawn(20, 1);
        assert_eq!([0, 1, 2].map(|class| of(&twenty, class)), [20, 20, 10]);
        assert!(five.iter().all(|i| twenty.contains(i)));
        assert_eq!(drawn(1000, 1).len(), 100);
    }
}
