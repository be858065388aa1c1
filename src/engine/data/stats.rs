//! What the images of a data set are like: how many there are of each class, how large and how bright they are, and which
//! come twice. Sums are whole numbers, so that they are the same whatever thread was first.

use super::{DataError, Image, Images, UNLABELLED};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What tells an image from others: a checksum of its size and pixels.
type Sum = [u8; 16];

/// Images that are looked at as they are decoded by whoever asks for them, each once.
pub struct Watched {
    images: Arc<dyn Images>,
    seen: Mutex<Seen>,
}

/// What was seen so far.
#[derive(Default)]
struct Seen {
    sums: HashMap<usize, Sum>,
    sizes: BTreeMap<(usize, usize), u64>,
    pixels: u64,
    values: [u128; 3],
    squares: [u128; 3],
}

/// What the images of a part are like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats {
    /// Images that could be decoded.
    pub images: u64,
    /// Images that couldn't.
    pub unreadable: u64,
    /// Images of each class, by label, readable or not.
    pub classes: Vec<u64>,
    /// Images without a label.
    pub unlabelled: u64,
    /// Widths and heights: the smallest, the one in the middle and the largest; none without an image.
    pub width: Option<[usize; 3]>,
    /// The same of heights.
    pub height: Option<[usize; 3]>,
    /// Mean and deviation of red, green and blue over all pixels, from 0 to 1.
    pub mean: [f64; 3],
    /// The same of deviations.
    pub deviation: [f64; 3],
    /// Pairs of images that are the same, pixel by pixel: one, and the first that is like it.
    pub duplicates: Vec<(usize, usize)>,
}

impl Watched {
    /// None of them was seen yet.
    pub fn new(images: Arc<dyn Images>) -> Self {
        let seen = Mutex::default();
        Self { images, seen }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What those that were seen are like; `classes` is how many classes there are.
    #[must_use]
    pub fn stats(&self, classes: usize) -> Stats {
        let seen = self.seen();
        let mut stats = Stats {
            images: seen.sums.len() as u64,
            unreadable: (self.images.len() - seen.sums.len()) as u64,
            classes: vec![0; classes],
            duplicates: seen.twice(),
            width: middle(
                seen.sizes
                    .iter()
                    .map(|((width, _), count)| (*width, *count)),
            ),
            height: middle(
                seen.sizes
                    .iter()
                    .map(|((_, height), count)| (*height, *count)),
            ),
            ..Stats::default()
        };
        for i in 0..self.images.len() {
            match self.images.label(i) {
                UNLABELLED => stats.unlabelled += 1,
                label => stats.classes[label as usize] += 1,
            }
        }
        let count = seen.pixels.max(1) as f64;
        for c in 0..3 {
            let mean = seen.values[c] as f64 / count;
            let variance = seen.squares[c] as f64 / count - mean * mean;
            stats.mean[c] = mean / 255.0;
            stats.deviation[c] = variance.max(0.0).sqrt() / 255.0;
        }
        stats
    }

    /// Images that are among others, too: each with the first that is like it there.
    #[must_use]
    pub fn among(&self, others: &Self) -> Vec<(usize, usize)> {
        let (seen, others) = (self.seen(), others.seen());
        let firsts = others.firsts();
        let mut found: Vec<_> = seen
            .sums
            .iter()
            .filter_map(|(i, sum)| Some((*i, *firsts.get(sum)?)))
            .collect();
        found.sort_unstable();
        found
    }
}

impl Seen {
    fn add(&mut self, i: usize, image: &Image, sum: Sum) {
        if self.sums.insert(i, sum).is_some() {
            return;
        }
        *self.sizes.entry((image.width, image.height)).or_default() += 1;
        self.pixels += (image.width * image.height) as u64;
        let (mut values, mut squares) = ([0_u64; 3], [0_u64; 3]);
        for pixel in image.pixels.chunks_exact(3) {
            for c in 0..3 {
                let value = u64::from(pixel[c]);
                values[c] += value;
                squares[c] += value * value;
            }
        }
        for c in 0..3 {
            self.values[c] += u128::from(values[c]);
            self.squares[c] += u128::from(squares[c]);
        }
    }

    /// The first image of each kind.
    fn firsts(&self) -> HashMap<Sum, usize> {
        let mut firsts = HashMap::new();
        for (i, sum) in &self.sums {
            let first = firsts.entry(*sum).or_insert(*i);
            *first = (*first).min(*i);
        }
        firsts
    }

    fn twice(&self) -> Vec<(usize, usize)> {
        let firsts = self.firsts();
        let pair = |(i, sum): (&usize, &Sum)| (*i, firsts[sum]);
        let mut found: Vec<_> = self
            .sums
            .iter()
            .map(pair)
            .filter(|(i, first)| i != first)
            .collect();
        found.sort_unstable();
        found
    }
}

/// The smallest, the middle and the largest of values that come so often.
fn middle(values: impl Iterator<Item = (usize, u64)>) -> Option<[usize; 3]> {
    let mut counts = BTreeMap::<usize, u64>::new();
    for (value, count) in values {
        *counts.entry(value).or_default() += count;
    }
    let half = counts.values().sum::<u64>().div_ceil(2);
    let mut before = 0;
    let at_half = |(_, count): &(&usize, &u64)| {
        before += **count;
        before >= half
    };
    let middle = *counts.iter().find(at_half)?.0;
    Some([
        *counts.first_key_value()?.0,
        middle,
        *counts.last_key_value()?.0,
    ])
}

fn sum(image: &Image) -> Sum {
    let mut hash = Sha256::new();
    hash.update((image.width as u64).to_le_bytes());
    hash.update(&image.pixels);
    let mut sum = Sum::default();
    sum.copy_from_slice(&hash.finalize()[..16]);
    sum
}

impl Images for Watched {
    fn len(&self) -> usize {
        self.images.len()
    }

    fn label(&self, i: usize) -> u32 {
        self.images.label(i)
    }

    fn image(&self, i: usize) -> Result<Arc<Image>, DataError> {
        let image = self.images.image(i)?;
        let sum = sum(&image);
        self.seen().add(i, &image, sum);
        Ok(image)
    }

    fn memory(&self, i: usize) -> u64 {
        self.images.memory(i)
    }

    fn name(&self, i: usize) -> String {
        self.images.name(i)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Images of one value each, with a label.
    struct Few(Vec<(u8, usize, u32)>);

    impl Images for Few {
        fn len(&self) -> usize {
            self.0.len()
        }

        fn label(&self, i: usize) -> u32 {
            self.0[i].2
        }

        fn image(&self, i: usize) -> Result<Arc<Image>, DataError> {
            let (value, width, _) = self.0[i];
            if value == 99 {
                return Err(DataError::Unusable("damaged".to_owned()));
            }
            let pixels = [value, 0, 255].repeat(width * 2);
            Ok(Arc::new(Image {
                width,
                height: 2,
                pixels,
            }))
        }

        fn name(&self, i: usize) -> String {
            i.to_string()
        }
    }

    fn watched(all: &[(u8, usize, u32)]) -> Watched {
        let watched = Watched::new(Arc::new(Few(all.to_vec())));
        for i in (0..all.len()).rev() {
            let _ = watched.image(i);
            let _ = watched.image(i);
        }
        watched
    }

    #[test]
    fn images_are_counted_measured_and_compared() {
        let train = watched(&[
            (0, 1, 0),
            (51, 3, 1),
            (99, 1, 0),
            (0, 1, 1),
            (51, 2, UNLABELLED),
        ]);
        let stats = train.stats(2);
        assert_eq!(
            (stats.images, stats.unreadable, stats.unlabelled),
            (4, 1, 1)
        );
        assert_eq!(stats.classes, [2, 2]);
        assert_eq!(
            (stats.width, stats.height),
            (Some([1, 1, 3]), Some([2, 2, 2]))
        );
        // Of 14 pixels, 10 are .2 red.
        let right = [1.0 / 7.0, 0.0, 1.0];
        assert!(
            stats
                .mean
                .iter()
                .zip(right)
                .all(|(a, b)| (a - b).abs() < 1e-12),
            "{stats:?}"
        );
        let red = (10.0_f64 / 14.0 * 0.04 - 1.0 / 49.0).sqrt();
        assert!(
            (stats.deviation[0] - red).abs() < 1e-12 && stats.deviation[2].abs() < 1e-6,
            "{stats:?}"
        );
        assert_eq!(stats.duplicates, [(3, 0)]);
        let test = watched(&[(7, 1, 0), (51, 3, 0), (0, 1, 0)]);
        assert_eq!(test.among(&train), [(1, 1), (2, 0)]);
        assert_eq!(watched(&[]).stats(0), Stats::default());
    }
}
