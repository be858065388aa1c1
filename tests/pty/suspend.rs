//! Ctrl-Z: back to the shell and again to the screen, and never with a run that would stand still.

use crate::session::{Folder, Session, command, experiment, program, status};
use simclr_tui::runs::Status;

#[test]
fn the_shell_comes_back_until_fg() {
    let folder = Folder::new();
    let file = experiment(folder.path(), 2);
    let mut shell = command("bash");
    shell.args(["--norc", "--noprofile", "-i"]);
    shell.env("PS1", "ready> ");
    let mut session = Session::of(shell);
    session.wait_for("ready>");
    let mut words = program(folder.path()).get_argv().clone();
    words.push(file.into_os_string());
    let words: Vec<String> = words
        .into_iter()
        .map(|w| w.into_string().unwrap())
        .collect();
    session.press(&format!("{}\n", words.join(" ")));
    session.wait_for("what this means");
    session.press("\x1a");
    session.wait_for("Stopped");
    session.press("stty -a | tr ' ;' '\\n\\n' | grep -xE 'echo|icanon' | wc -l\n");
    session.wait("cooked terminal", |shown| {
        let text = shown.screen.screen().contents();
        text.lines().any(|line| line.trim() == "2")
    });
    session.press("fg\n");
    session.wait_for("what this means");
    session.press("3");
    session.wait_for("no runs");
    session.press("q");
    session.wait_for("ready>");
    session.press("exit 7\n");
    assert_eq!(session.end(), 7);
}

#[test]
fn a_run_would_stand_still_so_it_asks() {
    let folder = Folder::new();
    let mut session = Session::training(folder.path(), 100_000);
    session.press("\x1a");
    session.wait_for("suspending would stop training");
    session.wait_for("b background");
    session.press("\x1b");
    session.wait("question less", |shown| {
        !shown.screen.screen().contents().contains("suspended")
    });
    session.press("\x1a");
    session.wait_for("suspending would stop training");
    session.press("s");
    assert_eq!(session.end(), 0);
    assert_eq!(status(folder.path()), Status::Stopped);
}

#[test]
fn without_a_shell_above_it_says_so() {
    let folder = Folder::new();
    let mut session = Session::open(folder.path(), 2);
    session.wait_for("what this means");
    session.press("\x1a");
    session.wait_for("no shell to go back to");
    session.press("q");
    assert_eq!(session.end(), 0);
}
