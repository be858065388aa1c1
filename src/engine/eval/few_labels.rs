//! What h is worth where labels are few: linear evaluation with as many labels of each class, drawn several times.

use super::classification::ClassificationReport;
use super::knn::Embeddings;
use super::probe;
use crate::engine::data::few;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Labels a class.
const LABELS: [usize; 4] = [1, 2, 5, 10];
/// How often these are drawn.
pub const DRAWS: u64 = 10;

/// For each number of labels that every class has, what classifiers fitted to so many make of test embeddings: one report a
/// draw.
#[must_use]
pub fn evaluate(
    bank: &Embeddings,
    test: &Embeddings,
    classes: usize,
    c: f64,
) -> Vec<(usize, Vec<ClassificationReport>)> {
    let mut counts = BTreeMap::<u32, usize>::new();
    for label in &bank.labels {
        *counts.entry(*label).or_default() += 1;
    }
    let smallest = counts.values().copied().min().unwrap_or(0);
    let draw = |labels: usize, seed| {
        let rows = bank.rows(&few(&bank.labels, labels, seed));
        probe::fit(&rows, classes, c).evaluate(test)
    };
    let enough = LABELS.into_iter().filter(|labels| *labels <= smallest);
    let of = |labels| {
        let draws = (0..DRAWS).into_par_iter().map(|seed| draw(labels, seed));
        (labels, draws.collect())
    };
    enough.map(of).collect()
}
