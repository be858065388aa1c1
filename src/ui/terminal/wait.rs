//! Sleeping until something happens: input, a signal, a change in a folder that is watched, or the time.

use super::signals::Signals;
use crate::disk::file_watcher::Notices;
use std::time::Duration;

/// What happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Woken {
    /// There is input.
    pub input: bool,
    /// The terminal is gone.
    pub gone: bool,
    /// A folder changed.
    pub changed: bool,
}

/// Sleeps at most so long.
#[cfg(unix)]
pub fn wait(signals: &Signals, notices: Option<&Notices>, most: Duration) -> Woken {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stdin = std::io::stdin();
    let mut fds = vec![
        PollFd::new(&stdin, PollFlags::IN),
        PollFd::new(signals.woken(), PollFlags::IN),
    ];
    fds.extend(notices.map(|notices| PollFd::new(notices, PollFlags::IN)));
    let most = Timespec {
        tv_sec: most.as_secs().try_into().unwrap_or(1),
        tv_nsec: most.subsec_nanos().into(),
    };
    if poll(&mut fds, Some(&most)).is_err() {
        // A signal, such as that of a resize.
        signals.hush();
        return Woken::default();
    }
    let has = |nth: usize, flags| {
        fds.get(nth)
            .is_some_and(|fd| fd.revents().intersects(flags))
    };
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    let woken = Woken {
        input: has(0, PollFlags::IN),
        gone: has(0, gone),
        changed: has(2, PollFlags::IN),
    };
    signals.hush();
    woken
}

/// Sleeps at most so long.
#[cfg(not(unix))]
pub fn wait(_: &Signals, _: Option<&Notices>, most: Duration) -> Woken {
    Woken {
        // An error comes again where the event is read.
        input: crossterm::event::poll(most.min(Duration::from_millis(250))).unwrap_or(true),
        ..Woken::default()
    }
}

/// Whether the terminal is gone.
pub fn is_gone(signals: &Signals) -> bool {
    wait(signals, None, Duration::ZERO).gone
}
