//! Runs on data that changed since.

use crate::engine::model::Encoder;
use crate::engine::report::{Outcome, Report};
use crate::experiment::Experiment;
use crate::runs::Request;
use crate::runs::{EVENTS, Follower, NewRun};
use crate::text::says::Says;
use crate::trainer::{Command, Handle, Notice, Trainer, spawn};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;

const CLASSES: [&str; 2] = ["dark", "light"];

/// A data set of small squares, `count` a class.
fn squares(home: &Path, count: u8) {
    for (class, gray) in CLASSES.iter().zip([10, 200]) {
        fs::create_dir_all(home.join(class)).unwrap();
        for i in 0..count {
            let image = image::RgbImage::from_pixel(8, 8, image::Rgb([gray + i; 3]));
            image.save(home.join(format!("{class}/{i}.bmp"))).unwrap();
        }
    }
}

fn tiny(home: &Path) -> Experiment {
    let mut e = Experiment::default();
    for (path, value) in [
        ("data.source", "folder"),
        ("data.image_size", "8"),
        ("machine.device", "cpu"),
    ] {
        e.set(path, value).unwrap();
    }
    e.data.path = home.display().to_string();
    e.model.encoder = Encoder::Resnet10;
    e.model.width = 4;
    e.head.out = 8;
    (e.train.batch, e.train.epochs, e.train.warmup, e.knn.k) = (4, 1, 0.0, 1);
    e
}

/// Trains to the end; the run's folder and its warnings.
fn trained(handle: &Handle, command: Command) -> (PathBuf, Vec<String>) {
    handle.commands.send(command).unwrap();
    let dir = loop {
        match handle.notices.recv().unwrap() {
            Notice::Finished {
                dir,
                outcome,
                reason,
            } => {
                assert_eq!(outcome, Outcome::Completed, "{reason:?}");
                break dir;
            }
            Notice::Refused(why) => panic!("{why}"),
            _ => {}
        }
    };
    let notes = Follower::open(&dir.join(EVENTS))
        .poll()
        .into_iter()
        .filter_map(|r| match r.report {
            Report::Note(note) => Some(note.text),
            _ => None,
        });
    let notes = notes.collect();
    (dir, notes)
}

/// Why nothing is trained.
fn refused(handle: &Handle, command: Command) -> String {
    handle.commands.send(command).unwrap();
    let mut notices = handle.notices.iter();
    let why = notices.find_map(|notice| match notice {
        Notice::Refused(why) => Some(why),
        Notice::Started { .. } => Some("it was trained on".to_owned()),
        _ => None,
    });
    why.unwrap()
}

fn warnings(notes: &[String]) -> Vec<&String> {
    notes
        .iter()
        .filter(|note| note.contains("other data"))
        .collect()
}

#[test]
fn a_run_on_other_data_than_before_is_warned_of_with_both_fingerprints() {
    let (home, runs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    squares(home.path(), 5);
    let handle = spawn(runs.path().to_owned()).unwrap();
    let order = |from: Option<PathBuf>| {
        let experiment = tiny(home.path());
        Command::Train(Box::new(NewRun {
            from,
            ..experiment.into()
        }))
    };
    let (first, notes) = trained(&handle, order(None));
    assert!(warnings(&notes).is_empty(), "{notes:?}");
    let (_, notes) = trained(&handle, order(Some(first.clone())));
    assert!(warnings(&notes).is_empty(), "{notes:?}");

    squares(home.path(), 6);
    let id = first.file_name().unwrap().to_str().unwrap();
    let (_, notes) = trained(&handle, order(Some(first.clone())));
    let said = warnings(&notes);
    assert_eq!(said.len(), 1, "{notes:?}");
    for part in [
        id,
        "then",
        "(8 training and 2 test images",
        "now",
        "(10 training and 2 test images",
    ] {
        assert!(said[0].contains(part), "{part}: {said:?}");
    }
    // As if its trainer had died before its end.
    let log = fs::read_to_string(first.join(EVENTS)).unwrap();
    let (before, _) = log.trim_end().rsplit_once('\n').unwrap();
    fs::write(first.join(EVENTS), before.to_owned() + "\n").unwrap();
    let (_, notes) = trained(&handle, Command::Resume(first, None));
    assert_eq!(warnings(&notes).len(), 1, "{notes:?}");
}

#[test]
fn a_run_that_another_process_completed_meanwhile_is_not_trained_on() {
    let (home, runs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    squares(home.path(), 5);
    let handle = spawn(runs.path().to_owned()).unwrap();
    let (dir, _) = trained(&handle, Command::Train(Box::new(tiny(home.path()).into())));
    let log = fs::read(dir.join(EVENTS)).unwrap();
    refused(&handle, Command::Resume(dir.clone(), None)).says("is complete");
    assert_eq!(fs::read(dir.join(EVENTS)).unwrap(), log);
}

#[test]
fn a_run_goes_on_as_its_own_experiment_alone() {
    let (home, runs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    squares(home.path(), 5);
    let handle = spawn(runs.path().to_owned()).unwrap();
    let mut other = tiny(home.path());
    let (dir, _) = trained(&handle, Command::Train(Box::new((&other).into())));
    other.train.seed += 1;
    let command = Command::Resume(dir, Some(Box::new(other)));
    refused(&handle, command).says("has another experiment");
}

/// What the trainer says of all this, which is asked before it begins.
fn told(runs: &Path, asked: Vec<Command>) -> Vec<Notice> {
    let (commands, received) = channel();
    let (said, notices) = channel();
    for command in asked {
        commands.send(command).unwrap();
    }
    drop(commands);
    let trainer = Trainer {
        runs: runs.to_owned(),
        loader: None,
        asked: Vec::new(),
        commands: received,
        notices: said,
    };
    trainer.serve();
    notices.iter().collect()
}

#[test]
fn a_stop_while_the_data_set_is_opened_writes_nothing_and_all_else_waits_for_the_training() {
    let (home, runs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    squares(home.path(), 5);
    let order = || Command::Train(Box::new(tiny(home.path()).into()));
    let said = told(runs.path(), vec![order(), Command::Ask(Request::Stop)]);
    assert!(matches!(
        said[..],
        [.., Notice::Opening(_), Notice::CalledOff]
    ));
    assert_eq!(fs::read_dir(runs.path()).unwrap().count(), 0);
    let said = told(
        runs.path(),
        vec![order(), Command::Ask(Request::Checkpoint)],
    );
    let Some(Notice::Finished { dir, .. }) = said.last() else {
        panic!("{said:?}");
    };
    let steps = Follower::open(&dir.join(EVENTS))
        .poll()
        .into_iter()
        .filter_map(|r| match r.report {
            Report::Checkpoint(checkpoint) => Some(checkpoint.step),
            _ => None,
        });
    assert!(
        steps.collect::<Vec<_>>().contains(&1),
        "after the first step"
    );
}
