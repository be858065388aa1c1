//! Random search (Bergstra and Bengio 2012): cases that each draw a value of every hyperparameter that is varied.

use super::file::Random;
use super::settings::Grid;
use crate::engine::random::{Purpose, Stream};
use crate::hparam::Value;

/// So often a case is drawn anew that was drawn already.
const TRIES: u64 = 1000;

/// The values of the cases, each different from all before. A case is drawn by its place and the seed alone, so that more
/// cases leave the first ones as they are.
///
/// # Errors
/// A sentence, where there are not so many different ones.
pub fn points(random: &Random, grid: &Grid) -> Result<Vec<Vec<(&'static str, Value)>>, String> {
    let mut all: Vec<Vec<(&'static str, Value)>> = Vec::new();
    for case in 0..random.cases as u64 {
        let tries = (0..TRIES).map(|attempt| draw(random, grid, &[case, attempt]));
        let new = tries.into_iter().find(|point| !all.contains(point));
        all.push(new.ok_or_else(|| {
            format!("random: {} different cases are all that were found; lower cases or widen the ranges", all.len())
        })?);
    }
    Ok(all)
}

fn draw(random: &Random, grid: &Grid, place: &[u64]) -> Vec<(&'static str, Value)> {
    let mut stream = Stream::new(random.seed, Purpose::Search, place);
    let listed = grid.0.iter().map(|(path, values)| {
        let nth = stream.below(values.len());
        (*path, values[nth].clone())
    });
    let mut point: Vec<_> = listed.collect();
    for (field, low, high) in &random.ranges.0 {
        let value = field.param.rule.between(low, high, stream.unit());
        point.push((field.path.as_str(), value));
    }
    point
}
