//! Waiting for input without ever asking crossterm about a terminal that is gone: there its `poll` never returns and
//! burns a core (crossterm#793).

use std::time::Duration;

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
    let _ = crossterm::event::poll(timeout);
    Input::Quiet
}

/// Reminds crossterm of input that it sleeps through: it waits for news of the terminal, and forgets those that come
/// together with a resize. Setting the terminal's modes as they are wakes whoever waits for it.
#[cfg(unix)]
pub fn remind() {
    use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
    let stdin = std::io::stdin();
    // What fails is a terminal that is gone, which the next wait sees.
    let _ = tcgetattr(&stdin).and_then(|modes| tcsetattr(&stdin, OptionalActions::Now, &modes));
}

/// Waiting is crossterm's own here.
#[cfg(not(unix))]
pub fn remind() {}

/// Whether the terminal is gone.
pub fn is_gone() -> bool {
    wait(Duration::ZERO) == Input::Gone
}
