//! 3x3 kernels of stride 1 by Winograd's F(2x2, 3x3): four outputs from sixteen products in place of thirty-six.
//!
//! A tile of 2x2 outputs Y sees 4x4 inputs d, and with a filter g it is `Y = A^T [(G g G^T) * (B^T d B)] A`, where * goes
//! place by place (Lavin and Gray, arXiv 1509.09308, section 4.1):
//!
//! ```text
//!       1  0 -1  0            1    0    0            1  1  1  0
//! B^T = 0  1  1  0      G =  1/2  1/2  1/2     A^T = 0  1 -1 -1
//!       0 -1  1  0           1/2 -1/2  1/2
//!       0  1  0 -1            0    0    1
//!
//! inputs [16, in, TILES]  --products-->  [16, OUTPUTS, TILES]  --A-->  2x2 outputs of TILES tiles
//! ```
//!
//! Over channels and tiles, the products at one of the sixteen places are those of two matrices. `TILES` tiles go through all
//! three steps, so that up to 128 channels they stay in the second cache; places lie `SKEW` numbers further apart than they
//! need to, or a tile's sixteen would share one set of the first cache.

mod filters;
mod layout;
mod products;
mod tiles;

use super::direct::lanes;
use super::direct::padded::{Padded, Room};
use super::im2col::{ConvShape, sized};
use layout::{OUTPUTS, PLACES, place_stride, rows};
use std::cell::RefCell;
use tiles::Segment;

/// Channels of input and output from which on fewer products outweigh the transforms.
const LEAST: usize = 16;

#[derive(Default)]
struct Buffers {
    padded: Room,
    inputs: Vec<f32>,
    products: Vec<f32>,
}

thread_local! {
    /// Kept, since fresh memory costs a page fault every 4 KiB.
    static BUFFERS: RefCell<Buffers> = RefCell::default();
}

/// A pass with its filters transformed.
pub struct Forward {
    filters: Vec<f32>,
}

impl Forward {
    /// None where it doesn't pay; that doesn't depend on the number of images, so that each gets the same bits among any others.
    pub fn new(weight: &[f32], s: &ConvShape) -> Option<Self> {
        let [down, across] = tiles(s);
        let fewer = PLACES * down * across < 9 * s.positions();
        let suits = lanes() >= 4
            && s.k == 3
            && s.stride == 1
            && s.n > 0
            && fewer
            && s.input.min(s.output) >= LEAST
            && s.output.is_multiple_of(rows());
        suits.then(|| Self {
            filters: filters::transformed(weight, s, rows()),
        })
    }

    /// Writes the output of some images.
    pub fn images(&self, x: &[f32], s: &ConvShape, out: &mut [f32]) {
        BUFFERS.with_borrow_mut(|buffers| self.with(x, s, out, buffers));
    }

    fn with(&self, x: &[f32], s: &ConvShape, out: &mut [f32], buffers: &mut Buffers) {
        let [down, across] = tiles(s);
        let layout = Padded {
            rows: 2 * down + 2,
            wide: 2 * across + 2,
        };
        let padded = layout.fill(x, s, &mut buffers.padded);
        let inputs = sized(&mut buffers.inputs, PLACES * place_stride(s.input));
        let products = sized(&mut buffers.products, PLACES * place_stride(OUTPUTS));
        let segments = tiles::segments(x.len() / s.image(), down, across);
        for block in segments.chunk_by(Segment::share_a_block) {
            let tiles = block.iter().map(|segment| segment.tiles).sum();
            tiles::transform_inputs(padded, layout, s, block, inputs);
            for from in (0..s.output).step_by(OUTPUTS) {
                let outputs = from..s.output.min(from + OUTPUTS);
                products::all(&self.filters, inputs, s, outputs.clone(), tiles, products);
                tiles::transform_outputs(products, outputs, s, block, out);
            }
        }
    }
}

/// Tiles of an output plane, down and across.
fn tiles(s: &ConvShape) -> [usize; 2] {
    s.out_plane.map(|side| side.div_ceil(2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::conv::direct;
    use crate::engine::random::{Purpose, Stream};

    /// One output in double precision.
    fn exact(x: &[f32], w: &[f32], s: &ConvShape, at: usize) -> f64 {
        let ([h, wide], [high, across]) = (s.plane, s.out_plane);
        let (image, channel) = (at / s.out_image(), at / s.positions() % s.output);
        let (y, column) = (at / across % high, at % across);
        let mut sum = 0.0;
        for c in 0..s.input {
            for tap in 0..9 {
                let (row, column) = (y + tap / 3, column + tap % 3);
                let inside = |at: usize, side: usize| (s.padding..s.padding + side).contains(&at);
                if inside(row, h) && inside(column, wide) {
                    let seen =
                        x[image * s.image() + c * h * wide + (row - s.padding) * wide + column
                            - s.padding];
                    sum += f64::from(seen) * f64::from(w[channel * s.patch() + c * 9 + tap]);
                }
            }
        }
        sum
    }

    #[test]
    fn is_as_exact_as_the_direct_kernels() {
        let mut stream = Stream::new(7, Purpose::Weights, &[]);
        let mut drawn = |len| -> Vec<f32> { (0..len).map(|_| stream.normal() as f32).collect() };
        for (n, input, output, plane, padding) in [
            (1, 64, 64, [32, 32], 1),
            (5, 40, 72, [7, 9], 1),
            (17, 512, 128, [4, 4], 1),
            (2, 16, 16, [33, 3], 0),
            (3, 32, 136, [1, 58], 2),
            (2, 16, 32, [2, 5], 1),
            (1, 24, 16, [22, 13], 1),
        ] {
            let s = ConvShape::new(
                [n, input, plane[0], plane[1]],
                [output, input, 3, 3],
                1,
                padding,
            );
            let (x, w) = (drawn(n * s.image()), drawn(output * s.patch()));
            let Some(ours) = Forward::new(&w, &s) else {
                assert!(lanes() < 4, "{s:?}");
                continue;
            };
            // What lay there before is to be gone.
            let mut out = vec![f32::NAN; n * s.out_image()];
            ours.images(&x, &s, &mut out);
            let mut other = vec![0.0; out.len()];
            let direct = direct::Forward::new(&w, &s);
            if let Some(direct) = &direct {
                direct.images(&x, &s, &mut other);
            }
            let (mut worst, mut of_direct, mut squares) = (0.0f64, 0.0f64, 0.0);
            for at in 0..out.len() {
                let exact = exact(&x, &w, &s, at);
                squares += exact * exact / out.len() as f64;
                worst = worst.max((f64::from(out[at]) - exact).abs());
                of_direct = of_direct.max((f64::from(other[at]) - exact).abs());
            }
            let scale = squares.sqrt();
            assert!(worst / scale < 1e-5, "{s:?}: {}", worst / scale);
            if direct.is_some() {
                assert!(worst < 1.5 * of_direct, "{s:?}: {worst}, {of_direct}");
            }
        }
    }

    #[test]
    fn planes_that_need_more_products_are_left_to_others() {
        let pays = |plane: [usize; 2]| {
            let s = ConvShape::new([2, 32, plane[0], plane[1]], [32, 32, 3, 3], 1, 1);
            Forward::new(&vec![0.0; s.output * s.patch()], &s).is_some()
        };
        let ways = [[1, 1], [1, 3], [3, 1], [2, 2], [3, 3], [1, 8]].map(pays);
        let vectors = lanes() >= 4;
        assert_eq!(
            ways,
            [false, false, false, vectors, vectors, vectors],
            "16 products a tile beside 9 an output"
        );
    }

    #[test]
    fn every_tile_is_in_one_segment_and_every_segment_in_one_block() {
        for (images, down, across) in [(1, 16, 16), (3, 7, 28), (5, 4, 7), (40, 2, 2), (1, 1, 131)]
        {
            let all = tiles::segments(images, down, across);
            let mut next = 0;
            for segment in &all {
                next = segment.follows(next, down, across);
            }
            assert_eq!(next, images * down * across);
        }
    }
}
