//! Signals: the first ends a run with a checkpoint, the second at once; the terminal is restored.

use crate::session::{
    Folder, Session, assert_restored, experiment, program, run, send, status, wait_for_run,
};
use rustix::process::{Pid, Signal, WaitOptions, waitpid};
use simclr_tui::runs::Status;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Child, Command, Stdio};

#[test]
fn with_the_screen_up_they_restore_the_terminal_and_stop_the_run() {
    for signal in [Signal::TERM, Signal::INT, Signal::QUIT, Signal::USR1] {
        let folder = Folder::new();
        let mut session = Session::training(folder.path(), 100_000);
        session.signal(signal);
        session.end();
        assert_restored(&session.bytes());
        assert_eq!(status(folder.path()), Status::Stopped, "{signal:?}");
        assert!(!run(folder.path()).series.checkpoints.is_empty());
    }
}

#[test]
fn every_one_that_ends_it_restores_the_terminal() {
    let folder = Folder::new();
    // All but those that can't be caught, that are ignored, that stop it, or that say something else.
    let other = [9, 13, 17, 18, 19, 20, 21, 22, 23, 25, 28];
    for number in (1..=31).chain([34, 64]).filter(|n| !other.contains(n)) {
        let mut session = Session::open(folder.path(), 2);
        session.wait("whole frame", |shown| {
            shown.bytes.windows(6).any(|part| part == b"\x1b[?25l")
        });
        assert!(!session.is_cooked());
        let sent = Command::new("kill")
            .args([format!("-{number}"), session.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        session.end();
        assert!(session.is_cooked(), "signal {number}");
        assert_restored(&session.bytes());
    }
}

#[test]
fn a_hang_up_that_was_only_sent_restores_the_terminal_and_lets_the_run_end() {
    let folder = Folder::new();
    let mut session = Session::training(folder.path(), 60);
    session.signal(Signal::HUP);
    session.end();
    assert!(session.is_cooked());
    assert_restored(&session.bytes());
    assert_eq!(status(folder.path()), Status::Completed);
}

/// A training without a screen that has done some steps.
fn headless(folder: &Path) -> Child {
    headless_by(&[], folder)
}

/// The same, started by another program.
fn headless_by(by: &[&str], folder: &Path) -> Child {
    let file = experiment(folder, 100_000);
    let mut words: Vec<_> = by.iter().map(OsString::from).collect();
    words.extend(program(folder).get_argv().iter().cloned());
    let child = Command::new(&words[0])
        .args(&words[1..])
        .args(["run".as_ref(), file.as_os_str()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !folder.join("runs").is_dir()
        || simclr_tui::runs::Listing::open(&folder.join("runs"))
            .runs
            .is_empty()
    {
        std::thread::yield_now();
    }
    wait_for_run(folder, "training", |run| {
        run.series.progress().is_some_and(|(done, _)| done > 5)
    });
    child
}

#[test]
fn without_a_screen_the_first_ends_a_run_with_a_checkpoint() {
    for signal in [Signal::TERM, Signal::INT] {
        let folder = Folder::new();
        let mut child = headless(folder.path());
        send(child.id(), signal);
        assert_eq!(child.wait().unwrap().code(), Some(130));
        let run = run(folder.path());
        assert_eq!(run.status, Status::Stopped, "{signal:?}");
        let (done, _) = run.series.progress().unwrap();
        let newest = run.series.checkpoints.last().unwrap();
        assert_eq!(newest.step, done, "nothing that was learnt is lost");
    }
}

#[test]
fn a_hang_up_ends_it_with_a_checkpoint() {
    let folder = Folder::new();
    // Whoever started the tests may have had hang-ups ignored.
    let mut child = headless_by(&["env", "--default-signal=HUP"], folder.path());
    for _ in 0..2 {
        send(child.id(), Signal::HUP);
    }
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let run = run(folder.path());
    assert_eq!(run.status, Status::Stopped);
    let (done, _) = run.series.progress().unwrap();
    assert_eq!(run.series.checkpoints.last().unwrap().step, done);
}

/// Every other signal that would end a program, one of the real-time ones for all of them.
#[test]
fn without_a_screen_whatever_a_batch_system_sends_ends_it_with_a_checkpoint() {
    for signal in [
        "QUIT", "USR1", "USR2", "ALRM", "VTALRM", "PROF", "XCPU", "IO", "PWR", "16", "35",
    ] {
        let folder = Folder::new();
        let mut child = headless_by(&["env", "--default-signal"], folder.path());
        let sent = Command::new("sh")
            .arg("-c")
            .arg(format!("kill -{signal} {}", child.id()))
            .status();
        assert!(sent.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(130), "{signal}");
        let run = run(folder.path());
        assert_eq!(run.status, Status::Stopped, "{signal}");
        let (done, _) = run.series.progress().unwrap();
        assert_eq!(
            run.series.checkpoints.last().unwrap().step,
            done,
            "{signal}"
        );
    }
}

#[test]
fn with_hang_ups_or_others_ignored_it_goes_on() {
    for (by, signal) in [
        (&["nohup"][..], Signal::HUP),
        (&["env", "--ignore-signal=USR1"], Signal::USR1),
    ] {
        let folder = Folder::new();
        let mut child = headless_by(by, folder.path());
        send(child.id(), signal);
        let (from, _) = run(folder.path()).series.progress().unwrap();
        wait_for_run(folder.path(), "going on", |run| {
            run.series.progress().unwrap().0 > from + 20
        });
        send(child.id(), Signal::TERM);
        assert_eq!(child.wait().unwrap().code(), Some(130));
    }
}

#[test]
fn the_second_ends_it_at_once() {
    let folder = Folder::new();
    let mut child = headless(folder.path());
    // Both are waiting when it goes on, so that the first has no time to stop the run.
    send(child.id(), Signal::STOP);
    let pid = Pid::from_child(&child);
    let (_, state) = waitpid(Some(pid), WaitOptions::UNTRACED).unwrap().unwrap();
    assert!(state.stopped());
    for signal in [Signal::INT, Signal::TERM, Signal::CONT] {
        send(child.id(), signal);
    }
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(status(folder.path()), Status::Interrupted);
}
