//! Signals that have come. Each also wakes the loop, however long it would have slept.

use super::end::End;
#[cfg(unix)]
use crate::machine::signals::{INSISTENT, others};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Signals that have come.
#[derive(Debug)]
pub struct Signals {
    terminate: Arc<AtomicBool>,
    hang_up: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    go_on: Arc<AtomicBool>,
    resize: Arc<AtomicBool>,
    /// What a signal writes to, read by the loop.
    #[cfg(unix)]
    woken: std::os::unix::net::UnixStream,
}

#[cfg(unix)]
impl Signals {
    /// From now on they are noted.
    pub fn watch() -> io::Result<Self> {
        use signal_hook::consts::{SIGCONT, SIGHUP, SIGTSTP, SIGWINCH};
        let (woken, wake) = std::os::unix::net::UnixStream::pair()?;
        woken.set_nonblocking(true)?;
        let signals = Self {
            terminate: Arc::default(),
            hang_up: Arc::default(),
            stop: Arc::default(),
            go_on: Arc::default(),
            resize: Arc::default(),
            woken,
        };
        let note = |signal, flag: &Arc<AtomicBool>| -> io::Result<()> {
            // The flag first: whoever is woken finds it.
            signal_hook::flag::register(signal, Arc::clone(flag))?;
            signal_hook::low_level::pipe::register(signal, wake.try_clone()?)?;
            Ok(())
        };
        for signal in INSISTENT.into_iter().chain(others()) {
            note(signal, &signals.terminate)?;
        }
        note(SIGHUP, &signals.hang_up)?;
        note(SIGTSTP, &signals.stop)?;
        note(SIGCONT, &signals.go_on)?;
        note(SIGWINCH, &signals.resize)?;
        Ok(signals)
    }

    /// What a signal makes readable.
    pub const fn woken(&self) -> &std::os::unix::net::UnixStream {
        &self.woken
    }

    /// Readies it for the next one.
    pub fn hush(&self) {
        use std::io::Read;
        let mut buffer = [0; 64];
        while (&self.woken)
            .read(&mut buffer)
            .is_ok_and(|count| count == buffer.len())
        {}
    }
}

#[cfg(not(unix))]
impl Signals {
    /// From now on they are noted.
    pub fn watch() -> io::Result<Self> {
        use signal_hook::consts::{SIGINT, SIGTERM};
        let signals = Self {
            terminate: Arc::default(),
            hang_up: Arc::default(),
            stop: Arc::default(),
            go_on: Arc::default(),
            resize: Arc::default(),
        };
        for signal in [SIGTERM, SIGINT] {
            signal_hook::flag::register(signal, Arc::clone(&signals.terminate))?;
        }
        Ok(signals)
    }
}

impl Signals {
    /// Whether the process is to end.
    pub fn terminated(&self) -> bool {
        self.terminate.load(Ordering::Relaxed)
    }

    /// Those that ask for the end are through with; others may come.
    pub fn heard_terminate(&self) {
        self.terminate.store(false, Ordering::Relaxed);
    }

    /// Going on after a stop of our own is no news.
    pub fn heard_go_on(&self) {
        self.go_on.store(false, Ordering::Relaxed);
    }

    /// Whether the terminal has another size; asking takes the answer away.
    pub fn take_resize(&self) -> bool {
        self.resize.swap(false, Ordering::Relaxed)
    }

    /// Why the loop must end, if it must.
    pub fn end(&self) -> Option<End> {
        if self.hang_up.load(Ordering::Relaxed) {
            Some(End::Vanished)
        } else if self.terminated() {
            Some(End::Terminated)
        } else if self.stop.swap(false, Ordering::Relaxed) {
            Some(End::Suspended)
        } else {
            let went_on = self.go_on.swap(false, Ordering::Relaxed);
            went_on.then_some(End::Continued)
        }
    }
}
