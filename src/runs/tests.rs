//! What run folders promise: whole or absent, one trainer, a status that is never stale, one broken run hides no other.

use super::*;
use crate::engine::report::{Begin, End, Outcome, Point, Report};
use crate::experiment::Experiment;
use std::collections::BTreeMap;
use std::fs;
use tempfile::TempDir;

fn scratch() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn create(runs: &Path) -> RunFolder {
    let experiment = Experiment {
        name: "Crop & Colour \u{e9} ".to_owned(),
        ..Experiment::default()
    };
    RunFolder::create(runs, &experiment, &Environment::here("cpu", 2, None)).unwrap()
}

fn begin(step: u64) -> Report {
    Report::Begin(Begin {
        step,
        steps: 10,
        steps_per_epoch: 5,
        ..Begin::default()
    })
}

fn point(step: u64) -> Report {
    let values = BTreeMap::from([("loss".to_owned(), 5.0), ("knn".to_owned(), step as f64)]);
    Report::Point(Point {
        step,
        values,
        ..Point::default()
    })
}

fn end(outcome: Outcome) -> Report {
    Report::End(End {
        outcome,
        reason: None,
        fits: None,
        chunk: None,
    })
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
    let error = RunFolder::create(&file, Experiment::default(), &here).unwrap_err();
    assert!(
        error.to_string().starts_with(&file.display().to_string()),
        "{error}"
    );
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
        (end(Outcome::Stopped), Status::Stopped),
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
        trainer.log().append(&end(outcome)).unwrap();
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

#[test]
fn a_checkpoint_is_whole_and_replaces_the_one_before() {
    let runs = scratch();
    let mut run = create(runs.path());
    assert_eq!(run.write_checkpoint("last.bin", &[1; 100]).unwrap(), 100);
    assert_eq!(run.write_checkpoint("last.bin", &[2; 10]).unwrap(), 10);
    let folder = run.dir().join(CHECKPOINTS);
    assert_eq!(fs::read(folder.join("last.bin")).unwrap(), [2; 10]);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    fs::remove_dir_all(run.dir()).unwrap();
    run.write_checkpoint("last.bin", &[3; 10]).unwrap_err();
    assert!(
        !run.dir().exists(),
        "a deleted run does not come back as a broken one"
    );
}

/// The names of the files in a run's folder of checkpoints.
fn files(run: &RunFolder) -> Vec<String> {
    let stored = folder::stored(run.dir());
    stored.into_iter().map(|(name, _)| name).collect()
}

#[test]
fn the_newest_two_checkpoints_the_best_and_those_kept_for_good_stay() {
    let runs = scratch();
    let mut run = create(runs.path());
    run.write_checkpoint(BEST_CHECKPOINT, &[0; 3]).unwrap();
    // 100,000,000 has a digit more than the others.
    for step in [5, 10, 15, 20, 22, 25, 99_999_999, 100_000_000] {
        run.write_checkpoint(&step_checkpoint(step), &[1; 7])
            .unwrap();
        run.forget_checkpoints(20);
    }
    let kept = [20, 99_999_999, 100_000_000].map(step_checkpoint);
    let mut wanted = kept.to_vec();
    wanted.push(BEST_CHECKPOINT.to_owned());
    wanted.sort();
    assert_eq!(files(&run), wanted);
    assert_eq!(run.newest_checkpoints()[0].file_name().unwrap(), &*kept[2]);
    assert_eq!(
        folder::stored(run.dir())[0],
        (BEST_CHECKPOINT.to_owned(), 3)
    );

    run.forget_checkpoints(0);
    assert_eq!(files(&run).len(), 3, "without a rule none is kept for good");
}

#[test]
fn a_resume_sweeps_up_after_a_crash_and_a_damaged_checkpoint_is_met_once() {
    let runs = scratch();
    let mut run = create(runs.path());
    for step in [5, 10] {
        run.write_checkpoint(&step_checkpoint(step), &[1; 7])
            .unwrap();
    }
    let dir = run.dir().to_owned();
    drop(run);
    fs::write(
        dir.join(CHECKPOINTS)
            .join(".step-00000015.safetensors.77-ab.tmp"),
        "",
    )
    .unwrap();
    let run = RunFolder::resume(&dir).unwrap();
    assert_eq!(files(&run), [5, 10].map(step_checkpoint));
    let name = run.set_aside(&run.newest_checkpoints()[0]).unwrap();
    assert_eq!(name, "step-00000010.damaged");
    assert_eq!(run.newest_checkpoints().len(), 1);
    assert_eq!(files(&run), [step_checkpoint(5), name]);
}

#[test]
fn a_folder_that_was_deleted_or_moved_is_gone() {
    let runs = scratch();
    let run = create(runs.path());
    assert!(!run.is_gone());
    let away = runs.path().join("away");
    fs::rename(run.dir(), &away).unwrap();
    assert!(run.is_gone());
    fs::rename(&away, run.dir()).unwrap();
    assert!(!run.is_gone());
    fs::remove_dir_all(run.dir()).unwrap();
    assert!(run.is_gone());
}

/// A run with two points and an end.
fn finished(runs: &Path) -> PathBuf {
    let mut run = create(runs);
    for report in [begin(0), point(1), point(2), end(Outcome::Completed)] {
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
    assert!(reason(&runs.path().join("bare")).ends_with("experiment.ron: there is no such file"));
    assert!(
        reason(&garbled).contains("experiment.ron:1:9: there is no hyperparameter \"temprature\"")
    );
    assert!(reason(&newer).contains("format 9"));
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
        let experiment = Experiment {
            name: name.to_owned(),
            ..Experiment::default()
        };
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
fn what_several_say_of_a_run_at_once_is_all_kept() {
    let runs = scratch();
    let path = finished(runs.path()).join(NOTES);
    std::thread::scope(|scope| {
        for n in 0..16 {
            let path = &path;
            scope.spawn(move || Notes::edit(path, |notes| notes.tags.push(n.to_string())));
        }
    });
    assert_eq!(Notes::load(&path).unwrap().tags.len(), 16);
    // Whoever changes them keeps the others out, however fast the disk is.
    let held = || lock::look_file(&path.with_file_name("notes.lock"));
    let mut seen = None;
    Notes::edit(&path, |_| seen = Some(held())).unwrap();
    assert_eq!((seen, held()), (Some(lock::State::Held), lock::State::Free));
}

#[test]
fn notes_are_kept_and_those_that_cant_be_read_hide_nothing() {
    let runs = scratch();
    let dir = finished(runs.path());
    let mut run = Run::open(&dir);
    let notes = Notes {
        tags: vec!["a \"b\"".to_owned()],
        note: "two\nlines".to_owned(),
        archived: true,
        ..Notes::default()
    };
    run.annotate(|own| *own = notes.clone()).unwrap();
    assert_eq!(Run::open(&dir).notes, notes);
    assert!(!run.refresh(), "its own notes are no news");
    fs::write(dir.join(NOTES), "(tags: [\"x\"], colour: 3)").unwrap();
    assert_eq!(
        Run::open(&dir).notes.tags,
        ["x"],
        "fields may be missing or from a newer version"
    );
    fs::write(dir.join(NOTES), "nonsense").unwrap();
    let read = Run::open(&dir);
    assert_eq!(
        (read.status, read.notes),
        (Status::Completed, Notes::default())
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
