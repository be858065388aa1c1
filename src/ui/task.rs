//! What takes a minute or more, done by a process of its own while the screen goes on: evaluating a run, and writing exports
//! and reports.

use crate::disk::path;
use crate::explore::KEPT;
use crate::runs::{Fact, Run};
use crate::text::complaint;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// Starts this program with some arguments over a folder of runs; its errors are piped. The command line knows how.
pub type Start = fn(runs: &Path, args: &[OsString]) -> io::Result<Child>;

/// Most bytes of a line that are kept.
const LINE: u64 = 1 << 12;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The arguments of the program.
    pub args: Vec<OsString>,
    /// It in words, such as "evaluating quick".
    pub doing: String,
    /// The run whose checkpoint it reads, by its id.
    pub reads: Option<String>,
    /// The folder of the run whose figures are told at its end, where it has any.
    pub judges: Option<PathBuf>,
    /// What is told otherwise.
    pub done: String,
}

impl Task {
    /// Evaluates the run's network and keeps the results there.
    #[must_use]
    pub fn evaluate(run: &Run) -> Self {
        let title = run.title();
        Self {
            args: vec!["eval".into(), (&run.id).into(), "--progress".into()],
            doing: format!("evaluating {title}"),
            reads: Some(run.id.clone()),
            judges: Some(run.dir.clone()),
            done: format!("evaluated {title}"),
        }
    }

    /// Maps the run's test images in a representation and keeps the map there.
    #[must_use]
    pub fn map(run: &Run, space: &str) -> Self {
        let title = run.title();
        let args = ["explore", &run.id, "--space", space, "--progress"];
        Self {
            args: args.map(OsString::from).to_vec(),
            doing: format!("mapping {title}"),
            reads: Some(run.id.clone()),
            judges: None,
            done: format!("mapped {title}"),
        }
    }

    /// The same, into a file too.
    #[must_use]
    pub fn write_map(run: &Run, space: &str, to: &Path) -> Self {
        let to = path::whole(to);
        let mut task = Self::map(run, space);
        task.done = format!("wrote {}", to.display());
        task.args.extend(["--to".into(), to.into()]);
        task
    }

    /// Writes the run's encoder, or its embeddings where the file ends so.
    #[must_use]
    pub fn export(run: &Run, to: &Path) -> Self {
        let to = path::whole(to);
        let columns = to.extension().is_some_and(|ending| ending == "npy");
        let what = if columns { "--embeddings" } else { "--to" };
        Self {
            done: format!("wrote {}", to.display()),
            args: vec![
                "export".into(),
                (&run.id).into(),
                what.into(),
                to.into(),
                "--progress".into(),
            ],
            doing: format!("exporting {}", run.title()),
            reads: Some(run.id.clone()),
            judges: None,
        }
    }

    /// Writes the report of a sweep, judged and compared as the screen has it.
    #[must_use]
    pub fn report(sweep: &str, scale: Option<&str>, (by, from): (Fact, &str), to: &Path) -> Self {
        let to = path::whole(to);
        let mut args: Vec<OsString> = vec!["report".into(), sweep.into()];
        args.extend(scale.iter().flat_map(|s| ["--scale".into(), s.into()]));
        args.extend(["--metric".into(), by.name().into()]);
        if !from.is_empty() {
            args.extend(["--baseline".into(), from.into()]);
        }
        let done = format!("wrote {}", to.display());
        args.extend(["--to".into(), to.into()]);
        Self {
            args,
            doing: "writing the report".to_owned(),
            reads: None,
            judges: None,
            done,
        }
    }
}

/// A task under way.
#[derive(Debug)]
pub struct Running {
    child: Child,
    /// What it is.
    pub task: Task,
    said: Arc<Mutex<String>>,
    listener: Option<JoinHandle<()>>,
}

impl Running {
    /// Begins one.
    ///
    /// # Errors
    /// When the system can't start the process.
    pub fn begin(runs: &Path, task: Task, start: Start) -> io::Result<Self> {
        Ok(Self::of(start(runs, &task.args)?, task))
    }

    fn of(mut child: Child, task: Task) -> Self {
        let said = Arc::new(Mutex::new(String::new()));
        let errors = child.stderr.take();
        let kept = Arc::clone(&said);
        let listen = errors.map(|errors| {
            let listener = thread::Builder::new().name("task".to_owned());
            listener.spawn(move || listen(errors, &kept))
        });
        Self {
            child,
            task,
            said,
            // Where the system refuses a thread, nobody sees how far it is.
            listener: listen.and_then(Result::ok),
        }
    }

    /// The last line that it said.
    #[must_use]
    pub fn said(&self) -> String {
        let said = self.said.lock();
        said.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is told once it ended well.
    #[must_use]
    pub fn done(&self) -> String {
        let writes = self.task.args.iter().any(|arg| arg == "--to");
        if !writes && self.said() == KEPT {
            return KEPT.to_owned();
        }
        self.task.done.clone()
    }

    /// How it ended, if it did: well, or why not.
    pub fn ended(&mut self) -> Option<Result<(), String>> {
        let status = match self.child.try_wait() {
            Ok(status) => status?,
            Err(e) => return Some(Err(e.to_string())),
        };
        if let Some(listener) = self.listener.take() {
            // It ends with the pipe; what it could not read says nothing.
            let _ = listener.join();
        }
        if status.success() {
            return Some(Ok(()));
        }
        let said = self.said();
        let why = complaint(&said).map(str::to_owned);
        Some(Err(why.unwrap_or_else(|| format!("it ended with {status}"))))
    }
}

/// Keeps the last line of what a process says.
fn listen(errors: ChildStderr, kept: &Mutex<String>) {
    let mut errors = BufReader::new(errors);
    loop {
        let mut line = Vec::new();
        match errors.by_ref().take(LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let line = String::from_utf8_lossy(&line);
        if !line.trim().is_empty() {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            line.trim().clone_into(&mut kept);
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    fn end(script: &'static str) -> (Result<(), String>, String) {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stderr(Stdio::piped());
        let run = Run::open(Path::new("/nowhere/20260101-000000-x-1"));
        let mut running = Running::of(command.spawn().unwrap(), Task::evaluate(&run));
        loop {
            if let Some(end) = running.ended() {
                if let Some(listener) = running.listener.take() {
                    listener.join().unwrap();
                }
                return (end, running.said());
            }
            std::thread::yield_now();
        }
    }

    #[test]
    fn it_ends_well_or_says_why_not() {
        assert_eq!(end("exit 0").0, Ok(()));
        let (why, _) = end("echo note >&2; echo simclr-tui: there are no test images >&2; exit 2");
        assert_eq!(why, Err("there are no test images".to_owned()));
        assert!(end("exit 3").0.unwrap_err().contains("it ended with"));
    }

    #[test]
    fn the_last_line_says_how_far_it_is() {
        let (_, said) = end("echo embedding 10 % >&2; echo embedding 20 % >&2; echo >&2");
        assert_eq!(said, "embedding 20 %");
    }

    #[test]
    fn what_is_written_goes_by_the_ending() {
        let run = Run::open(Path::new("/nowhere/20260101-000000-x-1"));
        let what = |to: &str| Task::export(&run, Path::new(to)).args[2].clone();
        assert_eq!(what("/a.npy"), "--embeddings");
        assert_eq!(what("/a.safetensors"), "--to");
    }
}
