//! The Experiment screen: a form of every hyperparameter, and what its values mean.

mod differences;
mod draft;
pub mod files;
mod folding;
pub mod form;
mod launch;
pub mod meaning;
mod preset_list;
pub mod recent;
pub mod sections;
mod typing;
mod view;

use crate::disk::path;
use crate::experiment::presets::PRESETS;
use crate::experiment::{Experiment, FileError, load, parse};
use crate::hparam::{Rule, Value};
use crate::ui::intent::Intent;
use crate::ui::keymap::Keymap;
use crate::ui::keymap::experiment::Action;
use crate::ui::keys::Hint;
use crate::ui::prompt::{self, Prompt};
use crate::ui::saved_state::Draft;
use crate::ui::screens::Screen;
use crate::ui::shared::Shared;
use crate::ui::sweep_draft::Vary;
use crate::ui::widgets::table::Scroll;
use crossterm::event::KeyEvent;
use form::place::{Place, Row};
use form::{Form, Origin};
use recent::Recent;
use std::cell::Cell;
use std::path::{Path, PathBuf};

/// The hyperparameter that has the devices of the machine to choose among.
const DEVICE: &str = "machine.device";

/// Runs that are offered to compare with.
const RUNS: usize = 3;

/// What the keys go to.
#[derive(Debug)]
enum Mode {
    /// The rows.
    Browse,
    /// The value under the cursor.
    Edit(Prompt),
    /// The values that the field under the cursor is to take.
    Vary(Prompt),
    /// A search, from the row where it began.
    Search(Prompt, Place),
    /// The list of presets.
    Presets(usize),
    /// The path of a file to open.
    Open(Prompt),
    /// What to compare with.
    Compare(Prompt),
    /// The path of a file to save.
    Save(Prompt),
    /// Whether to overwrite a file.
    Overwrite(PathBuf),
    /// What forbids a launch.
    Refused,
}

/// The Experiment screen.
#[derive(Debug)]
pub struct ExperimentScreen {
    /// The experiment being edited.
    pub form: Form,
    mode: Mode,
    scroll: Scroll,
    views: Views,
    vary: Vary,
    /// The experiment files that were opened before.
    pub recent: Recent,
    /// What was being edited before another experiment took its place, until it is taken back.
    before: Option<Box<Form>>,
}

/// Which pictures stand beside the form.
#[derive(Debug, Default)]
struct Views {
    /// Whether they are shown, where the user said so; else where there is room.
    shown: Option<bool>,
    /// Whether the last frame had them.
    visible: Cell<bool>,
    roll: u64,
    first: usize,
}

impl Default for ExperimentScreen {
    fn default() -> Self {
        Self::new(Form::of_preset(&PRESETS[0]))
    }
}

impl ExperimentScreen {
    /// The screen with a form.
    #[must_use]
    pub fn new(form: Form) -> Self {
        Self {
            form,
            mode: Mode::Browse,
            scroll: Scroll::default(),
            views: Views::default(),
            vary: Vary::default(),
            recent: Recent::default(),
            before: None,
        }
    }

    /// The screen with a file's experiment.
    ///
    /// # Errors
    /// A sentence with file, line and column.
    pub fn of_file(path: &Path) -> Result<Self, FileError> {
        let experiment = load(path)?;
        Ok(Self::new(Form::new(
            experiment,
            Origin::File(path.to_owned()),
        )))
    }

    /// Edits a copy of a run's experiment.
    pub fn fork(&mut self, experiment: Experiment, run: &str, keys: &Keymap) -> Option<String> {
        let edited = self.form.is_edited();
        self.replace(Form::new(experiment, Origin::Run(run.to_owned())));
        let key = keys.experiment.key(Action::Undo);
        edited.then(|| format!("a copy of this run; {key} brings your changes back"))
    }

    /// Takes an experiment that has this name and no file or run of its own.
    pub fn take_case(&mut self, experiment: Experiment, name: String) {
        self.replace(Form::new(experiment, Origin::Case(name)));
    }

    /// What is open, to be remembered.
    #[must_use]
    pub fn draft(&self) -> Draft {
        draft::of(&self.form)
    }

    /// Goes on with what was being edited; whether it could be read.
    pub fn take_up(&mut self, draft: &Draft) -> bool {
        let form = draft::form(draft);
        let found = form.is_some();
        if let Some(form) = form {
            self.form = form;
        }
        found
    }

    /// Takes another form, the cursor on the same row and the same sections open.
    fn replace(&mut self, mut form: Form) {
        form.place = self.form.place.clone();
        let before = std::mem::replace(&mut self.form, form);
        if before.is_edited() {
            self.before = Some(Box::new(before));
        }
        self.mode = Mode::Browse;
        self.vary = Vary::default();
    }

    /// Takes what was written in an editor, as one change; whether it is one.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn take_text(&mut self, text: &str) -> Result<bool, FileError> {
        let experiment = parse(text, "your text")?;
        let changed = experiment != self.form.experiment;
        if changed {
            self.form.take(experiment);
        }
        Ok(changed)
    }

    fn browse(&mut self, key: &KeyEvent, shared: &Shared) -> Option<Vec<Intent>> {
        let act = shared.keys.experiment.action(key)?;
        Some(self.act(act, shared))
    }

    fn act(&mut self, act: Action, shared: &Shared) -> Vec<Intent> {
        if let Some(section) = self.form.heading()
            && let Some(intents) = self.act_on_heading(act, section, &shared.keys)
        {
            return intents;
        }
        match act {
            Action::Move(rows) => self.form.move_by(rows),
            Action::Group(down) => self.form.move_by_section(down),
            Action::First => self.form.move_to_end(false),
            Action::Last => self.form.move_to_end(true),
            Action::Fold => return self.fold(),
            Action::FoldAll => self.form.fold_all(),
            Action::Fit => return self.fit(shared),
            Action::Nudge(steps, _) if self.chooses_device() => {
                let now = self.form.experiment.machine.device.clone();
                let next = shared.devices.further(&now, steps).map(str::to_owned);
                // A name of a list is a text, which every text field takes.
                let _ = next.map(|next| self.form.enter(&next));
            }
            Action::Nudge(steps, coarse) => self.form.nudge(steps, coarse),
            Action::Edit => self.edit(),
            Action::Default => self.form.to_default(),
            Action::AsLoaded => self.form.to_loaded(),
            Action::Undo if self.form.undo() => {}
            Action::Undo => return self.undo_replacing(),
            Action::Redo if !self.form.redo() => return say("nothing to redo"),
            Action::Redo => {}
            Action::Search => self.mode = Mode::Search(Prompt::default(), self.form.place.clone()),
            Action::Presets => self.mode = Mode::Presets(0),
            Action::Open | Action::Compare => {
                self.recent.look();
                if act == Action::Compare {
                    let runs = shared.listing.runs.iter().take(RUNS);
                    let runs = runs.map(|run| run.id.clone());
                    let presets = PRESETS.iter().map(|preset| preset.name.to_owned());
                    self.recent.offer(runs.chain(presets));
                }
                let prompt = path_prompt(String::new());
                self.mode = match act {
                    Action::Open => Mode::Open(prompt),
                    _ => Mode::Compare(prompt),
                };
            }
            Action::Save => self.mode = Mode::Save(path_prompt(files::suggestion(&self.form))),
            Action::Editor => return vec![Intent::Write(self.form.to_text())],
            Action::Vary => {
                let known = self.vary.words(&self.form.nearest_field().path);
                self.mode = Mode::Vary(Prompt::new(known.unwrap_or_default()));
            }
            Action::Train => return self.train(shared),
            Action::Roll | Action::Images(_) if !self.views.visible.get() => {
                let key = shared.keys.experiment.key(Action::Views);
                return say(&format!(
                    "no pictures are shown; {key} shows them if there is room"
                ));
            }
            Action::Roll => self.views.roll += 1,
            Action::Images(rows) => self.views.first = self.views.first.saturating_add_signed(rows),
            Action::Views => return self.show_views(shared),
        }
        Vec::new()
    }

    /// Goes back to what was being edited before another experiment took its place.
    fn undo_replacing(&mut self) -> Vec<Intent> {
        let Some(before) = self.before.take() else {
            return say("nothing to undo");
        };
        let text = format!("your changes to {} are back", before.experiment.name);
        self.form = *before;
        say(&text)
    }

    /// Shows or hides the pictures; where they would need another terminal, says so.
    fn show_views(&mut self, shared: &Shared) -> Vec<Intent> {
        if !shared.pictures.possible() {
            return vec![Intent::Refuse(shared.theme.no_pictures())];
        }
        if self.views.shown == Some(true) && !self.views.visible.get() {
            return say("there is no room for pictures; enlarge the window");
        }
        self.views.shown = Some(!self.views.visible.get());
        Vec::new()
    }

    /// Whether the cursor is on the device.
    #[must_use]
    pub fn chooses_device(&self) -> bool {
        self.form.field().is_some_and(|f| f.path == DEVICE)
    }

    fn takes_number(&self) -> bool {
        let value = self.form.field().map(|f| &f.value);
        matches!(value, Some(Value::Float(_) | Value::Whole(_)))
    }

    /// Types a value; where there is a choice, takes the next one.
    fn edit(&mut self) {
        let Some(field) = self.form.field() else {
            return;
        };
        let value = field.value.to_string();
        match field.param.rule {
            Rule::Toggle | Rule::OneOf(_) => self.form.nudge(1, false),
            Rule::Path | Rule::ShareOrPath { .. } => self.mode = Mode::Edit(path_prompt(value)),
            _ => self.mode = Mode::Edit(Prompt::replacing(value)),
        }
    }
}

/// A line for a path, or what else is typed in its place.
fn path_prompt(text: String) -> Prompt {
    Prompt::replacing(text).completed_by(path::completions)
}

/// Tells the user something.
fn say(text: &str) -> Vec<Intent> {
    vec![Intent::Say(text.to_owned())]
}

impl Screen for ExperimentScreen {
    fn hints(&self, shared: &Shared) -> Vec<Hint> {
        let keys = &shared.keys;
        match self.mode {
            Mode::Browse => self.browsing_hints(shared),
            Mode::Refused => self.refusal_hints(shared),
            Mode::Presets(_) => keys.experiment_presets.hints(),
            Mode::Overwrite(_) => keys.experiment_overwrite.hints(),
            Mode::Edit(_)
            | Mode::Vary(_)
            | Mode::Search(..)
            | Mode::Open(_)
            | Mode::Compare(_)
            | Mode::Save(_) => {
                let edits = matches!(self.mode, Mode::Edit(_));
                let screens = keys.everywhere.digits().filter(|_| edits);
                let typing = prompt::hints(&keys.experiment_text).into_iter();
                typing.chain(screens).collect()
            }
        }
    }

    fn help(&self, keys: &Keymap) -> Vec<Hint> {
        keys.experiment.hints()
    }

    fn update(&mut self, key: &KeyEvent, shared: &Shared) -> Option<Vec<Intent>> {
        match self.mode {
            Mode::Browse => self.browse(key, shared),
            Mode::Presets(_) => Some(self.presets(key, &shared.keys)),
            Mode::Refused => Some(self.answer_refusal(key, shared)),
            Mode::Overwrite(_) => Some(self.overwrite(key, &shared.keys.experiment_overwrite)),
            _ => Some(self.typing(key, shared)),
        }
    }

    fn click(&mut self, row: usize, shared: &Shared) -> Vec<Intent> {
        match &mut self.mode {
            Mode::Browse => self.click_line(row),
            Mode::Presets(at) if *at == row => return self.take_preset(&shared.keys),
            Mode::Presets(at) => *at = row,
            Mode::Open(prompt) | Mode::Compare(prompt) => {
                let file = self.recent.there().get(row).cloned();
                *prompt = path_prompt(file.unwrap_or_default());
            }
            _ => {}
        }
        Vec::new()
    }

    fn slide(&mut self, row: usize, share: f64) {
        let line = self.form.lines().get(row).copied();
        if let (Mode::Browse, Some(Row::Field(nth))) = (&self.mode, line) {
            if self.form.place.at != Row::Field(nth) {
                self.form.go(nth);
            }
            self.form.slide(share);
        }
    }

    fn wheel(&mut self, turns: isize, _shared: &Shared) {
        match &mut self.mode {
            Mode::Browse => self.form.move_by(turns),
            Mode::Presets(at) => *at = at.saturating_add_signed(turns).min(PRESETS.len() - 1),
            _ => {}
        }
    }

    fn paste(&mut self, text: &str) {
        if let Some(prompt) = self.prompt() {
            prompt.paste(text);
        }
        self.search();
    }

    fn is_typing(&self) -> bool {
        !matches!(self.mode, Mode::Browse)
    }
}
