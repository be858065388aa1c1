//! A workbench that nobody touches takes nothing; and what others do in its folder is seen all the same.

use crate::session::{Folder, Session, experiment, program};
use simclr_tui::engine::report::{Begin, End, Outcome, Report};
use simclr_tui::experiment::Experiment;
use simclr_tui::runs::{Environment, RunFolder};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// How long nothing happens.
const WINDOW: Duration = Duration::from_secs(20);
/// Hundredths of a second of processor time that may be taken meanwhile: a fifth of a percent, which a count of ticks rounds by one.
const ALLOWED: u64 = 4 + 1;

/// Hundredths of a second that a process has taken, with all its threads.
fn ticks(process: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let (_, fields) = text.rsplit_once(')').unwrap();
    let fields = fields.split_whitespace().skip(11).take(2);
    fields.map(|field| field.parse::<u64>().unwrap()).sum()
}

/// So many runs that have ended.
fn runs(runs: &Path, count: usize) {
    let experiment = Experiment {
        name: "old".to_owned(),
        ..Experiment::default()
    };
    let mut first = RunFolder::create(runs, &experiment, &Environment::default()).unwrap();
    let begin = Report::Begin(Begin {
        steps: 1,
        steps_per_epoch: 1,
        ..Begin::default()
    });
    let end = Report::End(End {
        outcome: Outcome::Completed,
        reason: None,
        fits: None,
        chunk: None,
    });
    for report in [begin, end] {
        first.log().append(&report).unwrap();
    }
    let files = || std::fs::read_dir(first.dir()).unwrap().flatten();
    for nth in 1..count {
        let dir = runs.join(format!("20260101-000000-old-{nth:04}"));
        std::fs::create_dir(&dir).unwrap();
        for file in files().filter(|file| file.path().is_file()) {
            std::fs::copy(file.path(), dir.join(file.file_name())).unwrap();
        }
    }
}

#[test]
fn a_workbench_that_nobody_touches_takes_nothing() {
    for (count, shown) in [(4, "4 runs"), (1000, "1,000 runs")] {
        let folder = Folder::new();
        runs(&folder.path().join("runs"), count);
        let mut session = Session::reopen(folder.path());
        session.wait_for("what this means");
        session.press("3");
        session.wait_for(shown);
        let process = session.id();
        let taken_in = |window| {
            let before = ticks(process);
            thread::sleep(window);
            ticks(process) - before
        };
        // What the start leaves to be done, such as the index, is done within some seconds.
        for _ in 0..4 {
            if taken_in(WINDOW / 4) <= 1 {
                break;
            }
        }
        let taken = taken_in(WINDOW);
        println!("{count} runs: {taken} ticks");
        assert!(taken <= ALLOWED, "{taken} ticks with {count} runs");
        session.press("q");
        assert_eq!(session.end(), 0);
    }
}

#[test]
fn what_others_do_is_seen_while_nobody_touches_it() {
    let folder = Folder::new();
    runs(&folder.path().join("runs"), 2);
    let mut session = Session::reopen(folder.path());
    session.wait_for("what this means");
    session.press("3");
    session.wait_for("2 runs");
    let words = program(folder.path()).get_argv().clone();
    let does = |args: &[&std::ffi::OsStr]| {
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).args(args).stdout(Stdio::null());
        assert!(command.status().unwrap().success());
    };
    let named = ["note", "old-0001", "--name", "another"];
    does(&named.map(std::ffi::OsStr::new));
    session.wait_for("another");
    let file = experiment(folder.path(), 2);
    does(&["run".as_ref(), file.as_os_str()]);
    session.wait_for("3 runs");
    session.wait_for("tiny");
    does(&["delete", "tiny"].map(std::ffi::OsStr::new));
    session.wait_for("2 runs");
    session.press("q");
    assert_eq!(session.end(), 0);
}
