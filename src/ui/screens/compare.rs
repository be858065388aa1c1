//! The Compare screen: marked runs beside each other, what differs first.

mod charts;
mod grid;
mod groups;
mod results;
mod row;
mod sample_views;
mod table;
mod view;

use crate::engine::metric::METRICS;
use crate::export::comparison;
use crate::runs::Run;
use crate::ui::chart_view::ChartView;
use crate::ui::curves;
use crate::ui::intent::Intent;
use crate::ui::keymap::Keymap;
use crate::ui::keymap::charts::ChartAction;
use crate::ui::keymap::compare::Action;
use crate::ui::keys::Hint;
use crate::ui::prompt;
use crate::ui::save_dialog::{self, Kind, WriteBox};
use crate::ui::screen_id::ScreenId;
use crate::ui::screens::Screen;
use crate::ui::shared::Shared;
use crossterm::event::KeyEvent;
use grid::{Ask, Grid};
use std::cell::{Cell, RefCell};
use std::path::Path;

/// The Compare screen.
#[derive(Debug, Default)]
pub struct Compare {
    /// The metric in the chart, counted through those that the runs have; kNN is first.
    metric: usize,
    /// The run that differences are counted from, if not the first.
    baseline: Option<String>,
    views: Views,
    grid: Grid,
    chart_view: ChartView,
    write: WriteBox,
    top: Cell<usize>,
    /// Whose values were drawn last.
    seen: RefCell<Vec<String>>,
    left: Cell<usize>,
}

impl Compare {
    /// The metrics that any marked run has and that are looked for, kNN and loss first.
    fn metrics(&self, shared: &Shared) -> Vec<&'static str> {
        let runs = shared.marked_runs();
        let has = |key: &str| runs.iter().any(|r| !r.series.curve(key).is_empty());
        let others = METRICS
            .iter()
            .map(|m| m.key)
            .filter(|k| !matches!(*k, "knn" | "loss"));
        let keys = ["knn", "loss"].into_iter().chain(others);
        keys.filter(|key| has(key) && self.grid.has(key)).collect()
    }

    fn metric(&self, shared: &Shared) -> &'static str {
        let metrics = self.metrics(shared);
        let at = self.metric % metrics.len().max(1);
        metrics.get(at).copied().unwrap_or("knn")
    }
}

/// The pane of views.
#[derive(Clone, Copy, Debug, Default)]
struct Views {
    /// Whether it stands in place of the chart.
    shown: bool,
    roll: u64,
    image: usize,
}

impl Compare {
    /// The place of the run that differences are counted from, among those that are marked.
    fn baseline(&self, runs: &[&Run]) -> usize {
        let at = runs
            .iter()
            .position(|run| Some(&run.id) == self.baseline.as_ref());
        at.unwrap_or(0)
    }

    fn act(&mut self, act: Action, shared: &Shared) -> Vec<Intent> {
        let runs = shared.marked_runs();
        let enough = runs.len() >= 2;
        match act {
            Action::Rows(rows) => self.top.set(self.top.get().saturating_add_signed(rows)),
            Action::Columns(runs) => self.left.set(self.left.get().saturating_add_signed(runs)),
            Action::Metric => {
                self.metric = self.metric.wrapping_add(1);
                (self.views.shown, self.grid.shown) = (false, false);
            }
            Action::Grid if enough => self.grid.shown = !self.grid.shown,
            Action::Search if enough => self.grid.ask(Ask::Metrics),
            Action::Group if enough => self.grid.ask(Ask::Group),
            Action::Unmark => return vec![Intent::Unmark],
            Action::History => return vec![Intent::Go(ScreenId::History)],
            Action::Baseline if enough => {
                let next = (self.baseline(&runs) + 1) % runs.len();
                self.baseline = Some(runs[next].id.clone());
            }
            Action::Views if !shared.pictures.possible() => {
                return vec![Intent::Refuse(shared.theme.no_pictures())];
            }
            Action::Views if enough => {
                self.views.shown = !self.views.shown;
                self.grid.shown = false;
            }
            Action::Reroll => self.views.roll = self.views.roll.wrapping_add(1),
            Action::Image => self.views.image = self.views.image.wrapping_add(1),
            Action::Write if enough => {
                let name = format!("compare-{}.svg", self.metric(shared));
                self.write.open(Kind::Chart, &name);
            }
            Action::Table if enough => {
                self.write.open(Kind::Table, "compare.md");
            }
            Action::Write
            | Action::Table
            | Action::Baseline
            | Action::Views
            | Action::Grid
            | Action::Search
            | Action::Group => {
                let key = shared.keys.compare.key(Action::History);
                let why = format!(
                    "nothing is compared yet; {key} goes to the history, to mark two runs or more"
                );
                return vec![Intent::Refuse(why)];
            }
        }
        Vec::new()
    }

    /// What is written to a file of this name.
    fn file(&self, kind: Option<Kind>, path: &Path, shared: &Shared) -> Result<Vec<u8>, String> {
        let runs = shared.marked_runs();
        if kind == Some(Kind::Chart) {
            let plot = curves::plot(&runs, self.metric(shared), &self.chart_view);
            return plot.file(path).map_err(|e| e.to_string());
        }
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        let now = shared.clock.now();
        match ending.to_str() {
            Some("csv") => Ok(comparison::csv(&runs, now).into_bytes()),
            Some("json") => Ok(format!("{}\n", comparison::json(&runs, now)).into_bytes()),
            Some("md") => {
                let differences = comparison::differences(&runs);
                let baseline = self.baseline(&runs);
                let rows = table::rows(&runs, &differences, baseline, shared);
                Ok(table::markdown(&runs, &rows).into_bytes())
            }
            _ => Err(format!(
                "{}: tables end with .md, .csv or .json",
                path.display()
            )),
        }
    }
}

impl Screen for Compare {
    fn hints(&self, shared: &Shared) -> Vec<Hint> {
        if self.write.is_open() {
            return shared.keys.write.hints();
        }
        if self.grid.is_typing() {
            return prompt::hints(&shared.keys.compare_words);
        }
        let enough = shared.marked.len() >= 2;
        let works = |act: &Action| match act {
            Action::History => !shared.listing.runs.is_empty(),
            Action::Reroll | Action::Image => enough && self.views.shown,
            _ => enough,
        };
        let mut hints = shared.keys.compare.hints_that(works);
        if enough {
            hints.extend(self.chart_view.hints(&shared.keys.charts));
        }
        hints
    }

    fn help(&self, keys: &Keymap) -> Vec<Hint> {
        [keys.compare.hints(), keys.charts.hints()].concat()
    }

    fn update(&mut self, key: &KeyEvent, shared: &Shared) -> Option<Vec<Intent>> {
        if self.write.is_open() {
            let mut write = std::mem::take(&mut self.write);
            let kind = write.kind();
            let intents = write.key(key, &shared.keys.write, |path| {
                save_dialog::write(path, &self.file(kind, path, shared)?)
            });
            self.write = write;
            return Some(intents);
        }
        if self.grid.is_typing() {
            self.grid.key(key, &shared.keys.compare_words);
            return Some(Vec::new());
        }
        if let Some(action) = shared.keys.charts.action(key) {
            if action == ChartAction::NoCross && !self.chart_view.is_close() {
                return Some(self.act(Action::History, shared));
            }
            let runs = shared.marked_runs();
            let (key, axis) = (self.metric(shared), self.chart_view.axis);
            let samples = || curves::places(&runs, key, axis);
            let whole = self.chart_view.whole(&runs);
            self.chart_view.apply(action, whole, samples);
            return Some(Vec::new());
        }
        let act = shared.keys.compare.action(key)?;
        Some(self.act(act, shared))
    }

    fn click(&mut self, _row: usize, _shared: &Shared) -> Vec<Intent> {
        Vec::new()
    }

    fn wheel(&mut self, turns: isize, _shared: &Shared) {
        self.top.set(self.top.get().saturating_add_signed(turns));
    }

    fn is_typing(&self) -> bool {
        self.write.is_open() || self.grid.is_typing()
    }

    fn paste(&mut self, text: &str) {
        self.write.paste(text);
        self.grid.paste(text);
    }

    fn reads(&self, shared: &Shared) -> Vec<String> {
        shared.marked.clone()
    }

    fn aim(&mut self, at: f64) {
        self.chart_view.cross = Some(at);
    }

    fn zoom(&mut self, at: f64, closer: bool, shared: &Shared) {
        let whole = self.chart_view.whole(&shared.marked_runs());
        self.chart_view
            .zoom(at, if closer { 0.8 } else { 1.25 }, whole);
    }

    fn pan(&mut self, share: f64, shared: &Shared) {
        self.chart_view
            .pan(share, self.chart_view.whole(&shared.marked_runs()));
    }
}
