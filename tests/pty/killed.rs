//! A workbench that is killed: what was changed in the form comes back.

use crate::session::{Folder, PATIENCE, Session, TICK, experiment, program};
use rustix::process::Signal;
use std::ffi::OsStr;
use std::path::Path;
use std::time::Instant;

/// The workbench that remembers, in the folder itself.
fn open(folder: &Path, args: &[&OsStr]) -> Session {
    let mut command = program(folder);
    command.env("SIMCLR_TUI_STATE", folder.join("state.ron"));
    command.args(args);
    Session::of(command)
}

/// Waits until what is remembered is as wanted.
fn wait_for_state(folder: &Path, is: impl Fn(&str) -> bool) {
    let began = Instant::now();
    let state = || std::fs::read_to_string(folder.join("state.ron")).unwrap_or_default();
    while !is(&state()) {
        assert!(began.elapsed() < PATIENCE, "not remembered: {}", state());
        std::thread::sleep(TICK);
    }
}

#[test]
fn changes_outlive_a_kill() {
    let folder = Folder::new();
    let file = experiment(folder.path(), 2);
    let mut session = open(folder.path(), &[file.as_os_str()]);
    session.wait_for("what this means");
    session.press("/temperature\r\r\u{15}0.375\r");
    wait_for_state(folder.path(), |state| state.contains("0.375"));
    session.signal(Signal::KILL);
    session.end();
    let mut again = open(folder.path(), &[]);
    again.wait_for("restored your unsaved changes to tiny");
    // They are taken back, and that is what comes next.
    again.press("u");
    wait_for_state(folder.path(), |state| !state.contains("0.375"));
    again.signal(Signal::KILL);
    again.end();
}
