//! What an experiment means before it is trained: steps, views, the scaled rate, the bounds of the loss, time.

use crate::engine::data::Size;
use crate::engine::loss::Bounds;
use crate::engine::optim::Scaling;
use crate::experiment::{Experiment, Objection};
use crate::hparam::Value;
use crate::text::figures;
use crate::ui::shared::Shared;

/// One line: a label and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is about.
    pub label: &'static str,
    /// What it says.
    pub text: String,
}

/// The facts, most important first.
#[must_use]
pub fn facts(experiment: &Experiment, shared: &Shared) -> Vec<Fact> {
    let size = shared.size(experiment);
    let steps = size.map(|size| experiment.steps_per_epoch(size.train));
    let mut facts = Vec::new();
    let mut fact = |label, text| facts.push(Fact { label, text });
    match (size, steps) {
        (Some(size), Some(steps)) => {
            fact("data", found(size));
            fact("steps", length(experiment, steps, size.train));
        }
        _ => fact("data", unknown(experiment, shared)),
    }
    fact("views", views(experiment));
    fact("rate", rate(experiment));
    if let Some(Bounds { chance, floor }) = experiment.bounds() {
        fact("loss", format!("chance {chance:.2}, floor {floor:.2}"));
    }
    fact("memory", memory(experiment));
    if steps.is_some() {
        let known = shared.seconds(experiment).zip(shared.speed(experiment));
        fact("time", time(known));
    }
    facts
}

/// The facts in one line, for narrow screens.
#[must_use]
pub fn summary(experiment: &Experiment, shared: &Shared) -> String {
    let images = shared.train_images(experiment);
    let steps = images.map(|n| experiment.steps_per_epoch(n) * experiment.train.epochs);
    let mut parts = Vec::new();
    match (steps, images) {
        (Some(0), Some(images)) => parts.push(format!("no steps: {}", none(experiment, images))),
        (Some(steps), _) => parts.push(format!("{} steps", figures::thousands(steps as u64))),
        (None, _) => {}
    }
    parts.push(format!(
        "{} views per step",
        figures::thousands(2 * experiment.train.batch as u64)
    ));
    parts.push(format!(
        "rate {}",
        Value::Float(round(experiment.scaled_rate()))
    ));
    if let Some(Bounds { chance, floor }) = experiment.bounds() {
        parts.push(format!("loss {chance:.2} to {floor:.2}"));
    }
    parts.join(" · ")
}

/// The run that is the same experiment, in words.
#[must_use]
pub fn same(experiment: &Experiment, shared: &Shared) -> Option<String> {
    let run = shared.same(&experiment.identity())?;
    let last = run.series.last("knn").filter(|s| s.step > 0);
    let knn = last.map_or_else(String::new, |s| format!(", kNN {:.1} %", s.value));
    Some(format!("already ran: {} ({}{knn})", run.id, run.status))
}

/// That it takes more memory than the device has, and the chunk with which it should fit.
#[must_use]
pub fn too_large(experiment: &Experiment, shared: &Shared) -> Option<Objection> {
    experiment.too_large_for(shared.capacity.of(&experiment.machine.device)?)
}

/// Why it can't be trained, in words.
#[must_use]
pub fn refusal(objections: &[Objection]) -> Option<String> {
    let (first, others) = objections.split_first()?;
    let others: Vec<&str> = others.iter().map(|o| o.path).collect();
    Some(match others.as_slice() {
        [] => format!("can't train yet: {first}"),
        others => format!(
            "can't train yet: {}, {}: {}",
            first.path,
            others.join(", "),
            first.why
        ),
    })
}

/// How large the data set is.
fn found(size: Size) -> String {
    let images = figures::thousands(size.train as u64);
    let classes = match size.classes {
        0 => "without labels".to_owned(),
        1 => "of 1 class".to_owned(),
        several => format!("of {} classes", figures::thousands(several as u64)),
    };
    format!("{images} training images {classes}")
}

/// Why that isn't known.
fn unknown(experiment: &Experiment, shared: &Shared) -> String {
    match shared.pictures.size(&experiment.data) {
        Some(Err(why)) => why.to_owned(),
        _ => match shared.pictures.opening() {
            Some(progress) => format!("{progress} …"),
            None => "looking at its files …".to_owned(),
        },
    }
}

fn length(experiment: &Experiment, steps: usize, images: usize) -> String {
    if steps == 0 {
        return format!("none: {}", none(experiment, images));
    }
    let all = steps as u64 * experiment.train.epochs as u64;
    format!(
        "{} per epoch, {} in {}",
        figures::thousands(steps as u64),
        figures::thousands(all),
        epochs(&figures::thousands(experiment.train.epochs as u64))
    )
}

/// So many epochs, in words.
fn epochs(count: &str) -> String {
    let ending = if count == "1" { "" } else { "s" };
    format!("{count} epoch{ending}")
}

/// Why there is no step at all.
fn none(experiment: &Experiment, images: usize) -> String {
    format!(
        "a batch of {} from {} images; {} would fit",
        figures::thousands(experiment.train.batch as u64),
        figures::thousands(images as u64),
        figures::thousands(images as u64)
    )
}

fn views(experiment: &Experiment) -> String {
    let views = 2 * experiment.train.batch as u64;
    format!(
        "{} per step, {} negatives each",
        figures::thousands(views),
        figures::thousands(2 * experiment.train.seen_by_loss().saturating_sub(1) as u64)
    )
}

fn memory(experiment: &Experiment) -> String {
    let takes = figures::bytes(experiment.memory());
    let chunk = experiment.train.at_once();
    let at_once = if experiment.train.is_chunked() {
        format!(", {} pairs at once", figures::thousands(chunk as u64))
    } else {
        String::new()
    };
    format!("about {takes}{at_once}")
}

fn rate(experiment: &Experiment) -> String {
    let train = &experiment.train;
    let (base, batch) = (Value::Float(train.rate), train.batch);
    let peak = Value::Float(round(experiment.scaled_rate()));
    let peak = match train.scaling {
        Scaling::None => format!("{peak}"),
        Scaling::Linear => format!("{base} × {batch}/256 = {peak}"),
        Scaling::Sqrt => format!("{base} × √{batch} = {peak}"),
    };
    if train.warmup > 0.0 {
        format!(
            "{peak}, warm-up {}, cosine",
            epochs(&Value::Float(train.warmup).to_string())
        )
    } else {
        format!("{peak}, cosine")
    }
}

/// From how long it takes and at which speed.
fn time(known: Option<(f64, f64)>) -> String {
    let Some((seconds, speed)) = known else {
        return "known after a first run".to_owned();
    };
    let speed_text = figures::thousands(speed.round() as u64);
    format!(
        "about {} at {speed_text} views/s",
        figures::duration(seconds)
    )
}

/// Four significant digits.
fn round(number: f64) -> f64 {
    format!("{number:.3e}").parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_shows_its_scaling() {
        let mut experiment = Experiment::default();
        assert_eq!(
            rate(&experiment),
            "0.06 × 512/256 = 0.12, warm-up 10 epochs, cosine"
        );
        experiment.train.scaling = Scaling::Sqrt;
        experiment.train.rate = 0.075;
        experiment.train.warmup = 0.0;
        assert_eq!(rate(&experiment), "0.075 × √512 = 1.697, cosine");
    }
}
