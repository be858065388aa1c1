//! Gaussian blur (paper, appendix A).

use super::wide::wide;
use crate::engine::random::Stream;
use crate::hparam::Hparam;
use crate::hparams;

hparams! {
    /// Gaussian blur
    pub struct Blur {
        /// Chance that a view is blurred; the paper blurs ImageNet, not CIFAR-10.
        p: f64 = 0.0 => Hparam::linear(0.0, 1.0, 0.05).paper("App. A; off for CIFAR-10, App. B.9");
        /// Smallest standard deviation of the blur.
        sigma_min: f64 = 0.1 => Hparam::linear(0.05, 10.0, 0.05).paper("App. A").unit("px");
        /// Largest standard deviation of the blur.
        sigma_max: f64 = 2.0 => Hparam::linear(0.05, 10.0, 0.05).paper("App. A").unit("px");
        /// Side of the kernel as a share of the view's side, made odd.
        kernel: f64 = 0.1 => Hparam::linear(0.02, 0.5, 0.01).paper("App. A");
    }
}

/// What a blur uses again from view to view.
#[derive(Debug, Default)]
pub struct Buffers {
    kernel: Vec<f32>,
    row: Vec<f32>,
    plane: Vec<f32>,
}

impl Blur {
    /// The sigma of one view in px, uniform between its bounds; `None`, after as many draws, where the chance says no.
    pub fn draw(&self, stream: &mut Stream) -> Option<f64> {
        let applied = stream.chance(self.p);
        let sigma = stream.range(self.sigma_min, self.sigma_max);
        applied.then_some(sigma)
    }

    /// The side of the kernel for views of this size: odd and at least 3.
    #[must_use]
    pub fn kernel_side(&self, size: usize) -> usize {
        ((self.kernel * size as f64) as usize | 1).max(3)
    }
}

/// Blurs each plane of an image `[3, S, S]` in place, as torchvision's `gaussian_blur`: rows then columns, mirroring it
/// at its edges; `kernel` is the kernel's side and odd.
///
/// Rows are blurred into a plane that is `radius` rows higher at either end and there becomes its own mirror, so that
/// neither direction asks where the image ends.
pub fn gaussian_blur(
    image: &mut [f32],
    width: usize,
    kernel: usize,
    sigma: f64,
    buffers: &mut Buffers,
) {
    let height = image.len() / 3 / width.max(1);
    if width == 0 || height == 0 {
        return;
    }
    fill_kernel(&mut buffers.kernel, kernel, sigma);
    let Buffers { kernel, row, plane } = buffers;
    let radius = kernel.len() / 2;
    let stride = width.next_multiple_of(LANES);
    row.resize(stride + 2 * radius, 0.0);
    plane.resize((height + 2 * radius) * stride, 0.0);
    for image in image.chunks_exact_mut(width * height) {
        let inner = plane.chunks_exact_mut(stride).skip(radius);
        for (from, to) in image.chunks_exact(width).zip(inner) {
            pad(from, radius, row);
            weigh(kernel, row, 1, to);
        }
        mirror_rows(plane, stride, radius, height);
        for (y, to) in image.chunks_exact_mut(width).enumerate() {
            weigh(kernel, &plane[y * stride..], stride, to);
        }
    }
}

/// The weights of a Gaussian, without those at its ends that are less than a view's values are exact to.
fn fill_kernel(weights: &mut Vec<f32>, side: usize, sigma: f64) {
    let half = (side as f64 - 1.0) / 2.0;
    let weight = |i: usize| (-0.5 * ((i as f64 - half) / sigma).powi(2)).exp();
    let total: f64 = (0..side).map(weight).sum();
    let shows = |weight: &f64| *weight > 0.5 * f64::from(f32::EPSILON);
    weights.clear();
    weights.extend(
        (0..side)
            .map(|i| weight(i) / total)
            .filter(shows)
            .map(|weight| weight as f32),
    );
}

/// Writes `row` to `padded`, `radius` further on, and its mirror at either side.
fn pad(row: &[f32], radius: usize, padded: &mut [f32]) {
    padded[radius..][..row.len()].copy_from_slice(row);
    for x in 0..radius {
        let after = radius + row.len() + x;
        padded[x] = row[mirrored(x, radius, row.len())];
        padded[after] = row[mirrored(after, radius, row.len())];
    }
}

/// Makes the `radius` rows at either end of a plane the mirror of the `height` rows between.
fn mirror_rows(plane: &mut [f32], stride: usize, radius: usize, height: usize) {
    for y in (0..radius).chain((radius + height)..(2 * radius + height)) {
        let from = (radius + mirrored(y, radius, height)) * stride;
        plane.copy_within(from..from + stride, y * stride);
    }
}

/// Numbers that [`weigh`] sums at a time, which fit into the registers of a processor with AVX2.
const LANES: usize = 32;

wide! {
    /// Makes `out[x]` the sum over t of `kernel[t] * values[x + t * step]`; what `values` hold behind that is read to the
    /// next multiple of [`LANES`].
    fn weigh(kernel: &[f32], values: &[f32], step: usize, out: &mut [f32]) {
        let sum = |i: usize| {
            let mut sums = [0.0_f32; LANES];
            for (t, weight) in kernel.iter().enumerate() {
                let from = &values[i * LANES + t * step..][..LANES];
                for (sum, v) in sums.iter_mut().zip(from) {
                    *sum += weight * v;
                }
            }
            sums
        };
        let (blocks, rest) = out.as_chunks_mut::<LANES>();
        let whole = blocks.len();
        for (i, out) in blocks.iter_mut().enumerate() {
            *out = sum(i);
        }
        if !rest.is_empty() {
            rest.copy_from_slice(&sum(whole)[..rest.len()]);
        }
    }
}

/// Where the padded position `at` lies in the image: -1 is 1, and `length` is `length - 2`; again for small images.
pub(super) fn mirrored(at: usize, radius: usize, length: usize) -> usize {
    let (away, last) = (at.abs_diff(radius), length - 1);
    if away <= last {
        return away;
    }
    let period = (2 * last).max(1);
    if at > radius && away <= period {
        return period - away;
    }
    let folded = (at + radius * (period - 1)) % period;
    folded.min((period - folded) % period)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_mirrored_without_the_edge_itself() {
        let at: Vec<_> = (0..8).map(|x| mirrored(x, 2, 4)).collect();
        assert_eq!(at, [2, 1, 0, 1, 2, 3, 2, 1]);
        assert!((0..9).all(|x| mirrored(x, 4, 1) == 0));
        assert!((0..40).all(|x| mirrored(x, 18, 3) < 3));
    }

    #[test]
    fn kernels_are_odd_and_at_least_three() {
        let blur = Blur::default();
        assert_eq!(blur.kernel_side(32), 3);
        assert_eq!(blur.kernel_side(8), 3);
        assert_eq!(blur.kernel_side(224), 23);
    }

    #[test]
    fn a_flat_image_stays_flat_and_a_point_spreads_evenly() {
        let mut buffers = Buffers::default();
        let mut flat = vec![0.25_f32; 3 * 4 * 5];
        gaussian_blur(&mut flat, 5, 23, 2.0, &mut buffers);
        assert!(flat.iter().all(|v| (v - 0.25).abs() < 1e-6), "{flat:?}");
        let mut point = vec![0.0_f32; 3 * 49];
        point[24] = 1.0;
        gaussian_blur(&mut point, 7, 3, 1.0, &mut buffers);
        assert!((point[..49].iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!((point[23] - point[17]).abs() < 1e-7);
        assert!(point[49..].iter().all(|v| v.abs() < 1e-9));
    }

    /// A plane blurred by its definition: every weight, in two dimensions at once.
    fn by_definition(plane: &[f32], width: usize, side: usize, sigma: f64) -> Vec<f32> {
        let (height, half) = (plane.len() / width, side / 2);
        let weight = |t: usize| (-0.5 * ((t as f64 - half as f64) / sigma).powi(2)).exp();
        let total: f64 = (0..side).map(weight).sum();
        let value = |x: usize, y: usize| {
            let at = |t: usize, s: usize| {
                let (row, column) = (mirrored(y + t, half, height), mirrored(x + s, half, width));
                weight(t) * weight(s) * f64::from(plane[row * width + column])
            };
            let sum: f64 = (0..side * side).map(|i| at(i / side, i % side)).sum();
            (sum / total / total) as f32
        };
        (0..plane.len())
            .map(|i| value(i % width, i / width))
            .collect()
    }

    #[test]
    fn blurs_are_what_the_whole_kernel_makes_where_it_is_cut_and_where_it_is_wider_than_the_image()
    {
        let mut buffers = Buffers::default();
        for (width, height, side, sigma) in [
            (40, 33, 9, 0.7),
            (33, 40, 23, 0.2),
            (7, 5, 23, 3.0),
            (64, 3, 5, 2.0),
        ] {
            let image: Vec<f32> = (0..3 * width * height)
                .map(|i| (i * i % 101) as f32 / 100.0)
                .collect();
            let mut blurred = image.clone();
            gaussian_blur(&mut blurred, width, side, sigma, &mut buffers);
            let planes = image.chunks(width * height);
            let want = planes.flat_map(|plane| by_definition(plane, width, side, sigma));
            for (got, want) in blurred.iter().zip(want) {
                assert!((got - want).abs() < 2e-6, "{got} {want} at {side}, {sigma}");
            }
        }
    }

    #[test]
    fn mirrors_are_folded_as_often_as_it_takes() {
        for (radius, length) in [(2, 4), (5, 4), (30, 4), (9, 2), (3, 1)] {
            for at in 0..length + 2 * radius {
                let mut place = at as isize - radius as isize;
                let last = length as isize - 1;
                while last > 0 && !(0..=last).contains(&place) {
                    place = if place < 0 { -place } else { 2 * last - place };
                }
                let want = if last > 0 { place } else { 0 };
                assert_eq!(
                    mirrored(at, radius, length) as isize,
                    want,
                    "{at} {radius} {length}"
                );
            }
        }
    }
}
