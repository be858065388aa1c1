//! Sweeps that don't train all of their cases to the end: halving, and rules of the experiment.

use crate::scratch::{Says, Scratch, is_described};
use crate::sweep::{heads, runs, with};
use serde_json::Value;
use simclr_tui::runs::{Run, Status};
use std::fs;

/// A sweep of four cases that are halved after an epoch and after two.
const HALVED: &str = r#"(format: 2, name: "halved", base: "base.ron", set: {"train.epochs": 4, "train.warmup": 0, "knn.every": 1},
 random: (cases: 4, ranges: {"loss.temperature": (0.05, 1.0)}), halving: (first: 1, factor: 2))"#;

#[test]
fn a_halved_sweep_trains_the_best_to_its_end_and_says_who_was_cut() {
    let scratch = with(HALVED);
    let text = scratch.prints(&["sweep", "s.ron"]);
    // Four to the first epoch, two to the second, and one to the end.
    assert_eq!(heads(&text), 7, "{text}");
    text.says(", to epoch 1\n");
    text.says("cut at epoch 1: kNN ");
    text.says("cut at epoch 2: kNN ");
    let epochs = |scratch: &Scratch| {
        let done = |run: &Run| run.series.progress().map_or(0, |(done, _)| done / 4);
        let mut all: Vec<u64> = runs(scratch).iter().map(done).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(epochs(&scratch), [1, 1, 2, 4]);
    let json: Value =
        serde_json::from_str(&scratch.prints(&["sweep", "s.ron", "--results", "--json"])).unwrap();
    is_described(&json);
    let cuts = |json: &Value| -> Vec<String> {
        let cases = json["cases"].as_array().unwrap().iter();
        cases
            .map(|case| case["cut"].as_str().unwrap_or("").to_owned())
            .collect()
    };
    assert_eq!(cuts(&json).iter().filter(|cut| cut.is_empty()).count(), 1);
    let again = scratch.prints(&["sweep", "s.ron"]);
    assert_eq!(heads(&again), 0, "{again}");
    // Killed on the way: the last one lost what came after its second epoch.
    let best = runs(&scratch)
        .into_iter()
        .find(|run| run.status == Status::Completed)
        .unwrap();
    let log = fs::read_to_string(best.dir.join("events.jsonl")).unwrap();
    let kept: Vec<&str> = log
        .lines()
        .take_while(|line| !line.contains("\"step\":9,"))
        .collect();
    fs::write(best.dir.join("events.jsonl"), kept.join("\n") + "\n").unwrap();
    for file in fs::read_dir(best.dir.join("checkpoints"))
        .unwrap()
        .flatten()
    {
        if file.file_name().to_string_lossy().contains("step-00000016") {
            fs::remove_file(file.path()).unwrap();
        }
    }
    let resumed = scratch.prints(&["sweep", "s.ron"]);
    assert_eq!(heads(&resumed), 1, "{resumed}");
    let after: Value =
        serde_json::from_str(&scratch.prints(&["sweep", "s.ron", "--results", "--json"])).unwrap();
    assert_eq!(cuts(&after), cuts(&json));
}

#[test]
fn a_run_that_its_rule_ended_is_not_gone_on_with() {
    let sweep = r#"(name: "ruled", base: "base.ron", set: {"stop.when": "knn < 200 at epoch 1", "knn.every": 1},
 grid: {"loss.temperature": [0.1]})"#;
    let scratch = with(sweep);
    let text = scratch.prints(&["sweep", "s.ron"]);
    text.says("(stop.when)");
    let run = runs(&scratch).remove(0);
    assert_eq!(
        (run.status, run.series.progress().map(|p| p.0)),
        (Status::Stopped, Some(4))
    );
    assert_eq!(heads(&scratch.prints(&["sweep", "s.ron"])), 0);
    // Its user may want it all the same.
    scratch.prints(&["run", "--resume", "last"]);
    assert_eq!(runs(&scratch)[0].status, Status::Completed);
}
