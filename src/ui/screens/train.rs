//! The Train screen: one run's curves as they grow, its numbers, its console.

mod view;

use crate::runs::{Request, Run};
use crate::ui::curves::Axis;
use crate::ui::keys::{Binding, Hint, Key, action, hints, hints_that};
use crate::ui::live::Stage;
use crate::ui::screens::{Canvas, Intent, Screen, ScreenId};
use crate::ui::shared::Shared;
use crossterm::event::{KeyCode as Code, KeyEvent};
use std::cell::Cell;

/// What the keys do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Pause or continue.
    Pause,
    /// Ask whether to stop.
    Stop,
    /// Write a checkpoint.
    Checkpoint,
    /// The run so many rows down the history.
    Other(isize),
    /// Show our own run, or the newest.
    Follow,
    /// Another x axis.
    Axis,
    /// Scroll the console.
    Scroll(isize),
    /// Edit a copy.
    Fork,
    /// Mark for comparison.
    Mark,
}

/// The keys of the screen.
pub const KEYS: &[Binding<Act>] = &[
    Binding::new(
        &[Key::char(' ')],
        Act::Pause,
        1,
        "space",
        "pause",
        "Pause the run, or go on with it",
    ),
    Binding::new(
        &[Key::char('x')],
        Act::Stop,
        1,
        "x",
        "stop",
        "Stop the run after this step, with a checkpoint",
    ),
    Binding::new(
        &[Key::char('c')],
        Act::Checkpoint,
        3,
        "c",
        "checkpoint",
        "Write a checkpoint now",
    ),
    Binding::new(
        &[Key::char('a')],
        Act::Axis,
        4,
        "a",
        "axis",
        "x by epoch, step or time",
    ),
    Binding::new(
        &[Key::char(']'), Key::char('l'), Key::plain(Code::Right)],
        Act::Other(1),
        3,
        "←→",
        "other run",
        "The run below it in the history (also l)",
    ),
    Binding::new(
        &[Key::char('['), Key::char('h'), Key::plain(Code::Left)],
        Act::Other(-1),
        0,
        "←",
        "run above",
        "The run above it in the history (also h)",
    ),
    Binding::new(
        &[Key::char('f')],
        Act::Follow,
        4,
        "f",
        "follow",
        "Back to the run in progress",
    ),
    Binding::new(
        &[Key::char('e')],
        Act::Fork,
        4,
        "e",
        "edit a copy",
        "Edit a copy of this run's experiment",
    ),
    Binding::new(
        &[Key::char('m')],
        Act::Mark,
        5,
        "m",
        "mark",
        "Mark it for comparison",
    ),
    Binding::new(
        &[Key::plain(Code::Down), Key::char('j')],
        Act::Scroll(-1),
        0,
        "↓",
        "console",
        "Later lines of the console (also j)",
    ),
    Binding::new(
        &[Key::plain(Code::Up), Key::char('k')],
        Act::Scroll(1),
        0,
        "↑",
        "console",
        "Earlier lines of the console (also k)",
    ),
];

/// The answers to whether to stop.
pub const STOP_KEYS: &[Binding<bool>] = &[
    Binding::new(
        &[Key::char('x'), Key::char('y'), Key::plain(Code::Enter)],
        true,
        1,
        "x",
        "stop",
        "Stop the run",
    ),
    Binding::new(
        &[Key::plain(Code::Esc), Key::char('n'), Key::char('q')],
        false,
        1,
        "esc",
        "go on",
        "Let it go on",
    ),
];

/// The Train screen.
#[derive(Debug, Default)]
pub struct Train {
    axis: Axis,
    /// Lines by which the console is scrolled back.
    back: Cell<usize>,
    asks_to_stop: bool,
}

impl Train {
    fn act(&mut self, act: Act, shared: &Shared) -> Vec<Intent> {
        match act {
            Act::Pause | Act::Stop | Act::Checkpoint => self.control(act, shared),
            Act::Other(rows) => other(rows, shared),
            Act::Follow => vec![Intent::Show(None)],
            Act::Axis => {
                self.axis = self.axis.next();
                Vec::new()
            }
            Act::Scroll(lines) => {
                self.back.set(self.back.get().saturating_add_signed(lines));
                Vec::new()
            }
            Act::Fork => shared
                .shown()
                .map(|r| Intent::Fork(r.id.clone()))
                .into_iter()
                .collect(),
            Act::Mark => mark(shared),
        }
    }

    fn control(&mut self, act: Act, shared: &Shared) -> Vec<Intent> {
        let run = match listener(shared) {
            Ok(run) => run,
            Err(why) => return vec![Intent::Refuse(why.to_owned())],
        };
        let request = match act {
            Act::Pause => shared.pause_or_continue(run),
            Act::Checkpoint => Request::Checkpoint,
            _ => {
                self.asks_to_stop = true;
                return Vec::new();
            }
        };
        vec![Intent::Control(run.id.clone(), request)]
    }

    /// Asks whether to stop the run.
    pub const fn ask_to_stop(&mut self) {
        self.asks_to_stop = true;
    }
}

/// The run on screen, if its trainer can be asked for something; else why not.
fn listener(shared: &Shared) -> Result<&Run, &'static str> {
    match shared.shown() {
        Some(run) => shared.deaf(run).map_or(Ok(run), Err),
        None if shared.live.stage == Stage::Stopping => Err("it is stopping already"),
        None if shared.live.is_busy() => Err("it is being prepared; wait a moment"),
        None => Err("this run isn't training"),
    }
}

fn other(rows: isize, shared: &Shared) -> Vec<Intent> {
    let runs = &shared.listing.runs;
    let Some(shown) = shared.shown() else {
        return Vec::new();
    };
    let at = runs.iter().position(|r| r.id == shown.id).unwrap_or(0);
    let at = at.saturating_add_signed(rows).min(runs.len() - 1);
    vec![Intent::Show(Some(runs[at].id.clone()))]
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
        if self.asks_to_stop {
            return hints(STOP_KEYS);
        }
        let can = listener(shared);
        let shown = shared.shown().is_some();
        let works = |act: &Act| match act {
            Act::Pause | Act::Stop | Act::Checkpoint => can.is_ok(),
            Act::Follow => shared.chosen.is_some(),
            Act::Other(_) => shown && shared.listing.runs.len() > 1,
            _ => shown,
        };
        let mut hints: Vec<Hint> = hints_that(KEYS, works);
        if can.is_ok_and(|run| shared.is_paused(run))
            && let Some(pause) = hints.first_mut().filter(|h| h.name == "pause")
        {
            pause.name = "continue";
        }
        if !shown {
            hints.extend(crate::ui::keys::hints(GO_KEYS));
        }
        hints
    }

    fn help(&self) -> Vec<Hint> {
        hints(KEYS)
    }

    fn update(&mut self, key: &KeyEvent, shared: &Shared) -> Option<Vec<Intent>> {
        if self.asks_to_stop {
            let answer = action(STOP_KEYS, key);
            self.asks_to_stop = answer.is_none();
            let run = listener(shared).ok().filter(|_| answer == Some(true));
            let stop = run.map(|run| Intent::Control(run.id.clone(), Request::Stop));
            return Some(stop.into_iter().collect());
        }
        if shared.shown().is_none()
            && let Some(intent) = action(GO_KEYS, key)
        {
            return Some(vec![Intent::Go(intent)]);
        }
        let act = action(KEYS, key)?;
        Some(self.act(act, shared))
    }

    fn click(&mut self, _row: usize, _shared: &Shared) -> Vec<Intent> {
        Vec::new()
    }

    fn wheel(&mut self, turns: isize, _shared: &Shared) {
        self.back.set(self.back.get().saturating_add_signed(-turns));
    }

    fn is_typing(&self) -> bool {
        self.asks_to_stop
    }

    fn view(&self, canvas: &mut Canvas, shared: &Shared) {
        view::draw(self, canvas, shared);
    }
}

/// The keys while there is no run to show.
const GO_KEYS: &[Binding<ScreenId>] = &[Binding::new(
    &[Key::plain(Code::Enter)],
    ScreenId::Experiment,
    1,
    "⏎",
    "to the experiment",
    "To the Experiment screen",
)];
