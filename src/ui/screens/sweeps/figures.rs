//! Figures of a sweep in words, in the digits of what cases are judged by.

use crate::runs::Fact;
use crate::sweep::results::Row;
use crate::sweep::welch::Difference;
use crate::text::figures;
use crate::ui::curves;

/// What cases are judged by, in words.
#[must_use]
pub fn label(fact: Fact) -> String {
    match fact {
        Fact::Last(m) if m.unit.is_empty() => format!("{}, {}", m.label, m.newest()),
        Fact::Best(m) if m.unit.is_empty() => format!("{}, best", m.label),
        Fact::Last(m) => format!("{} {}, {}", m.label, m.unit, m.newest()),
        Fact::Best(m) => format!("{} {}, best", m.label, m.unit),
        other => other.name(),
    }
}

/// A value.
#[must_use]
pub fn value(fact: Fact, value: f64) -> String {
    match fact.metric() {
        Some(m) => curves::value(m.key, value),
        None => figures::significant(value, 4),
    }
}

fn decimals(fact: Fact) -> usize {
    match fact.metric().map(|m| (m.key, m.unit)) {
        Some((_, "%") | ("h_rank", _)) => 1,
        Some(("views_per_second", _)) => 0,
        _ => 3,
    }
}

/// A difference with its sign.
#[must_use]
pub fn signed(fact: Fact, value: f64) -> String {
    figures::signed(value, decimals(fact))
}

/// The 95 % interval of a case's difference to the baseline, or why there is none; `seeds` of the baseline.
#[must_use]
pub fn interval(fact: Fact, row: &Row, seeds: usize) -> String {
    match row.difference.map(|difference| difference.interval) {
        Some(Some((low, high))) => format!("{} to {}", signed(fact, low), signed(fact, high)),
        None if row.figures.is_empty() => "not trained yet".to_owned(),
        None => "baseline not trained".to_owned(),
        _ if row.figures.len() < 2 || seeds < 2 => "one seed: no interval".to_owned(),
        _ => "no spread: no interval".to_owned(),
    }
}

/// Whether a difference is better or worse, where its interval leaves no doubt.
#[must_use]
pub fn verdict(fact: Fact, difference: Difference) -> Option<bool> {
    let (low, high) = difference.interval?;
    let higher = fact.metric()?.higher_is_better?;
    if low > 0.0 {
        Some(higher)
    } else if high < 0.0 {
        Some(!higher)
    } else {
        None
    }
}
