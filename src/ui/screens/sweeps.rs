//! The Sweeps screen: ablations as the paper shows them, while they are trained and afterwards.

mod confirm;
mod curve;
mod entry;
mod figures;
mod jobs;
mod list;
mod of_one;
mod queue;
mod table;
mod view;

use crate::disk::path;
use crate::engine::metric::METRICS;
use crate::queue::ItemState;
use crate::runs::{Fact, Run};
use crate::sweep::{Plan, Results, Sweep};
use crate::ui::intent::{Intent, QueueChange};
use crate::ui::keymap::Keymap;
use crate::ui::keymap::sweeps::Action;
use crate::ui::keys::{Hint, Table};
use crate::ui::prompt::Prompt;
use crate::ui::save_dialog::WriteBox;
use crate::ui::screen_id::ScreenId;
use crate::ui::screens::Screen;
use crate::ui::shared::Shared;
use crate::ui::widgets::table::Scroll;
use crossterm::event::KeyEvent;
use entry::Entry;
use std::cell::{LazyCell, RefCell};
use std::path::Path;

/// The Sweeps screen.
#[derive(Debug)]
pub struct Sweeps {
    /// Read when the screen is first looked at.
    entries: LazyCell<Vec<Entry>, Box<dyn FnOnce() -> Vec<Entry>>>,
    cursor: usize,
    /// The case under the cursor, while the cases have the keys.
    case: Option<usize>,
    /// The item under the cursor, while the queue has the keys.
    item: Option<usize>,
    /// The figure that cases are judged by, if not that of the sweep.
    metric: Option<Fact>,
    /// The case that differences are counted from, if not that of the sweep.
    baseline: Option<usize>,
    typing: Option<Prompt>,
    write: WriteBox,
    scroll: Scroll,
    gathered: RefCell<Option<CachedResults>>,
}

/// Results, and of what they are.
#[derive(Debug)]
struct CachedResults {
    of: (usize, Option<String>, Fact, Option<usize>),
    /// Second of the clock and edition of the listing.
    at: (u64, u64),
    results: Results,
}

/// What the keys of the queue do to a case's jobs of Slurm.
const OF_JOBS: [Action; 4] = [Action::Remove, Action::Retry, Action::Pause, Action::Output];

impl Sweeps {
    /// The screen of a folder of runs.
    #[must_use]
    pub fn new(runs: &Path) -> Self {
        let runs = runs.to_owned();
        Self {
            entries: LazyCell::new(Box::new(move || Entry::all(&runs))),
            cursor: 0,
            case: None,
            item: None,
            metric: None,
            baseline: None,
            typing: None,
            write: WriteBox::default(),
            scroll: Scroll::default(),
            gathered: RefCell::default(),
        }
    }
}

/// The figures that cases may be judged by: kNN, loss, then what else is measured.
fn metrics() -> impl Iterator<Item = Fact> {
    let both = |m| [Fact::Last(m), Fact::Best(m)];
    let first = METRICS.iter().filter(|m| m.key == "knn").flat_map(both);
    let others = METRICS
        .iter()
        .filter(|m| m.key != "knn" && m.higher_is_better.is_some());
    first.chain(others.map(Fact::Last))
}

impl Sweeps {
    fn entry(&self) -> &Entry {
        &self.entries[self.cursor.min(self.entries.len() - 1)]
    }

    /// The figure that cases are judged by.
    fn judged(&self) -> Option<Fact> {
        let own = self.entry().sweep.as_ref().ok().map(|sweep| sweep.metric);
        self.metric.or(own)
    }

    /// Lets someone see the results of the sweep under the cursor. They are gathered again at most once a second, and only
    /// if the runs changed.
    fn with_results<T>(
        &self,
        shared: &Shared,
        plan: &Plan<&Run>,
        see: impl FnOnce(&Results) -> T,
    ) -> Option<T> {
        let entry = self.entry();
        let sweep = entry.sweep.as_ref().ok()?;
        let metric = self.judged()?;
        let scale = entry.scale().map(str::to_owned);
        let of = (self.cursor, scale, metric, self.baseline);
        let at = (shared.clock.now() as u64, shared.edition);
        let mut gathered = self.gathered.borrow_mut();
        let fresh = gathered
            .as_ref()
            .is_some_and(|known| known.of == of && (known.at.1 == at.1 || known.at.0 == at.0));
        if !fresh {
            let mut sweep = sweep.clone();
            sweep.baseline = self.baseline(&sweep);
            let results = Results::gather(&sweep, plan, metric);
            *gathered = Some(CachedResults { of, at, results });
        }
        gathered.as_ref().map(|known| see(&known.results))
    }

    /// The case that differences are counted from.
    fn baseline(&self, sweep: &Sweep) -> Option<usize> {
        self.baseline.or(sweep.baseline)
    }

    fn cases(&self) -> usize {
        self.entry().sweep.as_ref().map_or(0, |s| s.cases.len())
    }

    fn go(&mut self, rows: isize, shared: &Shared) {
        if let Some(item) = &mut self.item {
            let last = shared.queue.items.len().saturating_sub(1);
            *item = item.saturating_add_signed(rows).min(last);
            return;
        }
        match &mut self.case {
            Some(_) => {
                let last = self.cases().saturating_sub(1);
                let at = self.case.unwrap_or(0).saturating_add_signed(rows);
                self.case = Some(at.min(last));
            }
            None => self.choose(self.cursor.saturating_add_signed(rows)),
        }
    }

    /// Puts the cursor on a sweep.
    fn choose(&mut self, nth: usize) {
        let nth = nth.min(self.entries.len() - 1);
        if nth != self.cursor {
            (self.cursor, self.case, self.metric, self.baseline) = (nth, None, None, None);
        }
    }

    fn act(&mut self, act: Action, shared: &Shared) -> Vec<Intent> {
        let jobs = self.jobs(shared);
        if !jobs.is_empty() && OF_JOBS.contains(&act) {
            return Self::of_jobs(act, &jobs, &shared.listing.dir);
        }
        match act {
            Action::Move(rows) => self.go(rows, shared),
            Action::Back => (self.case, self.item) = (None, None),
            Action::Queue if shared.queue.items.is_empty() => {
                let train = shared.keys.sweeps.key(Action::Train);
                return refuse(&format!(
                    "the queue is empty; {train} puts this sweep into it"
                ));
            }
            Action::Queue => (self.case, self.item) = (None, Some(0)),
            Action::Train if self.item.is_some() => {
                return vec![Intent::Queue(QueueChange::Work)];
            }
            Action::Pause => return vec![Intent::Queue(QueueChange::Pause)],
            Action::Remove | Action::Retry | Action::Shift(_) => return self.of_item(act, shared),
            Action::Open => return self.open(shared),
            Action::File => self.typing = Some(Prompt::default().completed_by(path::completions)),
            Action::Scale => {
                if !self.entries[self.cursor].rescale() {
                    return refuse("this sweep has one scale");
                }
                (self.case, self.baseline) = (self.case.map(|_| 0), None);
            }
            Action::Metric => {
                let all: Vec<Fact> = metrics().collect();
                let at = all.iter().position(|fact| Some(*fact) == self.judged());
                self.metric = Some(all[at.map_or(0, |at| (at + 1) % all.len())]);
            }
            Action::Baseline => {
                let sweep = self.entry().sweep.as_ref().ok();
                let now = sweep.and_then(|sweep| self.baseline(sweep));
                let next = now.map_or(0, |at| at + 1);
                let nth = self.case.unwrap_or(next) % self.cases().max(1);
                self.baseline = Some(nth);
            }
            Action::Report => self.ask_for_report(),
            Action::Output => return refuse("this case has no job of Slurm"),
            Action::Train | Action::Copy | Action::Edit => return self.of_sweep(act, shared),
        }
        Vec::new()
    }

    /// Into the cases, or to the runs of the case.
    fn open(&mut self, shared: &Shared) -> Vec<Intent> {
        if let Some(item) = self.item {
            let item = shared.queue.items.get(item);
            return match item.map(|item| &item.state) {
                Some(ItemState::Working { .. }) => {
                    vec![Intent::Show(None), Intent::Go(ScreenId::Train)]
                }
                _ => refuse("it isn't trained yet"),
            };
        }
        let Some(case) = self.case else {
            self.case = (self.cases() > 0).then_some(0);
            return Vec::new();
        };
        let plan = shared.plan();
        let runs = self.entry().runs_of(case, &plan);
        match runs[..] {
            [] => refuse("this case has no runs yet"),
            [run] => vec![
                Intent::Show(Some(run.id.clone())),
                Intent::Go(ScreenId::Train),
            ],
            _ => confirm::compare(&runs, shared),
        }
    }

    /// Shows the sweep in a file.
    pub fn open_file(&mut self, path: &str) {
        self.take(Entry::open(path));
    }

    /// Adds a sweep at the top, or takes it for the older one of its name, and puts the cursor on it.
    fn take(&mut self, entry: Entry) {
        let known = self.entries.iter().position(|e| e.name == entry.name);
        match known {
            Some(at) => self.entries[at] = entry,
            None => self.entries.insert(0, entry),
        }
        // What was gathered may be of another one at this place.
        self.gathered.take();
        self.cursor = usize::MAX;
        self.choose(known.unwrap_or(0));
    }

    fn type_file(&mut self, key: &KeyEvent, keys: &Table<bool>) {
        let Some(prompt) = &mut self.typing else {
            return;
        };
        match keys.action(key) {
            Some(true) => {
                let path = path::whole(&path::typed(prompt.text()));
                let path = path.display().to_string();
                let entry = Entry::open(&path);
                if let Err(why) = &entry.sweep {
                    prompt.error = Some(why.clone());
                } else {
                    self.typing = None;
                    self.take(entry);
                }
            }
            Some(false) => self.typing = None,
            None => prompt.key(key),
        }
    }
}

fn refuse(why: &str) -> Vec<Intent> {
    vec![Intent::Refuse(why.to_owned())]
}

impl Screen for Sweeps {
    fn hints(&self, shared: &Shared) -> Vec<Hint> {
        if self.write.is_open() {
            return shared.keys.write.hints();
        }
        if self.typing.is_some() {
            return shared.keys.sweeps_file.hints();
        }
        let (inside, queued) = (self.case.is_some(), self.item.is_some());
        let waits = !shared.queue.items.is_empty();
        let jobs = self.jobs(shared);
        let mut hints = shared.keys.sweeps.hints_that(|act| match act {
            Action::Output => !jobs.is_empty(),
            act if OF_JOBS.contains(act) && !jobs.is_empty() => true,
            Action::Back => inside || queued,
            Action::Edit => inside,
            Action::Remove | Action::Retry | Action::Shift(_) => queued && waits,
            Action::Queue => !queued && waits,
            Action::Train if queued => waits && !shared.queue.works(),
            Action::Open if queued => waits,
            Action::Open | Action::Move(_) => true,
            _ => !queued || *act == Action::Pause,
        });
        for hint in hints.iter_mut().filter(|_| queued) {
            hint.name = match hint.name {
                "train" => "start the queue",
                "open" => "its run",
                other => other,
            };
        }
        if !jobs.is_empty() {
            let held = jobs.iter().any(|job| job.is_held());
            for hint in &mut hints {
                hint.name = match hint.name {
                    "remove" => "cancel job",
                    "retry" => "requeue job",
                    "pause queue" if held => "release job",
                    "pause queue" => "hold job",
                    other => other,
                };
            }
        } else if shared.queue.paused {
            for hint in hints.iter_mut().filter(|hint| hint.name == "pause queue") {
                hint.name = "continue";
            }
        }
        hints
    }

    fn help(&self, keys: &Keymap) -> Vec<Hint> {
        keys.sweeps.hints()
    }

    fn update(&mut self, key: &KeyEvent, shared: &Shared) -> Option<Vec<Intent>> {
        if self.write.is_open() {
            let mut write = std::mem::take(&mut self.write);
            let intents = write.key(key, &shared.keys.write, |path| self.report(path));
            self.write = write;
            return Some(intents);
        }
        if self.typing.is_some() {
            self.type_file(key, &shared.keys.sweeps_file);
            return Some(Vec::new());
        }
        let act = shared.keys.sweeps.action(key)?;
        Some(self.act(act, shared))
    }

    fn click(&mut self, row: usize, shared: &Shared) -> Vec<Intent> {
        if row < self.entries.len() {
            (self.case, self.item) = (None, None);
            self.choose(row);
            return Vec::new();
        }
        let case = row - self.entries.len();
        if self.case == Some(case) {
            return self.open(shared);
        }
        self.case = Some(case.min(self.cases().saturating_sub(1)));
        Vec::new()
    }

    fn wheel(&mut self, turns: isize, shared: &Shared) {
        self.go(turns, shared);
    }

    fn paste(&mut self, text: &str) {
        match &mut self.typing {
            Some(prompt) => prompt.paste(text),
            None => self.write.paste(text),
        }
    }

    fn is_typing(&self) -> bool {
        self.typing.is_some() || self.write.is_open()
    }
}
