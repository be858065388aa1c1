//! The order of the images in an epoch: all mixed, or pieces of neighbours, so that files are read in long stretches.

use crate::engine::random::{Purpose, Stream};
use std::ops::Range;
use std::sync::Arc;

/// Pieces whose images are mixed with each other.
const MIXED: usize = 64;

/// The images of an epoch in their order.
pub struct Order {
    pub images: Arc<[usize]>,
    /// In their order; none where all images are mixed.
    pieces: Vec<Range<usize>>,
    piece: usize,
    /// Pieces that [`Self::ahead`] has named.
    named: usize,
}

impl Order {
    /// Of so many images in pieces of so many neighbours; 0 mixes all.
    pub fn new(count: usize, piece: usize, seed: u64, epoch: u64) -> Self {
        let mut stream = Stream::new(seed, Purpose::Shuffle, &[epoch]);
        let mut images: Vec<usize> = (0..count).collect();
        let mut pieces = Vec::new();
        if piece == 0 {
            stream.shuffle(&mut images);
        } else {
            let starts = (0..count).step_by(piece);
            pieces = starts.map(|at| at..(at + piece).min(count)).collect();
            stream.shuffle(&mut pieces);
            images.clear();
            for mixed in pieces.chunks(MIXED) {
                let from = images.len();
                images.extend(mixed.iter().cloned().flatten());
                stream.shuffle(&mut images[from..]);
            }
        }
        Self {
            images: images.into(),
            pieces,
            piece,
            named: 0,
        }
    }

    /// The pieces that these places of the order need, and those mixed after them, each named once.
    pub fn ahead(&mut self, places: &Range<usize>) -> &[Range<usize>] {
        let piece = |place: usize| place.checked_div(self.piece).unwrap_or(0);
        let from = (piece(places.start) / MIXED * MIXED).max(self.named);
        let to = (piece(places.end) + MIXED).min(self.pieces.len());
        self.named = to.max(from);
        self.pieces.get(from..to).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_mixed_some_at_a_time_and_keep_every_image() {
        let order = Order::new(1000, 7, 3, 0);
        let mut all = order.images.to_vec();
        assert_ne!(all, *Order::new(1000, 7, 3, 1).images);
        for mixed in [&all[..MIXED * 7], &all[MIXED * 7..MIXED * 14]] {
            let mut pieces: Vec<usize> = mixed.iter().map(|i| i / 7).collect();
            assert!(pieces.chunk_by(|a, b| a == b).count() > 300, "mixed");
            pieces.sort_unstable();
            pieces.dedup();
            // The last piece is shorter, and may be among them.
            assert!(pieces.len() <= MIXED + 1, "{}", pieces.len());
        }
        all.sort_unstable();
        assert_eq!(all, (0..1000).collect::<Vec<_>>());
    }

    #[test]
    fn pieces_are_named_once_before_they_are_wanted() {
        for from in [0, 500, 640, 900] {
            let mut order = Order::new(1000, 5, 1, 0);
            let mut named = Vec::new();
            for batch in (from..1000).step_by(20) {
                named.extend_from_slice(order.ahead(&(batch..batch + 20)));
                let there = |i: &usize| named.iter().any(|piece| piece.contains(i));
                assert!(order.images[batch..batch + 20].iter().all(there));
                let most = (batch + 20) / 5 + MIXED;
                assert!(named.len() <= most, "{} of {most}", named.len());
            }
            let mut once = named.clone();
            once.sort_unstable_by_key(|piece| piece.start);
            once.dedup();
            assert_eq!(once.len(), named.len());
        }
        assert!(Order::new(1000, 0, 1, 0).ahead(&(0..20)).is_empty());
    }
}
