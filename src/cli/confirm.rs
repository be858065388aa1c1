//! Asking before something is done that can't be meant for certain.

use super::output::ask;
use super::{CliError, Result};
use std::io::{self, BufRead, IsTerminal};

/// What commands take that stop or remove something
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Sure {
    /// Skips confirmation when only part of a name is given
    #[arg(long)]
    yes: bool,
}

impl Sure {
    /// Whether something is to be done to what is called so in full: it is where the user named it in full, and else asked.
    pub fn means(self, exact: bool, deed: &str, full: &str) -> Result<bool> {
        if exact || self.yes {
            return Ok(true);
        }
        if !io::stdin().is_terminal() {
            let why = format!("to {deed} {full}, give the whole name of its folder or add --yes");
            return Err(CliError::Input(why));
        }
        agreed(&format!("{deed} {full}?"))
    }
}

/// Whether the person at the terminal says yes.
pub fn agreed(question: &str) -> Result<bool> {
    ask(&format!("{question} [y/N]"))?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}

/// More trainings than so many are asked about.
const MANY: usize = 1000;

/// Whether so many trainings are meant: more than anybody may mean are asked about.
pub fn many(trainings: usize, yes: bool) -> Result<bool> {
    if trainings <= MANY || yes {
        return Ok(true);
    }
    let what = format!("this trains {trainings} experiments");
    if !io::stdin().is_terminal() {
        let why = format!("{what}; --yes trains them without asking");
        return Err(CliError::Input(why));
    }
    agreed(&format!("{what}; continue?"))
}
