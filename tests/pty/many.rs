//! Two at once: viewers of one run, trainers of one run, trainers of one runs folder.

use crate::session::{Folder, Session, experiment, program, run, status, wait_for_run};
use simclr_tui::runs::{Listing, Request, Status};
use std::path::Path;
use std::process::{Command, Output};

fn simclr(folder: &Path, args: &[&str]) -> Output {
    let words = program(folder).get_argv().clone();
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).args(args);
    command.output().unwrap()
}

#[test]
fn two_watch_a_run_and_no_second_one_trains_it() {
    let folder = Folder::new();
    let mut trainer = Session::training(folder.path(), 100_000);
    let mut viewers = [(); 2].map(|()| Session::reopen(folder.path()));
    for viewer in &viewers {
        viewer.wait_for("running in another process");
    }
    let id = run(folder.path()).id;
    let refused = simclr(folder.path(), &["run", "--resume", &id]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(
        said.contains("is being trained by another process"),
        "{said}"
    );
    viewers[0].press("3r");
    viewers[0].wait_for("it is being trained already");
    viewers[0].press("2");
    // One of them pauses it, and all three see it.
    viewers[1].press("P");
    for viewer in &viewers {
        viewer.wait_for("paused in another process");
    }
    trainer.wait_for("‖ paused");
    trainer.press("P");
    viewers[0].wait_for("running in another process");
    for viewer in &mut viewers {
        viewer.press("q");
        assert_eq!(viewer.end(), 0);
    }
    assert_eq!(status(folder.path()), Status::Running);
    trainer.stop();
}

#[test]
fn two_workbenches_train_into_one_folder() {
    let folder = Folder::new();
    let mut both = [(); 2].map(|()| Session::open(folder.path(), 100_000));
    for session in &mut both {
        session.train();
    }
    both[0].wait("two runs", |_| {
        let runs = Listing::open(&folder.path().join("runs")).runs;
        runs.iter().filter(|run| run.status.is_live()).count() == 2
    });
    for session in &mut both {
        session.stop();
    }
    let runs = Listing::open(&folder.path().join("runs")).runs;
    assert!(runs.iter().all(|run| run.status == Status::Stopped));
}

#[test]
fn the_command_line_controls_a_run_of_another_process() {
    let folder = Folder::new();
    let mut trainer = Session::training(folder.path(), 100_000);
    let ask = |what: &str| {
        let output = simclr(folder.path(), &[what, "tiny", "--wait", "200"]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{what}: {output:?}");
        said
    };
    assert!(ask("pause").contains(" is paused at step "));
    assert!(ask("pause").contains("already"));
    assert_eq!(status(folder.path()), Status::Paused);
    // The second is of the same step, and still written.
    assert!(ask("checkpoint").contains(" has a checkpoint at step "));
    assert!(ask("checkpoint").contains(" has a checkpoint at step "));
    assert!(ask("continue").contains("is training"));
    assert!(ask("stop").contains(" is stopped at step "));
    trainer.wait_for("■ stopped");
    let late = simclr(folder.path(), &["pause", "tiny"]);
    assert_eq!(late.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&late.stderr).contains("is not being trained: it is stopped"));
    trainer.press("q");
    assert_eq!(trainer.end(), 0);
}

#[test]
fn what_was_asked_of_a_dead_trainer_is_not_obeyed_by_the_next() {
    let folder = Folder::new();
    let mut trainer = Session::training(folder.path(), 100_000);
    let send = |dir: &Path, what| simclr_tui::runs::control::send(dir, what).unwrap();
    send(&run(folder.path()).dir, Request::Checkpoint);
    wait_for_run(folder.path(), "saved", |run| {
        let mut saved = run.series.checkpoints.iter();
        saved.any(|saved| saved.file.starts_with("step-"))
    });
    trainer.signal(rustix::process::Signal::KILL);
    trainer.end();
    assert_eq!(status(folder.path()), Status::Interrupted);
    let dead = run(folder.path());
    send(&dead.dir, Request::Stop);
    experiment(folder.path(), 1);
    let mut back = Session::reopen(folder.path());
    back.wait_for("what this means");
    back.press("3");
    back.wait_for("interrupted");
    back.press("r");
    back.wait_for("● running");
    let (before, _) = dead.series.progress().unwrap();
    wait_for_run(folder.path(), "past where it was", |run| {
        run.series
            .progress()
            .is_some_and(|(done, _)| done > before + 50)
    });
    back.stop();
}
