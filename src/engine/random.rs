//! A counter-based random generator: the same numbers whatever the thread, the order or the machine.
//!
//! Each stream is named by what it is for, such as (seed, epoch, image, view), and starts at a hash of these words, so no
//! draw depends on how many were made elsewhere. The generator is SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).

/// A stream of random numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream(u64);

/// The step of SplitMix64: 2^64 over the golden ratio.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// What a stream is for; keeps streams with the same numbers apart.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub enum Purpose {
    /// Initial weights.
    Weights = 1,
    /// The order of images in an epoch.
    Shuffle = 2,
    /// The views of an image.
    Views = 3,
    /// The embedded shapes.
    Shapes = 4,
    /// Which images of a folder are held out as test images.
    Split = 5,
    /// The crop that both views of an image share.
    Shared = 6,
    /// The cases of a random sweep.
    Search = 7,
    /// Where the search for clusters begins.
    Clusters = 8,
    /// Which few images are labelled.
    Labels = 9,
    /// The changes by which invariance is measured.
    Invariance = 10,
}

impl Stream {
    /// The stream named by a seed, a purpose and further words.
    #[must_use]
    pub fn new(seed: u64, purpose: Purpose, words: &[u64]) -> Self {
        let start = Self(mix(mix(seed ^ GOLDEN) ^ purpose as u64));
        words.iter().fold(start, |stream, word| stream.fork(*word))
    }

    /// The stream with one more word in its name. It takes nothing from this one; this one must not have been drawn
    /// from, or the name would depend on how often.
    #[must_use]
    pub fn fork(&self, word: u64) -> Self {
        Self(mix(self.0 ^ mix(word.wrapping_add(GOLDEN))))
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number from 0 up to, not including, 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are what an f64 holds")]
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// A number from `low` up to `high`.
    pub fn range(&mut self, low: f64, high: f64) -> f64 {
        (high - low).mul_add(self.unit(), low)
    }

    /// True with the given chance.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// A whole number below `n`, which must not be 0.
    pub fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.bits()) * n as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number from the standard normal distribution (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Two independent numbers from the standard normal distribution, for the price of one.
    pub fn normals(&mut self) -> [f64; 2] {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        let (sine, cosine) = (std::f64::consts::TAU * self.unit()).sin_cos();
        [radius * cosine, radius * sine]
    }

    /// Puts a slice in random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

/// The finaliser of SplitMix64.
const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_even_and_apart() {
        let mut a = Stream::new(0, Purpose::Views, &[0, 0]);
        let mut b = Stream::new(0, Purpose::Views, &[0, 1]);
        let n = 20_000;
        let (mut mean, mut product) = (0.0, 0.0);
        for _ in 0..n {
            let (x, y) = (a.unit(), b.unit());
            mean += x / f64::from(n);
            product += (x - 0.5) * (y - 0.5) / f64::from(n);
        }
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        assert!(product.abs() < 0.003, "{product}");
    }

    #[test]
    fn normals_have_unit_variance() {
        let mut s = Stream::new(7, Purpose::Weights, &[]);
        let n = 20_000;
        let squares: f64 = (0..n).map(|_| s.normal().powi(2)).sum::<f64>() / f64::from(n);
        assert!((squares - 1.0).abs() < 0.05, "{squares}");
    }

    #[test]
    fn a_stream_apart_is_the_one_with_that_word_and_takes_nothing() {
        let mut stream = Stream::new(3, Purpose::Views, &[1, 2]);
        let first = stream.clone().bits();
        let mut fork = stream.fork(9);
        assert_eq!(
            fork.bits(),
            Stream::new(3, Purpose::Views, &[1, 2, 9]).bits()
        );
        assert_eq!(stream.bits(), first);
    }

    #[test]
    fn normals_come_in_independent_pairs() {
        let mut s = Stream::new(7, Purpose::Views, &[]);
        let n = 20_000;
        let (mut squares, mut product) = (0.0, 0.0);
        for _ in 0..n {
            let [a, b] = s.normals();
            squares += (a * a + b * b) / f64::from(2 * n);
            product += a * b / f64::from(n);
        }
        assert!((squares - 1.0).abs() < 0.03, "{squares}");
        assert!(product.abs() < 0.03, "{product}");
    }

    #[test]
    fn a_shuffle_keeps_every_item() {
        let mut items: Vec<usize> = (0..100).collect();
        Stream::new(1, Purpose::Shuffle, &[3]).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
