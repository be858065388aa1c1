//! The History screen: every run, newest first, those that live among them.

pub mod keys;
mod view;

use crate::runs::{Request, Run, Status};
use crate::ui::keys::{Hint, action, hints, hints_that};
use crate::ui::prompt::Prompt;
use crate::ui::screens::{Canvas, Intent, Screen, ScreenId};
use crate::ui::shared::Shared;
use crate::ui::widgets::table::Scroll;
use crossterm::event::KeyEvent;
use keys::{Act, FILTER_KEYS, KEYS};

/// By what the runs are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// When they were made, newest first.
    #[default]
    Age,
    /// Best kNN first.
    Best,
    /// Lowest loss first.
    Loss,
    /// Longest first.
    Elapsed,
    /// By name.
    Name,
    /// By status, living ones first.
    Status,
}

impl Order {
    const ALL: [Self; 6] = [
        Self::Age,
        Self::Best,
        Self::Loss,
        Self::Elapsed,
        Self::Name,
        Self::Status,
    ];

    fn next(self) -> Self {
        let at = Self::ALL.iter().position(|o| *o == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }

    /// What to sort by, the smallest first: a number, and a text among equals.
    fn key(self, run: &Run) -> (f64, String) {
        let finite = |v: Option<f64>| v.filter(|v| v.is_finite()).unwrap_or(f64::INFINITY);
        let number = match self {
            Self::Age => -run.created,
            Self::Best => finite(run.best_knn().map(|v| -v)),
            Self::Loss => finite(run.last_loss()),
            Self::Elapsed => -run.series.elapsed(),
            Self::Status => f64::from(rank(run.status)),
            Self::Name => return (0.0, run.title().to_lowercase()),
        };
        (number, String::new())
    }
}

/// Whether what is said of the run contains all the words, in lower case.
fn contains_all(run: &Run, words: &[&str]) -> bool {
    let tags = run.notes.tags.join(" ");
    let text = format!("{} {} {} {tags}", run.title(), run.id, run.status).to_lowercase();
    words.iter().all(|word| text.contains(word))
}

const fn rank(status: Status) -> u8 {
    match status {
        Status::Running => 0,
        Status::Paused => 1,
        Status::Completed => 2,
        Status::Stopped => 3,
        Status::Interrupted => 4,
        Status::Failed => 5,
        Status::Broken => 6,
    }
}

/// The History screen.
#[derive(Debug, Default)]
pub struct History {
    /// The run under the cursor, by name, so that a new run above does not move it.
    cursor: Option<String>,
    order: Order,
    reversed: bool,
    filter: String,
    typing: Option<Prompt>,
    scroll: Scroll,
}

impl History {
    /// The runs that pass the filter, in order.
    fn visible<'a>(&self, shared: &'a Shared) -> Vec<&'a Run> {
        let filter = self.filter.to_lowercase();
        let words: Vec<&str> = filter.split_whitespace().collect();
        let runs = shared.listing.runs.iter();
        let runs = runs.filter(|run| words.is_empty() || contains_all(run, &words));
        let mut keyed: Vec<_> = runs.map(|run| (self.order.key(run), run)).collect();
        keyed.sort_by(|(a, _), (b, _)| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        if self.reversed {
            keyed.reverse();
        }
        keyed.into_iter().map(|(_, run)| run).collect()
    }

    fn row(&self, runs: &[&Run]) -> usize {
        let cursor = self.cursor.as_deref();
        runs.iter()
            .position(|r| Some(r.id.as_str()) == cursor)
            .unwrap_or(0)
    }

    fn go(&mut self, row: usize, runs: &[&Run]) {
        let row = row.min(runs.len().saturating_sub(1));
        self.cursor = runs.get(row).map(|r| r.id.clone());
    }

    fn act(&mut self, act: Act, shared: &Shared) -> Vec<Intent> {
        let runs = self.visible(shared);
        let row = self.row(&runs);
        match act {
            Act::Move(rows) => self.go(row.saturating_add_signed(rows), &runs),
            Act::First => self.go(0, &runs),
            Act::Last => self.go(usize::MAX, &runs),
            Act::Filter => self.typing = Some(Prompt::new(self.filter.clone())),
            Act::Sort => {
                self.order = self.order.next();
                self.reversed = false;
            }
            Act::Reverse => self.reversed = !self.reversed,
            Act::Clear => self.filter.clear(),
            Act::Unmark => return vec![Intent::Unmark],
            Act::Compare => return compare(shared),
            Act::Pause | Act::Checkpoint | Act::Stop => {
                let run = runs.get(row);
                return run
                    .map(|run| control(act, run, shared))
                    .into_iter()
                    .collect();
            }
            Act::Open | Act::Mark | Act::Fork | Act::Rerun | Act::Resume => {
                let Some(run) = runs.get(row) else {
                    return Vec::new();
                };
                if act == Act::Mark {
                    self.go(row + 1, &runs);
                }
                return of_run(act, run);
            }
        }
        Vec::new()
    }

    fn type_filter(&mut self, key: &KeyEvent) -> Vec<Intent> {
        match (action(FILTER_KEYS, key), &mut self.typing) {
            (Some(true), _) => self.typing = None,
            (Some(false), _) => {
                self.typing = None;
                self.filter.clear();
            }
            (None, Some(prompt)) => {
                prompt.key(key);
                self.filter = prompt.text().to_owned();
            }
            (None, None) => {}
        }
        Vec::new()
    }
}

fn of_run(act: Act, run: &Run) -> Vec<Intent> {
    let id = run.id.clone();
    match act {
        Act::Mark if run.status == Status::Broken => {
            let why = "a broken run has nothing to compare".to_owned();
            vec![Intent::Refuse(why)]
        }
        Act::Mark => vec![Intent::Mark(id)],
        Act::Open => vec![Intent::Show(Some(id)), Intent::Go(ScreenId::Train)],
        Act::Rerun => match &run.experiment {
            Some(experiment) => vec![Intent::Rerun(Box::new(experiment.clone()), run.dir.clone())],
            None => vec![Intent::Refuse("its experiment can't be read".to_owned())],
        },
        Act::Resume => vec![resume(run)],
        _ => vec![Intent::Fork(id)],
    }
}

/// Asking the run's trainer for something, or why that can't be.
fn control(act: Act, run: &Run, shared: &Shared) -> Intent {
    let id = run.id.clone();
    match (shared.deaf(run), act) {
        (Some(why), _) => Intent::Refuse(why.to_owned()),
        (None, Act::Pause) => Intent::Control(id, shared.pause_or_continue(run)),
        (None, Act::Checkpoint) => Intent::Control(id, Request::Checkpoint),
        (None, _) => Intent::AskToStop(id),
    }
}

/// Going on with the run, or why that can't be.
fn resume(run: &Run) -> Intent {
    let why = match run.status {
        Status::Stopped | Status::Failed | Status::Interrupted => {
            return Intent::Resume(run.dir.clone());
        }
        Status::Running | Status::Paused => "it is being trained already",
        Status::Completed => "it is complete; R trains it again",
        Status::Broken => "a broken run can't go on",
    };
    Intent::Refuse(why.to_owned())
}

fn compare(shared: &Shared) -> Vec<Intent> {
    if shared.marked.len() < 2 {
        let text = "mark two runs or more with space first".to_owned();
        return vec![Intent::Refuse(text)];
    }
    vec![Intent::Go(ScreenId::Compare)]
}

impl Screen for History {
    fn hints(&self, shared: &Shared) -> Vec<Hint> {
        if self.typing.is_some() {
            return hints(FILTER_KEYS);
        }
        if shared.listing.runs.is_empty() {
            return Vec::new();
        }
        let works = |act: &Act| match act {
            Act::Compare => shared.marked.len() >= 2,
            Act::Clear => !self.filter.is_empty(),
            _ => true,
        };
        hints_that(KEYS, works)
    }

    fn help(&self) -> Vec<Hint> {
        hints(KEYS)
    }

    fn update(&mut self, key: &KeyEvent, shared: &Shared) -> Option<Vec<Intent>> {
        if self.typing.is_some() {
            return Some(self.type_filter(key));
        }
        let act = action(KEYS, key)?;
        Some(self.act(act, shared))
    }

    fn click(&mut self, row: usize, shared: &Shared) -> Vec<Intent> {
        let runs = self.visible(shared);
        if self.row(&runs) == row && self.cursor.is_some() {
            return self.act(Act::Open, shared);
        }
        self.go(row, &runs);
        Vec::new()
    }

    fn wheel(&mut self, turns: isize, shared: &Shared) {
        self.act(Act::Move(turns), shared);
    }

    fn paste(&mut self, text: &str) {
        if let Some(prompt) = &mut self.typing {
            prompt.paste(text);
            self.filter = prompt.text().to_owned();
        }
    }

    fn is_typing(&self) -> bool {
        self.typing.is_some()
    }

    fn view(&self, canvas: &mut Canvas, shared: &Shared) {
        view::draw(self, canvas, shared);
    }
}
