//! The Compare screen: marked runs beside each other, what differs first.

mod table;
mod view;

use crate::engine::report::METRICS;
use crate::ui::curves;
use crate::ui::keys::{self, Binding, Hint, Key, Table, action, hints, hints_that};
use crate::ui::lens::{self, Lens};
use crate::ui::screens::{Canvas, Intent, Screen, ScreenId};
use crate::ui::shared::Shared;
use crate::ui::write::{self, WriteBox};
use crossterm::event::{KeyCode as Code, KeyEvent};
use std::cell::Cell;

/// What the keys do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Scroll the table by rows.
    Rows(isize),
    /// Scroll the table by runs.
    Columns(isize),
    /// Another metric in the chart.
    Metric,
    /// Unmark all.
    Unmark,
    /// To the history, to mark runs.
    History,
    /// Write the chart to a file.
    Write,
}

/// The keys of the screen.
pub const KEYS: Table<Act> = Table::of("compare", ROWS);

const ROWS: &[Binding<Act>] = &[
    Binding::new(
        &[Key::char('m')],
        Act::Metric,
        1,
        "m",
        "metric",
        "Another metric in the chart",
    ),
    Binding::new(
        &[Key::plain(Code::Enter), Key::plain(Code::Esc)],
        Act::History,
        2,
        "⏎",
        "mark runs",
        "To the history, to mark or unmark runs",
    ),
    Binding::new(
        &[Key::char('w')],
        Act::Write,
        3,
        "w",
        "write",
        "Write the chart to a file: .svg, .png or .csv",
    ),
    Binding::new(
        &[Key::char('U')],
        Act::Unmark,
        3,
        "U",
        "unmark all",
        "Unmark all runs",
    ),
    Binding::new(
        &[Key::plain(Code::Down), Key::char('j')],
        Act::Rows(1),
        4,
        "↑↓",
        "rows",
        "Further rows (also j)",
    ),
    Binding::new(
        &[Key::plain(Code::Up), Key::char('k')],
        Act::Rows(-1),
        0,
        "↑",
        "rows before",
        "Rows before (also k)",
    ),
    Binding::new(
        &[Key::plain(Code::Right), Key::char('l')],
        Act::Columns(1),
        4,
        "←→",
        "runs",
        "Further runs (also l)",
    ),
    Binding::new(
        &[Key::plain(Code::Left), Key::char('h')],
        Act::Columns(-1),
        0,
        "←",
        "runs before",
        "Runs before (also h)",
    ),
];

/// The Compare screen.
#[derive(Debug, Default)]
pub struct Compare {
    /// The metric in the chart, counted through those that the runs have; kNN is first.
    metric: usize,
    lens: Lens,
    write: WriteBox,
    top: Cell<usize>,
    left: Cell<usize>,
}

impl Compare {
    /// The metrics that any marked run has, kNN and loss first.
    fn metrics(shared: &Shared) -> Vec<&'static str> {
        let runs = shared.marked_runs();
        let has = |key: &str| runs.iter().any(|r| !r.series.curve(key).is_empty());
        let others = METRICS
            .iter()
            .map(|m| m.key)
            .filter(|k| !matches!(*k, "knn" | "loss"));
        let keys = ["knn", "loss"].into_iter().chain(others);
        keys.filter(|key| has(key)).collect()
    }

    fn metric(&self, shared: &Shared) -> &'static str {
        let metrics = Self::metrics(shared);
        let at = self.metric % metrics.len().max(1);
        metrics.get(at).copied().unwrap_or("knn")
    }
}

impl Screen for Compare {
    fn hints(&self, shared: &Shared) -> Vec<Hint> {
        if self.write.is_open() {
            return hints(write::KEYS);
        }
        let enough = shared.marked.len() >= 2;
        let works = |act: &Act| enough || *act == Act::History;
        let mut hints = hints_that(KEYS, works);
        if enough {
            hints.extend(keys::hints(lens::KEYS));
        }
        hints
    }

    fn help(&self) -> Vec<Hint> {
        [hints(KEYS), hints(lens::KEYS)].concat()
    }

    fn update(&mut self, key: &KeyEvent, shared: &Shared) -> Option<Vec<Intent>> {
        if self.write.is_open() {
            let (key_of, lens) = (self.metric(shared), self.lens.clone());
            let plot = || curves::plot(&shared.marked_runs(), key_of, &lens);
            return Some(self.write.key(key, plot));
        }
        if let Some(look) = action(lens::KEYS, key) {
            self.lens.look(look, self.lens.whole(&shared.marked_runs()));
            return Some(Vec::new());
        }
        match action(KEYS, key)? {
            Act::Rows(rows) => self.top.set(self.top.get().saturating_add_signed(rows)),
            Act::Columns(runs) => self.left.set(self.left.get().saturating_add_signed(runs)),
            Act::Metric => self.metric = self.metric.wrapping_add(1),
            Act::Unmark => return Some(vec![Intent::Unmark]),
            Act::History => return Some(vec![Intent::Go(ScreenId::History)]),
            Act::Write if shared.marked.len() >= 2 => {
                self.write
                    .open(&format!("compare-{}.svg", self.metric(shared)));
            }
            Act::Write => {}
        }
        Some(Vec::new())
    }

    fn click(&mut self, _row: usize, _shared: &Shared) -> Vec<Intent> {
        Vec::new()
    }

    fn wheel(&mut self, turns: isize, _shared: &Shared) {
        self.top.set(self.top.get().saturating_add_signed(turns));
    }

    fn is_typing(&self) -> bool {
        self.write.is_open()
    }

    fn paste(&mut self, text: &str) {
        self.write.paste(text);
    }

    fn reads(&self, shared: &Shared) -> Vec<String> {
        shared.marked.clone()
    }

    fn aim(&mut self, at: f64) {
        self.lens.cross = Some(at);
    }

    fn zoom(&mut self, at: f64, closer: bool, shared: &Shared) {
        let whole = self.lens.whole(&shared.marked_runs());
        self.lens.zoom(at, if closer { 0.8 } else { 1.25 }, whole);
    }

    fn view(&self, canvas: &mut Canvas, shared: &Shared) {
        view::draw(self, canvas, shared);
        self.write.view(canvas, &shared.theme);
    }
}
