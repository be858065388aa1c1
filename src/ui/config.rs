//! The user's settings: a `.ron` file with theme, signs, pictures, the folder of runs, and keys by the names of actions.

mod check;
mod entries;
mod template;
#[cfg(test)]
mod tests;

pub use template::template;

use crate::disk::path;
use crate::disk::untrusted::{self, Links};
use crate::experiment::position::{Place, place};
use crate::experiment::ron_errors;
use crate::hparam::nearest;
use crate::ui::keymap::Keymap;
use crate::ui::keys::Rebinding;
use crate::ui::notify::{self, Notifier};
use crate::ui::pictures;
use crate::ui::symbols::{self, Symbols};
use crate::ui::theme::{self, Theme};
use entries::Entries;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Bytes of settings.
const MOST: u64 = 1 << 20;

/// Why the settings can't be used: a sentence that names file and place.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct ConfigError(String);

/// How the user wants the workbench.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    theme: Option<&'static str>,
    symbols: Option<&'static str>,
    images: Option<&'static str>,
    bell: Option<&'static str>,
    /// The words of the command that tells of a run's end.
    notify: Vec<String>,
    /// Options of sbatch for all jobs.
    pub slurm: Option<String>,
    /// A line of their script before the training.
    pub slurm_setup: Option<String>,
    /// The folder of all runs.
    pub runs: Option<PathBuf>,
    keys: Vec<Rebinding>,
}

/// The file as it stands.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    theme: Option<String>,
    symbols: Option<String>,
    images: Option<String>,
    bell: Option<String>,
    notify: Option<String>,
    slurm: Option<String>,
    slurm_setup: Option<String>,
    runs: Option<String>,
    keys: Entries,
}

/// Where the settings are read, unless the user names another file.
#[must_use]
pub fn default_path() -> PathBuf {
    directories::ProjectDirs::from("", "", "simclr-tui").map_or_else(
        || PathBuf::from("simclr-tui.ron"),
        |dirs| dirs.config_dir().join("config.ron"),
    )
}

/// What the environment says.
fn env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Config {
    /// Reads the settings; a file that nobody named need not be there.
    ///
    /// # Errors
    /// A sentence with file, line and column.
    pub fn read(named: Option<&Path>) -> Result<Self, ConfigError> {
        let path = named.map_or_else(default_path, Path::to_owned);
        let file = path.display().to_string();
        match untrusted::text(&path, Links::Follow, MOST) {
            Ok(text) => Self::parse(&text, &file),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && named.is_none() => {
                Ok(Self::default())
            }
            Err(e) => Err(ConfigError(match e.kind() {
                std::io::ErrorKind::NotFound => {
                    format!("{file}: there is no such file; `simclr-tui config` prints one")
                }
                std::io::ErrorKind::InvalidData => format!("{file}: this isn't UTF-8 text"),
                _ => format!("{file}: the settings can't be read: {e}"),
            })),
        }
    }

    /// Reads settings from text; `file` is what errors call it.
    ///
    /// # Errors
    /// A sentence with line and column.
    pub fn parse(text: &str, file: &str) -> Result<Self, ConfigError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let options = ron::Options::default()
            .with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME)
            .with_recursion_limit(64);
        let read: File = options.from_str(text).map_err(|e| syntax(file, text, &e))?;
        let at = |what: &str| place(text, &[what]);
        // A tab in one was a backslash before a t.
        if let Some(runs) = read
            .runs
            .as_ref()
            .filter(|dir| dir.contains(char::is_control))
        {
            let inside = runs.escape_default().to_string();
            let at = text.find("runs").unwrap_or_default();
            let why = ron_errors::backslash("runs", &inside);
            return Err(fault(file, behind(&text[..at]), &why));
        }
        let name = |field: &str, value: &Option<String>, names: &[&'static str]| {
            let Some(value) = value else {
                return Ok(None);
            };
            let known = known(field, value, names);
            known.map(Some).map_err(|why| fault(file, at(value), &why))
        };
        Ok(Self {
            theme: name("theme", &read.theme, &theme::NAMES)?,
            symbols: name("symbols", &read.symbols, &symbols::NAMES)?,
            images: name("images", &read.images, &pictures::NAMES)?,
            bell: name("bell", &read.bell, &notify::NAMES)?,
            notify: words(read.notify.as_deref())
                .map_err(|why| fault(file, place(text, &["notify"]), &why))?,
            slurm: read.slurm,
            slurm_setup: read.slurm_setup,
            runs: read.runs.map(|dir| path::typed(&dir)),
            keys: check::keys(&read.keys.0).map_err(|wrong| {
                let parts: Vec<&str> = wrong.at.iter().map(String::as_str).collect();
                fault(file, place(text, &parts), &wrong.why)
            })?,
        })
    }

    /// The theme: what the environment says, then the settings, then the terminal.
    ///
    /// # Errors
    /// A sentence where the environment names a theme or signs that do not exist.
    pub fn theme(&self) -> Result<Theme, ConfigError> {
        let name = overridden("SIMCLR_TUI_THEME", "theme", &theme::NAMES, self.theme)?;
        let signs = overridden(
            "SIMCLR_TUI_SYMBOLS",
            "symbols",
            &symbols::NAMES,
            self.symbols,
        )?;
        let (ground, depth) = theme::chosen(name, env);
        let mut theme = Theme::of(ground, depth, Symbols::chosen(signs, env));
        theme.lacking = theme::lacking(name, depth, env);
        Ok(theme)
    }

    /// How pictures are drawn: what the environment says, then the settings.
    #[must_use]
    pub fn images(&self) -> String {
        let said = env("SIMCLR_TUI_IMAGES");
        said.unwrap_or_else(|| self.images.unwrap_or("auto").to_owned())
    }

    /// How the end of a run is told.
    #[must_use]
    pub fn notifier(&self) -> Notifier {
        let bell = self.bell.unwrap_or(notify::NAMES[0]);
        Notifier::new(bell, self.notify.clone())
    }

    /// The key tables as the user wants them.
    #[must_use]
    pub fn keymap(&self, symbols: Symbols) -> Keymap {
        Keymap::new(&self.keys, symbols == Symbols::Ascii)
    }
}

/// The words of a command; none where there is none.
fn words(command: Option<&str>) -> Result<Vec<String>, String> {
    let split = shell_words::split(command.unwrap_or_default());
    split.map_err(|_| "notify: a quote in the command is not closed".to_owned())
}

fn known(field: &str, value: &str, names: &[&'static str]) -> Result<&'static str, String> {
    let found = names.iter().find(|name| **name == value).copied();
    found.ok_or_else(|| match nearest(value, names.iter().copied()) {
        Some(near) => format!("{field} can't be {value:?}; did you mean {near:?}?"),
        None => format!(
            "{field} can't be {value:?}; it is one of {}",
            names.join(", ")
        ),
    })
}

/// What a variable of the environment says, else the settings, else `auto`.
fn overridden(
    variable: &str,
    field: &str,
    names: &[&'static str],
    setting: Option<&'static str>,
) -> Result<&'static str, ConfigError> {
    match env(variable) {
        Some(value) => {
            let known = known(field, &value, names);
            known.map_err(|why| ConfigError(format!("{variable}: {why}")))
        }
        None => Ok(setting.unwrap_or("auto")),
    }
}

/// The place where this text ends.
fn behind(text: &str) -> Place {
    let line = text.rfind('\n').map_or(0, |end| end + 1);
    Place {
        line: text.matches('\n').count() + 1,
        column: text[line..].chars().count() + 1,
    }
}

fn fault(file: &str, place: Place, why: &str) -> ConfigError {
    let Place { line, column } = place;
    ConfigError(format!("{file}:{line}:{column}: {why}"))
}

/// What is wrong with the text itself.
fn syntax(file: &str, text: &str, error: &ron::error::SpannedError) -> ConfigError {
    if let Some((at, why)) = ron_errors::letters(text, error) {
        return fault(file, behind(&text[..at]), &why);
    }
    let start = error.span.start;
    let at = Place {
        line: start.line.max(1),
        column: start.col.max(1),
    };
    let why = match &error.code {
        _ if text.trim().is_empty() => {
            "the file is empty; settings start with ( and end with )".to_owned()
        }
        ron::Error::NoSuchStructField {
            expected, found, ..
        } => match nearest(found, expected.iter().copied()) {
            Some(near) => format!("there is no setting {found}; did you mean {near}?"),
            None => format!(
                "there is no setting {found}; there are {}",
                expected.join(", ")
            ),
        },
        ron::Error::ExpectedString | ron::Error::InvalidValueForType { .. } => {
            format!("{}; put values in quotes", error.code)
        }
        _ => ron_errors::explain(text, error).1,
    };
    fault(file, at, &why)
}
