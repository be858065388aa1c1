//! Breaking down with the screen up: whatever fails, the terminal is as it was before.

use crate::session::{
    Folder, Session, assert_restored, command, experiment, program, status, wait_for_run,
};
use portable_pty::{PtySize, native_pty_system};
use rustix::termios::{LocalModes, tcgetattr};
use simclr_tui::runs::{Listing, Status};
use simclr_tui::trainer;
use simclr_tui::ui::{self, Options};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::{Command, Stdio};

fn terminal(pair: &portable_pty::PtyPair) -> File {
    let name = pair.master.tty_name().unwrap();
    OpenOptions::new()
        .read(true)
        .write(true)
        .open(name)
        .unwrap()
}

/// Input from one terminal, output to another, which goes away: the first is still there to be restored.
#[test]
fn a_screen_that_fails_is_an_error_and_not_the_end_of_the_run() {
    let folder = Folder::new();
    let file = experiment(folder.path(), 60);
    let open = || native_pty_system().openpty(PtySize::default()).unwrap();
    let (keys, screen) = (open(), open());
    let cooked = LocalModes::ECHO | LocalModes::ICANON;
    let input = terminal(&keys);
    let words = program(folder.path()).get_argv().clone();
    let mut child = Command::new(&words[0])
        .args(&words[1..])
        .arg(file)
        .env("TERM", "xterm-256color")
        .env("SIMCLR_TUI_IMAGES", "halfblocks")
        .env("SIMCLR_TUI_STATE", "")
        .stdin(input.try_clone().unwrap())
        .stdout(terminal(&screen))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut writer = keys.master.take_writer().unwrap();
    writer.write_all(b"t").unwrap();
    let runs = folder.path().join("runs");
    while Listing::open(&runs).runs.is_empty() {
        std::thread::yield_now();
    }
    wait_for_run(folder.path(), "training", |run| {
        run.series.progress().is_some_and(|(done, _)| done > 3)
    });
    assert!(!tcgetattr(&input).unwrap().local_modes.intersects(cooked));
    drop(screen);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let mut said = String::new();
    child.stderr.unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("the terminal failed"), "{said}");
    assert!(tcgetattr(&input).unwrap().local_modes.contains(cooked));
    assert_eq!(status(folder.path()), Status::Completed);
}

/// Set for the process that is to break down.
const FOLDER: &str = "SIMCLR_TUI_TEST_BREAKDOWN";

#[test]
fn a_panic_with_the_screen_up_restores_the_terminal_and_can_be_read() {
    let folder = Folder::new();
    let mut command = command(std::env::current_exe().unwrap());
    command.args([
        "--exact",
        "breakdown::breaks_down",
        "--ignored",
        "--nocapture",
    ]);
    command.args(["--test-threads", "1"]);
    command.env(FOLDER, folder.path());
    let mut session = Session::of(command);
    session.train();
    session.press("q");
    session.wait_for("b background");
    session.press("b");
    assert_ne!(session.end(), 0);
    let bytes = session.bytes();
    assert_restored(&bytes);
    let text = String::from_utf8_lossy(&bytes);
    let after = &text[text.rfind("\x1b[?1049l").unwrap()..];
    assert!(after.contains("out of order"), "{after:?}");
}

#[test]
#[ignore = "the other half of the test above, which starts it in a terminal"]
fn breaks_down() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let folder = std::path::Path::new(&folder);
    let options = Options {
        config: simclr_tui::ui::config::Config::default(),
        runs: folder.join("runs"),
        experiment: Some(experiment(folder, 100_000)),
        background: |_| panic!("out of order"),
        worker: |_| panic!("out of order"),
        task: |_, _| panic!("out of order"),
        mouse: true,
    };
    let handle = trainer::spawn(options.runs.clone()).unwrap();
    ui::run(&options, handle).unwrap();
}
