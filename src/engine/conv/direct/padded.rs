//! Planes with zeros around them.
//!
//! ```text
//! 0 0 0 0 0 0 0 0      rows and wide count all of it: the padding on each side, and
//! 0 x x x x 0 0 0      behind it what makes tiles and vectors come out even
//! 0 x x x x 0 0 0
//! 0 0 0 0 0 0 0 0
//! ```
//!
//! The planes of an image are copied into the middle; the zeros are written once for as long as the sizes stay the same.

use crate::engine::conv::im2col::ConvShape;

/// Planes with their padding and some room behind, into which kernels may look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Padded {
    /// Rows of a plane.
    pub rows: usize,
    /// Numbers in a row.
    pub wide: usize,
}

/// Where padded planes are kept from image to image: what surrounds them stays zero for as long as their sizes stay the same.
#[derive(Default)]
pub struct Room {
    values: Vec<f32>,
    /// What the zeros are around: layout, padding, and planes' sizes.
    around: Option<(Padded, usize, [usize; 2])>,
    /// Planes that have their zeros.
    planes: usize,
}

impl Padded {
    /// As large as a convolution's padding makes them.
    pub const fn of(s: &ConvShape) -> Self {
        Self {
            rows: s.plane[0] + 2 * s.padding,
            wide: s.plane[1] + 2 * s.padding,
        }
    }

    /// Numbers of a plane.
    pub const fn plane(self) -> usize {
        self.rows * self.wide
    }

    /// Copies the planes of some images into the middle of zeros.
    pub fn fill<'a>(self, x: &[f32], s: &ConvShape, room: &'a mut Room) -> &'a [f32] {
        let [h, w] = s.plane;
        let planes = x.len() / (h * w).max(1);
        room.clear(self, s, planes);
        let to = &mut room.values[..planes * self.plane()];
        for (plane, to) in x.chunks_exact(h * w).zip(to.chunks_exact_mut(self.plane())) {
            let rows = to[s.padding * self.wide..].chunks_exact_mut(self.wide);
            for (row, to) in plane.chunks_exact(w).zip(rows) {
                copy(row, &mut to[s.padding..s.padding + w]);
            }
        }
        to
    }
}

impl Room {
    /// Makes sure of the zeros around so many planes.
    fn clear(&mut self, layout: Padded, s: &ConvShape, planes: usize) {
        let around = Some((layout, s.padding, s.plane));
        if self.around != around {
            (self.around, self.planes) = (around, 0);
        }
        if planes > self.planes {
            let (from, to) = (self.planes * layout.plane(), planes * layout.plane());
            self.values.resize(self.values.len().max(to), 0.0);
            self.values[from..to].fill(0.0);
            self.planes = planes;
        }
    }
}

/// Rows are short: a call for each would take longer than the copy.
fn copy(row: &[f32], to: &mut [f32]) {
    let (eights, rest) = row.as_chunks::<8>();
    let (to_eights, to_rest) = to.as_chunks_mut::<8>();
    for (to, from) in to_eights.iter_mut().zip(eights) {
        *to = *from;
    }
    for (to, from) in to_rest.iter_mut().zip(rest) {
        *to = *from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_stay_around_whatever_lay_there_before() {
        let mut room = Room::default();
        // More planes, fewer, other sizes, back again.
        for (planes, side, padding) in [(2, 3, 1), (5, 3, 1), (1, 3, 1), (3, 9, 2), (4, 3, 1)] {
            let s = ConvShape::new([1, planes, side, side], [1, planes, 3, 3], 1, padding);
            let layout = Padded::of(&s);
            let x = vec![1.0; planes * side * side];
            let padded = layout.fill(&x, &s, &mut room);
            assert_eq!(padded.len(), planes * layout.plane());
            for (at, v) in padded.iter().enumerate() {
                let (row, column) = (at % layout.plane() / layout.wide, at % layout.wide);
                let inside = |at: usize| (padding..padding + side).contains(&at);
                let wanted = inside(row) && inside(column);
                assert_eq!(
                    *v > 0.5,
                    wanted,
                    "{planes} planes of {side}: {row}, {column}"
                );
            }
        }
    }
}
