//! What run folders promise: whole or absent, one trainer, a status that is never stale, one broken run hides no other.

use super::*;
use crate::engine::report::{Begin, Outcome, Point, Report};
use crate::experiment::Experiment;
use crate::text::says::Says;
use std::fs;
use tempfile::TempDir;

fn scratch() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn create(runs: &Path) -> RunFolder {
    let experiment = Experiment::named("Crop & Colour \u{e9} ");
    RunFolder::create(runs, &experiment, &Environment::here("cpu", 2, None)).unwrap()
}

fn begin(step: u64) -> Report {
    Report::Begin(Begin {
        step,
        ..Begin::of(10, 5)
    })
}

fn point(step: u64) -> Report {
    Report::Point(Point::at(step, [("loss", 5.0), ("knn", step as f64)]))
}

#[test]
fn a_new_run_is_complete_when_it_appears_and_named_after_its_experiment() {
    let runs = scratch();
    let run = create(&runs.path().join("not/there/yet"));
    let id = run.id().to_owned();
    assert_eq!(&id[8..9], "-");
    assert!(id[15..].starts_with("-crop-colour-"), "{id}");
    assert!(id[id.len() - 4..].chars().all(|c| c.is_ascii_hexdigit()));
    let read = Run::open(run.dir());
    assert_eq!(
        read.experiment.as_ref().map(|e| e.name.as_str()),
        Some("Crop & Colour \u{e9} ")
    );
    assert_eq!(read.title(), "Crop & Colour \u{e9} ");
    assert_eq!(
        read.environment.as_ref().map(|e| e.device.as_str()),
        Some("cpu")
    );
    assert_eq!(read.status, Status::Running);
    assert!((read.created - now()).abs() < 60.0);
    let hidden = fs::read_dir(run.dir().parent().unwrap()).unwrap().count();
    assert_eq!(hidden, 1, "nothing but the run's folder is left");
}

#[test]
fn runs_made_at_once_have_their_own_names() {
    let runs = scratch();
    let made: Vec<RunFolder> = (0..20).map(|_| create(runs.path())).collect();
    let mut ids: Vec<&str> = made.iter().map(RunFolder::id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 20);
    assert_eq!(Listing::open(runs.path()).runs.len(), 20);
}

#[cfg(unix)]
#[test]
fn a_runs_folder_that_cant_be_made_is_refused_in_a_sentence() {
    let runs = scratch();
    let file = runs.path().join("file");
    fs::write(&file, "").unwrap();
    let here = Environment::default();
    RunFolder::create(&file, Experiment::default(), &here)
        .unwrap_err()
        .begins(file.display().to_string());
}

#[test]
fn one_trainer_a_run_and_any_number_of_viewers() {
    let runs = scratch();
    let mut run = create(runs.path());
    run.log().append(&begin(0)).unwrap();
    let dir = run.dir().to_owned();
    let error = RunFolder::resume(&dir).unwrap_err();
    assert!(
        matches!(&error, RunError::Locked(id) if id == run.id()),
        "{error}"
    );
    let viewers: Vec<Run> = (0..3).map(|_| Run::open(&dir)).collect();
    assert!(viewers.iter().all(|run| run.status == Status::Running));
    drop(run);
    // Viewers that look all the time don't keep a trainer out, and don't pass for one.
    std::thread::scope(|scope| {
        let (over, ended) = std::sync::mpsc::channel::<()>();
        let dir = &dir;
        scope.spawn(move || {
            while ended.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
                assert_ne!(Run::open(dir).status, Status::Broken);
            }
        });
        for _ in 0..50 {
            drop(RunFolder::resume(dir).unwrap());
        }
        drop(over);
    });
    assert!(RunFolder::resume(&runs.path().join("none")).is_err());
}

#[test]
fn status_is_what_the_folder_says_now() {
    let runs = scratch();
    let mut trainer = create(runs.path());
    let mut seen = Run::open(trainer.dir());
    let status = |seen: &mut Run| {
        seen.refresh();
        seen.status
    };
    for (report, wanted) in [
        (begin(0), Status::Running),
        (point(1), Status::Running),
        (Report::Paused, Status::Paused),
        (Report::Resumed, Status::Running),
        (Report::end(Outcome::Stopped), Status::Stopped),
        (begin(1), Status::Running),
        (Report::Paused, Status::Paused),
    ] {
        trainer.log().append(&report).unwrap();
        assert_eq!(status(&mut seen), wanted, "after {report:?}");
    }
    let dir = trainer.dir().to_owned();
    drop(trainer);
    assert_eq!(
        status(&mut seen),
        Status::Interrupted,
        "its trainer died in a pause"
    );
    for outcome in [Outcome::Failed, Outcome::Completed] {
        let mut trainer = RunFolder::resume(&dir).unwrap();
        trainer.log().append(&begin(1)).unwrap();
        assert_eq!(status(&mut seen), Status::Running);
        trainer.log().append(&Report::end(outcome)).unwrap();
        drop(trainer);
        let wanted = if outcome == Outcome::Failed {
            Status::Failed
        } else {
            Status::Completed
        };
        assert_eq!(status(&mut seen), wanted);
    }
    assert!(!seen.refresh(), "nothing new");
}

/// A run with two points and an end.
fn finished(runs: &Path) -> PathBuf {
    let mut run = create(runs);
    for report in [
        begin(0),
        point(1),
        point(2),
        Report::end(Outcome::Completed),
    ] {
        run.log().append(&report).unwrap();
    }
    run.dir().to_owned()
}

#[test]
fn a_broken_run_is_a_row_with_its_reason() {
    let runs = scratch();
    finished(runs.path());
    fs::create_dir(runs.path().join("empty")).unwrap();
    fs::create_dir_all(runs.path().join("bare").join(CHECKPOINTS)).unwrap();
    let garbled = finished(runs.path());
    fs::write(garbled.join(EXPERIMENT), "(loss: (temprature: 1))").unwrap();
    let newer = finished(runs.path());
    let text = fs::read_to_string(newer.join(EVENTS)).unwrap();
    let body = r#""at":1.000,"header":{"format":9,"program":"9.0.0"}"#;
    let header = format!(
        "{{\"crc\":\"{:08x}\",{body}}}\n",
        crc32fast::hash(body.as_bytes())
    );
    fs::write(
        newer.join(EVENTS),
        header + text.split_once('\n').unwrap().1,
    )
    .unwrap();
    fs::write(runs.path().join("a file"), "").unwrap();
    fs::create_dir(runs.path().join(".hidden")).unwrap();

    let listing = Listing::open(runs.path());
    let reason = |dir: &Path| {
        let run = listing.runs.iter().find(|run| run.dir == dir).unwrap();
        assert_eq!(run.status, Status::Broken);
        run.broken.clone().unwrap()
    };
    assert_eq!(listing.runs.len(), 4);
    reason(&runs.path().join("bare")).ends("experiment.ron: there is no such file");
    reason(&garbled).says("experiment.ron:1:9: there is no hyperparameter \"temprature\"");
    reason(&newer).says("format 9");
    let whole = listing
        .runs
        .iter()
        .filter(|run| run.status == Status::Completed);
    assert_eq!(whole.count(), 1);
}

#[test]
fn a_listing_sees_runs_come_grow_change_and_go() {
    let runs = scratch();
    let dir = runs.path().join("later");
    let mut listing = Listing::open(&dir);
    assert!(
        listing.runs.is_empty() && listing.trouble.is_none(),
        "a missing folder is empty"
    );
    assert!(!listing.refresh());

    let mut live = create(&dir);
    assert!(listing.refresh());
    assert_eq!(listing.runs[0].status, Status::Running);
    live.log().append(&begin(0)).unwrap();
    live.log().append(&point(1)).unwrap();
    assert!(listing.refresh());
    assert_eq!(listing.runs[0].last_knn(), Some(1.0));
    assert!(!listing.refresh(), "nothing new");

    let old = finished(&dir);
    assert!(listing.refresh());
    assert_eq!(listing.runs.len(), 2);
    let id = id_of(&old);
    // A run that has ended is looked at in turn.
    let notes = Notes {
        name: "best".to_owned(),
        ..Notes::default()
    };
    notes.save(&old.join(NOTES)).unwrap();
    assert!((0..8).any(|_| listing.refresh()), "changed notes are seen");
    assert_eq!(
        listing
            .runs
            .iter()
            .find(|run| run.id == id)
            .unwrap()
            .title(),
        "best"
    );
    let mut again = RunFolder::resume(&old).unwrap();
    again.log().append(&begin(2)).unwrap();
    assert!((0..8).any(|_| listing.refresh()), "a resume is seen");
    assert_eq!(
        listing.runs.iter().find(|run| run.id == id).unwrap().status,
        Status::Running
    );
    drop(again);

    fs::remove_dir_all(&old).unwrap();
    assert!(listing.refresh());
    assert_eq!(listing.runs.len(), 1);
}

#[test]
fn a_run_that_ended_is_not_read_again() {
    let runs = scratch();
    let dir = finished(runs.path());
    let mut listing = Listing::open(runs.path());
    // Another log of the same length under the same inode and time: only a reader of its bytes would see it.
    let log = dir.join(EVENTS);
    let time = fs::metadata(&log).unwrap().modified().unwrap();
    let garbage = vec![b'x'; fs::metadata(&log).unwrap().len() as usize];
    fs::write(&log, garbage).unwrap();
    fs::File::options()
        .append(true)
        .open(&log)
        .unwrap()
        .set_modified(time)
        .unwrap();
    for _ in 0..20 {
        listing.refresh();
    }
    assert_eq!(listing.runs[0].status, Status::Completed);
    assert_eq!(listing.runs[0].damaged, 0);
}

#[test]
fn runs_are_listed_newest_first() {
    let runs = scratch();
    for (name, started) in [("b", 200.0), ("a", 300.0), ("c", 100.0)] {
        let environment = Environment {
            started,
            ..Environment::default()
        };
        let experiment = Experiment::named(name);
        RunFolder::create(runs.path(), &experiment, &environment).unwrap();
    }
    let listing = Listing::open(runs.path());
    let titles: Vec<&str> = listing.runs.iter().map(Run::title).collect();
    assert_eq!(titles, ["a", "b", "c"]);
}

#[test]
fn a_name_is_found_by_any_part_that_no_other_run_has() {
    let runs = scratch();
    for id in [
        "20261101-101500-crop-7f3a",
        "20261101-101501-crop-colour-00ff",
        "20261102-090000-crop-1234",
    ] {
        fs::create_dir(runs.path().join(id)).unwrap();
        // Whatever stands in it, it was to be a run.
        fs::write(runs.path().join(id).join(EVENTS), "").unwrap();
    }
    let id = |name: &str| find(runs.path(), name).map(|run| run.id);
    let first = "20261101-101500-crop-7f3a";
    for name in [first, "20261101-101500", "7f3a", "1500-crop"] {
        assert_eq!(id(name).unwrap(), first, "{name}");
    }
    assert_eq!(id("20261102").unwrap(), "20261102-090000-crop-1234");
    assert_eq!(id("colour").unwrap(), "20261101-101501-crop-colour-00ff");
    for several in ["20261101", "crop"] {
        let several = id(several).unwrap_err();
        assert!(matches!(&several, RunError::Ambiguous { .. }), "{several}");
    }
    assert!(matches!(id("nothing"), Err(RunError::Unknown(..))));
    assert!(matches!(id(""), Err(RunError::Unknown(..))));
    let none = find(&runs.path().join("none"), "7f3a");
    assert!(matches!(none, Err(RunError::Unknown(..))));
}

#[test]
fn a_run_is_found_by_the_path_of_its_folder() {
    let runs = scratch();
    let dir = finished(runs.path());
    let found = locate(&runs.path().join("none"), &dir).unwrap();
    assert_eq!(
        (found.dir.clone(), found.exact),
        (fs::canonicalize(&dir).unwrap(), true)
    );
}

#[test]
fn a_damaged_log_shows_its_count_and_keeps_the_rest() {
    let runs = scratch();
    let dir = finished(runs.path());
    let log = dir.join(EVENTS);
    let mut bytes = fs::read(&log).unwrap();
    let third = bytes
        .iter()
        .enumerate()
        .filter(|(_, b)| **b == b'\n')
        .nth(1)
        .unwrap()
        .0;
    bytes[third + 40] ^= 1;
    fs::write(&log, bytes).unwrap();
    let run = Run::open(&dir);
    assert_eq!((run.status, run.damaged), (Status::Completed, 1));
    assert_eq!(run.series.curve("loss").len(), 1);
}

mod checkpoints;
mod notes;
