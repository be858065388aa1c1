//! Which fact a name means.

use super::{FIELDS, Fact, NAMED};
use crate::engine::metric::{METRICS, Metric};
use crate::hparam::nearest;

impl Fact {
    /// The fact of this name: a hyperparameter goes by its path or the end of it, a metric by its key.
    ///
    /// # Errors
    /// A sentence with the nearest name, or with the names that it could be.
    pub fn find(name: &str) -> Result<Self, String> {
        let name = name.to_lowercase();
        if let Some((_, fact, _)) = NAMED.iter().find(|(n, ..)| *n == name) {
            return Ok(*fact);
        }
        if let Some(fact) = of_metric(&name, &["loss", "knn"]) {
            return Ok(fact);
        }
        let ends = (0..FIELDS.len()).filter(|nth| is_end(&FIELDS[*nth].path, &name));
        let ends: Vec<usize> = ends.collect();
        match meant(&ends) {
            Some(nth) => return Ok(Self::Hparam(nth)),
            None if !ends.is_empty() => return Err(ambiguous(&name, &ends)),
            None => {}
        }
        let keys: Vec<&str> = METRICS.iter().map(|m| m.key).collect();
        let named = of_metric(&name, &keys).or_else(|| of_group(&name));
        named.map_or_else(|| begun(&name), Ok)
    }
}

/// `best`, or one of these metrics, alone for its last sample or with `.last` or `.best` behind it.
fn of_metric(name: &str, keys: &[&str]) -> Option<Fact> {
    if name == "best" {
        return Metric::find("knn").map(Fact::Best);
    }
    let (key, which) = name.split_once('.').unwrap_or((name, "last"));
    let metric = Metric::find(key).filter(|m| keys.contains(&m.key))?;
    match which {
        "last" => Some(Fact::Last(metric)),
        "best" => Some(Fact::Best(metric)),
        _ => None,
    }
}

/// The chance of an augmentation, whose name alone means that.
fn of_group(name: &str) -> Option<Fact> {
    let chance = format!("{name}.p");
    let nth = (0..FIELDS.len()).find(|nth| is_end(&FIELDS[*nth].path, &chance));
    nth.filter(|_| !name.is_empty()).map(Fact::Hparam)
}

/// The only fact that has a name which begins so.
fn begun(name: &str) -> Result<Fact, String> {
    let mut facts: Vec<Fact> = Vec::new();
    // A letter alone would be somebody's beginning by chance.
    let names = Fact::names().filter(|known| name.len() > 1 && known.starts_with(name));
    for fact in names.filter_map(|known| Fact::find(known).ok()) {
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    }
    match facts[..] {
        [one] => Ok(one),
        [] => Err(unknown(name)),
        _ => {
            let names: Vec<String> = facts.iter().map(|fact| fact.name()).collect();
            Err(either(name, &names))
        }
    }
}

/// Whether a path ends in this name, whole parts of it.
fn is_end(path: &str, name: &str) -> bool {
    let before = path.strip_suffix(name);
    !name.is_empty() && before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// The one that is meant: the only one, or the only one that shapes the training and not its judgement.
fn meant(fields: &[usize]) -> Option<usize> {
    match fields {
        [one] => Some(*one),
        several => {
            let shapes = |nth: &&usize| !FIELDS[**nth].path.starts_with("knn.");
            let mut shaping = several.iter().filter(shapes);
            shaping.next().filter(|_| shaping.next().is_none()).copied()
        }
    }
}

fn ambiguous(name: &str, fields: &[usize]) -> String {
    let paths: Vec<String> = fields.iter().map(|n| FIELDS[*n].path.clone()).collect();
    either(name, &paths)
}

fn either(name: &str, names: &[String]) -> String {
    let Some((last, others)) = names.split_last() else {
        return unknown(name);
    };
    format!("{name} could be {} or {last}", others.join(", "))
}

fn unknown(name: &str) -> String {
    let named = NAMED.iter().map(|(name, ..)| *name);
    let metrics = METRICS.iter().map(|m| m.key);
    let ends = FIELDS.iter().map(|f| f.param.name);
    let paths = FIELDS.iter().map(|f| f.path.as_str());
    let all = named
        .chain(["best"])
        .chain(metrics)
        .chain(ends)
        .chain(paths);
    match nearest(name, all) {
        Some(near) => format!("runs have no {name:?}; did you mean {near}?"),
        None => format!("runs have no {name:?}; `simclr-tui params` lists the hyperparameters"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;

    fn found(name: &str) -> String {
        Fact::find(name).map_or_else(|why| why, Fact::name)
    }

    #[test]
    fn a_fact_goes_by_its_name_a_path_or_the_end_of_one() {
        for (typed, name) in [
            ("Status", "status"),
            ("tags", "tag"),
            ("knn", "knn.last"),
            ("best", "knn.best"),
            ("loss.best", "loss.best"),
            ("h_rank", "h_rank.last"),
            ("temperature", "loss.temperature"),
            ("knn.temperature", "knn.temperature"),
            ("rate", "train.rate"),
            ("rate.last", "rate.last"),
            ("crop.p", "augment.crop.p"),
            ("epochs", "train.epochs"),
            ("jitter", "augment.jitter.p"),
            ("temp", "loss.temperature"),
            ("warm", "train.warmup"),
            ("uni", "uniformity.last"),
        ] {
            assert_eq!(found(typed), name, "{typed}");
        }
    }

    #[test]
    fn every_fact_is_found_by_its_own_name() {
        for fact in Fact::all() {
            let name = fact.name();
            assert_eq!(found(&name), name);
        }
    }

    #[test]
    fn a_wrong_name_is_told_what_it_may_mean() {
        assert_eq!(
            found("temprature"),
            "runs have no \"temprature\"; did you mean temperature?"
        );
        assert_eq!(
            found("warmth of it"),
            "runs have no \"warmth of it\"; `simclr-tui params` lists the hyperparameters"
        );
        let p = found("p");
        p.begins("p could be augment.crop.p, ");
        p.says(" or augment.");
        found("").says("runs have no");
        assert_eq!(found("mem"), "memory.last");
        assert_eq!(found("al"), "alignment.last");
        let several = found("st");
        several.begins("st could be status, step, ");
    }
}
