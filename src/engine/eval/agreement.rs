//! How far two ways to see the same images agree: two groupings of them, and two representations.

use super::embeddings::Embeddings;
use super::nearest::nearest_others;
use crate::engine::matmul::{Mat, matmul};
use statrs::function::gamma::ln_gamma;

/// Mutual information of two groupings of the same things over what chance would give, 1 where they are the same and
/// about 0 where they have nothing to do with each other (Vinh et al., JMLR 2010; scikit-learn's
/// `adjusted_mutual_info_score`, arithmetic mean).
#[must_use]
pub fn adjusted_mutual_information(a: &[u32], b: &[u32]) -> f64 {
    let n = a.len().min(b.len());
    let groups = |of: &[u32]| of.iter().max().map_or(0, |m| *m as usize + 1);
    let (rows, columns) = (groups(a), groups(b));
    let mut table = vec![0u64; rows * columns];
    for (i, j) in a.iter().zip(b) {
        table[*i as usize * columns + *j as usize] += 1;
    }
    let sums = |of: &[u32], groups: usize| {
        let mut sums = vec![0u64; groups];
        of[..n].iter().for_each(|g| sums[*g as usize] += 1);
        sums.retain(|s| *s > 0);
        sums
    };
    let (left, right) = (sums(a, rows), sums(b, columns));
    // One group each, or every thing alone: the same grouping, and no information in it.
    if left.len() == right.len() && (left.len() <= 1 || left.len() == n) {
        return 1.0;
    }
    let total = n as f64;
    let entropy = |sums: &[u64]| -> f64 {
        let parts = sums.iter().map(|s| *s as f64 / total);
        -parts.map(|p| p * p.ln()).sum::<f64>()
    };
    let (h_left, h_right) = (entropy(&left), entropy(&right));
    let joint: Vec<u64> = table.into_iter().filter(|count| *count > 0).collect();
    let information = h_left + h_right - entropy(&joint);
    let chance = expected(&left, &right, n as u64);
    let most = f64::midpoint(h_left, h_right);
    // Rounding may leave nothing of either.
    let (over, room) = (information - chance, most - chance);
    if room.abs() < f64::EPSILON {
        0.0
    } else {
        over / room
    }
}

/// The mutual information of two random groupings with groups of these sizes.
fn expected(left: &[u64], right: &[u64], n: u64) -> f64 {
    let ln_factorial = |v: u64| ln_gamma(v as f64 + 1.0);
    let total = n as f64;
    let mut sum = 0.0;
    for (a, b) in left
        .iter()
        .flat_map(|a| right.iter().map(move |b| (*a, *b)))
    {
        let fixed = ln_factorial(a) + ln_factorial(b) + ln_factorial(n - a) + ln_factorial(n - b)
            - ln_factorial(n);
        for common in (a + b).saturating_sub(n).max(1)..=a.min(b) {
            let ways = fixed
                - ln_factorial(common)
                - ln_factorial(a - common)
                - ln_factorial(b - common)
                - ln_factorial(n + common - a - b);
            let both = common as f64;
            let gain = (total * both / (a as f64 * b as f64)).ln();
            sum += both / total * gain * ways.exp();
        }
    }
    sum
}

/// Linear centred kernel alignment of two representations `[N, F]` and `[N, G]` of the same images: 1 where one is the
/// other turned and scaled, 0 where they share no direction (Kornblith et al., arXiv 1905.00414, §3).
#[must_use]
pub fn linear_cka(a: &Embeddings, b: &Embeddings) -> f64 {
    let (left, right) = (a.centred(), b.centred());
    let norm = |x: &[f64], p: usize, y: &[f64], q: usize| {
        let mut product = vec![0.0; p * q];
        let (x, y) = (Mat::row_major(x, p), Mat::row_major(y, q));
        matmul(x.transposed(), y, &mut product, false);
        product.iter().map(|v| v * v).sum::<f64>()
    };
    let (p, q) = (a.dims, b.dims);
    let own = norm(&left, p, &left, p).sqrt() * norm(&right, q, &right, q).sqrt();
    norm(&left, p, &right, q) / own.max(f64::MIN_POSITIVE)
}

/// The mean share of each image's `k` nearest others that two representations of the same images have in common.
#[must_use]
pub fn shared_neighbours(a: &Embeddings, b: &Embeddings, k: usize) -> f64 {
    let k = k.min(a.len().saturating_sub(1));
    if k == 0 {
        return 0.0;
    }
    let (left, right) = (nearest_others(a, k), nearest_others(b, k));
    let shared = left.iter().zip(&right).map(|(left, right)| {
        let common = left
            .iter()
            .filter(|(i, _)| right.iter().any(|(j, _)| i == j));
        common.count()
    });
    shared.sum::<usize>() as f64 / (k * a.len()) as f64
}
