//! Signals that end a program which doesn't take them: one list, and what a program without a screen makes of it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

#[cfg(unix)]
pub use unix::{INSISTENT, is_ignored, others};

/// The exit code of a program that was interrupted.
pub const INTERRUPTED: i32 = 130;

/// A flag that rises with the first signal that would have ended the program. A second one of [`INSISTENT`] ends it on the spot; the
/// others may come several times, from shell, terminal and batch system.
///
/// # Errors
/// When the system lets no signal be taken.
pub fn interrupted() -> io::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    insistent(&flag)?;
    // A connection that breaks must not cost what was learnt since the last checkpoint, nor a time limit that comes near.
    for signal in patient() {
        // One that can't be taken does what it always did.
        let _ = signal_hook::flag::register(signal, Arc::clone(&flag));
    }
    Ok(flag)
}

/// Has the same signals end a program that leaves nothing half done on the spot, with the exit code of one that was interrupted.
pub fn end_at_once() {
    for signal in INSISTENT.into_iter().chain(patient()) {
        let always = Arc::new(AtomicBool::new(true));
        // One that can't be taken ends it as it always did.
        let _ = signal_hook::flag::register_conditional_shutdown(signal, INTERRUPTED, always);
    }
}

/// Those of which a second one is no more than the first.
#[cfg(unix)]
fn patient() -> impl Iterator<Item = i32> {
    use signal_hook::consts::SIGHUP;
    others().chain((!is_ignored(SIGHUP)).then_some(SIGHUP))
}

#[cfg(not(unix))]
fn patient() -> impl Iterator<Item = i32> {
    std::iter::empty()
}

#[cfg(not(unix))]
const INSISTENT: [i32; 2] = [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM];

/// Has the flag rise with a first signal of those that are repeated, and the program end with a second one.
fn insistent(flag: &Arc<AtomicBool>) -> io::Result<()> {
    use signal_hook::flag::{register, register_conditional_shutdown};
    // Apart from the flag, because others than signals may raise that, which makes a first signal no second one.
    let seen = INSISTENT.map(|signal| (signal, Arc::new(AtomicBool::new(false))));
    for (signal, own) in &seen {
        // In this order: at a first signal its own is still down. It is raised before the others are looked at,
        // so that of two kinds that are handled on two threads at once, at least one sees the other. Two of one kind at
        // the same moment may count as one, as they do wherever the first still waits.
        register_conditional_shutdown(*signal, INTERRUPTED, Arc::clone(own))?;
        register(*signal, Arc::clone(own))?;
        for (_, other) in seen.iter().filter(|(other, _)| other != signal) {
            register_conditional_shutdown(*signal, INTERRUPTED, Arc::clone(other))?;
        }
        register(*signal, Arc::clone(flag))?;
    }
    Ok(())
}

#[cfg(unix)]
mod unix {
    use libc::c_int;
    use signal_hook::consts::{
        SIGALRM, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGVTALRM,
        SIGXCPU,
    };

    /// Those that people send, and send again when they lose patience.
    pub const INSISTENT: [c_int; 3] = [SIGINT, SIGTERM, SIGQUIT];

    /// Those that every Unix has; SIGIO is SIGPOLL by another name.
    const COMMON: [c_int; 7] = [
        SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGIO,
    ];

    /// All others but hang-ups, such as those that batch systems send before a time limit; left out are signs of a program's own
    /// faults, and what whoever started the program wants to be ignored.
    pub fn others() -> impl Iterator<Item = c_int> {
        let ignored = ignored();
        let all = COMMON.into_iter().chain(of_linux());
        all.filter(move |signal| !is_among(*signal, ignored))
    }

    /// Whether this process was started so that it ignores a signal, as `nohup` does with hang-ups; these are taken for ignored where it
    /// can't be told.
    #[must_use]
    pub fn is_ignored(signal: c_int) -> bool {
        is_among(signal, ignored())
    }

    /// One bit a signal, the lowest for signal 1.
    fn ignored() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mut lines = status.lines();
        let ignored = lines.find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = ignored.and_then(|signals| u64::from_str_radix(signals.trim(), 16).ok());
        ignored.unwrap_or(1 << (SIGHUP - 1))
    }

    const fn is_among(signal: c_int, signals: u64) -> bool {
        signal <= 64 && signals >> (signal - 1) & 1 == 1
    }

    #[cfg(target_os = "linux")]
    fn of_linux() -> impl Iterator<Item = c_int> {
        let real_time = libc::SIGRTMIN()..=libc::SIGRTMAX();
        [libc::SIGPWR, libc::SIGSTKFLT].into_iter().chain(real_time)
    }

    #[cfg(not(target_os = "linux"))]
    fn of_linux() -> impl Iterator<Item = c_int> {
        std::iter::empty()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader, Write};
    use std::process::{Command, Stdio};
    use std::sync::atomic::Ordering;

    /// Not a test: what [`two_of_one_kind_end_it`] starts, since signals are for a whole process.
    #[test]
    #[ignore = "waits for signals"]
    fn waits() {
        let flag = interrupted().unwrap();
        // Past what the test harness keeps of a test's words.
        let mut out = std::io::stdout();
        writeln!(out, "ready").unwrap();
        while !flag.load(Ordering::Relaxed) {
            std::thread::yield_now();
        }
        writeln!(out, "first").unwrap();
        loop {
            std::thread::park();
        }
    }

    #[test]
    fn two_of_one_kind_end_it() {
        let this = std::env::current_exe().unwrap();
        for signal in ["-INT", "-TERM", "-QUIT"] {
            let mut child = Command::new(&this)
                .args(["--exact", "machine::signals::tests::waits"])
                .args(["--ignored", "--nocapture"])
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let pid = child.id().to_string();
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            for said in ["ready", "first"] {
                assert!(lines.any(|line| line.unwrap().ends_with(said)), "{said}");
                let sent = Command::new("kill").args([signal, &pid]).status();
                assert!(sent.unwrap().success());
            }
            assert_eq!(child.wait().unwrap().code(), Some(INTERRUPTED), "{signal}");
        }
    }
}
