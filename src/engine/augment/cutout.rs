//! Cutout: a square of a view is covered (paper, §3.2; arXiv 1708.04552).

use crate::engine::random::Stream;
use crate::hparam::Hparam;
use crate::hparams;
use std::ops::Range;

hparams! {
    /// Cutout
    pub struct Cutout {
        /// Chance that a square of a view is covered with mid-gray; its centre can be any pixel, and the square is cut off at the view's edge.
        p: f64 = 0.0 => Hparam::linear(0.0, 1.0, 0.05).paper("§3.2, Fig. 4 and 5");
        /// Side of the square as a share of the view's side.
        side: f64 = 0.5 => Hparam::linear(0.05, 1.0, 0.05).paper("16 of 32 px for CIFAR-10, DeVries & Taylor 2017");
    }
}

/// What covers the square. Where it comes from that is the data set's mean, which is near this in photographs.
const COVER: f32 = 0.5;

/// The pixels of one view that are covered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Hole {
    pub rows: Range<usize>,
    pub columns: Range<usize>,
}

impl Cutout {
    /// The hole in one view `[3, size, size]`; `None`, after as many draws, where the chance says no.
    pub fn draw(&self, size: usize, stream: &mut Stream) -> Option<Hole> {
        let applied = stream.chance(self.p);
        let side = ((self.side * size as f64).round() as usize).max(1);
        let mut covered = || {
            let past = stream.below(size.max(1)) + side - side / 2;
            past.saturating_sub(side)..past.min(size)
        };
        let (rows, columns) = (covered(), covered());
        applied.then_some(Hole { rows, columns })
    }
}

/// Covers a hole in an image `[3, S, S]`, in place.
pub fn cut(image: &mut [f32], side: usize, hole: &Hole) {
    for plane in image.chunks_exact_mut((side * side).max(1)) {
        for row in plane
            .chunks_exact_mut(side)
            .take(hole.rows.end)
            .skip(hole.rows.start)
        {
            row[hole.columns.clone()].fill(COVER);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Purpose;

    #[test]
    fn holes_are_centred_on_any_pixel_and_end_at_the_edges() {
        let cutout = Cutout { p: 1.0, side: 0.4 };
        let mut stream = Stream::new(0, Purpose::Views, &[]);
        let (mut starts, mut areas) = (std::collections::BTreeSet::new(), Vec::new());
        for _ in 0..500 {
            let hole = cutout.draw(10, &mut stream).expect("p is 1");
            assert!(hole.rows.end <= 10 && hole.columns.end <= 10, "{hole:?}");
            starts.insert((hole.rows.start, hole.rows.end));
            areas.push(hole.rows.len() * hole.columns.len());
        }
        // Centres 0 to 9, the square of four reaching from two before to one behind.
        let all = (0..10_usize).map(|c| (c.saturating_sub(2), (c + 2).min(10)));
        assert_eq!(starts, all.collect());
        assert_eq!(areas.iter().max(), Some(&16));
        assert_eq!(areas.iter().min(), Some(&4));
    }

    #[test]
    fn the_hole_is_gray_in_every_plane_and_the_rest_stays() {
        let mut image = vec![0.9; 3 * 16];
        let hole = Hole {
            rows: 1..3,
            columns: 0..2,
        };
        cut(&mut image, 4, &hole);
        for plane in image.chunks(16) {
            let gray: Vec<_> = (0..16).filter(|i| plane[*i] < 0.6).collect();
            assert_eq!(gray, [4, 5, 8, 9]);
        }
    }
}
