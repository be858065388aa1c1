//! Very many runs: `cargo test --test scale -- --ignored --nocapture` measures a thousand of a hundred thousand points.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of tests fails as tests do"
)]
#![allow(clippy::print_stdout, reason = "it reports what it measured")]

mod common;

use common::{Bench, Line};
use simclr_tui::engine::report::{Begin, End, Outcome, Point, Report};
use simclr_tui::experiment::Experiment;
use simclr_tui::runs::{Environment, Listing, Run, RunFolder};
use std::fs;
use std::path::Path;
use std::time::Instant;

const KEYS: [&str; 9] = [
    "loss",
    "rate",
    "views_per_second",
    "data_wait",
    "contrastive_top1",
    "alignment",
    "uniformity",
    "z_std",
    "knn",
];

/// A run of so many points of all metrics.
fn long(runs: &Path, points: u64) -> Run {
    let experiment = Experiment::default();
    let mut run = RunFolder::create(runs, &experiment, &Environment::here("cpu", 2, None)).unwrap();
    let begin = Begin {
        steps: points,
        steps_per_epoch: 100,
        ..Begin::default()
    };
    run.log().append(&Report::Begin(begin)).unwrap();
    for step in 1..=points {
        let values = KEYS.iter().enumerate();
        let values =
            values.map(|(i, key)| ((*key).to_owned(), 1.0 / (step as f64 + i as f64).sqrt()));
        let point = Point {
            step,
            epoch: step as f64 / 100.0,
            elapsed: step as f64 * 0.43,
            values: values.collect(),
        };
        run.log().append(&Report::Point(point)).unwrap();
    }
    let end = End {
        outcome: Outcome::Completed,
        reason: None,
        fits: None,
        chunk: None,
    };
    run.log().append(&Report::End(end)).unwrap();
    let dir = run.dir().to_owned();
    drop(run);
    Run::open(&dir)
}

/// The same run many times; their logs are one file on disk.
fn copies(of: &Run, count: usize) {
    for n in 1..count {
        let dir = of.dir.with_file_name(format!("{}-{n:04}", of.id));
        fs::create_dir(&dir).unwrap();
        for entry in fs::read_dir(&of.dir).unwrap() {
            let entry = entry.unwrap();
            let to = dir.join(entry.file_name());
            if entry.file_name() == "events.jsonl" {
                fs::hard_link(entry.path(), to).unwrap();
            } else {
                fs::copy(entry.path(), to).unwrap();
            }
        }
    }
}

fn measure(runs: usize, points: u64) {
    let folder = tempfile::tempdir().unwrap();
    let one = long(folder.path(), points);
    copies(&one, runs);
    let read = Instant::now();
    let without = Listing::outlined(folder.path(), |_| {});
    println!(
        "{runs} runs of {points} points: {:.2?} by their logs",
        read.elapsed()
    );
    // No log can be read any more: what is told now comes from the index.
    let log = one.dir.join("events.jsonl");
    let time = fs::metadata(&log).unwrap().modified().unwrap();
    fs::write(&log, vec![b'x'; fs::metadata(&log).unwrap().len() as usize]).unwrap();
    fs::File::options()
        .append(true)
        .open(&log)
        .unwrap()
        .set_modified(time)
        .unwrap();
    let read = Instant::now();
    let with = Listing::follow(folder.path());
    println!(
        "{runs} runs of {points} points: {:.2?} by the index",
        read.elapsed()
    );
    assert_eq!((with.runs.len(), with.unread()), (runs, 0));
    let told = |listing: &Listing| -> Vec<_> {
        let runs = listing.runs.iter();
        runs.map(|r| (r.id.clone(), r.status, r.best_knn(), r.series.progress()))
            .collect()
    };
    assert_eq!(told(&with), told(&without));
    assert!(with.runs.iter().all(|run| !run.is_whole()));
    paint(with, one, log_of_another(points));
}

/// A log that can be read: that of the runs was made unreadable.
fn log_of_another(points: u64) -> Run {
    let folder = tempfile::tempdir().unwrap();
    long(folder.path(), points)
}

/// From a key to a painted screen: among many runs, and on one long curve.
fn paint(listing: Listing, mut shown: Run, whole: Run) {
    let runs = listing.runs.len();
    let mut bench = Bench::new(Vec::new());
    bench.app.shared.listing = listing;
    shown.series = whole.series;
    bench.app.shared.listing.runs[0] = shown;
    bench.app.shared.listing_changed();
    let mut line = Line::new(160, 48);
    for (what, open, keys) in [
        (
            "the history of all runs",
            "<alt-3>",
            ["j", "k", "G", "g", "s", "S"],
        ),
        (
            "curves of the long run",
            "g <enter>",
            ["+", "-", ".", ",", "s", "y"],
        ),
    ] {
        bench.press(open);
        line.frame(&mut bench);
        let mut times: Vec<_> = (0..60)
            .map(|n| {
                let start = Instant::now();
                bench.press(keys[n % keys.len()]);
                line.frame(&mut bench);
                start.elapsed()
            })
            .collect();
        times.sort();
        println!(
            "{runs} runs, {what}: a key is painted after {:.2?} in the median, {:.2?} at most",
            times[30], times[59]
        );
    }
}

#[test]
fn many_runs_open_by_the_index_without_their_logs() {
    measure(200, 500);
}

#[test]
#[ignore = "takes minutes"]
fn a_thousand_runs_of_a_hundred_thousand_points() {
    measure(1000, 100_000);
}
