//! Writing a log: in order, whatever the disk does, and synced within a second.

use super::frame;
use crate::disk::untrusted;
use crate::engine::report::{Level, Note, Point, Report};
use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How much may wait in memory for a disk that takes nothing: over an hour of points.
const LARGEST_QUEUE: usize = 32 << 20;

/// How long a record may be unsynced.
const SECOND: Duration = Duration::from_secs(1);

/// Where a log's bytes go; a file but in tests.
pub trait Sink: Write + Send {
    /// Makes what was written outlast a power cut.
    ///
    /// # Errors
    /// When the disk could not keep it.
    fn sync(&mut self) -> io::Result<()>;
}

impl Sink for Arc<File> {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Appends records to one log. What can't be written now waits in memory and goes before what comes later.
pub struct LogWriter {
    sink: Box<dyn Sink>,
    queue: VecDeque<Line>,
    /// Bytes of the queue's first line that are written already.
    written: usize,
    queued: usize,
    dropped: usize,
    largest: usize,
    unsynced: bool,
    /// When this thread last waited for the disk.
    synced: Option<Instant>,
    syncer: Option<Syncer>,
    /// Whether it has to sync each second itself, for want of a thread.
    alone: bool,
}

struct Line {
    bytes: Vec<u8>,
    /// Points may be dropped when memory runs short; the words of a run may not.
    point: bool,
}

impl LogWriter {
    /// Opens a log for appending; a new one begins with its header, one cut within a record goes on at a new line.
    ///
    /// # Errors
    /// When the file can't be opened or read.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        let mut file = untrusted::open_own(path, options.read(true).append(true).create(true))?;
        let length = file.metadata()?.len();
        let mut last = [b'\n'];
        if length > 0 {
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
        }
        let file = Arc::new(file);
        let mut writer = Self::new(Box::new(Arc::clone(&file)));
        // Where the system allows no thread for it, whoever writes syncs.
        writer.syncer = Syncer::start(file).ok();
        writer.alone = writer.syncer.is_none();
        if length == 0 {
            writer.push(frame::header(super::super::now())?, false);
        } else if last != [b'\n'] {
            writer.push(b"\n".to_vec(), false);
        }
        Ok(writer)
    }

    /// A writer to any sink, without header.
    #[must_use]
    pub fn new(sink: Box<dyn Sink>) -> Self {
        Self {
            sink,
            queue: VecDeque::new(),
            written: 0,
            queued: 0,
            dropped: 0,
            largest: LARGEST_QUEUE,
            unsynced: false,
            synced: None,
            syncer: None,
            alone: false,
        }
    }

    /// The same with another bound on what may wait in memory.
    #[cfg(test)]
    pub(super) fn with_largest(mut self, bytes: usize) -> Self {
        self.largest = bytes;
        self
    }

    /// The same where the system allows no thread that syncs.
    #[cfg(test)]
    pub(super) fn alone(mut self) -> Self {
        self.alone = true;
        self
    }

    /// Appends a report. What is not a point is synced at once, points within a second, those at the end of an epoch at
    /// once unless that was done less than a second ago. Where nothing comes, nothing is unsynced.
    ///
    /// # Errors
    /// When it could not be written or synced. It then waits in memory, and the next call tries again: training may go on.
    pub fn append(&mut self, report: &Report) -> io::Result<()> {
        let point = match report {
            Report::Point(point) => Some(point),
            _ => None,
        };
        self.push(frame::event(super::super::now(), report)?, point.is_some());
        if point.is_some_and(|point| !self.is_due(point)) {
            self.flush()
        } else {
            self.sync()
        }
    }

    /// Whether a point ends an epoch, or nobody else syncs, and this thread has not waited for the disk in the last second.
    fn is_due(&self, point: &Point) -> bool {
        let recent = self.synced.is_some_and(|at| at.elapsed() < SECOND);
        (point.epoch.fract() == 0.0 || self.alone) && !recent
    }

    /// Writes what waits and makes all of it outlast a power cut.
    ///
    /// # Errors
    /// When the disk takes it not; nothing is lost.
    pub fn sync(&mut self) -> io::Result<()> {
        self.flush()?;
        if self.unsynced {
            self.sink.sync()?;
            self.unsynced = false;
            self.synced = Some(Instant::now());
        }
        Ok(())
    }

    /// Records that wait in memory because the disk did not take them.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.queue.len()
    }

    fn push(&mut self, bytes: Vec<u8>, point: bool) {
        self.queued += bytes.len();
        self.queue.push_back(Line { bytes, point });
        while self.queued > self.largest && self.drop_point() {
            self.dropped += 1;
        }
    }

    /// Drops the oldest point of which nothing is written yet.
    fn drop_point(&mut self) -> bool {
        let begun = usize::from(self.written > 0);
        let oldest = self.queue.iter().skip(begun).position(|line| line.point);
        let line = oldest.and_then(|at| self.queue.remove(begun + at));
        self.queued -= line.as_ref().map_or(0, |line| line.bytes.len());
        line.is_some()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.drain()?;
        if self.dropped > 0 {
            let text = format!(
                "{} points are missing here: the disk could not be written to for too long",
                self.dropped
            );
            self.dropped = 0;
            let level = Level::Warning;
            let note = Report::Note(Note { level, text });
            self.push(frame::event(super::super::now(), &note)?, false);
            self.drain()?;
        }
        self.syncer.as_ref().map_or(Ok(()), Syncer::verdict)
    }

    fn drain(&mut self) -> io::Result<()> {
        while let Some(line) = self.queue.front() {
            match self.sink.write(&line.bytes[self.written..]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => self.written += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            }
            self.unsynced = true;
            if let Some(syncer) = &self.syncer {
                syncer.wake();
            }
            if self.written == line.bytes.len() {
                self.queued -= line.bytes.len();
                self.queue.pop_front();
                self.written = 0;
            }
        }
        Ok(())
    }
}

impl Drop for LogWriter {
    fn drop(&mut self) {
        // The last chance; there is nobody left to tell.
        let _ = self.sync();
    }
}

impl std::fmt::Debug for LogWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogWriter")
            .field("pending", &self.pending())
            .finish_non_exhaustive()
    }
}

/// Syncs a second after something new, off the thread that trains: a slow disk must not slow training.
struct Syncer {
    dirty: Arc<AtomicBool>,
    bell: Sender<()>,
    failed: Arc<Mutex<Option<io::Error>>>,
}

impl Syncer {
    fn start(file: Arc<File>) -> io::Result<Self> {
        let (bell, rings) = channel();
        let dirty = Arc::new(AtomicBool::new(false));
        let failed = Arc::new(Mutex::new(None));
        let (flag, verdict) = (Arc::clone(&dirty), Arc::clone(&failed));
        std::thread::Builder::new()
            .name("log-sync".to_owned())
            .spawn(move || Self::serve(&rings, &flag, &verdict, &file))?;
        Ok(Self {
            dirty,
            bell,
            failed,
        })
    }

    fn serve(
        rings: &Receiver<()>,
        dirty: &AtomicBool,
        failed: &Mutex<Option<io::Error>>,
        file: &File,
    ) {
        while rings.recv().is_ok() {
            // No ring comes while the flag is up, so this is a pause that the writer's end cuts short.
            let over = rings.recv_timeout(SECOND);
            dirty.store(false, Ordering::Release);
            if let Err(e) = file.sync_data() {
                *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(e);
            }
            if over == Err(RecvTimeoutError::Disconnected) {
                return;
            }
        }
    }

    fn wake(&self) {
        if !self.dirty.swap(true, Ordering::AcqRel) {
            // The thread lives as long as this sender.
            let _ = self.bell.send(());
        }
    }

    fn verdict(&self) -> io::Result<()> {
        let failed = self
            .failed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        failed.map_or(Ok(()), Err)
    }
}
