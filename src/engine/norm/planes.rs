//! What a normalisation does to one plane, and the sums over a plane that it needs.

use crate::engine::augment::wide::wide;

/// Sums at once, so that a sum takes vector instructions.
const LANES: usize = 16;

wide! {
    pub fn line(x: &[f32], scale: f32, shift: f32, relu: bool, out: &mut [f32]) {
        let least = if relu { 0.0 } else { f32::NEG_INFINITY };
        for (to, x) in out.iter_mut().zip(x) {
            let y = x * scale + shift;
            // Written so that no number stays one.
            *to = if y < least { least } else { y };
        }
    }
}

wide! {
    pub fn line_onto(x: &[f32], skip: &[f32], scale: f32, shift: f32, out: &mut [f32]) {
        for ((to, x), skip) in out.iter_mut().zip(x).zip(skip) {
            let y = x * scale + shift + skip;
            *to = if y < 0.0 { 0.0 } else { y };
        }
    }
}

wide! {
    pub fn gate_onto(x: &[f32], skip: &[f32], g: &[f32], scale: f32, shift: f32, out: &mut [f32]) {
        for (((to, x), skip), g) in out.iter_mut().zip(x).zip(skip).zip(g) {
            *to = if x * scale + shift + skip > 0.0 { *g } else { 0.0 };
        }
    }
}

wide! {
    /// The sums of g and of g (x - mean).
    pub fn products(x: &[f32], g: &[f32], mean: f32, found: &mut [f64; 2]) {
        summed_products(x, g, mean, |_, g| g, found);
    }
}

wide! {
    /// The same of what ReLU let through.
    pub fn gated_products(x: &[f32], g: &[f32], line: [f32; 3], found: &mut [f64; 2]) {
        let [mean, scale, shift] = line;
        summed_products(x, g, mean, |x, g| if x * scale + shift > 0.0 { g } else { 0.0 }, found);
    }
}

#[expect(
    clippy::inline_always,
    reason = "it takes on the vectors of the function that it is inlined into"
)]
#[inline(always)]
fn summed_products(
    x: &[f32],
    g: &[f32],
    mean: f32,
    passed: impl Fn(f32, f32) -> f32,
    found: &mut [f64; 2],
) {
    let mut lanes = [[0.0f32; LANES]; 2];
    let (xs, x_rest) = x.as_chunks::<LANES>();
    let (gs, g_rest) = g.as_chunks::<LANES>();
    for (x, g) in xs.iter().zip(gs) {
        for l in 0..LANES {
            let g = passed(x[l], g[l]);
            lanes[0][l] += g;
            lanes[1][l] += g * (x[l] - mean);
        }
    }
    for (l, (x, g)) in x_rest.iter().zip(g_rest).enumerate() {
        let g = passed(*x, *g);
        lanes[0][l] += g;
        lanes[1][l] += g * (x - mean);
    }
    for (found, lanes) in found.iter_mut().zip(lanes) {
        *found = lanes.iter().map(|v| f64::from(*v)).sum();
    }
}

wide! {
    /// `scale (g - mean of g - (x - mean) slope)`.
    pub fn centre(x: &[f32], g: &[f32], means: [f32; 2], slope: f32, scale: f32, out: &mut [f32]) {
        let [mean, mean_g] = means;
        for ((to, x), g) in out.iter_mut().zip(x).zip(g) {
            *to = (g - mean_g - (x - mean) * slope) * scale;
        }
    }
}

/// Sum, and sum of squared differences from the mean, of a plane.
pub fn spread(plane: &[f32]) -> [f64; 2] {
    let (mut sum, mut squares) = ([0.0], [0.0]);
    plain(plane, &mut sum);
    let mean = (sum[0] / plane.len().max(1) as f64) as f32;
    squared(plane, mean, &mut squares);
    // The mean was rounded to be taken away from each.
    let rounded = sum[0] - f64::from(mean) * plane.len() as f64;
    let squares = squares[0] - rounded * rounded / plane.len().max(1) as f64;
    [sum[0], squares.max(0.0)]
}

wide! {
    fn plain(x: &[f32], found: &mut [f64; 1]) {
        found[0] = summed(x, |x| x);
    }
}

wide! {
    fn squared(x: &[f32], mean: f32, found: &mut [f64; 1]) {
        found[0] = summed(x, |x| (x - mean) * (x - mean));
    }
}

/// The sum of something of each number, in lanes.
#[expect(
    clippy::inline_always,
    reason = "it takes on the vectors of the function that it is inlined into"
)]
#[inline(always)]
fn summed(x: &[f32], of: impl Fn(f32) -> f32) -> f64 {
    let mut lanes = [0.0f32; LANES];
    let (chunks, rest) = x.as_chunks::<LANES>();
    for x in chunks {
        for (lane, x) in lanes.iter_mut().zip(x) {
            *lane += of(*x);
        }
    }
    for (lane, x) in lanes.iter_mut().zip(rest) {
        *lane += of(*x);
    }
    lanes.iter().map(|v| f64::from(*v)).sum()
}

wide! {
    /// [`centre`] of what ReLU let through.
    pub fn gated_centre(x: &[f32], g: &[f32], means: [f32; 2], slope: f32, line: [f32; 2], out: &mut [f32]) {
        let ([mean, mean_g], [scale, shift]) = (means, line);
        for ((to, x), g) in out.iter_mut().zip(x).zip(g) {
            let g = if x * scale + shift > 0.0 { *g } else { 0.0 };
            *to = (g - mean_g - (x - mean) * slope) * scale;
        }
    }
}

wide! {
    /// `g scale - off - (x - mean) slope`.
    pub fn tilt(x: &[f32], g: &[f32], scale: f32, taken: [f32; 3], out: &mut [f32]) {
        let [mean, off, slope] = taken;
        for ((to, x), g) in out.iter_mut().zip(x).zip(g) {
            *to = g * scale - off - (x - mean) * slope;
        }
    }
}

wide! {
    /// [`tilt`] of what ReLU let through.
    pub fn gated_tilt(x: &[f32], g: &[f32], line: [f32; 2], taken: [f32; 3], out: &mut [f32]) {
        let ([scale, shift], [mean, off, slope]) = (line, taken);
        for ((to, x), g) in out.iter_mut().zip(x).zip(g) {
            let g = if x * scale + shift > 0.0 { *g } else { 0.0 };
            *to = g * scale - off - (x - mean) * slope;
        }
    }
}
