//! Resizing by a triangle filter, as torchvision's and PIL's bilinear with antialias: widened by the scale where the
//! image shrinks, plain bilinear where it grows.
//!
//! `out[i] = sum over k of max(0, 1 - |k + 1/2 - centre| / reach) * in[k] / total`, where `centre = scale * (i + 1/2)`,
//! `scale = in / out` and `reach = max(scale, 1)` (Pillow's `Resample.c`, `precompute_coeffs`).
//!
//! ```text
//! bytes of the crop            line of numbers              planes of the view
//! r g b r g b r g b ..   sum   r g b r g b r g b ..   sum   r r r ..
//! r g b r g b r g b ..  ----->                       -----> g g g ..
//!   (taps rows)         columns  (one output row)     rows  b b b ..
//! ```
//!
//! Columns are filtered first, because whole rows of a crop are summed on vectors, straight from bytes; then rows. One line
//! is in the first cache between the two, and no plane of a half-resized image is ever written.

#[cfg_attr(
    target_arch = "x86_64",
    expect(clippy::inline_always, reason = "as below")
)]
mod permute;

use super::crop::Area;
use super::planes::planes;
use super::wide::wide;
use crate::engine::data::Image;
use permute::{Blocks, REACH};
use std::ops::Range;

/// What resizing uses again from view to view.
#[derive(Debug, Default)]
pub struct Buffers {
    rows: Filter,
    columns: Filter,
    line: Vec<f32>,
    quads: Vec<[f32; 4]>,
    blocks: Blocks,
}

/// Planes of an image: `[3, height, width]`.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Planes<'a> {
    pub width: usize,
    pub height: usize,
    pub values: &'a [f32],
}

wide! {
    /// Crops planes `[3, height, width]` and resizes the crop to `[3, size, size]`; `area` is in px.
    pub fn crop_planes(
        image: Planes,
        area: Area,
        size: usize,
        out: &mut [f32],
        buffers: &mut Buffers,
    ) {
        let Buffers {
            rows,
            columns,
            line,
            ..
        } = buffers;
        rows.fit(area.height, size, 0, size, 1.0);
        columns.fit(area.width, size, 0, size, 1.0);
        line.resize(area.width, 0.0);
        let planes = image.values.chunks_exact(image.width * image.height);
        for (plane, out) in planes.zip(out.chunks_exact_mut(size * size)) {
            for (y, out) in out.chunks_exact_mut(size).enumerate() {
                rows.sum_rows(y, line, |y| {
                    let start = (area.top + y) * image.width + area.left;
                    &plane[start..start + area.width]
                });
                columns.sum_along(line, out);
            }
        }
    }
}

/// Crops an image of bytes and resizes the crop to `[3, size, size]`, 0 to 1.
pub fn crop_bytes(image: &Image, area: Area, size: usize, out: &mut [f32], buffers: &mut Buffers) {
    buffers.rows.fit(area.height, size, 0, size, BYTE);
    buffers.columns.fit(area.width, size, 0, size, 1.0);
    resample(image, area, size, out, buffers);
}

/// Resizes the short side of an image to `size` and crops the centre, as torchvision's `Resize` and `CenterCrop`.
pub fn whole(image: &Image, size: usize, out: &mut [f32], buffers: &mut Buffers) {
    let short = image.width.min(image.height).max(1);
    let side = |length: usize| (length * size / short).max(size);
    let offset = |side: usize| ((side - size) as f64 / 2.0).round_ties_even() as usize;
    let (width, height) = (side(image.width), side(image.height));
    let all = Area::centred(image.height, image.width, image.height, image.width);
    buffers
        .rows
        .fit(image.height, height, offset(height), size, BYTE);
    buffers
        .columns
        .fit(image.width, width, offset(width), size, 1.0);
    resample(image, all, size, out, buffers);
}

/// Bytes become 0 to 1 by the weights of the first filter, at no cost.
const BYTE: f64 = 1.0 / 255.0;

fn resample(image: &Image, area: Area, size: usize, out: &mut [f32], buffers: &mut Buffers) {
    let columns = &buffers.columns;
    let two = if columns.taps == 2 {
        &columns.weights[..]
    } else {
        &[]
    };
    buffers.blocks.fit(&columns.first, two);
    let length = (3 * area.width).next_multiple_of(EVEN);
    buffers.line.resize(length + REACH, 0.0);
    buffers.quads.resize(size, [0.0; 4]);
    if buffers.blocks.are_ready() {
        by_blocks(image, area, size, out, buffers);
    } else {
        by_pixels(image, area, size, out, buffers);
    }
}

wide! {
    fn by_blocks(image: &Image, area: Area, size: usize, out: &mut [f32], buffers: &mut Buffers) {
        let Buffers { rows, line, blocks, .. } = buffers;
        for (y, out) in channels(out, size).enumerate() {
            rows.sum_rows(y, line, |y| row(image, area, y));
            blocks.sum(line, out);
        }
    }
}

wide! {
    fn by_pixels(image: &Image, area: Area, size: usize, out: &mut [f32], buffers: &mut Buffers) {
        let Buffers { rows, columns, line, quads, .. } = buffers;
        for (y, out) in channels(out, size).enumerate() {
            rows.sum_rows(y, line, |y| row(image, area, y));
            columns.sum_pixels(line, quads, out);
        }
    }
}

/// Rows of a view, red, green and blue.
fn channels(out: &mut [f32], size: usize) -> impl Iterator<Item = [&mut [f32]; 3]> {
    let (red, green, blue) = planes(out);
    red.chunks_exact_mut(size)
        .zip(green.chunks_exact_mut(size))
        .zip(blue.chunks_exact_mut(size))
        .map(|((red, green), blue)| [red, green, blue])
}

/// A row of an area, and as much behind it as makes vectors even, where the image has it; that is summed and never used.
fn row(image: &Image, area: Area, y: usize) -> &[u8] {
    let start = 3 * ((area.top + y) * image.width + area.left);
    let length = (3 * area.width).next_multiple_of(EVEN);
    &image.pixels[start..image.pixels.len().min(start + length)]
}

/// Numbers of the widest vectors.
const EVEN: usize = 16;

/// What may stand in a row: bytes or numbers.
trait Sample: Copy {
    fn value(self) -> f32;
}

impl Sample for u8 {
    #[inline]
    fn value(self) -> f32 {
        f32::from(self)
    }
}

impl Sample for f32 {
    #[inline]
    fn value(self) -> f32 {
        self
    }
}

/// The weights of one direction: output i is the sum of `taps` inputs from `first[i]` on.
#[derive(Debug, Default)]
struct Filter {
    taps: usize,
    first: Vec<usize>,
    weights: Vec<f32>,
}

#[expect(
    clippy::inline_always,
    reason = "so that they are compiled for the vectors of the function that calls them"
)]
impl Filter {
    /// Weights that resize `input` samples to `output`, of which `count` from `start` on are wanted, times `gain`.
    fn fit(&mut self, input: usize, output: usize, start: usize, count: usize, gain: f64) {
        let scale = input as f64 / output as f64;
        self.first.clear();
        self.weights.clear();
        if scale <= 1.0 && input > 1 {
            return self.fit_enlarging(scale, input, start..start + count, gain);
        }
        let reach = scale.max(1.0);
        self.taps = ((2.0 * reach).ceil() as usize).min(input);
        for i in start..start + count {
            let centre = scale * (i as f64 + 0.5);
            let low = (centre - reach + 0.5).max(0.0) as usize;
            let high = ((centre + reach + 0.5) as usize).min(input);
            let first = low.min(input - self.taps);
            let weight = |tap: usize| {
                let away = ((first + tap) as f64 - centre + 0.5) / reach;
                let inside = (low..high).contains(&(first + tap));
                if inside {
                    (1.0 - away.abs()).max(0.0)
                } else {
                    0.0
                }
            };
            let total: f64 = (0..self.taps).map(weight).sum();
            self.first.push(first);
            self.weights
                .extend((0..self.taps).map(|tap| (weight(tap) * gain / total) as f32));
        }
    }

    /// Where the image grows, what lies nearest on either side counts by its nearness, and at an edge what lies there.
    fn fit_enlarging(&mut self, scale: f64, input: usize, wanted: Range<usize>, gain: f64) {
        self.taps = 2;
        for i in wanted {
            let place = (scale * (i as f64 + 0.5) - 0.5).clamp(0.0, (input - 1) as f64);
            let first = (place as usize).min(input - 2);
            let second = place - first as f64;
            self.first.push(first);
            self.weights
                .extend([((1.0 - second) * gain) as f32, (second * gain) as f32]);
        }
    }

    /// The weighted sum of input rows that makes output row `y`, written to `line` as far as they go.
    #[inline(always)]
    fn sum_rows<'a, T: Sample + 'a>(
        &self,
        y: usize,
        line: &mut [f32],
        row: impl Fn(usize) -> &'a [T],
    ) {
        let (first, weights) = (self.first[y], &self.weights[y * self.taps..][..self.taps]);
        if let [w, v, ..] = weights {
            let both = row(first).iter().zip(row(first + 1));
            for (sum, (a, b)) in line.iter_mut().zip(both) {
                *sum = w * a.value() + v * b.value();
            }
        } else {
            for (sum, a) in line.iter_mut().zip(row(first)) {
                *sum = weights[0] * a.value();
            }
        }
        for (tap, weight) in weights.iter().enumerate().skip(2) {
            for (sum, v) in line.iter_mut().zip(row(first + tap)) {
                *sum += weight * v.value();
            }
        }
    }

    /// Filters a line of pixels, red, green and blue in turn, into one row a channel. At least one number follows them.
    ///
    /// Pixels are summed as four numbers, which are one vector, and then taken apart.
    #[inline(always)]
    fn sum_pixels(
        &self,
        line: &[f32],
        quads: &mut [[f32; 4]],
        [red, green, blue]: [&mut [f32]; 3],
    ) {
        match self.taps {
            1 => self.sum_taps::<1>(line, quads),
            2 => self.sum_taps::<2>(line, quads),
            3 => self.sum_taps::<3>(line, quads),
            _ => self.sum_any(line, quads),
        }
        for (((red, green), blue), quad) in red.iter_mut().zip(green).zip(blue).zip(quads) {
            [*red, *green, *blue, _] = *quad;
        }
    }

    #[inline(always)]
    fn sum_taps<const TAPS: usize>(&self, line: &[f32], quads: &mut [[f32; 4]]) {
        let weights = self.weights.as_chunks::<TAPS>().0;
        for (quad, (first, weights)) in quads.iter_mut().zip(self.first.iter().zip(weights)) {
            let from = &line[3 * first..][..=3 * TAPS];
            let mut sums = [0, 1, 2, 3].map(|c| weights[0] * from[c]);
            for tap in 1..TAPS {
                for c in 0..4 {
                    sums[c] += weights[tap] * from[3 * tap + c];
                }
            }
            *quad = sums;
        }
    }

    fn sum_any(&self, line: &[f32], quads: &mut [[f32; 4]]) {
        let weights = self.weights.chunks_exact(self.taps);
        for (quad, (first, weights)) in quads.iter_mut().zip(self.first.iter().zip(weights)) {
            let mut sums = [0.0_f32; 4];
            for (from, weight) in line[3 * first..].windows(4).step_by(3).zip(weights) {
                for (sum, v) in sums.iter_mut().zip(from) {
                    *sum += weight * v;
                }
            }
            *quad = sums;
        }
    }

    /// Filters a line of one channel.
    #[inline(always)]
    fn sum_along(&self, line: &[f32], out: &mut [f32]) {
        match self.taps {
            2 => self.sum_along_taps(2, line, out),
            taps => self.sum_along_taps(taps, line, out),
        }
    }

    #[inline(always)]
    fn sum_along_taps(&self, taps: usize, line: &[f32], out: &mut [f32]) {
        let weights = self.weights.chunks_exact(taps);
        for ((out, first), weights) in out.iter_mut().zip(&self.first).zip(weights) {
            let inputs = line[*first..][..taps].iter().zip(weights);
            *out = inputs.map(|(v, weight)| weight * v).sum();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_planes_resize_alike() {
        let image = Image {
            width: 37,
            height: 23,
            pixels: (0..37 * 23 * 3).map(|i| (i * i % 256) as u8).collect(),
        };
        let mut values = vec![0.0; image.pixels.len()];
        for (i, byte) in image.pixels.iter().enumerate() {
            values[i % 3 * 37 * 23 + i / 3] = f32::from(*byte) / 255.0;
        }
        let planes = Planes {
            width: 37,
            height: 23,
            values: &values,
        };
        for (area, size) in [
            ((2, 3, 20, 30), 8),
            ((0, 0, 23, 37), 64),
            ((22, 36, 1, 1), 5),
            ((1, 1, 5, 33), 16),
        ] {
            let (top, left, height, width) = area;
            let area = Area {
                top,
                left,
                height,
                width,
            };
            let mut out = vec![0.0; 3 * size * size];
            crop_bytes(&image, area, size, &mut out, &mut Buffers::default());
            let mut want = vec![0.0; 3 * size * size];
            crop_planes(planes, area, size, &mut want, &mut Buffers::default());
            for (got, want) in out.iter().zip(&want) {
                assert!((got - want).abs() < 1e-5, "{got} {want} at {area:?}");
            }
        }
    }

    #[test]
    fn weights_sum_to_one_at_every_scale() {
        let mut filter = Filter::default();
        for (input, output) in [
            (1, 1),
            (1, 9),
            (2, 7),
            (9, 2),
            (32, 32),
            (256, 224),
            (500, 32),
            (3, 2),
        ] {
            filter.fit(input, output, 0, output, 1.0);
            for (first, weights) in filter.first.iter().zip(filter.weights.chunks(filter.taps)) {
                assert!(first + filter.taps <= input, "{input} to {output}");
                assert!(
                    (weights.iter().sum::<f32>() - 1.0).abs() < 1e-5,
                    "{input} to {output}: {weights:?}"
                );
            }
        }
    }
}
