//! What goes wrong around a run while it trains: the user is told, and training goes on where that is of use, else it
//! fails with the reason.

use crate::headless::{Home, Training, assert_twins, experiment};
use crate::scratch::{Says, signal, squares};
use simclr_tui::runs::Status;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// A small file system of its own, where this process may mount one.
struct Volume(tempfile::TempDir);

impl Volume {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"])
            .arg(folder.path());
        let mounted = mount.output().is_ok_and(|o| o.status.success());
        if !mounted {
            // Past the capture of tests that pass.
            let why = "SKIPPED: no file system may be mounted here; run this as root\n";
            std::io::stderr().write_all(why.as_bytes()).unwrap();
        }
        mounted.then_some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn read_only(&self) {
        let mut mount = Command::new("mount");
        mount.args(["-o", "remount,ro"]).arg(self.path());
        assert!(mount.status().unwrap().success());
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        // Lazily: a program that this test failed to end may still have a file open.
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

/// Takes all the room that is left.
fn fill(path: &Path) {
    let mut ballast = fs::File::create(path).unwrap();
    for size in [1 << 16, 1 << 10, 1] {
        while ballast.write_all(&vec![1; size]).is_ok() {}
    }
}

fn is_point(line: &serde_json::Value) -> bool {
    line["event"]["kind"] == "point"
}

#[test]
fn a_full_disk_is_warned_of_and_costs_nothing_once_it_has_room_again() {
    let Some(volume) = Volume::mount() else {
        return;
    };
    let tiny = experiment(60, "checkpoint_every: 1");
    let home = Home::at(volume.path(), &tiny);
    let mut training = home.train();
    training.wait_for("point", is_point);
    let ballast = volume.path().join("ballast");
    fill(&ballast);
    training.wait_for("warning of the log", |line| {
        let text = line["text"].as_str().unwrap_or_default();
        line["notice"] == "warning" && text.starts_with("the event log can't be written")
    });
    training.wait_for("warning of checkpoints", |line| {
        let text = line["text"].as_str().unwrap_or_default();
        line["notice"] == "warning" && text.ends_with("the disk is full; training continues")
    });
    fs::remove_file(ballast).unwrap();
    assert!(training.end().success(), "{:?}", training.failure());
    let run = home.run().unwrap();
    assert_eq!((run.status, run.damaged), (Status::Completed, 0));

    let alone = Home::new(&tiny);
    assert!(alone.train().end().success());
    assert_twins(&run, &alone.run().unwrap());
}

/// Reads on until the run waits for room with its last checkpoint.
fn waits(training: &mut Training) {
    training.wait_for("wait for room", |line| {
        let text = line["text"].as_str().unwrap_or_default();
        line["notice"] == "warning" && text.starts_with("the last checkpoint, at step")
    });
}

/// A run whose disk is full from its first steps on.
fn on_a_full_disk(home: &Home, ballast: &Path) -> Training {
    let mut training = home.train();
    training.wait_for("point", is_point);
    fill(ballast);
    training
}

#[test]
fn a_disk_that_is_full_at_the_end_is_waited_for() {
    let Some(volume) = Volume::mount() else {
        return;
    };
    let tiny = experiment(60, "checkpoint_every: 1000");
    let home = Home::at(volume.path(), &tiny);
    let ballast = volume.path().join("ballast");
    let mut training = on_a_full_disk(&home, &ballast);
    waits(&mut training);
    fs::remove_file(ballast).unwrap();
    assert!(training.end().success(), "{:?}", training.failure());
    let run = home.run().unwrap();
    assert_eq!((run.status, run.damaged), (Status::Completed, 0));
    assert!(run.series.checkpoints.iter().any(|c| c.step == 240));
    let said = run
        .series
        .notes
        .iter()
        .any(|(_, note)| note.text.contains("waits up to 600 s"));
    assert!(said, "the log says why it took so long");

    let alone = Home::new(&tiny);
    assert!(alone.train().end().success());
    assert_twins(&run, &alone.run().unwrap());
    let best = simclr_tui::runs::BEST_CHECKPOINT;
    let names = |run: &simclr_tui::runs::Run| simclr_tui::runs::folder::stored(&run.dir);
    let bests = [&run, &alone.run().unwrap()].map(|run| names(run).iter().any(|(n, _)| n == best));
    assert_eq!(bests[0], bests[1], "the best is kept as well");
}

#[test]
fn a_disk_that_stays_full_fails_the_run_which_goes_on_once_there_is_room() {
    let Some(volume) = Volume::mount() else {
        return;
    };
    let tiny = experiment(60, "checkpoint_every: 1, wait_for_room: 1");
    let home = Home::at(volume.path(), &tiny);
    let ballast = volume.path().join("ballast");
    let mut training = on_a_full_disk(&home, &ballast);
    waits(&mut training);
    assert_eq!(training.end().code(), Some(1));
    training
        .failure()
        .expect("a reason")
        .says("its last checkpoint, at step 240, could not be written");
    assert_ne!(home.run().unwrap().status, Status::Completed);

    fs::remove_file(ballast).unwrap();
    assert!(home.train().end().success());
    let run = home.run().unwrap();
    assert_eq!(run.status, Status::Completed);
    let alone = Home::new(&tiny);
    assert!(alone.train().end().success());
    assert_twins(&run, &alone.run().unwrap());
}

#[test]
fn a_stop_ends_the_wait_for_room() {
    let Some(volume) = Volume::mount() else {
        return;
    };
    let home = Home::at(volume.path(), &experiment(60, "checkpoint_every: 1000"));
    let mut training = on_a_full_disk(&home, &volume.path().join("ballast"));
    waits(&mut training);
    signal(training.id(), "-TERM");
    assert_eq!(training.end().code(), Some(130));
    assert_ne!(home.run().unwrap().status, Status::Completed);
}

#[test]
fn a_run_that_is_stopped_waits_for_room_too() {
    let Some(volume) = Volume::mount() else {
        return;
    };
    let home = Home::at(volume.path(), &experiment(5000, "checkpoint_every: 1000"));
    let ballast = volume.path().join("ballast");
    let mut training = on_a_full_disk(&home, &ballast);
    signal(training.id(), "-TERM");
    waits(&mut training);
    fs::remove_file(ballast).unwrap();
    assert_eq!(training.end().code(), Some(130));
    let run = home.run().unwrap();
    assert_eq!(run.status, Status::Stopped);
    let (done, _) = run.series.progress().unwrap();
    assert!(run.series.checkpoints.iter().any(|c| c.step == done));
}

#[test]
fn checkpoints_that_became_read_only_fail_a_run_which_goes_on_once_they_are_not() {
    let Some(volume) = Volume::mount() else {
        return;
    };
    let tiny = experiment(60, "checkpoint_every: 1000, wait_for_room: 1");
    let home = Home::at(volume.path(), &tiny);
    let mut training = home.train();
    training.wait_for("point", is_point);
    let checkpoints = home.run().unwrap().dir.join("checkpoints");
    fs::create_dir_all(&checkpoints).unwrap();
    let mount = |words: &[&str]| {
        let mut mount = Command::new("mount");
        assert!(
            mount
                .args(words)
                .arg(&checkpoints)
                .status()
                .unwrap()
                .success()
        );
    };
    mount(&["--bind", checkpoints.to_str().unwrap()]);
    mount(&["-o", "remount,bind,ro"]);
    assert_eq!(training.end().code(), Some(1));
    training.failure().expect("a reason").says("read-only");
    assert_eq!(home.run().unwrap().status, Status::Failed);
    let mut unmount = Command::new("umount");
    assert!(unmount.arg(&checkpoints).status().unwrap().success());
    assert!(home.train().end().success());
    assert_eq!(home.run().unwrap().status, Status::Completed);
}

/// What a run says that is refused.
fn refused(training: &mut Training) -> String {
    assert_eq!(training.end().code(), Some(2));
    let last = training.said.last().unwrap();
    assert_eq!(last["notice"], "refused");
    last["text"].as_str().unwrap().to_owned()
}

#[test]
fn a_read_only_runs_folder_is_refused_with_the_reason() {
    let Some(volume) = Volume::mount() else {
        return;
    };
    let home = Home::at(volume.path(), &experiment(2, ""));
    fs::create_dir(home.runs()).unwrap();
    volume.read_only();
    refused(&mut home.train()).says("is on a read-only file system");
}

#[test]
fn a_run_on_a_disk_that_became_read_only_is_not_resumed() {
    let Some(volume) = Volume::mount() else {
        return;
    };
    let home = Home::at(volume.path(), &experiment(2000, "checkpoint_every: 1"));
    let mut training = home.train();
    training.wait_for("point", is_point);
    training.kill();
    volume.read_only();
    assert_eq!(
        home.run().unwrap().status,
        Status::Interrupted,
        "it can still be read"
    );
    refused(&mut home.train()).says("is on a read-only file system");
}

#[test]
fn a_run_whose_folder_is_deleted_or_moved_fails_and_does_not_come_back() {
    for moved in [false, true] {
        let home = Home::new(&experiment(5000, "checkpoint_every: 1"));
        let mut training = home.train();
        training.wait_for("point", is_point);
        let dir = home.run().unwrap().dir;
        let away = home.runs().join("away");
        fs::rename(&dir, &away).unwrap();
        if !moved {
            fs::remove_dir_all(&away).unwrap();
        }
        assert_eq!(training.end().code(), Some(1));
        let why = training.failure().expect("a reason");
        why.says("was deleted or moved away while it trained");
        assert!(!dir.exists());
        if moved {
            assert_eq!(
                home.run().unwrap().status,
                Status::Failed,
                "its log says why"
            );
        }
    }
}

fn on_squares(images: &Path, epochs: u32) -> String {
    let shapes = "source: shapes, train_limit: 64, test_limit: 32";
    let folder = format!(
        "source: folder, path: {:?}, cache: 0",
        images.display().to_string()
    );
    experiment(epochs, "").replace(shapes, &folder)
}

#[test]
fn a_data_file_that_disappears_is_warned_of_and_others_stand_in_for_it() {
    let images = tempfile::tempdir().unwrap();
    squares(images.path(), 16);
    let home = Home::new(&on_squares(images.path(), 60));
    let mut training = home.train();
    training.wait_for("point", is_point);
    fs::remove_file(images.path().join("train/dark/3.bmp")).unwrap();
    let light = images.path().join("test/light");
    fs::rename(light, images.path().join("elsewhere")).unwrap();
    assert!(training.end().success(), "{:?}", training.failure());
    let said = training.warnings();
    let count = |part: &str| said.iter().filter(|text| text.contains(part)).count();
    assert_eq!(
        count("train/dark/3.bmp can't be read; the next image is used instead"),
        1
    );
    // Each once and not anew at each evaluation, and few by name, even if one was under way when they vanished.
    let mut once = said.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), said.len(), "{said:#?}");
    assert!((5..=10).contains(&count("is left out: ")), "{said:#?}");
    assert!(count("more images can't be read and are left out of evaluations") > 0);
    assert_eq!(home.run().unwrap().status, Status::Completed);
}

#[test]
fn a_data_set_that_disappears_fails_the_run_with_the_reason_and_the_run_can_go_on_when_it_is_back()
{
    let images = tempfile::tempdir().unwrap();
    let data = images.path().join("data");
    squares(&data, 16);
    let home =
        Home::new(&on_squares(&data, 60).replace("machine: (", "machine: (checkpoint_every: 1, "));
    let mut training = home.train();
    training.wait_for("checkpoint", |line| line["event"]["kind"] == "checkpoint");
    let away = images.path().join("away");
    fs::rename(&data, &away).unwrap();
    assert_eq!(training.end().code(), Some(1));
    let why = training.failure().expect("a reason");
    why.says("can be read; ");
    why.says("No such file");
    let run = home.run().unwrap();
    assert_eq!(run.status, Status::Failed);

    refused(&mut home.train()).says("data");
    assert_eq!(home.run().unwrap().status, Status::Failed, "as it was");
    fs::rename(&away, &data).unwrap();
    assert!(home.train().end().success());
    assert_eq!(home.run().unwrap().status, Status::Completed);
}

/// A limit on the size of files, as batch systems set it, is met like a full disk.
#[test]
fn a_limit_on_files_is_warned_of_and_does_not_end_the_program() {
    let home = Home::new(&experiment(2, "checkpoint_every: 1"));
    let program = env!("CARGO_BIN_EXE_simclr-tui");
    // Room for the log, and none for a checkpoint.
    let line = format!("ulimit -f 64; exec {program} --runs runs run --json tiny.ron");
    let mut shell = Command::new("sh");
    let out = shell
        .args(["-c", &line])
        .current_dir(home.runs().parent().unwrap())
        .output()
        .unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    text.says("checkpoint");
    text.says("too large");
    assert_eq!(
        out.status.code(),
        Some(1),
        "a limit stays: nothing is waited for"
    );
    assert_eq!(home.run().unwrap().status, Status::Failed, "{text}");
    text.says("its last checkpoint, at step 8, could not be written");
    assert!(home.train().end().success());
    assert_eq!(home.run().unwrap().status, Status::Completed);
}
