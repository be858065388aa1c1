//! A terminal that vanishes: training goes on, the interface rests, and whoever comes back has the run in hand.

use crate::session::{Folder, Session, command, experiment, program, run, status, wait_for_run};
use simclr_tui::runs::Status;
use std::path::Path;
use std::time::Instant;

/// Share of one processor that an interface without a terminal may take: it should take none, and one that asks the
/// terminal in vain takes all that it gets.
const REST: f64 = 0.1;

/// Ticks of that count a second, on every Linux.
const TICKS: f64 = 100.0;

/// Seconds of processor time that the main thread, which is the interface, has taken.
fn interface_time(process: u32) -> f64 {
    let stat = format!("/proc/{process}/task/{process}/stat");
    let text = std::fs::read_to_string(stat).unwrap();
    // The name, in brackets, may hold anything; what follows it is fields 3 and up.
    let fields: Vec<&str> = text
        .rsplit_once(')')
        .unwrap()
        .1
        .split_whitespace()
        .collect();
    let ticks: f64 = fields[11..=12]
        .iter()
        .map(|f| f.parse::<f64>().unwrap())
        .sum();
    ticks / TICKS
}

fn step(folder: &Path) -> u64 {
    run(folder).series.progress().unwrap().0
}

/// Trains on without a terminal for some hundred steps; the interface must rest.
fn rests(folder: &Path, process: u32) {
    let (before, began, from) = (interface_time(process), Instant::now(), step(folder));
    wait_for_run(folder, "going on", |run| {
        run.series.progress().unwrap().0 > from + 200
    });
    let share = (interface_time(process) - before) / began.elapsed().as_secs_f64();
    println!("the interface took {:.2} % of a processor", share * 100.0);
    assert!(share < REST, "the interface takes {share} of a processor");
}

/// Comes back, finds the run at a glance, and pauses, continues, checkpoints and stops it.
fn come_back(folder: &Path) {
    let mut back = Session::reopen(folder);
    back.wait_for("running in another process");
    back.press("P");
    back.wait_for("asked the other process that trains tiny to pause");
    back.wait_for("paused in another process");
    assert_eq!(status(folder), Status::Paused);
    let saved = run(folder).series.checkpoints.len();
    back.press("c");
    wait_for_run(folder, "saved", |run| run.series.checkpoints.len() > saved);
    assert_eq!(status(folder), Status::Paused);
    back.press("P");
    back.wait_for("running in another process");
    back.press("3P");
    wait_for_run(folder, "paused", |run| run.status == Status::Paused);
    back.press("x");
    back.wait_for("stop this run?");
    back.press("x");
    back.wait_for("■ stopped");
    back.press("q");
    assert_eq!(back.end(), 0);
    assert_eq!(status(folder), Status::Stopped);
}

#[test]
fn a_terminal_that_vanishes_leaves_the_run_alone() {
    let folder = Folder::new();
    let session = Session::training(folder.path(), 40);
    let mut left = session.hang_up();
    assert_eq!(left.wait().unwrap().exit_code(), 0);
    assert_eq!(status(folder.path()), Status::Completed);
}

#[test]
fn without_a_terminal_the_interface_rests_and_the_run_is_found_again() {
    let folder = Folder::new();
    let session = Session::training(folder.path(), 100_000);
    let process = session.id();
    let mut left = session.hang_up();
    rests(folder.path(), process);
    come_back(folder.path());
    assert_eq!(left.wait().unwrap().exit_code(), 0);
}

#[test]
fn the_same_where_hang_ups_are_ignored() {
    let folder = Folder::new();
    let file = experiment(folder.path(), 100_000);
    let mut shell = command("sh");
    shell.args(["-c", "trap '' HUP; exec \"$@\"", "sh"]);
    shell.args(program(folder.path()).get_argv());
    shell.arg(file.as_os_str());
    let mut session = Session::of(shell);
    session.train();
    let process = session.id();
    let mut left = session.hang_up();
    rests(folder.path(), process);
    come_back(folder.path());
    assert_eq!(left.wait().unwrap().exit_code(), 0);
}
