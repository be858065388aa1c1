//! Waiting for input without ever asking crossterm about a terminal that is gone: there its `poll` never returns and
//! burns a core (crossterm#793).

use std::time::Duration;

/// Waits for input or a signal, at most so long; `false` when the terminal is gone.
#[cfg(unix)]
pub fn wait(timeout: Duration) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stdin = std::io::stdin();
    let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
    let timeout = Timespec {
        tv_sec: timeout.as_secs().try_into().unwrap_or(1),
        tv_nsec: timeout.subsec_nanos().into(),
    };
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    match poll(&mut fds, Some(&timeout)) {
        Ok(_) => !fds[0].revents().intersects(gone),
        // A signal, such as that of a resize.
        Err(_) => true,
    }
}

/// Waits for input, at most so long.
#[cfg(not(unix))]
pub fn wait(timeout: Duration) -> bool {
    crossterm::event::poll(timeout).is_ok()
}

/// Whether the terminal is gone.
pub fn is_gone() -> bool {
    !wait(Duration::ZERO)
}
