//! Evaluating a run in a process of its own: that takes a minute or more, and the screen goes on meanwhile.

use crate::text::complaint;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Child;

/// Starts the process that evaluates the run in a folder, and keeps the results there; its errors are piped. The command line
/// knows how.
pub type Start = fn(run: &Path) -> io::Result<Child>;

/// An evaluation under way.
#[derive(Debug)]
pub struct Evaluator {
    child: Child,
    /// The run's folder.
    pub dir: PathBuf,
}

impl Evaluator {
    /// Begins one.
    ///
    /// # Errors
    /// When the system can't start the process.
    pub fn begin(dir: &Path, start: Start) -> io::Result<Self> {
        Ok(Self {
            child: start(dir)?,
            dir: dir.to_owned(),
        })
    }

    /// How it ended, if it did: well, or why not.
    pub fn ended(&mut self) -> Option<Result<(), String>> {
        let status = match self.child.try_wait() {
            Ok(status) => status?,
            Err(e) => return Some(Err(e.to_string())),
        };
        if status.success() {
            return Some(Ok(()));
        }
        let mut said = String::new();
        if let Some(errors) = &mut self.child.stderr {
            // What can't be read says nothing.
            let _ = errors.take(1 << 16).read_to_string(&mut said);
        }
        let why = complaint(&said).map(str::to_owned);
        Some(Err(why.unwrap_or_else(|| format!("it ended with {status}"))))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    fn end(script: &'static str) -> Result<(), String> {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stderr(Stdio::piped());
        let mut evaluator = Evaluator {
            child: command.spawn().map_err(|e| e.to_string())?,
            dir: PathBuf::new(),
        };
        loop {
            if let Some(end) = evaluator.ended() {
                return end;
            }
            std::thread::yield_now();
        }
    }

    #[test]
    fn it_ends_well_or_says_why_not() {
        assert_eq!(end("exit 0"), Ok(()));
        let why = end("echo note >&2; echo simclr-tui: there are no test images >&2; exit 2");
        assert_eq!(why, Err("there are no test images".to_owned()));
        assert!(end("exit 3").unwrap_err().contains("it ended with"));
    }
}
