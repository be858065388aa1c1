//! The History screen: every run, newest first, those that live among them.

mod cells;
mod column_picker;
mod detail;
mod filter_line;
mod layout;
mod note_editor;
mod of_runs;
mod rows;
mod view;

use crate::disk::path;
use crate::runs::{EXPERIMENT, Run, trash};
use crate::ui::clipboard;
use crate::ui::intent::Intent;
use crate::ui::keymap::Keymap;
use crate::ui::keymap::history::Action;
use crate::ui::keys::{Hint, Table};
use crate::ui::save_dialog::{self, Kind, WriteBox};
use crate::ui::saved_state::HistoryColumns;
use crate::ui::screens::Screen;
use crate::ui::shared::Shared;
use crate::ui::widgets::table::Scroll;
use column_picker::ColumnPicker;
use crossterm::event::{KeyCode, KeyEvent};
use filter_line::FilterLine;
use layout::Layout;
use note_editor::NoteEditor;
use of_runs::{compare, control, mark, of_run, put_away};
use rows::Row;
use std::cell::Cell;
use std::collections::HashSet;

/// The History screen.
#[derive(Debug, Default)]
pub struct History {
    /// The row under the cursor, by its key, so that a new run above does not move it.
    cursor: Option<String>,
    /// Its row when it was last looked for.
    place: Cell<usize>,
    /// Its columns and their order.
    layout: Layout,
    /// The box in which columns are chosen.
    choosing: Option<ColumnPicker>,
    filter: FilterLine,
    editing: Option<NoteEditor>,
    write: WriteBox,
    /// What was copied, shown until the next key so that it can be selected by hand.
    copied: Option<String>,
    /// Whether runs that were put away are among the rows.
    archived: bool,
    /// Whether runs that differ in the seed alone are one row.
    folded: bool,
    /// The sweeps whose runs are among the rows.
    open: HashSet<String>,
    scroll: Scroll,
}

impl History {
    /// The rows of the runs that pass the filter, in order. A sweep with the cursor on one of its runs is open.
    fn visible<'a>(&self, shared: &'a Shared) -> Vec<Row<'a>> {
        let now = shared.clock.now();
        let runs = shared.listing.runs.iter();
        let runs = runs.filter(|run| self.filter.shows(run, self.archived, now));
        let mut runs: Vec<&Run> = runs.collect();
        self.layout.sort(&mut runs, now);
        let cursor = self.cursor.as_deref();
        let within = |runs: &[&Run]| runs.iter().any(|run| Some(run.id.as_str()) == cursor);
        let open = |sweep: &str, runs: &[&Run]| self.open.contains(sweep) || within(runs);
        rows::rows(runs, open, self.folded, shared)
    }

    /// The runs that an action on a row is for: its own, or all that are marked where it is one of them.
    fn meant<'a>(row: &Row<'a>, shared: &'a Shared) -> Vec<&'a Run> {
        let marked = shared.marked_runs();
        let is_marked = |run: &&Run| marked.iter().any(|one| one.id == run.id);
        if row.runs.iter().all(is_marked) {
            marked
        } else {
            row.runs.clone()
        }
    }

    /// The row of the cursor; where its run is gone, the one that took its place.
    fn row(&self, rows: &[Row]) -> usize {
        let cursor = self.cursor.as_deref();
        let row = rows.iter().position(|r| Some(&*r.key()) == cursor);
        let row = row.unwrap_or_else(|| self.place.get().min(rows.len().saturating_sub(1)));
        self.place.set(row);
        row
    }

    /// Opens a sweep, or folds it again.
    fn turn(&mut self, row: &Row) {
        if let Some(sweep) = row.sweep.clone().filter(|sweep| !self.open.remove(sweep)) {
            self.open.insert(sweep);
        }
        self.cursor = Some(row.key().into_owned());
    }

    /// Has the columns and the order that were remembered.
    pub fn arrange(&mut self, remembered: &HistoryColumns) {
        self.layout = Layout::of(remembered);
    }

    /// Whether a run is among the rows.
    #[must_use]
    pub fn sees(&self, id: &str, shared: &Shared) -> bool {
        let rows = self.visible(shared);
        rows.iter()
            .any(|row| row.runs.iter().any(|run| run.id == id))
    }

    /// Puts the cursor on a run.
    pub fn select(&mut self, id: String) {
        self.cursor = Some(id);
    }

    fn go(&mut self, row: usize, rows: &[Row]) {
        let row = row.min(rows.len().saturating_sub(1));
        self.cursor = rows.get(row).map(|r| r.key().into_owned());
    }

    fn act(&mut self, act: Action, shared: &Shared) -> Vec<Intent> {
        let rows = self.visible(shared);
        let at = self.row(&rows);
        match act {
            Action::Move(by) => self.go(at.saturating_add_signed(by), &rows),
            Action::First => self.go(0, &rows),
            Action::Last => self.go(usize::MAX, &rows),
            Action::Filter => self.filter.open(),
            Action::Sort | Action::Reverse => {
                if act == Action::Sort {
                    self.layout.sort_by_next();
                } else {
                    self.layout.reversed = !self.layout.reversed;
                }
                return vec![Intent::Remember(self.layout.words())];
            }
            Action::Columns => self.choosing = Some(ColumnPicker::default()),
            Action::Clear => self.filter.clear(),
            Action::Unmark => return vec![Intent::Unmark],
            Action::Compare => return compare(shared),
            Action::Archived => self.archived = !self.archived,
            Action::Fold => self.folded = !self.folded,
            Action::Undo => return vec![Intent::Undelete],
            _ => {
                return rows
                    .get(at)
                    .map_or_else(Vec::new, |row| self.act_on(act, row, shared));
            }
        }
        Vec::new()
    }

    /// Does something to the runs of a row: what works on one run only is not for a sweep.
    fn act_on(&mut self, act: Action, row: &Row, shared: &Shared) -> Vec<Intent> {
        match (act, row.run()) {
            (Action::Mark, _) => return mark(&row.runs, shared),
            (Action::Archive | Action::Delete, _) => {
                return vec![put_away(act, &Self::meant(row, shared), shared)];
            }
            (Action::Tags | Action::Note, _) => {
                return self.write_on(act, &Self::meant(row, shared));
            }
            (Action::Open, None) => self.turn(row),
            (_, None) => {
                let open = shared.keys.history.key(Action::Open);
                let why = format!("this is a sweep; {open} opens it, and then choose a run");
                return vec![Intent::Refuse(why)];
            }
            (Action::Name, Some(run)) => return self.write_on(act, &[run]),
            (Action::Export, Some(run)) => {
                self.write.open(Kind::Network, &save_dialog::encoder(run));
            }
            (Action::CopyCommand | Action::CopyPath, Some(run)) => {
                return vec![self.copy(act, run)];
            }
            (Action::Pause | Action::Checkpoint | Action::Stop, Some(run)) => {
                return vec![control(act, run, shared)];
            }
            (_, Some(run)) => return of_run(act, run, shared),
        }
        Vec::new()
    }

    fn write_on(&mut self, act: Action, runs: &[&Run]) -> Vec<Intent> {
        match NoteEditor::new(act, runs) {
            Ok(editing) => self.editing = Some(editing),
            Err(why) => return vec![Intent::Refuse(why)],
        }
        Vec::new()
    }

    /// Copies where the run is, or the command line that trains its experiment.
    fn copy(&mut self, act: Action, run: &Run) -> Intent {
        let dir = path::whole(&run.dir);
        let text = if act == Action::CopyPath {
            dir.to_string_lossy().into_owned()
        } else if run.experiment.is_none() {
            return Intent::Refuse("its experiment can't be read".to_owned());
        } else {
            clipboard::training(&dir.join(EXPERIMENT))
        };
        self.copied = Some(text.clone());
        Intent::Copy(text)
    }

    fn edit(&mut self, key: &KeyEvent, keys: &Table<bool>) -> Vec<Intent> {
        match keys.action(key) {
            Some(true) => {
                let edited = self.editing.take();
                edited.and_then(NoteEditor::keep).into_iter().collect()
            }
            Some(false) => {
                self.editing = None;
                Vec::new()
            }
            None => {
                if let Some(editing) = &mut self.editing {
                    editing.prompt.key(key);
                }
                Vec::new()
            }
        }
    }
}

/// Whether a key works on one run only, and not on a sweep.
const fn of_one(act: Action) -> bool {
    matches!(
        act,
        Action::Fork
            | Action::Rerun
            | Action::Evaluate
            | Action::Confusion
            | Action::Export
            | Action::Name
            | Action::CopyCommand
            | Action::CopyPath
    )
}

impl Screen for History {
    fn hints(&self, shared: &Shared) -> Vec<Hint> {
        let keys = &shared.keys;
        if self.filter.typing.is_some() {
            let tab = Hint::new("tab", 2, "complete", "Complete a name or a value");
            return [keys.history_filter.hints(), vec![tab]].concat();
        }
        if self.editing.is_some() {
            return keys.history_words.hints();
        }
        if self.choosing.is_some() {
            return keys.history_columns.hints();
        }
        if self.write.is_open() {
            return keys.write.hints();
        }
        if shared.listing.runs.is_empty() {
            let thrown = trash::list(&shared.listing.dir).is_ok_and(|all| !all.is_empty());
            return keys
                .history
                .hints_that(|act| thrown && *act == Action::Undo);
        }
        let rows = self.visible(shared);
        let run = rows.get(self.row(&rows)).and_then(Row::run);
        let works = |act: &Action| match act {
            Action::Compare => shared.marked.len() >= 2,
            Action::Clear => !self.filter.text().is_empty(),
            Action::Resume => run.is_some_and(|run| shared.resume_refusal(run, "").is_none()),
            Action::Pause | Action::Checkpoint | Action::Stop => {
                run.is_some_and(|run| shared.control_refusal(run).is_none())
            }
            act => run.is_some() || !of_one(*act),
        };
        keys.history.hints_that(works)
    }

    fn help(&self, keys: &Keymap) -> Vec<Hint> {
        keys.history.hints()
    }

    fn update(&mut self, key: &KeyEvent, shared: &Shared) -> Option<Vec<Intent>> {
        if self.copied.take().is_some() && key.code == KeyCode::Esc {
            return Some(Vec::new());
        }
        if self.filter.typing.is_some() {
            return Some(self.filter.key(key, &shared.keys.history_filter));
        }
        if self.editing.is_some() {
            return Some(self.edit(key, &shared.keys.history_words));
        }
        if self.write.is_open() {
            let mut write = std::mem::take(&mut self.write);
            let rows = self.visible(shared);
            let run = rows.get(self.row(&rows)).and_then(Row::run);
            let run = run.ok_or("there is no run here");
            let intents = write.key(key, &shared.keys.write, |path| {
                save_dialog::export(run?, path)
            });
            self.write = write;
            return Some(intents);
        }
        if let Some(choosing) = &mut self.choosing {
            let open = choosing.update(key, &shared.keys.history_columns, &mut self.layout);
            if !open {
                self.choosing = None;
            }
            return Some(vec![Intent::Remember(self.layout.words())]);
        }
        let act = shared.keys.history.action(key)?;
        Some(self.act(act, shared))
    }

    fn click_heading(&mut self, column: usize) -> Vec<Intent> {
        let column = self.layout.columns.get(column).copied();
        match column.filter(|c| c.sorts() && self.editing.is_none()) {
            Some(column) => {
                self.layout.sort_by(column);
                vec![Intent::Remember(self.layout.words())]
            }
            None => Vec::new(),
        }
    }

    fn click(&mut self, row: usize, shared: &Shared) -> Vec<Intent> {
        if let Some(choosing) = &mut self.choosing {
            choosing.click(row, &mut self.layout);
            return vec![Intent::Remember(self.layout.words())];
        }
        if self.editing.is_some() {
            return Vec::new();
        }
        let rows = self.visible(shared);
        if self.row(&rows) == row && self.cursor.is_some() {
            return self.act(Action::Open, shared);
        }
        self.go(row, &rows);
        Vec::new()
    }

    fn wheel(&mut self, turns: isize, shared: &Shared) {
        if self.editing.is_some() {
            return;
        }
        if let Some(choosing) = &mut self.choosing {
            return choosing.go(turns, &self.layout);
        }
        self.act(Action::Move(turns), shared);
    }

    fn paste(&mut self, text: &str) {
        if self.write.is_open() {
            self.write.paste(text);
        } else if let Some(editing) = &mut self.editing {
            editing.prompt.paste(text);
        } else if let Some(choosing) = &mut self.choosing {
            choosing.paste(text);
        } else {
            self.filter.paste(text);
        }
    }

    fn is_typing(&self) -> bool {
        self.filter.typing.is_some()
            || self.editing.is_some()
            || self.choosing.is_some()
            || self.write.is_open()
    }

    fn reads(&self, shared: &Shared) -> Vec<String> {
        let rows = self.visible(shared);
        let run = rows.get(self.row(&rows)).and_then(Row::run);
        run.map(|run| run.id.clone()).into_iter().collect()
    }
}
