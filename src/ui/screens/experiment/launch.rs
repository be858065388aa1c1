//! Launching what is in the form, and what stands against it.

use super::{ExperimentScreen, Mode, meaning, say};
use crate::disk::path;
use crate::engine::data::{self, Data, Source};
use crate::experiment::Objection;
use crate::hparam::Value;
use crate::text::figures;
use crate::ui::intent::{IN_BACKGROUND, Intent, Question};
use crate::ui::keymap::Keymap;
use crate::ui::keymap::experiment::Action;
use crate::ui::keys::Hint;
use crate::ui::shared::Shared;
use crossterm::event::KeyEvent;

/// Most experiments of which the time is reckoned.
const RECKONED: usize = 1000;

/// What is said of a path that stands beside the built-in shapes.
const UNREAD: &str = "the built-in shapes have no path, so data.path is not read; choose what lies there, or empty the path";

/// The same of one where nothing lies.
fn missing(data: &Data) -> Option<String> {
    let there = path::typed(&data.path);
    (!there.exists()).then(|| {
        format!(
            "{} doesn't exist, and the built-in shapes don't read it; correct the path, or empty it",
            there.display()
        )
    })
}

impl ExperimentScreen {
    /// What forbids a launch, the size of the data set considered where it is known.
    pub(super) fn objections(&self, shared: &Shared) -> Vec<Objection> {
        let mut all = self.form.objections(shared.size(&self.form.experiment));
        let data = &self.form.experiment.data;
        let shapes = data.source == Source::Shapes && !data.path.trim().is_empty();
        if shapes && !self.vary.has("data.source") {
            all.push(match missing(data) {
                Some(why) => Objection::new("data.path", why),
                None => Objection {
                    fits: Some(Value::Text(Source::Folder.name().into())),
                    ..Objection::new("data.source", UNREAD)
                },
            });
        }
        all
    }

    /// After a path was typed in place of the built-in shapes, which have none: chooses what lies there.
    pub(super) fn suit_source(&mut self, shared: &Shared) -> Vec<Intent> {
        let data = &self.form.experiment.data;
        let typed = self.form.field().is_some_and(|f| f.path == "data.path");
        if !typed || data.source != Source::Shapes || data.path.trim().is_empty() {
            return Vec::new();
        }
        if let Some(why) = missing(data) {
            return vec![Intent::Refuse(why)];
        }
        let there = path::typed(&data.path);
        let source = Value::Text(data::guess(&there).name().into());
        let set = self.form.fit(&[Objection {
            fits: Some(source),
            ..Objection::new("data.source", "")
        }]);
        let undo = shared.keys.experiment.key(Action::Undo);
        say(&format!(
            "{}, as the files there look; {undo} takes it back",
            set.join(", ")
        ))
    }

    /// The same, also for data that aren't where they should be: what is missing is said here, where it can be mended.
    pub(super) fn all_objections(&self, shared: &Shared) -> Vec<Objection> {
        let mut all = self.objections(shared);
        let data = &self.form.experiment.data;
        let searched = data.source.needs_path() && !self.vary.has("data.path");
        let said = all.iter().any(|o| o.path == "data.path");
        if searched
            && !said
            && let Err(why) = data::located(data)
        {
            all.push(Objection::new("data.path", why.to_string()));
        }
        all
    }

    /// What has a value that would fit better: what forbids a launch, or more memory than there is.
    fn unfit(&self, shared: &Shared) -> Vec<Objection> {
        let mut all = self.objections(shared);
        all.extend(meaning::too_large(&self.form.experiment, shared));
        all
    }

    /// Launches what is in the form, or says all that stands against it.
    pub(super) fn train(&mut self, shared: &Shared) -> Vec<Intent> {
        let objections = self.all_objections(shared);
        if let Some(first) = objections.first() {
            self.form.go_to(first.path);
            self.mode = Mode::Refused;
            return Vec::new();
        }
        if self.vary.is_empty() {
            return vec![Intent::Train(Box::new((&self.form.experiment).into()))];
        }
        vec![Intent::Ask(self.ask(shared))]
    }

    /// Whether to train the sweep, and how long it takes.
    fn ask(&self, shared: &Shared) -> Question {
        let base = &self.form.experiment;
        let name = self.vary.name(base);
        let takes = if self.vary.count() > RECKONED {
            let runs = figures::thousands(self.vary.count() as u64);
            format!("{runs} runs")
        } else {
            shared.takes(&self.vary.experiments(base))
        };
        Question {
            title: "train this sweep?".to_owned(),
            words: vec![format!("{name}: {takes}."), IN_BACKGROUND.to_owned()],
            yes: vec![Intent::Vary(
                Box::new(base.clone()),
                name,
                self.vary.clone(),
            )],
        }
    }

    /// Goes to the field that the trainer's refusal begins with, if it names one; whether the form says by itself what is wrong.
    pub fn refused(&mut self, why: &str, shared: &Shared) -> bool {
        let path = why.split(':').next().unwrap_or_default();
        self.form.go_to(path);
        // By now it may be known here too, and more with it.
        if matches!(self.mode, Mode::Browse) && !self.all_objections(shared).is_empty() {
            self.mode = Mode::Refused;
        }
        matches!(self.mode, Mode::Refused)
    }

    /// The keys over what forbids the launch.
    pub(super) fn refusal_hints(&self, shared: &Shared) -> Vec<Hint> {
        let fits = self.has_proposal(shared);
        shared
            .keys
            .experiment_refused
            .hints_that(|fit| !fit || fits)
    }

    fn has_proposal(&self, shared: &Shared) -> bool {
        self.objections(shared).iter().any(|o| o.fits.is_some())
    }

    /// A key over what forbids the launch.
    pub(super) fn answer_refusal(&mut self, key: &KeyEvent, shared: &Shared) -> Vec<Intent> {
        let answer = shared.keys.experiment_refused.action(key);
        if answer.is_some() {
            self.mode = Mode::Browse;
        }
        match answer {
            Some(true) if self.has_proposal(shared) => self.fit(shared),
            _ => Vec::new(),
        }
    }

    /// Sets what doesn't fit to what does.
    pub(super) fn fit(&mut self, shared: &Shared) -> Vec<Intent> {
        let set = self.form.fit(&self.unfit(shared));
        if set.is_empty() {
            return match self.all_objections(shared).first() {
                Some(first) => vec![Intent::Refuse(format!("type another value: {first}"))],
                None => say("all values are valid"),
            };
        }
        let keys = &shared.keys.experiment;
        let left = self.all_objections(shared);
        let then = match left.first() {
            Some(first) => {
                self.form.go_to(first.path);
                format!("but {first}")
            }
            None => format!("{} trains it", keys.key(Action::Train)),
        };
        let undo = keys.key(Action::Undo);
        say(&format!("{}: {then}; {undo} takes it back", set.join(", ")))
    }

    /// The keys that work on the rows.
    pub(super) fn browsing_hints(&self, shared: &Shared) -> Vec<Hint> {
        let fits = self.unfit(shared).iter().any(|o| o.fits.is_some());
        let keys: &Keymap = &shared.keys;
        let mut hints = keys
            .experiment
            .hints_that(|act| fits || *act != Action::Fit);
        if let Some(section) = self.form.heading() {
            let name = keys.experiment.hint(Action::Edit).map(|hint| hint.name);
            let edit = hints.iter_mut().find(|hint| Some(hint.name) == name);
            if let Some(hint) = edit {
                let open = self.form.is_open(section);
                hint.name = if open { "close" } else { "open" };
                hint.help = "Open or close the group".into();
            }
        }
        hints
    }
}
