//! What becomes of keys while a line is typed on the Experiment screen: a value, values of a sweep, a search, a path.

use super::form::place::Row;
use super::{ExperimentScreen, Mode, differences, files};
use crate::disk::path;
use crate::ui::intent::Intent;
use crate::ui::keymap::experiment::TextAction;
use crate::ui::keys::Table;
use crate::ui::prompt::Prompt;
use crate::ui::shared::Shared;
use crossterm::event::KeyEvent;
use std::path::PathBuf;

impl ExperimentScreen {
    pub(super) fn typing(&mut self, key: &KeyEvent, shared: &Shared) -> Vec<Intent> {
        match shared.keys.experiment_text.action(key) {
            Some(TextAction::Accept) => self.accept(shared),
            Some(TextAction::Cancel) => {
                if let Mode::Search(_, from) = &self.mode {
                    self.form.place = from.clone();
                }
                self.mode = Mode::Browse;
                Vec::new()
            }
            Some(TextAction::Next(forward)) if matches!(self.mode, Mode::Search(..)) => {
                self.next_match(forward);
                Vec::new()
            }
            Some(TextAction::Next(forward)) => {
                self.next_file(forward);
                Vec::new()
            }
            None => {
                self.type_key(key);
                Vec::new()
            }
        }
    }

    /// The line being typed.
    pub(super) fn prompt(&mut self) -> Option<&mut Prompt> {
        match &mut self.mode {
            Mode::Edit(prompt)
            | Mode::Vary(prompt)
            | Mode::Open(prompt)
            | Mode::Compare(prompt)
            | Mode::Save(prompt)
            | Mode::Search(prompt, _) => Some(prompt),
            Mode::Browse | Mode::Presets(_) | Mode::Overwrite(_) | Mode::Refused => None,
        }
    }

    fn type_key(&mut self, key: &KeyEvent) {
        if let Some(prompt) = self.prompt() {
            prompt.key(key);
        }
        let number = self.takes_number();
        if let Mode::Edit(prompt) = &mut self.mode
            && number
            && prompt
                .text()
                .contains(|c: char| !(c.is_ascii_digit() || ".-+_eE ".contains(c)))
        {
            // Said at once, and not only when it is to be taken.
            let field = self.form.field();
            prompt.error = field.and_then(|f| f.param.parse(prompt.text()).err());
        }
        self.search();
    }

    /// Moves to the first match of what was typed so far.
    pub(super) fn search(&mut self) {
        if let Mode::Search(prompt, from) = &mut self.mode {
            // What was opened on the way to another match closes again.
            self.form.place = from.clone();
            if prompt.text().is_empty() {
                return;
            }
            // From the top, so that the same words find the same field; other keys go on from there.
            self.form.place.at = Row::Field(0);
            let matches = self.form.matches(prompt.text());
            if let Some(nth) = matches.first() {
                self.form.go(*nth);
            } else {
                self.form.place = from.clone();
                prompt.error = Some("nothing has this name".to_owned());
            }
        }
    }

    fn next_match(&mut self, forward: bool) {
        if let Mode::Search(prompt, from) = &self.mode {
            let matches = self.form.matches(prompt.text());
            let row = if forward {
                matches.get(1)
            } else {
                matches.last()
            };
            if let Some(row) = row {
                self.form.place = from.clone();
                self.form.go(*row);
            }
        }
    }

    /// Types the path of a file that was opened before or after the one that is typed.
    fn next_file(&mut self, forward: bool) {
        if let Mode::Open(prompt) | Mode::Compare(prompt) = &mut self.mode {
            let file = self.recent.beside(prompt.text(), forward);
            *prompt = super::path_prompt(file.unwrap_or_default().to_owned());
        }
    }

    /// Takes what was typed; on an error the prompt stays and says it.
    fn accept(&mut self, shared: &Shared) -> Vec<Intent> {
        match std::mem::replace(&mut self.mode, Mode::Browse) {
            Mode::Edit(mut prompt) => match self.form.enter(prompt.text()) {
                Ok(()) => self.suit_source(shared),
                Err(error) => {
                    prompt.error = Some(error);
                    self.mode = Mode::Edit(prompt);
                    Vec::new()
                }
            },
            Mode::Vary(mut prompt) => {
                let field = self.form.nearest_field().clone();
                let form = &self.form.experiment;
                if let Err(error) = self.vary.enter(form, &field, prompt.text()) {
                    prompt.error = Some(error);
                    self.mode = Mode::Vary(prompt);
                }
                Vec::new()
            }
            Mode::Open(mut prompt) => match files::open(prompt.text()) {
                Ok(form) => {
                    let text = format!("opened {}", prompt.text().trim());
                    self.replace(form);
                    let file = path::typed(prompt.text());
                    vec![Intent::Opened(file), Intent::Say(text)]
                }
                Err(error) => {
                    prompt.error = Some(error.in_a_line());
                    self.mode = Mode::Open(prompt);
                    files::faults(&error)
                        .map(Intent::Read)
                        .into_iter()
                        .collect()
                }
            },
            Mode::Compare(mut prompt) => match differences::page(&self.form, prompt.text(), shared)
            {
                Ok(page) => vec![Intent::Read(page)],
                Err(error) => {
                    prompt.error = Some(error);
                    self.mode = Mode::Compare(prompt);
                    Vec::new()
                }
            },
            Mode::Save(prompt) => self.save_as(prompt),
            Mode::Search(..)
            | Mode::Browse
            | Mode::Presets(_)
            | Mode::Overwrite(_)
            | Mode::Refused => Vec::new(),
        }
    }

    fn save_as(&mut self, mut prompt: Prompt) -> Vec<Intent> {
        let path = files::named(prompt.text());
        let error = if prompt.text().trim().is_empty() {
            Some("type the path of a file".to_owned())
        } else if path.is_dir() {
            Some(format!("{} is a folder; add a file name", path.display()))
        } else if path.exists() {
            self.mode = Mode::Overwrite(path);
            return Vec::new();
        } else {
            files::save(&mut self.form, &path).err()
        };
        match error {
            None => saved(path),
            Some(error) => {
                prompt.error = Some(error);
                self.mode = Mode::Save(prompt);
                Vec::new()
            }
        }
    }

    pub(super) fn overwrite(&mut self, key: &KeyEvent, keys: &Table<bool>) -> Vec<Intent> {
        let Mode::Overwrite(path) = &self.mode else {
            return Vec::new();
        };
        let path = path.clone();
        match keys.action(key) {
            Some(true) => {
                self.mode = Mode::Browse;
                match files::save(&mut self.form, &path) {
                    Ok(()) => saved(path),
                    Err(error) => vec![Intent::Refuse(error)],
                }
            }
            Some(false) => {
                self.mode = Mode::Save(super::path_prompt(path.display().to_string()));
                Vec::new()
            }
            None => Vec::new(),
        }
    }
}

/// What follows from a file that was saved.
fn saved(path: PathBuf) -> Vec<Intent> {
    let text = format!("saved {}", path::whole(&path).display());
    vec![Intent::Opened(path), Intent::Say(text)]
}
