//! The Train screen: one run's curves as they grow, its numbers, its console.

mod console;
mod sample_views;
mod view;

use crate::engine::metric::METRICS;
use crate::runs::{Request, Run};
use crate::ui::chart_view::ChartView;
use crate::ui::curves;
use crate::ui::intent::Intent;
use crate::ui::keymap::Keymap;
use crate::ui::keymap::history;
use crate::ui::keymap::train::Action;
use crate::ui::keys::Hint;
use crate::ui::live::Stage;
use crate::ui::save_dialog::{self, Kind, WriteBox};
use crate::ui::screens::{Screen, confusion};
use crate::ui::shared::Shared;
use crate::ui::task::Task;
use console::Console;
use crossterm::event::KeyEvent;
use std::path::Path;

/// Which charts are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Panes {
    /// Loss and kNN.
    #[default]
    Pair,
    /// One metric, large.
    One,
    /// Every metric that is recorded.
    All,
}

/// The Train screen.
#[derive(Debug, Default)]
pub struct Train {
    chart_view: ChartView,
    write: WriteBox,
    panes: Panes,
    /// The metric of the large chart, counted through those that the run has.
    metric: isize,
    console: Console,
    /// The run that it asks whether to stop.
    asks_to_stop: Option<String>,
    /// Whether what is trained on is shown, in place of the console.
    pictures: bool,
}

impl Train {
    /// The metrics that a run has recorded, loss and kNN first.
    fn metrics(run: &Run) -> Vec<&'static str> {
        let keys = METRICS.iter().map(|m| m.key);
        keys.filter(|key| !run.series.curve(key).is_empty())
            .collect()
    }

    /// The metric that is written to a file: that of the large chart, else the loss.
    fn written(&self, run: &Run) -> &'static str {
        if self.panes == Panes::One {
            self.large(run)
        } else {
            "loss"
        }
    }

    /// The metric of the large chart.
    fn large(&self, run: &Run) -> &'static str {
        let metrics = Self::metrics(run);
        let count = metrics.len().max(1) as isize;
        let at = self.metric.rem_euclid(count) as usize;
        metrics.get(at).copied().unwrap_or("loss")
    }

    fn act(&mut self, act: Action, shared: &Shared) -> Vec<Intent> {
        match act {
            Action::Pause | Action::Stop | Action::Checkpoint => self.control(act, shared),
            Action::Resume => resume(shared),
            Action::Other(rows) => other(rows, shared),
            Action::Follow => vec![Intent::Show(None)],
            Action::Panes => {
                self.panes = match self.panes {
                    Panes::Pair => Panes::One,
                    Panes::One => Panes::All,
                    Panes::All => Panes::Pair,
                };
                Vec::new()
            }
            Action::Metric(by) => {
                self.panes = Panes::One;
                self.metric += by;
                Vec::new()
            }
            Action::Scroll(lines) => {
                self.console.scroll(lines);
                Vec::new()
            }
            Action::Search => match self.console.search(shared.shown()) {
                Ok(()) => {
                    self.pictures = false;
                    Vec::new()
                }
                Err(why) => vec![Intent::Refuse(why.to_owned())],
            },
            Action::Fork | Action::Evaluate | Action::Confusion => {
                let intent = |run: &Run| match act {
                    Action::Fork => Intent::Fork(run.id.clone()),
                    Action::Evaluate => Intent::Begin(Task::evaluate(run)),
                    _ => confusion::of(run, shared, shared.keys.train.key(Action::Evaluate)),
                };
                shared.shown().map(intent).into_iter().collect()
            }
            Action::Export => {
                if let Some(run) = shared.shown() {
                    let name = save_dialog::encoder(run);
                    self.write.open(Kind::Network, &name);
                }
                Vec::new()
            }
            Action::Mark => mark(shared),
            Action::Pictures if !shared.pictures.possible() => {
                vec![Intent::Refuse(shared.theme.no_pictures())]
            }
            Action::Pictures => {
                self.pictures = !self.pictures;
                Vec::new()
            }
            Action::Smaller => smaller(shared).into_iter().collect(),
            Action::Write => {
                if let Some(run) = shared.shown() {
                    let key = self.written(run);
                    self.write.open(Kind::Chart, &format!("{key}.svg"));
                }
                Vec::new()
            }
        }
    }

    fn control(&mut self, act: Action, shared: &Shared) -> Vec<Intent> {
        if act == Action::Stop && is_prepared(shared) {
            return vec![Intent::CallOff];
        }
        let run = match controllable(shared) {
            Ok(run) => run,
            Err(why) => return vec![Intent::Refuse(why.to_owned())],
        };
        let request = match act {
            Action::Pause => shared.pause_or_continue(run),
            Action::Checkpoint => Request::Checkpoint,
            _ => {
                self.asks_to_stop = Some(run.id.clone());
                return Vec::new();
            }
        };
        vec![Intent::Control(run.id.clone(), request)]
    }

    /// Asks whether to stop the run.
    pub fn ask_to_stop(&mut self, shared: &Shared) {
        self.asks_to_stop = controllable(shared).ok().map(|run| run.id.clone());
    }

    /// Asks no more about a run that can't be stopped now; says why, and which.
    pub fn settle(&mut self, shared: &Shared) -> Option<String> {
        if self.to_stop(shared).is_some() {
            return None;
        }
        let id = self.asks_to_stop.take()?;
        let run = shared.run(&id)?;
        Some(match shared.control_refusal(run) {
            Some(why) if run.status.is_live() => format!("{}: {why}", run.title()),
            _ => format!("{} has ended", run.title()),
        })
    }

    /// The run that it asks whether to stop, as long as it can be stopped.
    fn to_stop<'a>(&self, shared: &'a Shared) -> Option<&'a Run> {
        let run = shared.run(self.asks_to_stop.as_deref()?)?;
        shared.control_refusal(run).is_none().then_some(run)
    }
}

/// Whether a run is being prepared in place of what could be shown.
fn is_prepared(shared: &Shared) -> bool {
    shared.shown().is_none() && matches!(shared.live.stage, Stage::Preparing(_))
}

/// The run on screen, if its trainer can be asked for something; else why not.
fn controllable(shared: &Shared) -> Result<&Run, &'static str> {
    match shared.shown() {
        Some(run) => shared.control_refusal(run).map_or(Ok(run), Err),
        None if shared.live.stage == Stage::Stopping => Err("it is stopping already"),
        None if shared.live.is_busy() => Err("it is being prepared; wait a moment"),
        None => Err("this run isn't training"),
    }
}

fn other(rows: isize, shared: &Shared) -> Vec<Intent> {
    let show = |run: &Run| Intent::Show(Some(run.id.clone()));
    shared.beside_shown(rows).map(show).into_iter().collect()
}

/// The experiment of a run that ran out of memory, with the chunk, or else the batch, that should fit.
fn smaller(shared: &Shared) -> Option<Intent> {
    let run = shared.shown()?;
    let end = run.series.end.as_ref()?;
    let mut experiment = run.experiment.clone()?;
    match end.chunk {
        Some(chunk) => experiment.train.chunk = usize::try_from(chunk).ok()?,
        None => experiment.train.batch = usize::try_from(end.fits?).ok()?,
    }
    Some(Intent::Train(Box::new(experiment.into())))
}

/// Going on with the run on screen, or why that can't be.
fn resume(shared: &Shared) -> Vec<Intent> {
    let Some(run) = shared.shown() else {
        return Vec::new();
    };
    let rerun = shared.keys.history.key(history::Action::Rerun);
    vec![shared.resume(run, &format!("{rerun} on History"))]
}

fn mark(shared: &Shared) -> Vec<Intent> {
    let Some(run) = shared.shown() else {
        return Vec::new();
    };
    let was = shared.marked.contains(&run.id);
    let word = if was {
        "unmarked"
    } else {
        "marked for comparison"
    };
    let text = format!("{} {word}", run.title());
    vec![Intent::Mark(run.id.clone()), Intent::Say(text)]
}

impl Screen for Train {
    fn hints(&self, shared: &Shared) -> Vec<Hint> {
        let keys = &shared.keys;
        if self.to_stop(shared).is_some() {
            return keys.train_stop.hints();
        }
        if self.write.is_open() {
            return keys.write.hints();
        }
        if self.console.is_typing() {
            return keys.console_search.hints();
        }
        let can = controllable(shared);
        let shown = shared.shown().is_some();
        let resumes = shared
            .shown()
            .is_some_and(|run| shared.resume_refusal(run, "").is_none());
        let works = |act: &Action| match act {
            Action::Stop => can.is_ok() || is_prepared(shared),
            Action::Pause | Action::Checkpoint => can.is_ok(),
            Action::Follow => shared.chosen.is_some(),
            Action::Resume => resumes,
            Action::Smaller => smaller(shared).is_some(),
            Action::Other(_) => shown && shared.listing.runs.len() > 1,
            Action::Metric(_) => shown && self.panes == Panes::One && !self.console.is_searched(),
            _ => shown,
        };
        let mut hints = keys.train.hints_that(works);
        if shown {
            hints.extend(self.chart_view.hints(&keys.charts));
        }
        if can.is_ok_and(|run| shared.is_paused(run))
            && let Some(pause) = hints.first_mut().filter(|h| h.name == "pause")
        {
            pause.name = "continue";
        }
        let in_chunks = shared
            .shown()
            .and_then(|run| run.series.end.as_ref()?.chunk);
        if in_chunks.is_some()
            && let Some(smaller) = hints.iter_mut().find(|h| h.name == "smaller batch")
        {
            smaller.name = "in chunks";
        }
        if !shown {
            hints.extend(keys.train_empty.hints());
        } else if self.console.is_searched() {
            hints.splice(0..0, keys.console.hints());
        }
        hints
    }

    fn help(&self, keys: &Keymap) -> Vec<Hint> {
        [
            keys.train.hints(),
            keys.console.hints(),
            keys.charts.hints(),
        ]
        .concat()
    }

    fn update(&mut self, key: &KeyEvent, shared: &Shared) -> Option<Vec<Intent>> {
        let keys = &shared.keys;
        // A key that was meant for the question does nothing else where the run has just ended.
        if let Some(why) = self.settle(shared) {
            return Some(vec![Intent::Refuse(why)]);
        }
        if let Some(id) = &self.asks_to_stop {
            let stop = Intent::Control(id.clone(), Request::Stop);
            let answer = keys.train_stop.action(key);
            if answer.is_some() {
                self.asks_to_stop = None;
            }
            return Some(Vec::from_iter((answer == Some(true)).then_some(stop)));
        }
        if shared.shown().is_none()
            && let Some(screen) = keys.train_empty.action(key)
        {
            return Some(vec![Intent::Go(screen)]);
        }
        if self.write.is_open() {
            let (Some(run), chart_view) = (shared.shown(), self.chart_view.clone()) else {
                return Some(Vec::new());
            };
            let of = self.written(run);
            let kind = self.write.kind();
            let then = |path: &Path| {
                if kind == Some(Kind::Network) {
                    return save_dialog::export(run, path);
                }
                let file = curves::plot(&[run], of, &chart_view).file(path);
                save_dialog::write(path, &file.map_err(|e| e.to_string())?)
            };
            return Some(self.write.key(key, &keys.write, then));
        }
        if self.console.is_typing() {
            self.console.type_key(key, &keys.console_search);
            return Some(Vec::new());
        }
        if self.console.is_searched()
            && let (Some(action), Some(run)) = (keys.console.action(key), shared.shown())
        {
            self.console.find(action, run);
            return Some(Vec::new());
        }
        if let (Some(action), Some(run)) = (keys.charts.action(key), shared.shown()) {
            let (key, axis) = (self.written(run), self.chart_view.axis);
            let samples = || curves::places(&[run], key, axis);
            self.chart_view
                .apply(action, self.chart_view.whole(&[run]), samples);
            return Some(Vec::new());
        }
        let act = keys.train.action(key)?;
        Some(self.act(act, shared))
    }

    fn click(&mut self, _row: usize, _shared: &Shared) -> Vec<Intent> {
        Vec::new()
    }

    fn wheel(&mut self, turns: isize, _shared: &Shared) {
        self.console.scroll(-turns);
    }

    fn reads(&self, shared: &Shared) -> Vec<String> {
        shared
            .shown()
            .map(|run| run.id.clone())
            .into_iter()
            .collect()
    }

    fn aim(&mut self, at: f64) {
        self.chart_view.cross = Some(at);
    }

    fn zoom(&mut self, at: f64, closer: bool, shared: &Shared) {
        if let Some(run) = shared.shown() {
            let whole = self.chart_view.whole(&[run]);
            self.chart_view
                .zoom(at, if closer { 0.8 } else { 1.25 }, whole);
        }
    }

    fn pan(&mut self, share: f64, shared: &Shared) {
        if let Some(run) = shared.shown() {
            self.chart_view.pan(share, self.chart_view.whole(&[run]));
        }
    }

    fn paste(&mut self, text: &str) {
        self.write.paste(text);
        self.console.paste(text);
    }

    fn is_typing(&self) -> bool {
        self.asks_to_stop.is_some() || self.write.is_open() || self.console.is_typing()
    }
}
