//! A runs folder that is somebody else's work: nothing in it that is a link is followed, and nothing in it is more than it says.

use crate::scratch::{Says, Scratch, link, living, said};
use simclr_tui::queue::{Item, Queue};
use simclr_tui::runs::control::{self, Request, send, withdraw};
use simclr_tui::runs::folder::checkpoints;
use simclr_tui::runs::{
    CHECKPOINTS, CONTROL, EVALUATIONS, EXPERIMENT, Evaluation, NOTES, Notes, Origin, RunFolder,
    SWEEP, id_of, locate, trash,
};
use std::fs;
use std::path::{Path, PathBuf};

/// What lies in a folder and the folders in it, with its bytes.
fn all(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(all(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found.sort();
    found
}

#[test]
fn what_is_linked_in_the_place_of_a_file_or_folder_of_a_run_is_not_its() {
    let scratch = Scratch::new();
    let mut own = living(&scratch.runs(), "own");
    let theirs = living(&scratch.path("others"), "theirs").dir().to_owned();
    let dir = own.dir().to_owned();
    let origin = Origin {
        sweep: "theirs".to_owned(),
        ..Origin::default()
    };
    origin.save(&theirs).unwrap();
    Notes::default().save(&theirs.join(NOTES)).unwrap();
    Evaluation::default().save(&theirs).unwrap();
    send(&theirs, Request::Stop).unwrap();
    fs::create_dir(theirs.join(CHECKPOINTS)).unwrap();
    for file in ["step-00000004.safetensors", ".half.tmp"] {
        fs::write(theirs.join(CHECKPOINTS).join(file), "theirs").unwrap();
    }
    let before = all(&theirs);
    for name in [NOTES, SWEEP, EVALUATIONS, CONTROL, CHECKPOINTS] {
        link(&theirs.join(name), &dir.join(name));
    }
    let away = scratch.runs().join("away");
    link(&theirs, &away);
    for refused in [
        Notes::load(&dir.join(NOTES)).map(drop),
        Notes::default().save(&dir.join(NOTES)),
        Evaluation::default().save(&dir),
        Evaluation::default().save(&away),
        send(&dir, Request::Pause),
        own.write_checkpoint("a", b"1").map(drop),
        RunFolder::resume(&away).map(drop),
    ] {
        refused.unwrap_err().says("is a link");
    }
    assert!(Origin::of(&dir).is_none());
    assert!(!withdraw(&dir, Request::Stop));
    control::clear(&dir);
    assert!(checkpoints(&dir).is_empty());
    simclr_tui::disk::sweep(&dir.join(CHECKPOINTS));
    assert!(locate(&scratch.runs(), "theirs").is_err());
    assert_eq!(all(&theirs), before);
}

#[test]
fn links_in_the_place_of_the_folders_of_all_runs_are_refused() {
    let scratch = Scratch::new();
    let run = living(&scratch.runs(), "a").dir().to_owned();
    let elsewhere = scratch.path("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let queue = Queue::new(&scratch.runs());
    for name in [".trash", ".queue"] {
        link(&elsewhere, &scratch.runs().join(name));
    }
    for why in [
        trash::list(&scratch.runs()).unwrap_err().to_string(),
        queue.add(Item::default()).unwrap_err().to_string(),
        queue.pause(true).unwrap_err().to_string(),
    ] {
        why.says("is a link");
    }
    assert!(trash::throw(&scratch.runs(), &run).is_err());
    assert!(run.join(EXPERIMENT).is_file());
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
}

#[test]
fn whatever_pauses_the_queue_pauses_it_and_no_item_is_of_any_length() {
    let scratch = Scratch::new();
    let queue = Queue::new(&scratch.runs());
    let item = queue.add(Item::default()).unwrap();
    let file = scratch.runs().join(format!(".queue/{}.ron", item.id));
    let file = fs::File::options().write(true).open(file).unwrap();
    file.set_len(5 << 20).unwrap();
    format!("{:?}", queue.items().unwrap()).says("is larger than");
    assert!(!queue.is_paused());
    link(Path::new("/nowhere"), &scratch.runs().join(".queue/paused"));
    assert!(queue.is_paused());
}

#[test]
fn nothing_that_was_typed_or_stands_in_a_file_steers_the_terminal() {
    let scratch = Scratch::new();
    assert_eq!(id_of(Path::new("a\tb")), "a\\u{9}b");
    let evil = "\u{1b}[2J\u{9b}31m";
    let text = format!("(format: 1, train: (optimizer: \"{evil}\"))");
    fs::write(scratch.path("evil.ron"), text).unwrap();
    let option = format!("--{evil}");
    for args in [
        &["check", "evil.ron"][..],
        &["show", evil],
        &["runs", &option],
    ] {
        let why = scratch.refuses(args);
        assert!(!why.contains(['\u{1b}', '\u{9b}']), "{args:?}: {why:?}");
        assert!(why.contains("u{1b}[2J"), "{args:?}: {why:?}");
    }
}

#[test]
fn an_item_of_the_queue_is_removed_by_its_whole_name_and_its_words_are_no_options() {
    let scratch = Scratch::new();
    let queue = Queue::new(&scratch.runs());
    let item = Item {
        title: "help".to_owned(),
        sweep: "--help".to_owned(),
        ..Item::default()
    };
    let item = queue.add(item).unwrap();
    scratch.refuses(&["queue", "remove", &item.key()[..3]]);
    assert_eq!(queue.items().unwrap().len(), 1);
    scratch.output(&["queue", "work", "--once"]);
    format!("{:?}", queue.items().unwrap()).says("Failed");
    let console = scratch.runs().join(".queue/console.log");
    let _ = fs::remove_file(&console);
    link(&scratch.path("log"), &console);
    let output = scratch.output(&["queue", "work", "--once", "--detached"]);
    assert!(said(&output).contains("is a link"), "{output:?}");
    assert!(!scratch.path("log").exists());
}
