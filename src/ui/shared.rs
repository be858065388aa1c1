//! What every screen may look at: the runs, the trainer, what is marked, the time, the colours.

mod checkpoints;
mod time;

use crate::engine::data::{Data, Size};
use crate::experiment::Experiment;
use crate::hparam::Group;
use crate::machine::capacity::Capacity;
use crate::machine::devices::Devices;
use crate::queue::{Item, ItemState};
use crate::runs::{Listing, Request, Run, Status};
use crate::sweep::Plan;
use crate::ui::clock::Clock;
use crate::ui::evaluations::Evaluations;
use crate::ui::keymap::Keymap;
use crate::ui::live::{Live, Stage};
use crate::ui::maps::Maps;
use crate::ui::meters::Meters;
use crate::ui::pictures::Pictures;
use crate::ui::queue_state::QueueState;
use crate::ui::slurm::Slurm;
use crate::ui::theme::Theme;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The state that screens share; only the app changes it.
#[derive(Debug)]
pub struct Shared {
    /// The runs on disk.
    pub listing: Listing,
    /// What the networks of the runs that are looked at were judged to be worth.
    pub evaluations: Evaluations,
    /// The map of the run that is explored.
    pub maps: Maps,
    /// The queue.
    pub queue: QueueState,
    /// The jobs of Slurm.
    pub slurm: Slurm,
    /// The trainer.
    pub live: Live,
    /// The runs to compare, in the order they were marked.
    pub marked: Vec<String>,
    /// The run that the Train screen shows, when the user chose one.
    pub chosen: Option<String>,
    /// The time.
    pub clock: Clock,
    /// The colours.
    pub theme: Theme,
    /// The key tables.
    pub keys: Keymap,
    /// Pictures of views.
    pub pictures: Pictures,
    /// The memory of the devices.
    pub capacity: Capacity,
    /// The meters in the status line.
    pub meters: Option<Meters>,
    /// The devices to choose among.
    pub devices: Devices,
    /// What a process of its own does for the user, and how far it is.
    pub doing: Option<(String, String)>,
    /// What to tell the user, in the status line, until the next key.
    pub message: Option<Message>,
    identities: HashMap<String, String>,
    /// The same whatever the seed.
    kinds: HashMap<String, String>,
    /// Of each sweep, by name, its first experiment that was met, and the hyperparameters in which others differ from it.
    varied: HashMap<String, (Experiment, Vec<String>)>,
    /// Counts the changes of the listing.
    pub edition: u64,
}

/// A sentence in the status line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The sentence.
    pub text: String,
    /// Whether it is a refusal rather than news.
    pub refusal: bool,
    /// What it speaks of, and how that stood: once it stands otherwise, the sentence goes. One that speaks of nothing that
    /// changes stays until the next key.
    pub of: Option<(Subject, String)>,
}

/// What a sentence may speak of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// How this run stands.
    Run(String),
    /// The newest checkpoint of this run.
    Checkpoint(String),
    /// Whether the item of this key is in the queue, and has not failed.
    Item(String),
    /// Whether the queue is paused.
    Queue,
}

impl Shared {
    /// The state at the start.
    #[must_use]
    pub fn new(
        listing: Listing,
        live: Live,
        clock: Clock,
        theme: Theme,
        pictures: Pictures,
    ) -> Self {
        let mut shared = Self {
            listing,
            evaluations: Evaluations::default(),
            maps: Maps::default(),
            queue: QueueState::default(),
            slurm: Slurm::default(),
            live,
            marked: Vec::new(),
            chosen: None,
            clock,
            theme,
            keys: Keymap::default(),
            pictures,
            capacity: Capacity::default(),
            meters: None,
            devices: Devices::default(),
            doing: None,
            message: None,
            identities: HashMap::new(),
            kinds: HashMap::new(),
            varied: HashMap::new(),
            edition: 0,
        };
        shared.listing_changed();
        shared
    }

    /// Brings what is derived from the listing up to date.
    pub fn listing_changed(&mut self) {
        self.edition += 1;
        for run in &self.listing.runs {
            if let Some(experiment) = &run.experiment {
                let Entry::Vacant(new) = self.identities.entry(run.id.clone()) else {
                    continue;
                };
                new.insert(experiment.identity());
                let kind = experiment.identity_but(&["train.seed"]);
                self.kinds.insert(run.id.clone(), kind);
                if let Some(origin) = &run.origin {
                    let sweep = self.varied.entry(origin.title());
                    let (first, paths) = sweep.or_insert_with(|| (experiment.clone(), Vec::new()));
                    for field in first.fields().into_iter().zip(experiment.fields()) {
                        let (theirs, own) = field;
                        let counts = !own.param.free && own.path != "train.seed";
                        if counts && own.value != theirs.value && !paths.contains(&own.path) {
                            paths.push(own.path);
                        }
                    }
                }
            }
        }
        let runs = &self.listing.runs;
        // One that is still to be read may be marked since last time.
        if self.listing.unread() == 0 {
            self.marked.retain(|id| runs.iter().any(|r| r.id == *id));
        }
    }

    /// Looks for evaluations of these runs; tells whether there are new ones.
    pub fn look_for_evaluations(&mut self, ids: &[String]) -> bool {
        let runs = self.listing.runs.iter().filter(|run| ids.contains(&run.id));
        self.evaluations.look(runs)
    }

    /// The run with this name.
    #[must_use]
    pub fn run(&self, id: &str) -> Option<&Run> {
        self.listing.runs.iter().find(|r| r.id == id)
    }

    /// How something stands that a sentence speaks of; whatever else is said of it, this changes when it is no longer true.
    #[must_use]
    pub fn stands(&self, of: &Subject) -> String {
        match of {
            Subject::Run(id) => format!("{:?}", self.run(id).map(|run| run.status)),
            Subject::Checkpoint(id) => {
                let last = self.run(id).and_then(|run| run.series.checkpoints.last());
                format!("{:?}", last.map(|checkpoint| checkpoint.step))
            }
            Subject::Item(key) => {
                let item = self.queue.items.iter().find(|item| item.key() == key);
                let failed = |item: &Item| matches!(item.state, ItemState::Failed { .. });
                format!("{:?}", item.map(failed))
            }
            Subject::Queue => self.queue.paused.to_string(),
        }
    }

    /// Takes away a sentence that is no longer true; tells whether there was one.
    pub fn settle_message(&mut self) -> bool {
        let of = self
            .message
            .as_ref()
            .and_then(|message| message.of.as_ref());
        let over = of.is_some_and(|(subject, stood)| self.stands(subject) != *stood);
        if over {
            self.message = None;
        }
        over
    }

    /// The run that this process trains, or trained last.
    #[must_use]
    pub fn own(&self) -> Option<&Run> {
        let dir = self.live.dir.as_deref()?;
        self.listing.runs.iter().find(|r| r.dir == dir)
    }

    /// Whether this process trains the run now.
    #[must_use]
    pub fn trains(&self, run: &Run) -> bool {
        self.live.is_busy() && self.live.dir.as_deref() == Some(run.dir.as_path())
    }

    /// Whether the run's trainer waits for its user.
    #[must_use]
    pub fn is_paused(&self, run: &Run) -> bool {
        if self.trains(run) {
            self.live.stage == Stage::Paused
        } else {
            run.status == Status::Paused
        }
    }

    /// Why the run's trainer can't be asked for anything now.
    #[must_use]
    pub fn control_refusal(&self, run: &Run) -> Option<&'static str> {
        if self.trains(run) {
            (self.live.stage == Stage::Stopping).then_some("it is stopping already")
        } else {
            (!run.status.is_live()).then_some("this run isn't training")
        }
    }

    /// Why the run can't be gone on with; `rerun` is the key that trains it again, where there is one.
    #[must_use]
    pub fn resume_refusal(&self, run: &Run, rerun: &str) -> Option<String> {
        Some(match run.status {
            Status::Stopped | Status::Failed | Status::Interrupted => return None,
            Status::Running | Status::Paused => "it is being trained already".to_owned(),
            Status::Completed => format!("it is complete; {rerun} trains it again"),
            Status::Broken => "a broken run can't continue".to_owned(),
        })
    }

    /// Asking the run's trainer to pause, or to go on after a pause.
    #[must_use]
    pub fn pause_or_continue(&self, run: &Run) -> Request {
        if self.is_paused(run) {
            Request::Continue
        } else {
            Request::Pause
        }
    }

    /// The run that the Train screen shows: the chosen one, else what we train, else one that lives, else the newest. `None` also while
    /// our next one is being prepared.
    #[must_use]
    pub fn shown(&self) -> Option<&Run> {
        if let Some(run) = self.chosen.as_deref().and_then(|id| self.run(id)) {
            return Some(run);
        }
        if matches!(self.live.stage, Stage::Preparing(_)) {
            return None;
        }
        let runs = &self.listing.runs;
        let own = self.own().filter(|run| self.trains(run));
        own.or_else(|| runs.iter().find(|r| r.status.is_live()))
            .or_else(|| runs.iter().find(|r| !r.notes.archived))
            .or_else(|| runs.first())
    }

    /// The run so many rows further down the history than the one on screen.
    #[must_use]
    pub fn beside_shown(&self, rows: isize) -> Option<&Run> {
        let (runs, shown) = (&self.listing.runs, self.shown()?);
        let at = runs.iter().position(|r| r.id == shown.id).unwrap_or(0);
        runs.get(at.saturating_add_signed(rows).min(runs.len() - 1))
    }

    /// The marked runs.
    #[must_use]
    pub fn marked_runs(&self) -> Vec<&Run> {
        let runs = self.marked.iter().filter_map(|id| self.run(id));
        runs.collect()
    }

    /// The newest run of the same experiment, whatever its name and device.
    #[must_use]
    pub fn same(&self, identity: &str) -> Option<&Run> {
        let same = |run: &&Run| self.identities.get(&run.id).is_some_and(|i| i == identity);
        self.listing.runs.iter().find(same)
    }

    /// What the runs have in common that differ from this one in the seed alone.
    #[must_use]
    pub fn kind(&self, run: &Run) -> Option<&str> {
        self.kinds.get(&run.id).map(String::as_str)
    }

    /// The hyperparameters in which the runs of a sweep differ, but for the seed.
    #[must_use]
    pub fn varied(&self, sweep: &str) -> &[String] {
        self.varied.get(sweep).map_or(&[], |(_, paths)| paths)
    }

    /// The runs by their experiments.
    #[must_use]
    pub fn plan(&self) -> Plan<&Run> {
        let runs: Vec<&Run> = self.listing.runs.iter().collect();
        let identities = runs.iter().map(|run| self.identities.get(&run.id));
        let identities: Vec<_> = identities.map(|i| i.map(String::as_str)).collect();
        Plan::known(runs, identities.into_iter())
    }

    /// How large the experiment's data set is, where that is known: by design, from a look at its files, or from the
    /// newest run on the same data.
    #[must_use]
    pub fn size(&self, experiment: &Experiment) -> Option<Size> {
        let data = &experiment.data;
        let found = || self.pictures.size(data)?.ok();
        Size::by_design(data)
            .or_else(|| Some(found()?.limited(data)))
            .or_else(|| self.size_of_a_run(data))
    }

    fn size_of_a_run(&self, data: &Data) -> Option<Size> {
        self.listing.runs.iter().find_map(|run| {
            let theirs = &run.experiment.as_ref()?.data;
            let begin = run.series.begin.as_ref()?;
            let images = begin.train_images as usize;
            let same = theirs.source == data.source && theirs.path == data.path;
            let all = theirs.train_limit == 0 || images < theirs.train_limit;
            let enough = data.train_limit > 0 && data.train_limit <= images;
            let size = Size {
                train: images,
                bank: images,
                classes: begin.classes as usize,
            };
            (same && (all || enough)).then(|| size.limited(data))
        })
    }

    /// How many training images the experiment has, where that is known.
    #[must_use]
    pub fn train_images(&self, experiment: &Experiment) -> Option<usize> {
        self.size(experiment).map(|size| size.train)
    }
}
