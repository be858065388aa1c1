//! L-BFGS (Nocedal & Wright, Numerical Optimization, algorithm 7.5) for smooth convex functions, with backtracking.

use std::collections::VecDeque;

/// Pairs of steps and gradient changes that are remembered.
const MEMORY: usize = 10;
/// Share of the promised decrease that a step must bring (Armijo).
const DECREASE: f64 = 1e-4;

/// Part of the value that rounding may hide: where a whole step promises less, the function is at its lowest.
const ROUNDING: f64 = 1e3 * f64::EPSILON;

/// Where a minimisation ended.
#[derive(Clone, Debug)]
pub struct Minimum {
    /// The point.
    pub x: Vec<f64>,
    /// Iterations taken.
    pub iterations: usize,
    /// Whether the gradient's largest part fell below the tolerance, or so low that rounding hides any further decrease.
    pub converged: bool,
}

/// Minimises `f`, which gives value and gradient, from `start`.
pub fn minimise(
    start: Vec<f64>,
    tolerance: f64,
    iterations: usize,
    mut f: impl FnMut(&[f64]) -> (f64, Vec<f64>),
) -> Minimum {
    let mut x = start;
    let (mut value, mut gradient) = f(&x);
    let mut memory: VecDeque<(Vec<f64>, Vec<f64>)> = VecDeque::new();
    for iteration in 0..iterations {
        let ended = |x, converged| Minimum {
            x,
            iterations: iteration,
            converged,
        };
        let direction = descent(&gradient, &memory);
        let slope = dot(&gradient, &direction);
        if is_flat(&gradient, tolerance) || slope.abs() <= ROUNDING * value.abs() {
            return ended(x, true);
        }
        let mut step = if memory.is_empty() {
            1.0 / dot(&gradient, &gradient).sqrt().max(1.0)
        } else {
            1.0
        };
        let (next, next_value, next_gradient) = loop {
            let next: Vec<f64> = x
                .iter()
                .zip(&direction)
                .map(|(x, d)| x + step * d)
                .collect();
            let (next_value, next_gradient) = f(&next);
            if next_value <= value + DECREASE * step * slope {
                break (next, next_value, next_gradient);
            }
            step *= 0.5;
            if step < 1e-12 {
                return ended(x, false);
            }
        };
        let moved: Vec<f64> = next.iter().zip(&x).map(|(a, b)| a - b).collect();
        let turned: Vec<f64> = next_gradient
            .iter()
            .zip(&gradient)
            .map(|(a, b)| a - b)
            .collect();
        if dot(&moved, &turned) > 1e-14 * dot(&turned, &turned) {
            memory.push_back((moved, turned));
            if memory.len() > MEMORY {
                memory.pop_front();
            }
        }
        (x, value, gradient) = (next, next_value, next_gradient);
    }
    let converged = is_flat(&gradient, tolerance);
    Minimum {
        x,
        iterations,
        converged,
    }
}

fn is_flat(gradient: &[f64], tolerance: f64) -> bool {
    gradient.iter().all(|g| g.abs() <= tolerance)
}

/// The two-loop recursion: minus the gradient times the remembered inverse Hessian.
fn descent(gradient: &[f64], memory: &VecDeque<(Vec<f64>, Vec<f64>)>) -> Vec<f64> {
    let mut q: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut weights = Vec::with_capacity(memory.len());
    for (s, y) in memory.iter().rev() {
        let weight = dot(s, &q) / dot(s, y);
        add(&mut q, -weight, y);
        weights.push(weight);
    }
    if let Some((s, y)) = memory.back() {
        let scale = dot(s, y) / dot(y, y);
        for v in &mut q {
            *v *= scale;
        }
    }
    for ((s, y), weight) in memory.iter().zip(weights.into_iter().rev()) {
        let correction = dot(y, &q) / dot(s, y);
        add(&mut q, weight - correction, s);
    }
    q
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f64], factor: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(t, w)| *t += factor * w);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_bottom_of_a_long_valley() {
        // Rosenbrock's function, whose minimum lies at (1, 1).
        let f = |x: &[f64]| {
            let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
            (
                a * a + 100.0 * b * b,
                vec![-2.0 * a - 400.0 * x[0] * b, 200.0 * b],
            )
        };
        let found = minimise(vec![-1.2, 1.0], 1e-8, 500, f);
        assert!(
            found.converged && (found.x[0] - 1.0).abs() < 1e-6 && (found.x[1] - 1.0).abs() < 1e-6,
            "{found:?}"
        );
    }

    #[test]
    fn a_bottom_that_rounding_hides_is_one() {
        // Values near 1 can't tell points apart that lie closer than 1e-8, where gradients are still above the tolerance.
        let f = |x: &[f64]| (1.0 + (x[0] - 3.0).powi(2), vec![2.0 * (x[0] - 3.0) + 1e-12]);
        let found = minimise(vec![0.0], 1e-13, 500, f);
        assert!(
            found.converged && (found.x[0] - 3.0).abs() < 1e-7,
            "{found:?}"
        );
    }

    #[test]
    fn a_wrong_gradient_is_no_bottom() {
        let found = minimise(vec![1.0], 1e-8, 500, |x| (x[0], vec![-1.0]));
        assert!(!found.converged, "{found:?}");
        let found = minimise(vec![1.0], 1e-8, 500, |_| (f64::NAN, vec![f64::NAN]));
        assert!(!found.converged, "{found:?}");
    }
}
