//! One run from its experiment to its last event.

mod resume_checks;

use self::resume_checks::{
    before_place, knows_its_data, other_beginning, other_data, other_device,
};
use super::opening::opened;
use super::recorder::{HandOver, Recorder};
use super::{Notice, Trainer, failure, takeover};
use crate::disk::path::{typed, whole};
use crate::engine::catch_panic;
use crate::engine::checkpoint::CheckpointError;
use crate::engine::data::{self, Data, DataError, DataSet, PLACES};
use crate::engine::device::{self, Chosen};
use crate::engine::loader::Loader;
use crate::engine::report::{Level, Outcome};
use crate::engine::train::{Setup, check_init, train};
use crate::engine::weights::InitFrom;
use crate::experiment::{self, Experiment, objections};
use crate::machine::capacity::Capacity;
use crate::machine::heap;
use crate::runs::folder::newest;
use crate::runs::{
    ENVIRONMENT, EXPERIMENT, Environment, NewRun, Run, RunError, RunFolder, control, data_from_here,
};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a run needs besides its folder.
struct Prepared {
    experiment: Experiment,
    data: DataSet,
    /// Where the data lie, where they are files.
    place: Option<PathBuf>,
    /// Where images of the bank, to test on and to choose by lie apart.
    apart: [Option<String>; 3],
    device: Chosen,
    beginning: InitFrom,
}

impl Prepared {
    /// Steps between checkpoints that are kept for good; 0 for none.
    fn steps_for_good(&self) -> u64 {
        let epoch = self.experiment.steps_per_epoch(self.data.train.len());
        (self.experiment.machine.keep_every * epoch) as u64
    }
}

impl Trainer {
    /// Trains a new run.
    pub(super) fn start(&mut self, run: NewRun) {
        let of = run.from.as_deref();
        let prepared = guarded(|| {
            let mut prepared = self.prepare(run.experiment.clone(), of)?;
            prepared.beginning = begin(&prepared)?;
            Ok(prepared)
        });
        let mut prepared = match prepared {
            Ok(prepared) => prepared,
            Err(halt) => return self.say(halt.into()),
        };
        let other = of.and_then(|dir| other_data(dir, &prepared.data.fingerprint));
        if let (Some(why), false) = (&other, prepared.experiment.weights.extend.is_empty()) {
            let why = format!("data.path: {why}; a run can be extended only on its own images");
            return self.say(Notice::Refused(why));
        }
        prepared.data.notes.extend(other);
        prepared
            .data
            .notes
            .extend(of.and_then(|dir| other_beginning(dir, &prepared.beginning)));
        let environment = environment(&prepared);
        match RunFolder::create(&self.runs, run, &environment) {
            Ok(folder) => self.work(folder, prepared),
            Err(e) => self.say(Notice::Refused(e.to_string())),
        }
    }

    /// Goes on with a run from its newest whole checkpoint, or from its start if it has none; `other` is its experiment with a device or the data elsewhere.
    pub(super) fn resume(&mut self, dir: &Path, other: Option<Experiment>) {
        self.go_on(dir, other, |dir| {
            let folder = RunFolder::resume(dir).map_err(|e| e.to_string())?;
            // Another process may have trained it to its end until now.
            let end = Run::open(dir).series.end;
            if end.is_some_and(|end| end.outcome == Outcome::Completed) {
                return Err(RunError::Complete(folder.id().to_owned()).to_string());
            }
            // Meant for a trainer that is gone.
            control::clear(dir);
            Ok(folder)
        });
    }

    /// Goes on with a run that another process trains.
    pub(super) fn take_over(&mut self, dir: &Path) {
        self.go_on(dir, None, takeover::folder);
    }

    fn go_on(
        &mut self,
        dir: &Path,
        other: Option<Experiment>,
        take: impl FnOnce(&Path) -> Result<RunFolder, String>,
    ) {
        let opened = guarded(|| {
            let own = experiment::file::stored(&dir.join(EXPERIMENT)).map_err(|e| e.in_a_line())?;
            let paths = |data: &Data| {
                let [path, bank, test] = [&data.path, &data.bank, &data.test].map(String::clone);
                [path, bank, test, data.validation.to_string()]
            };
            let before_paths = paths(&own.data);
            let shape = |e: &Experiment| e.identity_but(&PLACES);
            if other.as_ref().is_some_and(|e| shape(e) != shape(&own)) {
                let why = format!("{}: this run has another experiment", dir.display());
                return Err(Halt::Refused(why));
            }
            let before = Run::open(dir);
            let mut prepared = self.prepare(other.unwrap_or(own), Some(dir))?;
            let other = other_data(dir, &prepared.data.fingerprint);
            let now = paths(&prepared.experiment.data);
            let renamed = now != before_paths;
            let elsewhere = before_place(dir).map_or(renamed, |before| {
                prepared.place != Some(before) || now[1..] != before_paths[1..]
            });
            if renamed && !knows_its_data(dir) {
                return Err(Halt::Refused(format!(
                    "data.path: {} doesn't say which images the run started with, so it can continue only where it was",
                    dir.join(ENVIRONMENT).display()
                )));
            }
            if let (Some(why), true) = (&other, elsewhere) {
                let why = format!("data.path: {why}; a run can continue only on its own images");
                return Err(Halt::Refused(why));
            }
            // Last, so that a run is taken from another process only when nothing stands in the way.
            let folder = take(dir)?;
            let (checkpoint, passed) = newest(folder.dir(), &prepared.experiment);
            let afresh = checkpoint.is_none().then(|| AFRESH.to_owned());
            prepared.beginning = match checkpoint {
                Some((_, checkpoint)) => InitFrom::Checkpoint(Box::new(checkpoint)),
                None => begin(&prepared)?,
            };
            let moved = other_device(&before, &prepared.device.label);
            let other = other.into_iter().chain(moved);
            let passed = passed
                .iter()
                .map(|(path, why)| set_aside(&folder, path, why));
            let notes = other.chain(passed).chain(afresh);
            prepared.data.notes.extend(notes);
            Ok((prepared, folder))
        });
        match opened {
            Ok((prepared, folder)) => self.work(folder, prepared),
            Err(halt) => self.say(halt.into()),
        }
    }

    /// Everything that can be refused before a folder exists; `of` is the folder of the run that the experiment comes from.
    fn prepare(&mut self, experiment: Experiment, of: Option<&Path>) -> Result<Prepared, Halt> {
        self.asked.clear();
        experiment.check()?;
        self.say(Notice::Preparing("checking the experiment".to_owned()));
        let device = device::choose(&experiment.machine.device).map_err(|e| e.to_string())?;
        if let Some(why) = device.cannot(experiment.model.precision) {
            return Err(Halt::Refused(why));
        }
        self.say(Notice::Preparing(format!(
            "opening {}",
            experiment.data.source.name()
        )));
        let lies = of.map_or_else(
            || experiment.data.clone(),
            |run| data_from_here(run, &experiment.data),
        );
        let opened = opened(&lies, &mut self.commands, &mut self.asked, &self.notices);
        let mut data = opened?;
        let objections = experiment.objections_to(data.train.len(), data.voters());
        objections::line(&objections).map_or(Ok(()), Err)?;
        let threads = experiment.data.threads;
        if self
            .loader
            .as_ref()
            .is_none_or(|(made, _)| *made != threads)
        {
            self.loader = Some((threads, Loader::new(threads)));
        }
        let fewer = self.loader.as_ref().and_then(|(_, loader)| loader.note());
        data.notes.extend(fewer);
        Ok(Prepared {
            experiment,
            data,
            place: placed(&lies),
            apart: [&*lies.bank, &*lies.test, lies.validation.path()].map(kept),
            device,
            beginning: InitFrom::Scratch,
        })
    }

    /// Trains into the folder, behind a fence: whatever goes wrong becomes the run's end, not the program's.
    fn work(&mut self, folder: RunFolder, prepared: Prepared) {
        let Some((_, loader)) = &self.loader else {
            return;
        };
        let dir = folder.dir().to_owned();
        self.say(Notice::Started { dir: dir.clone() });
        let for_good = prepared.steps_for_good();
        let asked = std::mem::take(&mut self.asked);
        let room = Duration::from_secs(prepared.experiment.machine.wait_for_room as u64);
        let recorder = Recorder::new(folder, &self.commands, &self.notices, for_good);
        let mut recorder = recorder.waiting(room).metering(&prepared.device.id);
        recorder = recorder.limited(&prepared.experiment.stop).asked(asked);
        let large = too_large(&prepared);
        let device = prepared.device.note.iter().chain(&large);
        for note in prepared.data.notes.iter().chain(device) {
            recorder.note(Level::Warning, note.clone());
        }
        if let Some(note) = prepared.beginning.note() {
            recorder.note(Level::Info, note);
        }
        let setup = Setup {
            experiment: &prepared.experiment,
            data: &prepared.data,
            loader,
            device: &prepared.device,
        };
        let result = catch_panic::catch(|| train(setup, prepared.beginning, &mut recorder));
        heap::give_back();
        if matches!(result, Ok(Ok(Outcome::Stopped))) && recorder.hand_over == HandOver::Done {
            // No end: the process that asked goes on.
            recorder.note(Level::Info, "another process takes over this run");
            drop(recorder);
            return self.say(Notice::HandedOver { dir });
        }
        let end = match result {
            Ok(Ok(_)) if recorder.gone || recorder.folder.is_gone() => failure::end(GONE),
            Ok(Ok(outcome)) => recorder.verdict(outcome),
            Ok(Err(error)) => failure::of_training(&error, &prepared.experiment, &prepared.device),
            Err(panic) => failure::of_panic(&panic, &prepared.experiment, &prepared.device),
        };
        let end = recorder.end(end);
        drop(recorder);
        self.say(Notice::Finished {
            dir,
            outcome: end.outcome,
            reason: end.reason,
        });
    }
}

/// Where the files of a data set lie, if it has any.
fn placed(data: &Data) -> Option<PathBuf> {
    let place = data::located(data)
        .ok()
        .filter(|_| data.source.needs_path());
    place.map(|place| whole(&place))
}

/// What a new run of the experiment begins with, checked.
fn begin(prepared: &Prepared) -> Result<InitFrom, String> {
    let Prepared {
        experiment, data, ..
    } = prepared;
    let (model, head) = (&experiment.model, &experiment.head);
    let opened = experiment.weights.open(model, head);
    let beginning = opened.map_err(|e| e.to_string())?;
    check_init(experiment, data, &beginning).map_err(|e| e.to_string())?;
    Ok(beginning)
}

/// A warning, if the run takes more memory than its device has.
fn too_large(prepared: &Prepared) -> Option<String> {
    let has = Capacity::look().of(&prepared.device.id)?;
    prepared
        .experiment
        .too_large_for(has)
        .map(|large| large.why)
}

/// Why a run fails whose folder vanishes under it.
const GONE: &str = "the run's folder, or the log in it, was deleted or moved away while it trained: nothing after that could be kept";

/// Puts a checkpoint that can't be read out of the way; what to tell the user.
fn set_aside(folder: &RunFolder, path: &Path, why: &CheckpointError) -> String {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let aside = match folder.set_aside(path) {
        Ok(name) => format!("it is now called {name}"),
        Err(e) => format!("it can't be renamed ({e})"),
    };
    format!("{file} was skipped: {why}; {aside}")
}

const AFRESH: &str = "no complete checkpoint was found: the run starts from the beginning";

/// A path that was given, in whole.
fn kept(path: &str) -> Option<String> {
    let path = path.trim();
    let whole = (!path.is_empty()).then(|| whole(&typed(path)))?;
    Some(whole.to_str()?.to_owned())
}

fn environment(prepared: &Prepared) -> Environment {
    Environment {
        data_path: prepared
            .place
            .as_ref()
            .and_then(|p| Some(p.to_str()?.to_owned())),
        bank_path: prepared.apart[0].clone(),
        test_path: prepared.apart[1].clone(),
        validation_path: prepared.apart[2].clone(),
        beginning: prepared.beginning.note(),
        ..Environment::here(
            &prepared.device.label,
            prepared.experiment.data.threads,
            Some(prepared.data.fingerprint.clone()),
        )
    }
}

/// Why nothing is trained.
enum Halt {
    Refused(String),
    CalledOff,
}

impl From<String> for Halt {
    fn from(why: String) -> Self {
        Self::Refused(why)
    }
}

impl From<DataError> for Halt {
    fn from(why: DataError) -> Self {
        match why {
            DataError::Stopped => Self::CalledOff,
            _ => Self::Refused(why.to_string()),
        }
    }
}

impl From<Halt> for Notice {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Refused(why) => Self::Refused(why),
            Halt::CalledOff => Self::CalledOff,
        }
    }
}

/// Does something that may panic, and makes a sentence of the panic.
fn guarded<T>(work: impl FnOnce() -> Result<T, Halt>) -> Result<T, Halt> {
    catch_panic::catch(work).unwrap_or_else(|panic| Err(Halt::Refused(failure::sentence(&panic))))
}

#[cfg(test)]
mod tests;
