//! Runs of a sweep in the history: one row that opens, its cases below it, and what is done to all of them.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails as tests do")]

use crate::common::{Bench, finished, runs};
use crate::snapshot;
use simclr_tui::runs::{Run, Status};
use simclr_tui::sweep::Source;

/// The runs of a shipped sweep's first cases, with so much kNN and a little more with each seed.
fn swept() -> Vec<Run> {
    let sweep = Source::open("temperature")
        .unwrap()
        .sweep(None, &[])
        .unwrap();
    let runs = sweep.trainings().filter_map(|training| {
        let knn = [60.0, 70.0].get(training.case)? + training.seed as f64;
        let experiment = sweep.experiment(training);
        let mut run = finished(&experiment.name.clone(), experiment, knn);
        run.origin = Some(sweep.origin(training, 0));
        Some(run)
    });
    runs.collect()
}

fn bench() -> Bench {
    let mut all = swept();
    all[2].status = Status::Interrupted;
    all.extend(runs());
    let mut bench = Bench::new(all);
    bench.app.shared.listing_changed();
    bench.press("<alt-3> g");
    bench
}

/// The lines of the list that name a sweep or one of its runs.
fn rows(bench: &mut Bench) -> Vec<String> {
    let text = bench.draw(160, 48);
    let lines = text
        .lines()
        .take(24)
        .filter(|line| line.contains("temperature"));
    lines.map(str::to_owned).collect()
}

#[test]
fn a_sweep_is_a_row_that_opens() {
    let mut bench = bench();
    bench.press("/ s w e e p ~ t e m p <enter>");
    snapshot("history_sweep", &mut bench);
    assert_eq!(rows(&mut bench).len(), 1);
    bench.press("<enter> j");
    snapshot("history_sweep_open", &mut bench);
    assert_eq!(rows(&mut bench).len(), 7);
    bench.press("z");
    assert_eq!(rows(&mut bench).len(), 3, "a row for each case");
    bench.press("z g <enter>");
    assert_eq!(rows(&mut bench).len(), 1);
}

#[test]
fn what_is_done_to_a_sweep_is_done_to_its_runs_or_refused() {
    let mut bench = bench();
    bench.press("/ s w e e p ~ t e m p <enter> <space>");
    assert_eq!(bench.app.shared.marked.len(), 6);
    bench.press("d");
    assert!(bench.draw(120, 36).contains("delete these 6 runs?"));
    bench.press("<esc>");
    let text = bench.draw(160, 48);
    assert!(
        !text.contains("edit a copy") && !text.contains("rerun"),
        "{text}"
    );
    for key in ["e", "R", "E", "y", "N", "x"] {
        bench.press(key);
        assert!(
            bench.draw(120, 36).contains("this is a sweep; ⏎ opens it"),
            "{key}"
        );
    }
}
