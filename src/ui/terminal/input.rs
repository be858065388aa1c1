//! Waiting for input without asking crossterm about a terminal that is gone: there its `poll` burns a core until its time is over. (Its
//! other source of events, without the feature `use-dev-tty`, never returns: crossterm#793.)

use crossterm::event::{self, Event};
use std::io;
use std::time::Duration;

/// How long crossterm may look for an event that is there.
const MOMENT: Duration = Duration::from_millis(1);

/// What waiting ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// There is some.
    Ready,
    /// There may be none: the time is over, or a signal came.
    Quiet,
    /// The terminal is gone.
    Gone,
}

/// Waits for input or a signal, at most so long.
#[cfg(unix)]
pub fn wait(timeout: Duration) -> Input {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stdin = std::io::stdin();
    let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
    let timeout = Timespec {
        tv_sec: timeout.as_secs().try_into().unwrap_or(1),
        tv_nsec: timeout.subsec_nanos().into(),
    };
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    match poll(&mut fds, Some(&timeout)) {
        Ok(_) if fds[0].revents().intersects(gone) => Input::Gone,
        Ok(_) if fds[0].revents().contains(PollFlags::IN) => Input::Ready,
        // An error is a signal, such as that of a resize.
        _ => Input::Quiet,
    }
}

/// Waits for input, at most so long.
#[cfg(not(unix))]
pub fn wait(timeout: Duration) -> Input {
    // Its error comes again where the event is read.
    let _ = event::poll(timeout);
    Input::Quiet
}

/// The next event, if there is one: crossterm looks for none when it is given no time at all.
///
/// # Errors
/// When the terminal can't be read.
pub fn next() -> io::Result<Option<Event>> {
    event::poll(MOMENT)?.then(event::read).transpose()
}

/// Whether the terminal is gone.
pub fn is_gone() -> bool {
    wait(Duration::ZERO) == Input::Gone
}
