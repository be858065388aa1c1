//! Files of version 1, as simclr-tui 0.1.0 wrote them. They must stay readable for ever: a test here that fails means
//! that the code is to be changed, never a file below `tests/fixtures/v1`. A newer format gets a folder of its own.

use crate::headless::Home;
use proptest::prelude::*;
use simclr_tui::engine::checkpoint::Checkpoint;
use simclr_tui::engine::optim::Optimizer;
use simclr_tui::experiment::{Experiment, parse};
use simclr_tui::runs::folder::checkpoints;
use simclr_tui::runs::{Environment, Evaluation, Follower, Gap, Listing, Notes, Run, Status};
use std::fs;
use std::path::{Path, PathBuf};

/// A run that was interrupted, gone on with two hours later, paused, and stopped.
const RUN: &str = "20261124-181749-tiny-8327";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/v1")
}

#[test]
fn a_run_of_version_1_is_read_whole() {
    let runs = Listing::open(&fixtures()).runs;
    assert_eq!(runs.len(), 1);
    let run = &runs[0];
    assert_eq!(
        (run.status, run.damaged, &run.broken),
        (Status::Stopped, 0, &None)
    );
    assert_eq!(run.title(), "first of its kind");
    assert_eq!(run.notes.tags, ["fixture", "tiny"]);
    assert_eq!(run.notes.note, "two\nlines");

    let experiment = run.experiment.as_ref().unwrap();
    assert_eq!(
        (experiment.name.as_str(), experiment.train.optimizer),
        ("tiny", Optimizer::Sgd)
    );
    assert_eq!(
        (experiment.head.hidden, experiment.machine.checkpoint_every),
        (8, 2)
    );
    let environment = run.environment.as_ref().unwrap();
    assert_eq!(
        (environment.host.as_str(), environment.cores),
        ("workshop", 2)
    );
    let data = environment.dataset.as_ref().unwrap();
    assert_eq!((data.train, data.hash.as_str()), (64, "af572e59f19202f5"));

    let series = &run.series;
    assert_eq!(series.progress(), Some((16, 24)));
    let steps: Vec<u64> = series.curve("loss").iter().map(|s| s.step).collect();
    assert_eq!(steps, (1..=16).collect::<Vec<_>>());
    assert_eq!(
        series.last("loss").map(|s| s.value),
        Some(3.350_976_467_132_568_4)
    );
    assert_eq!(run.best_knn(), Some(21.875));
    assert_eq!(series.keys().count(), 10, "every metric");
    let gap = Gap {
        step: 8,
        from: 1_795_544_269.938,
        to: 1_795_551_469.962,
    };
    assert_eq!(series.gaps, [gap]);
    assert_eq!(series.notes.len(), 2);
    let kept: Vec<_> = series.checkpoints.iter().map(|c| c.step).collect();
    assert_eq!(kept, [8, 16]);
}

#[test]
fn evaluations_and_the_checkpoint_of_version_1_are_read() {
    let dir = fixtures().join(RUN);
    let evaluations = Evaluation::all(&dir);
    let of = |method: &str| evaluations.iter().find(|e| e.method == method).unwrap();
    assert_eq!(evaluations.len(), 2);
    assert_eq!((of("knn").top1, of("knn").fitted), (0.15625, 64));
    assert!(of("probe").train_top1.is_some());
    assert_eq!(of("knn").confusion[0], (0, 0, 3));

    let bytes = fs::read(&checkpoints(&dir)[0]).unwrap();
    let checkpoint = Checkpoint::from_bytes(&bytes).unwrap();
    assert_eq!(checkpoint.progress.step, 16);
    assert_eq!(checkpoint.progress.best_knn, Some(0.21875));
    assert_eq!(
        checkpoint.network["encoder.conv1.weight"].shape,
        [4, 3, 3, 3]
    );
    assert!(!checkpoint.optimizer.is_empty());
}

/// A copy of the run that may be written to.
fn copy(to: &Path) {
    let from = fixtures().join(RUN);
    for entry in walkdir::WalkDir::new(&from) {
        let entry = entry.unwrap();
        let path = to.join(RUN).join(entry.path().strip_prefix(&from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(path).unwrap();
        } else {
            fs::copy(entry.path(), path).unwrap();
        }
    }
}

#[test]
fn a_run_of_version_1_is_gone_on_with() {
    let home = Home::new("()");
    copy(&home.runs());
    let mut training = home.train();
    assert!(training.end().success(), "{:?}", training.said);
    assert_eq!(training.began_at(), Some(16));
    let mut warned = training.warnings();
    // True of so few steps, and nothing of its age.
    warned.retain(|text| !text.starts_with("The loss is flat at chance"));
    assert!(warned.is_empty(), "{warned:?}");
    let run = home.run().unwrap();
    assert_eq!((run.status, run.damaged), (Status::Completed, 0));
    let steps: Vec<u64> = run.series.curve("loss").iter().map(|s| s.step).collect();
    assert_eq!(steps, (1..=24).collect::<Vec<_>>());
    assert_eq!(run.series.gaps.len(), 2);
}

/// The text of each `.ron` file and of the log.
fn texts() -> Vec<(String, Vec<u8>)> {
    let dir = fixtures().join(RUN);
    let files = walkdir::WalkDir::new(&dir).into_iter().map(Result::unwrap);
    let texts = files.filter(|f| {
        f.path()
            .extension()
            .is_some_and(|e| e == "ron" || e == "jsonl")
    });
    let name = |path: &Path| path.strip_prefix(&dir).unwrap().display().to_string();
    texts
        .map(|f| (name(f.path()), fs::read(f.path()).unwrap()))
        .collect()
}

/// Reads bytes in place of one of the run's files. Whatever is in them, this ends in a value or a sentence.
fn read_in_place(name: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    match name {
        "experiment.ron" => {
            let read = simclr_tui::experiment::load(&path);
            assert!(read.is_ok() || read.is_err_and(|e| !e.to_string().is_empty()));
        }
        "environment.ron" => drop(Environment::load(&path)),
        "notes.ron" => drop(Notes::load(&path)),
        "events.jsonl" => drop(Follower::open(&path).poll()),
        _ => drop(Evaluation::all(folder.path())),
    }
    let _ = Run::open(folder.path());
}

/// Cuts, flips, repeats and splices bytes.
fn mutated(mut bytes: Vec<u8>, changes: &[(prop::sample::Index, u8, Vec<u8>)]) -> Vec<u8> {
    for (at, how, more) in changes {
        if bytes.is_empty() {
            break;
        }
        let at = at.index(bytes.len());
        match how % 5 {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << (how / 32),
            2 => drop(bytes.splice(at..at, more.iter().copied())),
            3 => bytes[at..].iter_mut().take(64).for_each(|b| *b = 0),
            _ => bytes.extend_from_within(at..),
        }
        bytes.truncate(1 << 16);
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn no_damage_to_a_file_makes_its_reader_panic(
        file in any::<prop::sample::Index>(),
        changes in proptest::collection::vec(
            (any::<prop::sample::Index>(), any::<u8>(), proptest::collection::vec(any::<u8>(), 0..16)),
            1..6,
        ),
    ) {
        let texts = texts();
        let (name, bytes) = file.get(&texts);
        read_in_place(name, &mutated(bytes.clone(), &changes));
    }

    #[test]
    fn no_bytes_at_all_make_a_reader_panic(
        file in any::<prop::sample::Index>(),
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        read_in_place(&file.get(&texts()).0, &bytes);
    }

    /// Texts that look like experiments: brackets, names, numbers and quotes in any order.
    #[test]
    fn no_text_makes_the_experiment_reader_panic(
        text in r#"(\(|\)|\[|,|: ?|loss|train|temperature|batch|[0-9.e+-]{1,6}|"|\\|//|/\*|\*/|r#|true|\n| |[^\x00-\x7f]){0,40}"#,
    ) {
        let nested = format!("{}{text}", "(loss: ".repeat(text.len() % 90));
        for text in [text, nested] {
            let read: Result<Experiment, _> = parse(&text, "f");
            prop_assert!(read.is_ok() || read.is_err_and(|e| e.to_string().starts_with("f:")));
        }
    }
}
