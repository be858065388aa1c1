//! How far apart two computations of the same are.

use super::Trace;

/// Tensors whose length is below this share of the longest are measured against that share: what is nearly nothing may
/// be off by its own length.
const NEGLIGIBLE: f64 = 1e-3;

/// How far one quantity is from what it should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Which one, such as `loss of step 2` or `gradient of encoder.conv1.weight`.
    pub what: String,
    /// Its distance, as a share of what is right; infinite where it is no number or missing.
    pub relative: f64,
}

/// Where what was found is furthest from what is right.
#[must_use]
pub fn largest(found: &Trace, right: &Trace) -> Difference {
    let losses = |trace: &Trace| -> Vec<(String, Vec<f32>)> {
        let losses = trace.losses.iter().zip(1..);
        losses
            .map(|(loss, step)| (step.to_string(), vec![*loss as f32]))
            .collect()
    };
    let kinds = [
        ("loss of step", losses(found), losses(right)),
        (
            "gradient of",
            found.gradients.clone(),
            right.gradients.clone(),
        ),
        ("move of", found.moves.clone(), right.moves.clone()),
    ];
    let all = kinds
        .iter()
        .flat_map(|(kind, found, right)| differences(kind, found, right));
    all.max_by(|a, b| a.relative.total_cmp(&b.relative))
        .unwrap_or_else(|| Difference {
            what: "result".to_owned(),
            relative: f64::INFINITY,
        })
}

fn differences(
    kind: &str,
    found: &[(String, Vec<f32>)],
    right: &[(String, Vec<f32>)],
) -> Vec<Difference> {
    let longest = right.iter().map(|(_, v)| length(v)).fold(0.0, f64::max);
    let of = |(name, right): &(String, Vec<f32>)| {
        let found = found.iter().find(|(n, _)| n == name);
        let relative = found.map_or(f64::INFINITY, |(_, found)| {
            apart(found, right, longest * NEGLIGIBLE)
        });
        Difference {
            what: format!("{kind} {name}"),
            relative,
        }
    };
    right.iter().map(of).collect()
}

fn apart(found: &[f32], right: &[f32], least: f64) -> f64 {
    if found.len() != right.len() || found.iter().any(|v| !v.is_finite()) {
        return f64::INFINITY;
    }
    let off: Vec<f32> = found.iter().zip(right).map(|(a, b)| a - b).collect();
    length(&off) / length(right).max(least).max(f64::MIN_POSITIVE)
}

fn length(values: &[f32]) -> f64 {
    let squares = values.iter().map(|v| f64::from(*v).powi(2));
    squares.sum::<f64>().sqrt()
}
