//! What any process on the machine may ask of whoever trains a run: tiny files in the run's folder, which the trainer
//! obeys in the order they were sent and removes. The log's next records are the acknowledgement.

use super::{CONTROL, RunError};
use crate::disk::untrusted;
use crate::disk::{random, write_own};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The trainer looks for requests at most this often.
pub const PACE: Duration = Duration::from_millis(200);

/// One thing to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Wait after the current step.
    Pause,
    /// Go on after a pause.
    Continue,
    /// Write a checkpoint after the current step.
    Checkpoint,
    /// End the run after the current step, with a checkpoint.
    Stop,
    /// Let go of the run after the current step, with a checkpoint: the process that asks goes on with it.
    HandOver,
}

impl Request {
    const ALL: [Self; 5] = [
        Self::Pause,
        Self::Continue,
        Self::Checkpoint,
        Self::Stop,
        Self::HandOver,
    ];

    /// The word in names of files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Continue => "continue",
            Self::Checkpoint => "checkpoint",
            Self::Stop => "stop",
            Self::HandOver => "hand-over",
        }
    }

    /// Names are `TIME-RANDOM-WORD`.
    fn of(name: &str) -> Option<Self> {
        let word = name.splitn(3, '-').nth(2)?;
        Self::ALL.into_iter().find(|request| request.name() == word)
    }
}

/// Asks whoever trains the run in this folder. Nobody answers when nobody does.
///
/// # Errors
/// A sentence, when the folder is gone or may not be written.
pub fn send(run: &Path, request: Request) -> Result<(), RunError> {
    let folder = run.join(CONTROL);
    // Not the run's folder: one that was deleted must not come back as a broken run.
    let made = untrusted::folder(run).and_then(|()| untrusted::own_folder(&folder));
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let time = since.map_or(0, |time| time.as_nanos());
    let unique = random() & 0xffff_ffff;
    let path = folder.join(format!("{time:020}-{unique:08x}-{}", request.name()));
    made.and_then(|()| write_own(&path, b""))
        .map_err(|e| RunError::io(&path, &e))
}

/// Takes requests of this kind back; whether there were any that the trainer had not taken yet.
#[must_use]
pub fn withdraw(run: &Path, request: Request) -> bool {
    let waiting = waiting(&run.join(CONTROL));
    let same = waiting.into_iter().filter(|(_, of)| *of == Some(request));
    // All of them, whatever became of the first.
    same.fold(false, |any, (path, _)| any | fs::remove_file(path).is_ok())
}

/// Drops what was asked of a trainer that is gone.
pub fn clear(run: &Path) {
    for (path, _) in waiting(&run.join(CONTROL)) {
        // One that can't be removed is never obeyed either.
        let _ = fs::remove_file(path);
    }
}

/// The trainer's side.
#[derive(Debug)]
pub struct Mailbox {
    folder: PathBuf,
    looked: Option<Instant>,
}

impl Mailbox {
    /// The requests to whoever trains the run in this folder.
    #[must_use]
    pub fn of(run: &Path) -> Self {
        Self {
            folder: run.join(CONTROL),
            looked: None,
        }
    }

    /// The requests since last time, in the order they were sent. Costs nothing but for once a [`PACE`].
    pub fn take(&mut self) -> Vec<Request> {
        if self.looked.is_some_and(|at| at.elapsed() < PACE) {
            return Vec::new();
        }
        self.looked = Some(Instant::now());
        let waiting = waiting(&self.folder);
        let known = waiting
            .into_iter()
            .filter_map(|(path, request)| Some((path, request?)));
        // Only what is removed is obeyed, so that nothing is obeyed twice.
        let taken = known.filter(|(path, _)| fs::remove_file(path).is_ok());
        taken.map(|(_, request)| request).collect()
    }
}

/// All that lies there, oldest first; hidden files are still being written.
fn waiting(folder: &Path) -> Vec<(PathBuf, Option<Request>)> {
    let entries = untrusted::entries(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|name| (folder.join(&name), Request::of(&name)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;

    /// A mailbox that looks at once.
    fn taken(run: &Path) -> Vec<Request> {
        Mailbox::of(run).take()
    }

    #[test]
    fn what_is_asked_is_obeyed_once_and_in_order() {
        let run = tempfile::tempdir().unwrap();
        assert_eq!(taken(run.path()), []);
        for request in Request::ALL {
            send(run.path(), request).unwrap();
        }
        assert_eq!(taken(run.path()), Request::ALL);
        assert_eq!(taken(run.path()), []);
    }

    #[test]
    fn a_trainer_looks_only_now_and_then() {
        let run = tempfile::tempdir().unwrap();
        let mut mailbox = Mailbox::of(run.path());
        assert_eq!(mailbox.take(), []);
        send(run.path(), Request::Stop).unwrap();
        let looked = mailbox.looked;
        while mailbox.looked == looked {
            let before = Instant::now();
            let requests = mailbox.take();
            let early = looked.is_some_and(|at| before.duration_since(at) < PACE);
            assert!(requests.is_empty() || !early || mailbox.looked != looked);
            if mailbox.looked != looked {
                assert_eq!(requests, [Request::Stop]);
            }
        }
    }

    #[test]
    fn what_is_withdrawn_cleared_or_unknown_is_not_obeyed() {
        let run = tempfile::tempdir().unwrap();
        send(run.path(), Request::HandOver).unwrap();
        send(run.path(), Request::Pause).unwrap();
        fs::write(run.path().join(CONTROL).join("1-2-dance"), "").unwrap();
        fs::write(run.path().join(CONTROL).join(".1-2-stop.tmp"), "").unwrap();
        assert!(withdraw(run.path(), Request::HandOver));
        assert!(!withdraw(run.path(), Request::HandOver));
        assert_eq!(taken(run.path()), [Request::Pause]);
        send(run.path(), Request::Stop).unwrap();
        clear(run.path());
        assert_eq!(taken(run.path()), []);
    }

    #[test]
    fn a_run_that_was_deleted_does_not_come_back() {
        let runs = tempfile::tempdir().unwrap();
        let run = runs.path().join("gone");
        send(&run, Request::Stop)
            .unwrap_err()
            .says("no such file or folder");
        assert!(!run.exists());
    }
}
