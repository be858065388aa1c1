//! Runs as JSON, with the keys that `docs/json.md` describes and that stay as they are.

use crate::experiment::Experiment;
use crate::hparam::{Group, Value};
use crate::runs::fact::epoch;
use crate::runs::folder::{self, disk_bytes, stored};
use crate::runs::{Environment, Evaluation, Run, Sample, Series, is_flat};
use serde_json::{Map, Value as Json, json};
use std::path::Path;

/// A number; JSON has no NaN or infinity, so these are texts, as in the event log.
#[must_use]
pub fn number(value: f64) -> Json {
    if value.is_finite() {
        json!(value)
    } else {
        json!(value.to_string())
    }
}

/// The value of a hyperparameter.
#[must_use]
pub fn value(value: &Value) -> Json {
    match value {
        Value::Float(v) => number(*v),
        Value::Whole(v) => json!(v),
        Value::Toggle(v) => json!(v),
        Value::Text(v) => json!(v),
    }
}

/// One run as a list shows it.
#[must_use]
pub fn run(run: &Run, now: f64) -> Json {
    let series = &run.series;
    let progress = series.progress();
    let live = run.status.is_live();
    json!({
        "id": run.id,
        "title": run.title(),
        "status": run.status.name(),
        "reason": reason(run),
        // Others write the same where a path is no text.
        "dir": run.dir.to_string_lossy(),
        "created": number(run.created),
        "identity": run.experiment.as_ref().map(Experiment::identity),
        "tags": run.notes.tags,
        "note": run.notes.note,
        "archived": run.notes.archived,
        "step": progress.map(|(done, _)| done),
        "steps": progress.map(|(_, all)| all),
        "epoch": epoch(series),
        "epochs": run.experiment.as_ref().map(|e| e.train.epochs),
        "elapsed": number(series.elapsed()),
        "eta": series.eta(now).filter(|_| live).map(number),
        "loss": run.epoch_loss().map(number),
        "knn": run.last_knn().map(number),
        "knn_best": run.best_knn().map(number),
        "knn_untrained": series.untrained_knn().map(number),
        "knn_standard_error": run.last_knn().and_then(|knn| series.standard_error(knn)).map(number),
        "damaged_records": run.damaged,
    })
}

/// The columns of CSV that tell of a run, named as in JSON.
pub const FACTS: [&str; 19] = [
    "id",
    "title",
    "status",
    "reason",
    "dir",
    "created",
    "identity",
    "tags",
    "note",
    "archived",
    "step",
    "steps",
    "epoch",
    "epochs",
    "elapsed",
    "loss",
    "knn",
    "knn_best",
    "knn_untrained",
];

/// These facts of a run; what is not known is empty, and several tags have commas between them.
#[must_use]
pub fn facts(one: &Run, now: f64) -> Vec<String> {
    let object = run(one, now);
    let text = |value: &Json| match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(all) => {
            let all: Vec<&str> = all.iter().filter_map(Json::as_str).collect();
            all.join(", ")
        }
        // As JSON writes it, with all digits.
        other => other.to_string(),
    };
    FACTS.iter().map(|key| text(&object[*key])).collect()
}

/// One run with all that is known of it.
#[must_use]
pub fn whole(one: &Run, now: f64) -> Json {
    let Json::Object(mut object) = run(one, now) else {
        return Json::Null;
    };
    let series = &one.series;
    let mut put = |key: &str, value: Json| object.insert(key.to_owned(), value);
    put(
        "experiment",
        one.experiment.as_ref().map_or(Json::Null, experiment),
    );
    put(
        "environment",
        one.environment.as_ref().map_or(Json::Null, environment),
    );
    put("sweep", json!(one.origin));
    put(
        "flat",
        json!(one.experiment.as_ref().and_then(|e| is_flat(e, series))),
    );
    put("metrics", metrics(series));
    put("evaluations", json!(Evaluation::all(&one.dir)));
    put("checkpoints", checkpoints(one));
    put("disk_bytes", json!(disk_bytes(&one.dir)));
    put(
        "gaps",
        series
            .gaps
            .iter()
            .map(|g| json!({"step": g.step, "from": g.from, "to": g.to}))
            .collect(),
    );
    put(
        "console",
        series
            .notes
            .iter()
            .map(|(at, note)| json!({"at": at, "level": note.level, "text": note.text}))
            .collect(),
    );
    put(
        "curves",
        series
            .keys()
            .map(|key| (key.to_owned(), curve(series.curve(key))))
            .collect::<Map<_, _>>()
            .into(),
    );
    Json::Object(object)
}

/// Every hyperparameter by its path.
#[must_use]
pub fn experiment(experiment: &Experiment) -> Json {
    let fields = experiment.fields().into_iter();
    let map: Map<String, Json> = fields.map(|f| (f.path, value(&f.value))).collect();
    map.into()
}

/// Why a run failed, was stopped or can't be read, where there is more to say.
#[must_use]
pub fn reason(run: &Run) -> Option<&str> {
    let ended = run.series.end.as_ref();
    let why = ended.and_then(|end| end.reason.as_deref());
    run.broken.as_deref().or(why)
}

/// The checkpoints that lie there now, also those that the log lost.
fn checkpoints(run: &Run) -> Json {
    let each = stored(&run.dir)
        .into_iter()
        .map(|(file, bytes)| json!({"step": step_of(run, &file), "file": file, "bytes": bytes}));
    each.collect()
}

/// The step of a checkpoint on disk: as the log has it, else by its name.
#[must_use]
pub fn step_of(run: &Run, file: &str) -> Option<u64> {
    let mut written = run.series.checkpoints.iter().rev();
    let written = written.find(|c| c.file == file).map(|c| c.step);
    written.or_else(|| folder::step_of(Path::new(file)))
}

fn environment(environment: &Environment) -> Json {
    serde_json::to_value(environment).unwrap_or_default()
}

fn metrics(series: &Series) -> Json {
    let sample = |s: Option<&Sample>| {
        s.map(|s| json!({"step": s.step, "epoch": number(s.epoch), "value": number(s.value)}))
    };
    let each = series.keys().map(|key| {
        let both = json!({"last": sample(series.last(key)), "best": sample(series.best(key))});
        (key.to_owned(), both)
    });
    each.collect::<Map<_, _>>().into()
}

/// A curve in columns, which takes a fifth of the room of rows.
fn curve(samples: &[Sample]) -> Json {
    let column = |of: fn(&Sample) -> Json| samples.iter().map(of).collect::<Vec<_>>();
    json!({
        "step": column(|s| json!(s.step)),
        "epoch": column(|s| number(s.epoch)),
        "elapsed": column(|s| number(s.elapsed)),
        "at": column(|s| number(s.at)),
        "value": column(|s| number(s.value)),
    })
}
