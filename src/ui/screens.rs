//! The screens: a fixed list, each with its state, its key table, `update` and `view`.

pub mod compare;
pub mod experiment;
pub mod help;
pub mod history;
pub mod sweeps;
pub mod train;

use crate::experiment::Experiment;
use crate::runs::Request;
use crate::ui::keys::Hint;
use crate::ui::memory::Remembered;
use crate::ui::pictures::Ask;
use crate::ui::shared::Shared;
use crate::ui::widgets::chart::Chart;
use crossterm::event::KeyEvent;
use experiment::Vary;
use ratatui::Frame;
use ratatui::layout::Rect;
use std::path::PathBuf;

/// Every screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScreenId {
    /// The form of hyperparameters.
    Experiment,
    /// One run's curves as they grow.
    Train,
    /// All runs.
    History,
    /// Marked runs beside each other.
    Compare,
    /// Ablations.
    Sweeps,
}

impl ScreenId {
    /// Every screen in the order of the tabs.
    pub const ALL: [Self; 5] = [
        Self::Experiment,
        Self::Train,
        Self::History,
        Self::Compare,
        Self::Sweeps,
    ];

    /// The word on its tab.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Experiment => "Experiment",
            Self::Train => "Train",
            Self::History => "History",
            Self::Compare => "Compare",
            Self::Sweeps => "Sweeps",
        }
    }

    /// The screen so many tabs further, around the end.
    #[must_use]
    pub fn further(self, tabs: usize) -> Self {
        let at = Self::ALL.iter().position(|s| *s == self).unwrap_or(0);
        Self::ALL[(at + tabs) % Self::ALL.len()]
    }
}

/// What a screen wants done; only the app does it.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Show another screen.
    Go(ScreenId),
    /// Train this experiment.
    Launch(Box<Experiment>),
    /// Train the experiment of the run in this folder again.
    Rerun(Box<Experiment>, PathBuf),
    /// Go on with the run in this folder.
    Resume(PathBuf),
    /// Ask whoever trains this run to do something.
    Control(String, Request),
    /// Show this run and ask whether to stop it.
    AskToStop(String),
    /// Show this run on the Train screen, or follow our own again.
    Show(Option<String>),
    /// Mark the run for comparison, or unmark it.
    Mark(String),
    /// Unmark all.
    Unmark,
    /// Edit a copy of this run's experiment.
    Fork(String),
    /// Edit an experiment that has this name.
    Edit(Box<Experiment>, String),
    /// Put a sweep, by name or path and at a scale, at the end of the queue.
    Enqueue(String, Option<String>),
    /// Put the sweep of some values around this experiment, under this name, into the queue.
    Vary(Box<Experiment>, String, Vary),
    /// Change the queue.
    Queue(OfQueue),
    /// Change what the user says of this run.
    Annotate(String, Words),
    /// Move this run into the trash.
    Delete(String),
    /// Bring back the run that was deleted last.
    Undelete,
    /// Remember the columns of the list of runs and their order.
    Remember(Remembered),
    /// Put a text on the clipboard.
    Copy(String),
    /// Tell the user news.
    Say(String),
    /// Tell the user why something can't be done.
    Refuse(String),
}

/// A change of the queue; items go by their ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfQueue {
    /// Take an item out that nobody trains.
    Remove(String),
    /// Take an item out, after the step where it is being trained.
    CallOff(String),
    /// Move an item so many places down.
    Shift(String, isize),
    /// Have an item that failed wait again.
    Retry(String),
    /// Begin nothing new, or go on.
    Pause,
}

/// What the user says of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// A name in place of the experiment's; empty for none.
    Name(String),
    /// All of its tags.
    Tags(Vec<String>),
    /// A note.
    Note(String),
    /// Whether it is put away.
    Archived(bool),
}

/// What a screen draws on: the frame, and what a click on each part means.
pub struct Canvas<'a, 'b> {
    /// The frame.
    pub frame: &'a mut Frame<'b>,
    /// The screen's part of it.
    pub area: Rect,
    /// Rows that can be clicked, by the number the screen gave them.
    pub rows: Vec<(Rect, usize)>,
    /// Headings of columns that can be clicked, likewise.
    pub headings: Vec<(Rect, usize)>,
    /// Pictures that the screen has room for.
    pub wish: Option<Ask>,
    /// Charts with the stretch of x that each shows.
    pub charts: Vec<(Rect, (f64, f64))>,
}

impl Canvas<'_, '_> {
    /// Draws a chart, and remembers where for the mouse.
    pub fn chart(&mut self, chart: Chart, area: Rect) {
        self.charts.extend(chart.place(area));
        self.frame.render_widget(chart, area);
    }
}

/// One screen.
pub trait Screen {
    /// The keys that work now.
    fn hints(&self, shared: &Shared) -> Vec<Hint>;
    /// Every key of the screen, for the help.
    fn help(&self) -> Vec<Hint>;
    /// Takes a key; `None` when it means nothing here.
    fn update(&mut self, key: &KeyEvent, shared: &Shared) -> Option<Vec<Intent>>;
    /// Takes a click on a row; again on the row under the cursor means enter.
    fn click(&mut self, row: usize, shared: &Shared) -> Vec<Intent>;
    /// Takes a click on the heading of a column.
    fn click_heading(&mut self, _column: usize) -> Vec<Intent> {
        Vec::new()
    }
    /// Takes turns of the wheel, down positive.
    fn wheel(&mut self, turns: isize, shared: &Shared);
    /// Puts the crosshair at a place of x, for screens with charts.
    fn aim(&mut self, _at: f64) {}
    /// Zooms the charts around a place of x, closer or further.
    fn zoom(&mut self, _at: f64, _closer: bool, _shared: &Shared) {}
    /// Moves along zoomed charts by a share of what is seen.
    fn pan(&mut self, _share: f64, _shared: &Shared) {}
    /// Takes pasted text; most screens have no use for it.
    fn paste(&mut self, _text: &str) {}
    /// The runs of which it shows more than an outline.
    fn reads(&self, _shared: &Shared) -> Vec<String> {
        Vec::new()
    }
    /// Whether keys are text at the moment, so that none of them may do anything else.
    fn is_typing(&self) -> bool {
        false
    }
    /// Draws the screen.
    fn view(&self, canvas: &mut Canvas, shared: &Shared);
}
