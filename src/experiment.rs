//! An experiment: a whole set of hyperparameters, read from and written to one `.ron` file.

pub mod file;
mod file_errors;
pub mod kind;
pub mod memory;
pub mod objections;
pub mod position;
pub mod presets;
pub mod ron_errors;
pub(crate) mod ron_scanner;
pub mod text;

pub use file::{FileError, load, parse};
pub use kind::{Kind, kind};
pub use objections::Objection;

use crate::engine::augment::Augment;
use crate::engine::data::Data;
use crate::engine::device::Machine;
use crate::engine::eval::knn::Knn;
use crate::engine::eval::probe::Probe;
use crate::engine::loss::{Bounds, Loss};
use crate::engine::model::{Head, Model};
use crate::engine::optim::{Scaling, Training};
use crate::engine::stop::Stop;
use crate::engine::weights::Start;
use crate::hparam::{Field, Group, Hparam, Value, nearest};
use crate::hparams;
use std::sync::LazyLock;

/// The newest format of experiment files that this program writes and reads.
pub const FORMAT: u64 = 1;

hparams! {
    /// Experiment
    pub struct Experiment {
        /// Version of the file's format.
        format: u64 = FORMAT => Hparam::format(FORMAT);
        /// Name of the experiment, part of its runs' names.
        name: String = "untitled".to_owned() => Hparam::text().free();
    }
    groups {
        data: Data,
        augment: Augment,
        model: Model,
        head: Head,
        weights: Start,
        loss: Loss,
        train: Training,
        knn: Knn,
        probe: Probe,
        stop: Stop,
        machine: Machine,
    }
}

/// One hyperparameter in which two experiments differ.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Its path.
    pub path: String,
    /// Its value in each experiment, in the order they were given.
    pub values: Vec<Value>,
}

/// Every hyperparameter, as in the default experiment.
#[must_use]
pub fn catalogue() -> &'static [Field] {
    static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| Experiment::default().fields());
    &FIELDS
}

impl Experiment {
    /// That of all defaults, under a name.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// The value of the hyperparameter at `path`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Value> {
        self.get_at(path)
    }

    /// Sets the hyperparameter at `path` to what a user typed.
    ///
    /// # Errors
    /// A sentence with the nearest path, or with what the hyperparameter takes.
    pub fn set(&mut self, path: &str, text: &str) -> Result<(), String> {
        let fields = self.fields();
        let Some(field) = fields.iter().find(|f| f.path == path) else {
            return Err(no_such(path, &fields));
        };
        let value = field
            .param
            .parse(text)
            .map_err(|e| format!("{path}: {e}"))?;
        self.set_at(path, &value)
    }

    /// Applies one `PATH=VALUE`, as `--set` takes it.
    ///
    /// # Errors
    /// A sentence, when there is no `=`, or as [`set`](Self::set).
    pub fn assign(&mut self, assignment: &str) -> Result<(), String> {
        let (path, text) = assignment.split_once('=').ok_or_else(|| {
            format!("{assignment:?} is not PATH=VALUE, such as loss.temperature=0.2")
        })?;
        let path = path.trim();
        let set = self.set(path, text.trim());
        // Whoever reads it has just read the path.
        set.map_err(|why| match why.strip_prefix(&format!("{path}: ")) {
            Some(rest) => rest.to_owned(),
            None => why,
        })
    }

    /// Applies what `--set` says, in order.
    ///
    /// # Errors
    /// As [`assign`](Self::assign), with the assignment.
    pub fn assign_all(&mut self, assignments: &[String]) -> Result<(), String> {
        let wrong = |assignment: &String| {
            let why = self.assign(assignment).err()?;
            Some(format!("--set {assignment}: {why}"))
        };
        let wrong: Vec<String> = assignments.iter().filter_map(wrong).collect();
        if wrong.is_empty() {
            return Ok(());
        }
        Err(wrong.join("\n"))
    }

    /// What matters most of it, in one line.
    #[must_use]
    pub fn recipe(&self) -> String {
        let does = self.augment.fields().into_iter().filter_map(|field| {
            let name = field.path.strip_suffix(".p")?.to_owned();
            let happens = field.value.number().is_some_and(|chance| chance > 0.0);
            happens.then_some(name)
        });
        let does = does.collect::<Vec<_>>().join(" ");
        let does = if does.is_empty() {
            "no augmentation".to_owned()
        } else {
            format!("{does} · strength {}", self.augment.strength)
        };
        // First what runs of this method differ in.
        format!(
            "{does} · T {} · {} pairs · {} {} · {} w{} · {}",
            self.loss.temperature,
            self.train.batch,
            self.train.optimizer.name(),
            self.train.rate,
            self.model.encoder.name(),
            self.model.width,
            self.data.source.name(),
        )
    }

    /// A hash of every hyperparameter that shapes the numbers: equal for experiments that are the same but for
    /// names, devices and the like. Sixteen hexadecimal digits.
    #[must_use]
    pub fn identity(&self) -> String {
        self.identity_but(&[])
    }

    /// The same without the hyperparameters at these paths: equal for experiments that share all others.
    #[must_use]
    pub fn identity_but(&self, paths: &[&str]) -> String {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let fields = self.fields().into_iter();
        let default = Self::default();
        let counts = |f: &Field| {
            let young = f.param.late && default.get(&f.path).as_ref() == Some(&f.value);
            !f.param.free && !young && !paths.contains(&f.path.as_str())
        };
        for field in fields.filter(counts) {
            for byte in format!("{}={};", field.path, field.value).bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        format!("{hash:016x}")
    }

    /// The hyperparameters in which the experiments differ, names aside.
    #[must_use]
    pub fn differences(experiments: &[&Self]) -> Vec<Difference> {
        let columns: Vec<Vec<Field>> = experiments.iter().map(|e| e.fields()).collect();
        let Some(first) = columns.first() else {
            return Vec::new();
        };
        (0..first.len())
            .map(|row| Difference {
                path: first[row].path.clone(),
                values: columns.iter().map(|c| c[row].value.clone()).collect(),
            })
            .filter(|d| d.path != "name" && d.values.iter().any(|v| *v != d.values[0]))
            .collect()
    }

    /// The learning rate after scaling by the batch (appendix B.1): the peak of the schedule.
    #[must_use]
    pub fn scaled_rate(&self) -> f64 {
        let batch = self.train.batch as f64;
        match self.train.scaling {
            Scaling::None => self.train.rate,
            Scaling::Linear => self.train.rate * batch / 256.0,
            Scaling::Sqrt => self.train.rate * batch.sqrt(),
        }
    }

    /// The levels that its loss is read against, where there are any.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        self.loss.bounds(self.train.seen_by_loss())
    }

    /// Optimizer steps an epoch over `images` training images: the last partial batch is dropped.
    #[must_use]
    pub const fn steps_per_epoch(&self, images: usize) -> usize {
        images
            / if self.train.batch == 0 {
                1
            } else {
                self.train.batch
            }
    }
}

/// Says that no hyperparameter has this path, and which may be meant.
#[must_use]
pub fn no_such(path: &str, fields: &[Field]) -> String {
    let near = nearest_path(path, fields);
    let hint = near.map_or_else(String::new, |p| format!("; did you mean {p}?"));
    format!("there is no hyperparameter {path:?}{hint}")
}

/// The path most like a mistyped one: by its whole, or by its last part.
fn nearest_path<'a>(path: &str, fields: &'a [Field]) -> Option<&'a str> {
    let leaf = path.rsplit('.').next().unwrap_or(path);
    fields
        .iter()
        .find(|f| f.param.name == leaf || f.param.was.contains(&leaf))
        .map(|f| f.path.as_str())
        .or_else(|| nearest(path, fields.iter().map(|f| f.path.as_str())))
        .or_else(|| {
            nearest(leaf, fields.iter().map(|f| f.param.name)).and_then(|n| {
                fields
                    .iter()
                    .find(|f| f.param.name == n)
                    .map(|f| f.path.as_str())
            })
        })
}
