//! What a run's network is worth after training: its embeddings, kNN and linear evaluation on them, each kept with its
//! protocol in the run's folder.

mod error;
mod finetune;
mod linear;

pub use error::EvaluateError;
pub use finetune::{Finetune, Labels};
pub use linear::Penalty;

use crate::disk::untrusted::{self, Links};
use crate::engine::checkpoint::Checkpoint;
use crate::engine::data::{self, DataError, DataSet, Images, Watch};
use crate::engine::device::{self, Chosen};
use crate::engine::eval::classification::ClassificationReport;
use crate::engine::eval::knn::{self, Embeddings, Knn};
use crate::engine::frozen::{Frozen, Space};
use crate::engine::loader::Loader;
use crate::engine::selfcheck;
use crate::engine::train::{Embedded, Setup, TrainError};
use crate::experiment::Experiment;
use crate::runs::evaluation::FORMAT;
use crate::runs::folder::newest;
use crate::runs::{BEST_CHECKPOINT, CHECKPOINTS, Evaluation, Run, data_from_here, now};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Which of a run's checkpoints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// The newest that is whole: no test image had a say in choosing it.
    #[default]
    Last,
    /// The one with the best kNN accuracy, on the test images unless others were held out.
    Best,
    /// A file of the run's checkpoints folder.
    File(String),
}

impl std::str::FromStr for Which {
    type Err = std::convert::Infallible;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Ok(match name {
            "last" => Self::Last,
            "best" => Self::Best,
            file => Self::File(file.to_owned()),
        })
    }
}

/// A checkpoint of a run as read from its file.
pub struct Found {
    /// Its file name.
    pub file: String,
    /// What it holds.
    pub checkpoint: Checkpoint,
    /// What was passed over on the way to it.
    pub notes: Vec<String>,
}

/// Reads a checkpoint of the run in `dir`, whose experiment this is.
///
/// # Errors
/// A sentence, when there is none that is whole, or not the one that is wanted.
pub fn checkpoint(
    dir: &Path,
    experiment: &Experiment,
    which: &Which,
) -> Result<Found, EvaluateError> {
    let folder = dir.join(CHECKPOINTS);
    if let Err(why) = untrusted::entries(&folder)
        && why.kind() != std::io::ErrorKind::NotFound
    {
        return Err(EvaluateError::Unfit(format!("{}: {why}", folder.display())));
    }
    let file = match which {
        Which::Last => return last(dir, experiment),
        Which::Best => BEST_CHECKPOINT,
        Which::File(file) => file,
    };
    let path = folder.join(file);
    if *which == Which::Best && !path.exists() {
        let why = "has no best checkpoint: kNN was highest before training, or hasn't been measured since";
        return Err(EvaluateError::Unfit(format!("{} {why}", dir.display())));
    }
    match Checkpoint::read(&path, Links::Refuse, &experiment.model, &experiment.head) {
        Ok(checkpoint) => Ok(Found {
            file: file.to_owned(),
            checkpoint,
            notes: Vec::new(),
        }),
        Err(why) => Err(EvaluateError::Checkpoint { path, why }),
    }
}

/// The newest that is whole.
fn last(dir: &Path, experiment: &Experiment) -> Result<Found, EvaluateError> {
    let name = |path: &Path| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    };
    let (newest, passed) = newest(dir, experiment);
    let passed = passed.iter();
    let notes = passed.map(|(path, why)| format!("{} was skipped: {why}", name(path)));
    let notes: Vec<String> = notes.collect();
    if let Some((path, checkpoint)) = newest {
        let file = name(&path);
        return Ok(Found {
            file,
            checkpoint,
            notes,
        });
    }
    let passed = notes.join("; ");
    let colon = if passed.is_empty() { "" } else { ": " };
    let why = format!(
        "{} has no complete checkpoint yet{colon}{passed}",
        dir.display()
    );
    Err(EvaluateError::Unfit(why))
}

/// The run's experiment.
///
/// # Errors
/// A sentence, when it can't be read.
pub fn experiment(run: &Run) -> Result<&Experiment, EvaluateError> {
    run.experiment.as_ref().ok_or_else(|| {
        let why = run.broken.as_deref().unwrap_or("it has no experiment");
        EvaluateError::Unfit(format!("run {} can't be used: {why}", run.id))
    })
}

/// A run's network with the images to judge it on.
pub struct Subject {
    dir: PathBuf,
    experiment: Experiment,
    found: Found,
    data: DataSet,
    device: Chosen,
    loader: Loader,
    /// Whether the images are of another data set than the run's.
    transfer: bool,
    /// What to keep in mind.
    pub notes: Vec<String>,
}

/// The images of one evaluation in both spaces.
pub struct Spaces {
    /// What kNN votes from and probes are fitted to.
    pub bank: Embedded,
    /// What is judged.
    pub test: Embedded,
}

/// How far embedding is: images done, and images in all.
pub type Progress<'a> = &'a mut dyn FnMut(usize, usize);

/// Says what to do where data are gone.
fn or_moved(error: DataError) -> EvaluateError {
    match &error {
        DataError::File { path, .. } if !path.exists() => EvaluateError::Unfit(format!(
            "{error}; if the images are elsewhere now, add --set data.path=FOLDER"
        )),
        _ => error.into(),
    }
}

impl Subject {
    /// Opens a run's checkpoint and its data; `experiment` is the run's own, perhaps with its data elsewhere, or to `transfer` with
    /// those of another data set. `watch` is told how far the data are opened.
    ///
    /// # Errors
    /// A sentence on what is missing.
    pub fn open(
        run: &Run,
        experiment: Experiment,
        which: &Which,
        transfer: bool,
        watch: &Watch,
    ) -> Result<Self, EvaluateError> {
        let found = checkpoint(&run.dir, &experiment, which)?;
        let device = device::choose(&experiment.machine.device)?;
        if let Some(why) = device.cannot(experiment.model.precision) {
            return Err(EvaluateError::Unfit(why));
        }
        selfcheck::before_training(&device).map_err(TrainError::from)?;
        let data = data_from_here(&run.dir, &experiment.data);
        let data = data::open_watched(&data, watch).map_err(or_moved)?;
        let mut notes = found.notes.clone();
        notes.extend(data.notes.iter().chain(&device.note).cloned());
        if *which == Which::Best && data.validation.is_none() && !transfer {
            let why = "this checkpoint was chosen by its kNN accuracy on these test images, which flatters it a little";
            notes.push(why.to_owned());
        }
        let trained = run.environment.as_ref().and_then(|e| e.dataset.as_ref());
        let trained = trained.filter(|t| !transfer && !t.same_images(&data.fingerprint));
        if let Some(trained) = trained {
            let now = &data.fingerprint;
            notes.push(format!(
                "the run was trained with other data: then {trained}; now {now}"
            ));
        }
        let loader = Loader::new(experiment.data.threads);
        notes.extend(loader.note());
        let dir = run.dir.clone();
        Ok(Self {
            dir,
            experiment,
            found,
            data,
            device,
            loader,
            transfer,
            notes,
        })
    }

    /// The run's folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The checkpoint that is judged.
    #[must_use]
    pub const fn found(&self) -> &Found {
        &self.found
    }

    /// The images.
    #[must_use]
    pub const fn data(&self) -> &DataSet {
        &self.data
    }

    /// What the run was trained as, with its data and device as they are here.
    #[must_use]
    pub const fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// The network, which learns nothing more.
    ///
    /// # Errors
    /// When the checkpoint is that of another network.
    pub fn network(&self) -> Result<Frozen<'_>, TrainError> {
        Frozen::new(self.setup(), &self.found.checkpoint)
    }

    /// h and z of bank and test images.
    ///
    /// # Errors
    /// When the checkpoint is that of another network, or data or device fail.
    pub fn embed(&mut self, progress: Progress) -> Result<Spaces, EvaluateError> {
        let network = self.network()?;
        let total = self.data.bank.len() + self.data.test.len();
        let (mut notes, mut before) = (Vec::new(), 0);
        let mut embed = |images: &Arc<dyn Images>| {
            let mut told = |done| progress(before + done, total);
            let embedded = network.embed(images, &mut notes, &mut told);
            before += images.len();
            embedded
        };
        let bank = embed(&self.data.bank)?;
        let test = embed(&self.data.test)?;
        self.notes.extend(notes);
        Ok(Spaces { bank, test })
    }

    const fn setup(&self) -> Setup<'_> {
        Setup {
            experiment: &self.experiment,
            data: &self.data,
            loader: &self.loader,
            device: &self.device,
        }
    }

    /// kNN accuracy.
    ///
    /// # Errors
    /// When the device fails or there are fewer images than neighbours.
    pub fn knn(
        &self,
        spaces: &Spaces,
        space: Space,
        knn: &Knn,
    ) -> Result<Evaluation, EvaluateError> {
        self.judged()?;
        let (bank, test) = spaces.of(space);
        if knn.k > bank.len() {
            let why = format!(
                "{} neighbours can't be found among {} images; lower k",
                knn.k,
                bank.len()
            );
            return Err(EvaluateError::Unfit(why));
        }
        let judged = knn::evaluate(bank, test, knn, self.data.classes.len());
        Ok(self.evaluation("knn", space, knn.protocol(), bank.len(), judged))
    }

    /// Refuses images that nothing can be judged on.
    ///
    /// # Errors
    /// A sentence on what they lack.
    pub fn judged(&self) -> Result<(), EvaluateError> {
        let why = self.data.unjudged();
        why.map_or(Ok(()), |why| Err(EvaluateError::Unfit(why.to_owned())))
    }

    fn evaluation(
        &self,
        method: &str,
        space: Space,
        protocol: String,
        fitted: usize,
        judged: ClassificationReport,
    ) -> Evaluation {
        let tested = judged.confusion.iter().flatten().sum();
        Evaluation {
            format: FORMAT,
            at: now(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            method: method.to_owned(),
            space: space.name().to_owned(),
            protocol,
            checkpoint: self.found.file.clone(),
            step: self.found.checkpoint.progress.step,
            data: self.data.fingerprint.clone(),
            transfer: self.transfer,
            fitted: fitted as u64,
            tested,
            device: self.device.label.clone(),
            top1: judged.top1,
            top5: judged.top5,
            classes: self.data.classes.clone(),
            per_class: judged.per_class,
            confusion: sparse(&judged.confusion),
            notes: self.notes.clone(),
            ..Evaluation::default()
        }
    }

    /// Keeps an evaluation in the run's folder.
    ///
    /// # Errors
    /// A sentence with the path.
    pub fn keep(&self, evaluation: &Evaluation) -> Result<(), EvaluateError> {
        Ok(evaluation.save(&self.dir)?)
    }
}

impl Spaces {
    /// Bank and test images in one space; nothing of test images where there are none.
    #[must_use]
    pub fn of<'a>(&'a self, space: Space) -> (&'a Embeddings, &'a Embeddings) {
        static NONE: Embeddings = Embeddings {
            values: Vec::new(),
            dims: 0,
            labels: Vec::new(),
        };
        let of = |embedded: &'a Embedded| embedded.spaces.get(space as usize).unwrap_or(&NONE);
        (of(&self.bank), of(&self.test))
    }
}

fn sparse(confusion: &[Vec<u64>]) -> Vec<(u32, u32, u64)> {
    let rows = confusion.iter().enumerate();
    let cells = rows.flat_map(|(truth, row)| {
        row.iter()
            .enumerate()
            .map(move |(named, count)| (truth as u32, named as u32, *count))
    });
    cells.filter(|(_, _, count)| *count > 0).collect()
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Subject").field(&self.dir).finish()
    }
}
