//! The normalisation's kernels, over rows `[N * H * W, C]`: each of a few passes over memory.
//!
//! A cube takes a segment of the rows and a block of channels: `lanes` units beside each other, which read neighbouring
//! channels, and `depth` one below another, which take every `depth`th row. What they found is joined in a tree, so a
//! rerun gives the same bits. Everything between is of 32 bits.

#![allow(
    clippy::cast_lossless,
    clippy::needless_pass_by_value,
    missing_docs,
    reason = "a kernel's code is read by a macro, which knows fewer words"
)]

use burn_cubecl::cubecl;
use cubecl::prelude::*;

/// How rows and channels are shared out; channels are counted in vectors.
#[derive(CubeType, CubeLaunch)]
pub struct Shares {
    pub rows: usize,
    pub channels: usize,
    /// Rows of a segment; the last may have fewer.
    pub each: usize,
    #[cube(comptime)]
    pub lanes: usize,
    #[cube(comptime)]
    pub depth: usize,
}

/// The sum over those below each other, for all of them.
#[cube]
fn summed<N: Size>(
    value: Vector<f32, N>,
    #[comptime] lanes: usize,
    #[comptime] depth: usize,
) -> Vector<f32, N> {
    let mut found = Shared::new_slice(lanes * depth);
    let own = UNIT_POS as usize;
    found[own] = value;
    sync_cube();
    let whole = comptime!(lanes * depth / 2);
    let mut half = whole.runtime();
    while half >= lanes {
        if own < half {
            found[own] = found[own] + found[own + half];
        }
        sync_cube();
        half /= 2;
    }
    found[UNIT_POS_X as usize]
}

/// Mean and biased variance of each channel of a segment, `[segments, C]` each.
///
/// Each unit subtracts the first number that it meets, so that squares stay small; then deviations from the common mean are added.
#[cube(launch)]
pub fn statistics<F: Float, N: Size>(
    x: &[Vector<F, N>],
    means: &mut [Vector<f32, N>],
    variances: &mut [Vector<f32, N>],
    shares: Shares,
    #[define(F)] _kind: ElemType,
) {
    let lanes = comptime!(shares.lanes);
    let depth = comptime!(shares.depth);
    let channel = CUBE_POS_Y as usize * lanes + UNIT_POS_X as usize;
    let first = CUBE_POS_X as usize * shares.each;
    let end = min(first + shares.each, shares.rows);
    let inside = channel < shares.channels;
    let mut row = first + UNIT_POS_Y as usize;
    let mut shift = Vector::<f32, N>::new(0.0);
    if inside && row < end {
        shift = Vector::cast_from(x[row * shares.channels + channel]);
    }
    let mut count = 0.0f32;
    let mut sum = Vector::<f32, N>::new(0.0);
    let mut squares = Vector::<f32, N>::new(0.0);
    while inside && row < end {
        let off = Vector::cast_from(x[row * shares.channels + channel]) - shift;
        sum += off;
        squares += off * off;
        count += 1.0;
        row += depth;
    }
    let own = sum / Vector::new(max(count, 1.0));
    let count = Vector::new(count);
    let all = Vector::new((end - first) as f32);
    let mean = summed::<N>(count * (shift + own), lanes, depth) / all;
    let off = shift + own - mean;
    let spread = squares - sum * own + count * off * off;
    let variance = summed::<N>(spread, lanes, depth) / all;
    if inside && UNIT_POS_Y == 0 {
        let place = CUBE_POS_X as usize * shares.channels + channel;
        means[place] = mean;
        variances[place] = variance;
    }
}

/// Those of all segments together, `[C]` each: here the rows shared out are segments, of `each` rows out of `all`.
#[cube(launch)]
pub fn joined_statistics<N: Size>(
    means: &[Vector<f32, N>],
    variances: &[Vector<f32, N>],
    mean: &mut [Vector<f32, N>],
    variance: &mut [Vector<f32, N>],
    each: usize,
    all: usize,
    shares: Shares,
) {
    let lanes = comptime!(shares.lanes);
    let depth = comptime!(shares.depth);
    let channel = CUBE_POS_Y as usize * lanes + UNIT_POS_X as usize;
    let inside = channel < shares.channels;
    let total = Vector::new(all as f32);
    let mut sum = Vector::<f32, N>::new(0.0);
    let mut segment = UNIT_POS_Y as usize;
    while inside && segment < shares.rows {
        let count = min(each, all - segment * each) as f32;
        sum += Vector::new(count) * means[segment * shares.channels + channel];
        segment += depth;
    }
    let middle = summed::<N>(sum, lanes, depth) / total;
    let mut spread = Vector::<f32, N>::new(0.0);
    let mut segment = UNIT_POS_Y as usize;
    while inside && segment < shares.rows {
        let count = min(each, all - segment * each) as f32;
        let place = segment * shares.channels + channel;
        let off = means[place] - middle;
        spread += Vector::new(count) * (variances[place] + off * off);
        segment += depth;
    }
    let spread = summed::<N>(spread, lanes, depth) / total;
    if inside && UNIT_POS_Y == 0 {
        mean[channel] = middle;
        variance[channel] = spread;
    }
}

/// 1 / deviation of a channel, and gamma times that.
#[cube]
fn scales<N: Size>(
    variance: Vector<f32, N>,
    gamma: Vector<f32, N>,
    epsilon: f32,
) -> (Vector<f32, N>, Vector<f32, N>) {
    let inverse = Vector::new(1.0) / Vector::sqrt(variance + Vector::new(epsilon));
    (inverse, gamma * inverse)
}

/// Normalises x, with what follows: plus `skip` where there is one, and no less than 0 where `relu`.
#[cube(launch)]
pub fn normalize<F: Float, N: Size>(
    x: &[Vector<F, N>],
    mean: &[Vector<f32, N>],
    variance: &[Vector<f32, N>],
    gamma: &[Vector<f32, N>],
    beta: &[Vector<f32, N>],
    skip: ComptimeOption<&[Vector<F, N>]>,
    y: &mut [Vector<F, N>],
    epsilon: f32,
    #[comptime] relu: bool,
    shares: Shares,
    #[define(F)] _kind: ElemType,
) {
    let lanes = comptime!(shares.lanes);
    let depth = comptime!(shares.depth);
    let channel = CUBE_POS_Y as usize * lanes + UNIT_POS_X as usize;
    if channel < shares.channels {
        let first = CUBE_POS_X as usize * shares.each;
        let end = min(first + shares.each, shares.rows);
        let (_, scale) = scales::<N>(variance[channel], gamma[channel], epsilon);
        let mean = mean[channel];
        let beta = beta[channel];
        let mut row = first + UNIT_POS_Y as usize;
        while row < end {
            let at = row * shares.channels + channel;
            let mut found = (Vector::cast_from(x[at]) - mean) * scale + beta;
            #[comptime]
            if let ComptimeOption::Some(skip) = &skip {
                found += Vector::cast_from(skip[at]);
            }
            if comptime!(relu) {
                found = max(found, Vector::new(0.0));
            }
            y[at] = Vector::cast_from(found);
            row += depth;
        }
    }
}

/// What ReLU let through of the gradient where the output was `y`.
#[cube]
fn let_through<N: Size>(
    gradient: Vector<f32, N>,
    y: Vector<f32, N>,
    #[comptime] relu: bool,
) -> Vector<f32, N> {
    if comptime!(relu) {
        let zero = Vector::new(0.0);
        select_many(y.greater_than(&zero), gradient, zero)
    } else {
        gradient
    }
}

/// The sums of a segment, `[segments, C]` each: of the gradient that ReLU let through, and of that times the normalised x.
///
/// The output that ReLU saw is computed again rather than kept.
#[cube(launch)]
pub fn sums<F: Float, N: Size>(
    x: &[Vector<F, N>],
    gradient: &[Vector<F, N>],
    mean: &[Vector<f32, N>],
    variance: &[Vector<f32, N>],
    gamma: &[Vector<f32, N>],
    beta: &[Vector<f32, N>],
    skip: ComptimeOption<&[Vector<F, N>]>,
    plain: &mut [Vector<f32, N>],
    products: &mut [Vector<f32, N>],
    epsilon: f32,
    #[comptime] relu: bool,
    shares: Shares,
    #[define(F)] _kind: ElemType,
) {
    let lanes = comptime!(shares.lanes);
    let depth = comptime!(shares.depth);
    let channel = CUBE_POS_Y as usize * lanes + UNIT_POS_X as usize;
    let inside = channel < shares.channels;
    let first = CUBE_POS_X as usize * shares.each;
    let end = min(first + shares.each, shares.rows);
    let mut sum = Vector::<f32, N>::new(0.0);
    let mut product = Vector::<f32, N>::new(0.0);
    if inside {
        let (inverse, scale) = scales::<N>(variance[channel], gamma[channel], epsilon);
        let mean = mean[channel];
        let beta = beta[channel];
        let mut row = first + UNIT_POS_Y as usize;
        while row < end {
            let at = row * shares.channels + channel;
            let off = Vector::cast_from(x[at]) - mean;
            let mut y = off * scale + beta;
            #[comptime]
            if let ComptimeOption::Some(skip) = &skip {
                y += Vector::cast_from(skip[at]);
            }
            let passed = let_through::<N>(Vector::cast_from(gradient[at]), y, relu);
            sum += passed;
            product += passed * off * inverse;
            row += depth;
        }
    }
    let sum = summed::<N>(sum, lanes, depth);
    let product = summed::<N>(product, lanes, depth);
    if inside && UNIT_POS_Y == 0 {
        let place = CUBE_POS_X as usize * shares.channels + channel;
        plain[place] = sum;
        products[place] = product;
    }
}

/// Those of all segments together, `[C]` each: here the rows shared out are segments.
#[cube(launch)]
pub fn joined_sums<N: Size>(
    plain: &[Vector<f32, N>],
    products: &[Vector<f32, N>],
    all_plain: &mut [Vector<f32, N>],
    all_products: &mut [Vector<f32, N>],
    shares: Shares,
) {
    let lanes = comptime!(shares.lanes);
    let depth = comptime!(shares.depth);
    let channel = CUBE_POS_Y as usize * lanes + UNIT_POS_X as usize;
    let inside = channel < shares.channels;
    let mut sum = Vector::<f32, N>::new(0.0);
    let mut product = Vector::<f32, N>::new(0.0);
    let mut segment = UNIT_POS_Y as usize;
    while inside && segment < shares.rows {
        sum += plain[segment * shares.channels + channel];
        product += products[segment * shares.channels + channel];
        segment += depth;
    }
    let sum = summed::<N>(sum, lanes, depth);
    let product = summed::<N>(product, lanes, depth);
    if inside && UNIT_POS_Y == 0 {
        all_plain[channel] = sum;
        all_products[channel] = product;
    }
}

/// The gradient of x, and of `skip` where there is one, from those sums; see [`gradients`](super::gradients).
#[cube(launch)]
pub fn gradient_of_x<F: Float, N: Size>(
    x: &[Vector<F, N>],
    gradient: &[Vector<F, N>],
    mean: &[Vector<f32, N>],
    variance: &[Vector<f32, N>],
    gamma: &[Vector<f32, N>],
    beta: &[Vector<f32, N>],
    sums: &[Vector<f32, N>],
    products: &[Vector<f32, N>],
    skip: ComptimeOption<&[Vector<F, N>]>,
    of_x: &mut [Vector<F, N>],
    mut of_skip: ComptimeOption<&mut [Vector<F, N>]>,
    epsilon: f32,
    #[comptime] relu: bool,
    shares: Shares,
    #[define(F)] _kind: ElemType,
) {
    let lanes = comptime!(shares.lanes);
    let depth = comptime!(shares.depth);
    let channel = CUBE_POS_Y as usize * lanes + UNIT_POS_X as usize;
    if channel < shares.channels {
        let first = CUBE_POS_X as usize * shares.each;
        let end = min(first + shares.each, shares.rows);
        let (inverse, scale) = scales::<N>(variance[channel], gamma[channel], epsilon);
        let share = Vector::new(1.0 / shares.rows as f32);
        let mean = mean[channel];
        let beta = beta[channel];
        let mean_of_sums = sums[channel] * share;
        let pull = products[channel] * share * inverse;
        let mut row = first + UNIT_POS_Y as usize;
        while row < end {
            let at = row * shares.channels + channel;
            let off = Vector::cast_from(x[at]) - mean;
            let mut y = off * scale + beta;
            #[comptime]
            if let ComptimeOption::Some(skip) = &skip {
                y += Vector::cast_from(skip[at]);
            }
            let passed = let_through::<N>(Vector::cast_from(gradient[at]), y, relu);
            of_x[at] = Vector::cast_from((passed - mean_of_sums - off * pull) * scale);
            #[comptime]
            if let ComptimeOption::Some(of_skip) = &mut of_skip {
                of_skip[at] = Vector::cast_from(passed);
            }
            row += depth;
        }
    }
}
