//! The program in a real terminal: start, train, watch, quit; and every other way out.
#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that can't go on has failed"
)]

mod background;
mod breakdown;
mod hang_up;
mod idle;
mod input;
mod killed;
mod many;
mod session;
mod signals;
mod suspend;
mod terminals;

use session::{Folder, Session, assert_restored, run, status};
use simclr_tui::runs::Status;

#[test]
fn train_watch_and_quit() {
    let folder = Folder::new();
    let mut session = Session::open(folder.path(), 2);
    session.wait_for("what this means");
    session.press("t");
    session.wait_for("kNN accuracy");
    session.wait_for("completed");
    session.press("3");
    session.wait_for("1 run");
    session.press("q");
    assert_eq!(session.end(), 0);
    assert_restored(&session.bytes());
    assert_eq!(status(folder.path()), Status::Completed);
}

#[test]
fn quitting_a_run_stops_it_with_a_checkpoint() {
    let folder = Folder::new();
    let mut session = Session::training(folder.path(), 100_000);
    session.stop();
    assert_restored(&session.bytes());
    assert_eq!(status(folder.path()), Status::Stopped);
    assert!(!run(folder.path()).series.checkpoints.is_empty());
}
