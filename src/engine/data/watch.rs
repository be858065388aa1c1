//! What is told while a data set is opened, and what ends that: a folder may hold a million files.

use super::DataError;
use crate::text::figures::thousands;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How far the opening of a data set is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many files were found.
    Found(usize),
    /// The headers of so many images were looked at, of so many.
    Checked(usize, usize),
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |count: usize| thousands(count as u64);
        match *self {
            Self::Found(files) => {
                let noun = if files == 1 { "file" } else { "files" };
                write!(f, "scanning: {} {noun}", number(files))
            }
            Self::Checked(done, all) => {
                let (done, all) = (number(done), number(all));
                write!(f, "reading headers: {done} of {all} images")
            }
        }
    }
}

/// Hears of each file and each header, from many threads at once, and says whether to go on.
type Told<'a> = dyn Fn(Progress) -> bool + Sync + 'a;

/// Whoever watches a data set being opened.
pub struct Watch<'a> {
    told: &'a Told<'a>,
    found: AtomicUsize,
    ended: AtomicBool,
}

impl<'a> Watch<'a> {
    /// Tells each step, until the answer is no.
    #[must_use]
    pub fn new(told: &'a Told<'a>) -> Self {
        Self {
            told,
            found: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
        }
    }

    /// One more file was found.
    ///
    /// # Errors
    /// [`DataError::Stopped`], where the opening is to end.
    pub(super) fn found(&self) -> Result<(), DataError> {
        let files = 1 + self.found.fetch_add(1, Ordering::Relaxed);
        self.tell(Progress::Found(files))
    }

    /// Tells how far it is.
    ///
    /// # Errors
    /// [`DataError::Stopped`], where the opening is to end; from then on always.
    pub(super) fn tell(&self, progress: Progress) -> Result<(), DataError> {
        if !self.ended.load(Ordering::Relaxed) && (self.told)(progress) {
            return Ok(());
        }
        self.ended.store(true, Ordering::Relaxed);
        Err(DataError::Stopped)
    }
}

/// Lets through what comes after a pause, such as progress on its way to a screen.
#[derive(Debug)]
pub struct Seldom {
    pause: Duration,
    next: Mutex<Instant>,
}

impl Seldom {
    /// At once, and then again after such a pause.
    #[must_use]
    pub fn every(pause: Duration) -> Self {
        Self {
            pause,
            next: Mutex::new(Instant::now()),
        }
    }

    /// Whether it is time again; of many threads that ask at once, one is told.
    #[must_use]
    pub fn is_due(&self) -> bool {
        let Ok(mut next) = self.next.try_lock() else {
            return false;
        };
        let now = Instant::now();
        let due = now >= *next;
        if due {
            *next = now + self.pause;
        }
        due
    }
}
