//! Tells whoever looks elsewhere that a run has ended, or learns nothing: by the terminal's bell or message, and by a command of
//! the user's.

use crate::runs::{Run, Status, flat};
use crate::text::{figures, shown};
use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};

/// How a terminal may be told.
pub const NAMES: [&str; 4] = ["bell", "osc9", "osc777", "off"];

/// In the words of the user's command, what is to be told.
const TEXT: &str = "{}";

/// What is told, and how.
#[derive(Debug)]
pub struct Notifier {
    bell: &'static str,
    command: Vec<String>,
    /// The runs that were training at the last look.
    live: BTreeSet<String>,
    /// Those of them of which it was told that they learn nothing.
    flat: BTreeSet<String>,
    /// Commands that have not ended yet.
    running: Vec<Child>,
}

impl Default for Notifier {
    fn default() -> Self {
        Self::new(NAMES[0], Vec::new())
    }
}

impl Notifier {
    /// One that has seen no run yet; the command is one of words, none for none.
    #[must_use]
    pub const fn new(bell: &'static str, command: Vec<String>) -> Self {
        Self {
            bell,
            command,
            live: BTreeSet::new(),
            flat: BTreeSet::new(),
            running: Vec::new(),
        }
    }

    /// What has happened to the runs since the last look. A run that its user stopped is no news.
    pub fn look(&mut self, runs: &[Run]) -> Vec<String> {
        self.running
            .retain_mut(|child| !matches!(child.try_wait(), Ok(Some(_)) | Err(_)));
        let mut news = Vec::new();
        for run in runs {
            if run.status.is_live() {
                self.live.insert(run.id.clone());
                if let Some(why) = learns_nothing(run).filter(|_| self.flat.insert(run.id.clone()))
                {
                    news.push(format!("{}: {why}", run.title()));
                }
            } else if self.live.remove(&run.id) {
                self.flat.remove(&run.id);
                // Who stopped it knows.
                let by_rule = run.series.end.as_ref().is_some_and(|end| end.by_rule);
                news.extend((run.status != Status::Stopped || by_rule).then(|| ending(run)));
            }
        }
        news
    }

    /// What makes a terminal tell it.
    #[must_use]
    pub fn escapes(&self, text: &str) -> String {
        let text = shown(text).replace(';', ",");
        match self.bell {
            "bell" => "\u{7}".to_owned(),
            "osc9" => format!("\u{1b}]9;{text}\u{7}"),
            "osc777" => format!("\u{1b}]777;notify;simclr-tui;{text}\u{7}"),
            _ => String::new(),
        }
    }

    /// Starts the user's command, where there is one.
    ///
    /// # Errors
    /// A sentence where it can't be started.
    pub fn run(&mut self, text: &str) -> Result<(), String> {
        let Some((program, rest)) = self.command.split_first() else {
            return Ok(());
        };
        let mut command = Command::new(program);
        command.args(rest.iter().map(|word| word.replace(TEXT, &shown(text))));
        for stream in [Command::stdin, Command::stdout, Command::stderr] {
            stream(&mut command, Stdio::null());
        }
        let child = command
            .spawn()
            .map_err(|e| format!("notify in the settings: {program} can't be started: {e}"))?;
        self.running.push(child);
        Ok(())
    }
}

fn learns_nothing(run: &Run) -> Option<String> {
    flat(run.experiment.as_ref()?, &run.series)
}

/// How a run ended.
fn ending(run: &Run) -> String {
    let mut text = format!("{} {}", run.title(), run.status.name());
    if let Some(reason) = run.series.end.as_ref().and_then(|end| end.reason.as_ref()) {
        text.push_str(&format!(": {reason}"));
    } else if let Some(knn) = run.last_knn() {
        text.push_str(&format!(", kNN {} %", figures::decimal(knn, 1)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(id: &str, status: Status) -> Run {
        let mut run = Run::open(&std::path::Path::new("/nowhere").join(id));
        run.status = status;
        run
    }

    #[test]
    fn what_ends_is_told_once_and_what_ended_before_is_not() {
        let mut notifier = Notifier::default();
        let now = |a, b| {
            [
                run("20260101-000000-a-0000", a),
                run("20260101-000000-b-0000", b),
            ]
        };
        assert!(
            notifier
                .look(&now(Status::Running, Status::Failed))
                .is_empty()
        );
        assert!(
            notifier
                .look(&now(Status::Paused, Status::Failed))
                .is_empty()
        );
        let news = notifier.look(&now(Status::Completed, Status::Running));
        assert_eq!(news, ["20260101-000000-a-0000 completed"]);
        assert!(
            notifier
                .look(&now(Status::Completed, Status::Stopped))
                .is_empty()
        );
        assert!(
            notifier
                .look(&now(Status::Completed, Status::Stopped))
                .is_empty()
        );
    }

    #[test]
    fn a_terminal_is_told_what_it_understands() {
        let told = |name| Notifier::new(name, Vec::new()).escapes("a; b\u{1b}c");
        assert_eq!(told("bell"), "\u{7}");
        assert_eq!(told("osc9"), "\u{1b}]9;a, b\\u{1b}c\u{7}");
        assert_eq!(
            told("osc777"),
            "\u{1b}]777;notify;simclr-tui;a, b\\u{1b}c\u{7}"
        );
        assert_eq!(told("off"), "");
    }

    #[cfg(unix)]
    #[test]
    fn the_command_gets_the_words_as_one_and_no_shell() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("told");
        let words = ["cp", "/dev/null", "{}"].map(str::to_owned).to_vec();
        let mut notifier = Notifier::new("off", words);
        notifier.run(file.to_str().unwrap()).unwrap();
        notifier.running[0].wait().unwrap();
        assert!(file.is_file());
        assert!(notifier.look(&[]).is_empty() && notifier.running.is_empty());
        let mut none = Notifier::new("off", vec!["/no/such".to_owned()]);
        assert!(
            none.run("x")
                .unwrap_err()
                .contains("/no/such can't be started")
        );
    }
}
