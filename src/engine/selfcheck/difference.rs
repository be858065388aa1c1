//! How far apart two computations of the same are.
//!
//! GPUs multiply with ten bits, which turns some units on or off: a tenth of a gradient's length then points elsewhere,
//! in no direction in particular, however well the device computes. So tensors are compared by their part along what is
//! right and by their length, which that moves by a few percent; a wrong kernel moves them by as much as they are long.

use super::Trace;

/// How far a loss may be off. Rounding moves it by less than a hundredth of this.
pub const OF_A_LOSS: f64 = 0.005;
/// How far gradients and updates of large tensors may be off. Rounding moves them by less than a third of this.
pub const OF_A_TENSOR: f64 = 0.1;
/// The same of small ones, in which rounding has few numbers to cancel out.
pub const OF_A_VECTOR: f64 = 0.5;
/// Tensors with fewer numbers are small.
const FEW: usize = 200;

/// How far one quantity is from what it should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Which one, such as `loss of step 2` or `gradient of encoder.conv1.weight`.
    pub what: String,
    /// Its distance, as a share of what is right; infinite where it is no number or missing.
    pub relative: f64,
    /// How far it may be.
    pub allowed: f64,
}

impl Difference {
    /// Whether it is no more than it may be; what is no number is more.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.relative <= self.allowed
    }

    /// How much of what is allowed it takes.
    fn taken(&self) -> f64 {
        self.relative / self.allowed
    }
}

/// Where what was found is furthest from what is right, measured by what is allowed there.
#[must_use]
pub fn largest(found: &Trace, right: &Trace) -> Difference {
    let all = losses(&found.losses, &right.losses)
        .into_iter()
        .chain(tensors("gradient", &found.gradients, &right.gradients))
        .chain(tensors("update", &found.moves, &right.moves));
    all.max_by(|a, b| a.taken().total_cmp(&b.taken()))
        .unwrap_or_else(|| Difference {
            what: "result".to_owned(),
            relative: f64::INFINITY,
            allowed: OF_A_TENSOR,
        })
}

fn losses(found: &[f64], right: &[f64]) -> Vec<Difference> {
    let one = |(nth, right): (usize, &f64)| {
        let off = found.get(nth).map(|found| (found - right).abs() / right);
        Difference {
            what: format!("loss of step {}", nth + 1),
            relative: off.filter(|off| off.is_finite()).unwrap_or(f64::INFINITY),
            allowed: OF_A_LOSS,
        }
    };
    right.iter().enumerate().map(one).collect()
}

type Named = (String, Vec<f32>);

fn tensors(kind: &str, found: &[Named], right: &[Named]) -> Vec<Difference> {
    let one = |(name, right): &Named| {
        let found = found.iter().find(|(n, _)| n == name);
        Difference {
            what: format!("{kind} of {name}"),
            relative: apart(found.map_or(&[], |(_, values)| values), right),
            allowed: if right.len() < FEW {
                OF_A_VECTOR
            } else {
                OF_A_TENSOR
            },
        }
    };
    right.iter().map(one).collect()
}

/// How far a tensor is from what is right: in its part along that or in its length, as a share of that length.
pub(super) fn apart(found: &[f32], right: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| {
        let products = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b));
        products.sum::<f64>()
    };
    let length = dot(right, right);
    let along = (dot(found, right) / length - 1.0).abs();
    let longer = ((dot(found, found) / length).sqrt() - 1.0).abs();
    if found.len() == right.len() && (along + longer).is_finite() {
        along.max(longer)
    } else {
        f64::INFINITY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: &[f32], off: f64) {
        let apart = apart(found, &[3.0, 4.0, 0.0]);
        assert!((apart - off).abs() < 1e-6, "{found:?}: {apart}");
    }

    #[test]
    fn what_points_elsewhere_a_little_is_as_long_and_what_is_wrong_is_not() {
        near(&[3.0, 4.0, 0.0], 0.0);
        // A tenth of its length in another direction.
        near(&[3.0, 4.0, 0.5], 1.01_f64.sqrt() - 1.0);
        near(&[-3.0, -4.0, 0.0], 2.0);
        near(&[0.0; 3], 1.0);
        near(&[6.0, 8.0, 0.0], 1.0);
        near(&[4.0, -3.0, 0.0], 1.0);
    }

    #[test]
    fn what_is_no_number_missing_or_shorter_is_infinitely_far() {
        for found in [&[f32::NAN, 1.0][..], &[f32::INFINITY, 1.0], &[1.0], &[]] {
            assert!(apart(found, &[1.0, 1.0]).is_infinite(), "{found:?}");
        }
        for found in [&[][..], &[f64::NAN]] {
            assert!(losses(found, &[1.0])[0].relative.is_infinite());
        }
    }

    #[test]
    fn a_loss_is_measured_more_closely_than_a_gradient() {
        let right = Trace {
            losses: vec![4.0],
            gradients: vec![
                ("a".to_owned(), vec![1.0; 300]),
                ("b".to_owned(), vec![1.0; 3]),
            ],
            moves: Vec::new(),
        };
        let mut found = right.clone();
        found.losses[0] = 4.04;
        found.gradients[0].1 = vec![1.05; 300];
        found.gradients[1].1 = vec![1.2; 3];
        let worst = largest(&found, &right);
        assert_eq!(
            (worst.what.as_str(), worst.allowed),
            ("loss of step 1", OF_A_LOSS)
        );
        found.losses[0] = 4.0;
        assert_eq!(largest(&found, &right).what, "gradient of a");
    }
}
