//! Processes of this program's own that train for another one. Each stops after its step, with a checkpoint, where its
//! standard input ends: so none outlives its parent, however that dies.

use super::{CliError, Result};
use crate::engine::threads;
use crate::runs::NewRun;
use crate::text::COMPLAINT;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle};

/// This very program, even if another was installed or built in its place meanwhile.
#[cfg(target_os = "linux")]
#[expect(clippy::unnecessary_wraps, reason = "other systems have to ask")]
pub fn program() -> io::Result<Command> {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new("/proc/self/exe");
    command.arg0("simclr-tui");
    Ok(command)
}

/// This program.
#[cfg(not(target_os = "linux"))]
pub fn program() -> io::Result<Command> {
    std::env::current_exe().map(Command::new)
}

/// Set for processes whose errors their parent reads.
const ERRORS: &str = "SIMCLR_TUI_ERRORS";

/// An error as a process reports it to its parent: a line of JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorLine {
    error: String,
}

/// The line that reports an error of this process, where its parent reads that.
pub fn error_line(why: &str) -> Option<String> {
    std::env::var_os(ERRORS)?;
    let error = why.to_owned();
    serde_json::to_string(&ErrorLine { error }).ok()
}

/// Has this process read what another one prints, and its errors; also those of processes that share its outputs.
pub fn piped(command: &mut Command) -> &mut Command {
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env(ERRORS, "json")
}

/// A line that a process printed.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// For people.
    Text(String),
    /// An error that it reported.
    Error(String),
}

impl Line {
    fn of(text: String) -> Self {
        match serde_json::from_str::<ErrorLine>(&text) {
            Ok(line) => Self::Error(line.error),
            Err(_) => Self::Text(text),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Error(why) => write!(f, "{COMPLAINT}{why}"),
        }
    }
}

/// The last error among what a process printed.
pub fn last_error(printed: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(printed);
    text.lines()
        .rev()
        .find_map(|line| match Line::of(line.to_owned()) {
            Line::Error(why) => Some(why),
            Line::Text(_) => None,
        })
}

/// Reads what this process is to train from its standard input, and has `interrupted` rise where that ends.
pub fn receive(interrupted: &Arc<AtomicBool>) -> Result<NewRun> {
    let mut input = BufReader::new(io::stdin());
    let mut line = String::new();
    let read = input.read_line(&mut line);
    let order = read
        .map_err(|e| e.to_string())
        .and_then(|_| serde_json::from_str(&line).map_err(|e| e.to_string()));
    let order = order.map_err(|why| CliError::Failed(format!("no order from a sweep: {why}")))?;
    until_end(input, interrupted).map(|()| order)
}

/// Has `interrupted` rise where an input ends.
pub fn until_end(
    mut input: impl Read + Send + 'static,
    interrupted: &Arc<AtomicBool>,
) -> Result<()> {
    let interrupted = Arc::clone(interrupted);
    let listening = Builder::new().spawn(move || {
        // Also an error ends it: whoever held the other end is not there any more.
        let _ = input.read_to_end(&mut Vec::new());
        interrupted.store(true, Ordering::Relaxed);
    });
    listening.map(drop).map_err(|e| {
        let hint = threads::HINT;
        CliError::Failed(format!(
            "no thread can be started to follow the process that began this one ({e}); {hint}"
        ))
    })
}

/// A process that trains until it is done, or is to stop.
pub struct Process {
    child: Child,
    /// Where this is dropped, the process stops after its step.
    input: Option<ChildStdin>,
}

impl Process {
    /// Starts it.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        let input = child.stdin.take();
        Ok(Self { child, input })
    }

    /// Tells it what to train, which it [`receive`]s.
    pub fn send(&mut self, order: &NewRun) -> io::Result<()> {
        let line = serde_json::to_string(order).map_err(io::Error::other)?;
        self.input
            .as_mut()
            .map_or(Ok(()), |input| writeln!(input, "{line}"))
    }

    /// Has it stop after its step, with a checkpoint.
    pub fn stop(&mut self) {
        self.input = None;
    }

    /// Tells each line that it prints where that is piped, in threads that end with it and those that it started.
    pub fn listen(
        &mut self,
        tell: impl Fn(Line) + Clone + Send + 'static,
    ) -> io::Result<Vec<JoinHandle<()>>> {
        let printed = self.child.stdout.take().map(|out| Box::new(out) as Output);
        let errors = self.child.stderr.take().map(|out| Box::new(out) as Output);
        let outputs = [printed, errors].into_iter().flatten();
        outputs.map(|out| each_line(out, tell.clone())).collect()
    }

    /// How it ended, if it did.
    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }
}

type Output = Box<dyn Read + Send>;

/// Tells each line of an output, in a thread of its own.
fn each_line(output: Output, tell: impl Fn(Line) + Send + 'static) -> io::Result<JoinHandle<()>> {
    Builder::new().spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while output
            .read_until(b'\n', &mut line)
            .is_ok_and(|read| read > 0)
        {
            // Also what is no UTF-8 is read: a process whose pipe is full would stand still.
            tell(Line::of(
                String::from_utf8_lossy(&line).trim_end().to_owned(),
            ));
            line.clear();
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_from_what_libraries_print() {
        let error = ErrorLine {
            error: "no such \"thing\"\nhere".to_owned(),
        };
        let line = serde_json::to_string(&error).unwrap();
        let printed = format!("simclr-tui: a note\n{line}\n{{\"error\": 1}}\n");
        assert_eq!(last_error(printed.as_bytes()), Some(error.error));
        assert_eq!(last_error(b"simclr-tui: a note\n"), None);
    }
}
