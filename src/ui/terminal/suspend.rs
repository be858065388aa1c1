//! Stopping the program for a while, as Ctrl-Z does for those whose terminal is not raw.

/// Whether somebody would let us go on again: a shell that controls jobs gives each a process group of its own.
#[cfg(unix)]
pub fn is_possible() -> bool {
    use rustix::process::{getpgrp, getsid};
    getsid(None).is_ok_and(|session| session != getpgrp())
}

/// Stops the job, `cargo run` above us too; returns when it goes on. SIGTSTP would say the same more politely, but one
/// that a process sends itself may be dropped.
#[cfg(unix)]
pub fn stop() {
    use rustix::process::{Signal, kill_current_process_group};
    // It fails only where nobody may be signalled; then nothing was stopped and the screen comes back.
    let _ = kill_current_process_group(Signal::STOP);
}

/// There are no jobs to control.
#[cfg(not(unix))]
pub fn is_possible() -> bool {
    false
}

/// Never called where it is not possible.
#[cfg(not(unix))]
pub fn stop() {}
