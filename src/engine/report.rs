//! What a training run says as it goes: plain values that cross threads, files and versions.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One thing that happened in a run. Written to the run's event log and read back by every viewer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Report {
    /// Training is about to start, or to go on after a resume.
    Begin(Begin),
    /// Metrics at a step.
    Point(Point),
    /// A line for the console.
    Note(Note),
    /// A checkpoint is whole on disk.
    Checkpoint(Checkpoint),
    /// Training waits for the user.
    Paused,
    /// Training goes on.
    Resumed,
    /// The run is over.
    End(End),
}

impl Report {
    /// A line for the console.
    pub fn note(level: Level, text: impl Into<String>) -> Self {
        let text = text.into();
        Self::Note(Note { level, text })
    }

    /// The end of a run, with no more to say.
    #[must_use]
    pub fn end(outcome: Outcome) -> Self {
        Self::End(outcome.into())
    }
}

/// What is known when training starts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Begin {
    /// Steps already done: 0, or more after a resume.
    pub step: u64,
    /// Steps in the whole run.
    pub steps: u64,
    /// Steps in an epoch.
    pub steps_per_epoch: u64,
    /// Training images.
    pub train_images: u64,
    /// Test images, the queries of kNN.
    pub test_images: u64,
    /// Classes of the labels.
    pub classes: u64,
    /// Trainable parameters of encoder and head.
    pub parameters: u64,
    /// The device, in words.
    pub device: String,
    /// Learning rate after scaling and warm-up.
    pub rate: f64,
}

impl Begin {
    /// Of a run of so many steps, with so many in an epoch.
    #[must_use]
    pub fn of(steps: u64, steps_per_epoch: u64) -> Self {
        Self {
            steps,
            steps_per_epoch,
            ..Self::default()
        }
    }

    /// Whether the CPU computes: logs name the device in words alone, which begin with what experiments call it.
    #[must_use]
    pub fn is_on_cpu(&self) -> bool {
        self.device.split(' ').next() == Some("cpu")
    }
}

/// Values of some metrics at one step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Optimizer steps done.
    pub step: u64,
    /// Epochs done, with fraction.
    pub epoch: f64,
    /// Seconds spent training so far, over all resumes, pauses left out.
    pub elapsed: f64,
    /// Values by metric key; see [`METRICS`](super::metric::METRICS). NaN and infinities survive.
    #[serde(with = "values")]
    pub values: BTreeMap<String, f64>,
}

impl Point {
    /// Values of some metrics at a step, whenever that was.
    #[must_use]
    pub fn at<'a>(step: u64, values: impl IntoIterator<Item = (&'a str, f64)>) -> Self {
        let values = values
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value));
        Self {
            step,
            values: values.collect(),
            ..Self::default()
        }
    }
}

/// A line for the console.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// How serious it is.
    pub level: Level,
    /// A sentence.
    pub text: String,
}

/// How serious a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nothing to do.
    Info,
    /// Worth a look.
    Warning,
}

/// A checkpoint that is whole on disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Steps done when it was taken.
    pub step: u64,
    /// File name below the run's `checkpoints` folder.
    pub file: String,
    /// Its size.
    pub bytes: u64,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// In which way.
    pub outcome: Outcome,
    /// Why, where there is more to say.
    pub reason: Option<String>,
    /// The largest batch that should fit, where the device's memory did not do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fits: Option<u64>,
    /// The largest chunk that should fit, where one does: rather than a smaller batch, which is another experiment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chunk: Option<u64>,
    /// Whether its own rule ended it (`stop.when`), so that no sweep goes on with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_rule: bool,
}

impl From<Outcome> for End {
    fn from(outcome: Outcome) -> Self {
        Self {
            outcome,
            reason: None,
            fits: None,
            chunk: None,
            by_rule: false,
        }
    }
}

/// The ways a run can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All its steps were done.
    Completed,
    /// The user stopped it.
    Stopped,
    /// Something went wrong.
    Failed,
}

/// JSON has no NaN: it is written as a text, like the infinities.
mod values {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::collections::BTreeMap;

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Number {
        Finite(f64),
        Other(String),
    }

    pub fn serialize<S: Serializer>(
        values: &BTreeMap<String, f64>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_map(values.iter().map(|(key, v)| {
            let number = if v.is_finite() {
                Number::Finite(*v)
            } else {
                Number::Other(v.to_string())
            };
            (key, number)
        }))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<String, f64>, D::Error> {
        let numbers = BTreeMap::<String, Number>::deserialize(from)?;
        Ok(numbers
            .into_iter()
            .map(|(key, number)| match number {
                Number::Finite(v) => (key, v),
                Number::Other(text) => (key, text.parse().unwrap_or(f64::NAN)),
            })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_a_number_survives_json() {
        let values = BTreeMap::from([
            ("a".to_owned(), f64::NAN),
            ("b".to_owned(), f64::INFINITY),
            ("c".to_owned(), 0.25),
        ]);
        let report = Report::Point(Point {
            step: 3,
            epoch: 0.5,
            elapsed: 1.0,
            values,
        });
        let text = serde_json::to_string(&report).expect("plain values");
        let Report::Point(back) = serde_json::from_str(&text).expect("its own text") else {
            panic!("another kind")
        };
        assert!(back.values["a"].is_nan());
        assert_eq!((back.values["b"], back.values["c"]), (f64::INFINITY, 0.25));
    }
}
