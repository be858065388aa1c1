//! Everything that is written as `.ron`: experiments, sweeps, items of the queue, and what lies in a run's folder.

use crate::damage::{cases, damaged, damages};
use crate::memory::within;
use crate::open::of_run;
use proptest::prelude::*;
use simclr_tui::experiment::file::stored;
use simclr_tui::experiment::presets::PRESETS;
use simclr_tui::experiment::text::rewrite;
use simclr_tui::experiment::{Experiment, load, parse};
use simclr_tui::queue::{Item, Queue};
use simclr_tui::runs::evaluation::Evaluation;
use simclr_tui::runs::{ENVIRONMENT, EVALUATIONS, Environment, NOTES, Notes};
use simclr_tui::sweep::Source;
use simclr_tui::sweep::included::SWEEPS;
use std::fs;

const MEMORY: usize = 32 << 20;

/// Letters that `.ron` is made of, and some that it isn't.
const LETTERS: &str = "[-()\\[\\]{}:,\"'#!/*\\\\ \n\ta-z0-9._\u{a0}\u{201c}\u{e9}=+]{0,120}";

/// Reads a text as everything that it could be.
fn read_as_all(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at(".queue")).unwrap();
    fs::create_dir_all(at(EVALUATIONS)).unwrap();
    for name in [
        "a.ron",
        ENVIRONMENT,
        NOTES,
        ".queue/000000000001-a.ron",
        "evaluations/a.ron",
    ] {
        fs::write(at(name), bytes).unwrap();
    }
    within(MEMORY, || {
        if let Ok(experiment) = load(&at("a.ron")) {
            let text = String::from_utf8_lossy(bytes);
            let _ = (
                experiment.objections(),
                rewrite(&text, &Experiment::default()),
            );
        }
        let _ = (Environment::load(&at(ENVIRONMENT)), Notes::load(&at(NOTES)));
        let _ = (
            Evaluation::all(folder.path()),
            Queue::new(folder.path()).items(),
        );
        if let Ok(source) = Source::open(&at("a.ron").display().to_string()) {
            let _ = source.sweep(None, &[]);
        }
    });
}

/// Whatever is wrong with a text is a sentence that names the place, and no parser's word.
fn is_told(text: &str) -> Result<(), TestCaseError> {
    if let Err(error) = parse(text, "f") {
        let error = error.to_string();
        let mut parts = error.splitn(4, ':');
        prop_assert_eq!(parts.next(), Some("f"));
        prop_assert!(
            parts
                .next()
                .is_some_and(|line| line.parse::<usize>().is_ok()),
            "{}",
            error
        );
        prop_assert!(
            parts
                .next()
                .is_some_and(|column| column.parse::<usize>().is_ok()),
            "{}",
            error
        );
    }
    Ok(())
}

/// An item as the queue writes it.
fn item() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let item = Item {
        title: "a".to_owned(),
        experiment: Some(PRESETS[0].text.to_owned()),
        ..Item::default()
    };
    Queue::new(folder.path()).add(item).unwrap();
    let mut entries = fs::read_dir(folder.path().join(".queue")).unwrap();
    let file = entries.find_map(|entry| {
        let path = entry.unwrap().path();
        path.extension().is_some_and(|e| e == "ron").then_some(path)
    });
    fs::read(file.unwrap()).unwrap()
}

#[test]
fn a_file_is_refused_by_its_size_before_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let large = |name: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::File::create(&path).unwrap().set_len(1 << 30).unwrap();
        path
    };
    let says = "is larger than";
    let one = large("a.ron");
    let environment = large(ENVIRONMENT);
    large("evaluations/a.ron");
    large(".queue/000000000001-a.ron");
    within(MEMORY, || {
        assert!(load(&one).unwrap_err().to_string().contains(says));
        assert!(stored(&one).unwrap_err().to_string().contains(says));
        let why = Source::open(&one.display().to_string()).unwrap_err();
        assert!(why.to_string().contains(says), "{why}");
        let why = Environment::load(&environment).unwrap_err();
        assert!(why.to_string().contains(says), "{why}");
        assert!(Evaluation::all(folder.path()).is_empty());
        let items = Queue::new(folder.path()).items().unwrap();
        assert!(format!("{items:?}").contains(says), "{items:?}");
    });
}

#[test]
fn what_is_nested_without_end_is_refused() {
    for open in [
        "(", "[", "{", "(a:", "[(", "{\"a\":", "Some(", "/*", "(a:[", "r#", "((", "a(",
    ] {
        let deep = open.repeat(100_000);
        read_as_all(deep.as_bytes());
        read_as_all(format!("(name: {deep}").as_bytes());
        read_as_all(
            format!("(cases: [(name: \"a\", set: {{\"loss.temperature\": {deep}").as_bytes(),
        );
        read_as_all(format!("(a: {deep}").as_bytes());
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn damaged_experiments_and_sweeps_are_read_or_refused(damages in damages(), nth in any::<prop::sample::Index>()) {
        let preset = nth.get(PRESETS);
        let bytes = damaged(preset.text.as_bytes(), &damages);
        read_as_all(&bytes);
        is_told(&String::from_utf8_lossy(&bytes))?;
        read_as_all(&damaged(nth.get(SWEEPS).text.as_bytes(), &damages));
    }

    #[test]
    fn damaged_files_of_runs_and_of_the_queue_are_read_or_refused(damages in damages()) {
        for name in [ENVIRONMENT, NOTES, "evaluations/knn-h-step-00000016-2dcf7fce.ron"] {
            read_as_all(&damaged(&of_run(name), &damages));
        }
        read_as_all(&damaged(&item(), &damages));
    }

    #[test]
    fn letters_are_read_or_refused(text in LETTERS) {
        read_as_all(text.as_bytes());
        is_told(&text)?;
        is_told(&format!("(data: (path: {text}"))?;
    }

    #[test]
    fn bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_as_all(&bytes);
    }
}
