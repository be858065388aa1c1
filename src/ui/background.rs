//! Leaving a run to a process of its own, so that the shell comes back and training goes on. That process asks for the
//! run once it is ready: until then nothing has changed, and whatever stands in its way costs the run nothing.

use crate::disk::untrusted::{self, Links};
use crate::runs::control::{Request, withdraw};
use crate::runs::{CONSOLE, Run};
use crate::text::complaint;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};

/// Starts a process that takes over the run in a folder, detached from this one; the command line knows how.
pub type Start = fn(run: &Path) -> io::Result<Child>;

/// A run on its way to another process.
#[derive(Debug)]
pub struct HandOver {
    child: Child,
    dir: PathBuf,
    /// Resumes that its log knew of before.
    gaps: usize,
    /// Whether our trainer has let go of it.
    given: bool,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The other process gets ready, or our trainer finishes its step.
    Waiting,
    /// The other process trains the run.
    Done,
    /// The other process is gone, and why.
    Failed(String),
}

impl HandOver {
    /// Starts the process that will go on with the run.
    ///
    /// # Errors
    /// When the system can't start it.
    pub fn begin(run: &Run, start: Start) -> io::Result<Self> {
        Ok(Self {
            child: start(&run.dir)?,
            dir: run.dir.clone(),
            gaps: run.series.gaps.len(),
            given: false,
        })
    }

    /// The run's folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The other process's number.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Whether our trainer has let go of the run.
    #[must_use]
    pub const fn is_given(&self) -> bool {
        self.given
    }

    /// Our trainer has let go of the run.
    pub const fn give(&mut self) {
        self.given = true;
    }

    /// Looks how far it is; `run` as its folder shows it now.
    pub fn look(&mut self, run: Option<&Run>) -> Progress {
        // Its log says that training began again, and its lock that the process lives: then it has taken over.
        let began = |run: &Run| run.status.is_live() && run.series.gaps.len() > self.gaps;
        if self.given && run.is_some_and(began) {
            return Progress::Done;
        }
        match self.child.try_wait() {
            Ok(None) => Progress::Waiting,
            Ok(Some(status)) => Progress::Failed(why(&self.dir, status)),
            Err(e) => Progress::Failed(e.to_string()),
        }
    }

    /// Ends the other process; whether our trainer goes on as if nothing had been asked.
    pub fn call_off(mut self) -> bool {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        withdraw(&self.dir, Request::HandOver)
    }
}

/// What the process said last, which is why it ended.
fn why(dir: &Path, status: ExitStatus) -> String {
    let said = end(&dir.join(CONSOLE)).unwrap_or_default();
    match complaint(&said) {
        Some(said) => said.to_owned(),
        None => format!("it ended with {status}; {CONSOLE} may say more"),
    }
}

/// The end of a file.
fn end(path: &Path) -> Option<String> {
    let mut file = untrusted::open(path, Links::Refuse).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(4096)))
        .ok()?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail).ok()?;
    Some(String::from_utf8_lossy(&tail).into_owned())
}
