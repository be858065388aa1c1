//! What the index promises: the same runs as without it, however old, damaged or absent it is.

use super::index::INDEX;
use super::*;
use crate::engine::report::{Begin, End, Outcome, Point, Report};
use crate::experiment::Experiment;
use crate::runs::{EXPERIMENT, Environment, NOTES, RunFolder, Status};
use tempfile::TempDir;

fn trained(runs: &Path, points: u64, end: Option<Outcome>) -> PathBuf {
    let experiment = Experiment::default();
    let mut run = RunFolder::create(runs, &experiment, &Environment::here("cpu", 2, None)).unwrap();
    let begin = Begin::of(points, 10);
    run.log().append(&Report::Begin(begin)).unwrap();
    for step in 1..=points {
        let values = [("loss", 5.0 / step as f64), ("knn", step as f64)];
        let point = Point {
            elapsed: step as f64,
            ..Point::at(step, values)
        };
        run.log().append(&Report::Point(point)).unwrap();
    }
    if let Some(outcome) = end {
        let end = End {
            reason: Some("because".to_owned()),
            ..outcome.into()
        };
        run.log().append(&Report::End(end)).unwrap();
    }
    run.dir().to_owned()
}

/// Three that ended, one that didn't, and two that can't be read, one of them with a log.
fn some() -> TempDir {
    let runs = tempfile::tempdir().unwrap();
    for end in [
        Some(Outcome::Completed),
        Some(Outcome::Stopped),
        Some(Outcome::Failed),
        None,
    ] {
        trained(runs.path(), 40, end);
    }
    let garbled = trained(runs.path(), 40, Some(Outcome::Completed));
    fs::write(garbled.join(EXPERIMENT), "(loss: (temprature: 1))").unwrap();
    fs::create_dir_all(runs.path().join("bare/checkpoints")).unwrap();
    runs
}

/// As `simclr-tui runs` lists them.
fn listed(runs: &TempDir) -> Listing {
    Listing::outlined(runs.path(), |_| {})
}

/// All that a list shows of the runs.
fn told(listing: &Listing) -> Vec<String> {
    let tell = |run: &Run| {
        let reason = run.series.end.as_ref().and_then(|e| e.reason.clone());
        let identity = run.experiment.as_ref().map(Experiment::identity);
        let progress = (
            run.series.progress(),
            run.series.elapsed(),
            run.created,
            run.damaged,
        );
        let figures = (run.best_knn(), run.last_knn(), run.epoch_loss());
        let told = (
            &run.id,
            run.status,
            &run.broken,
            &run.notes,
            reason,
            identity,
            progress,
            figures,
        );
        format!("{told:?}")
    };
    listing.runs.iter().map(tell).collect()
}

fn outlines(listing: &Listing) -> usize {
    listing.runs.iter().filter(|run| !run.is_whole()).count()
}

/// Other bytes of the same length and time: only a reader of the log would see them.
fn garble(log: &Path) {
    let meta = fs::metadata(log).unwrap();
    fs::write(log, vec![b'x'; meta.len() as usize]).unwrap();
    let file = fs::File::options().append(true).open(log).unwrap();
    file.set_modified(meta.modified().unwrap()).unwrap();
}

/// Refreshes until it is so.
fn until(listing: &mut Listing, so: impl Fn(&Listing) -> bool) {
    let begun = Instant::now();
    while !so(listing) {
        let patient = begun.elapsed() < Duration::from_mins(1);
        assert!(patient, "it never came to that: {:?}", listing.reader);
        listing.refresh();
        std::thread::yield_now();
    }
}

#[test]
fn runs_by_the_index_are_the_same_and_their_logs_are_not_read() {
    let runs = some();
    let first = listed(&runs);
    assert_eq!((first.runs.len(), outlines(&first)), (6, 0));
    for run in &first.runs {
        if run.status == Status::Completed {
            garble(&run.dir.join(EVENTS));
        }
    }
    let second = listed(&runs);
    assert_eq!(told(&second), told(&first));
    assert_eq!(outlines(&second), 5, "all but the folder without a log");
    let broken = second
        .runs
        .iter()
        .filter(|run| run.status == Status::Broken);
    assert_eq!(broken.count(), 2);
    assert_eq!(told(&Listing::follow(runs.path())), told(&first));
}

#[test]
fn an_index_that_is_damaged_foreign_or_gone_is_made_again() {
    let runs = some();
    let path = runs.path().join(INDEX);
    let wanted = told(&listed(&runs));
    let good = fs::read_to_string(&path).unwrap();
    let mut flipped = good.clone().into_bytes();
    let at = good.find("elapsed").unwrap_or(good.len() / 2);
    flipped[at] ^= 1;
    let cases = [
        Vec::new(),
        b"\xff\x00 not an index".to_vec(),
        good.replacen("index ", "index 9", 1).into_bytes(),
        good.as_bytes()[..good.len() / 2].to_vec(),
        flipped,
    ];
    for bad in cases {
        fs::write(&path, &bad).unwrap();
        let listing = listed(&runs);
        assert!(
            outlines(&listing) < 5,
            "{:?}",
            String::from_utf8_lossy(&bad)
        );
        assert_eq!(told(&listing), wanted);
        assert_eq!(fs::read_to_string(&path).unwrap(), good);
    }
    fs::remove_file(&path).unwrap();
    assert_eq!(told(&listed(&runs)), wanted);
    assert_eq!(fs::read_to_string(&path).unwrap(), good);
    // Where it can't be written it is done without.
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    fs::write(path.join("inside"), "").unwrap();
    assert_eq!(told(&listed(&runs)), wanted);
}

#[test]
fn what_has_changed_since_is_read_again() {
    let runs = tempfile::tempdir().unwrap();
    let dir = trained(runs.path(), 40, Some(Outcome::Stopped));
    drop(listed(&runs));
    let mut listing = listed(&runs);
    assert_eq!(outlines(&listing), 1);
    fs::write(dir.join(NOTES), "(name: \"best\")").unwrap();
    until(&mut listing, |l| l.runs[0].title() == "best");
    assert_eq!(
        outlines(&listing),
        1,
        "the user's words are no reason to read the log"
    );

    let mut trainer = RunFolder::resume(&dir).unwrap();
    for _ in 0..TURNS {
        listing.refresh();
    }
    assert_eq!(
        (outlines(&listing), listing.runs[0].status),
        (1, Status::Stopped)
    );
    let begin = Begin {
        step: 40,
        steps: 50,
        ..Begin::default()
    };
    trainer.log().append(&Report::Begin(begin)).unwrap();
    until(&mut listing, |l| l.runs[0].status == Status::Running);
    assert_eq!(outlines(&listing), 0);
    drop(trainer);
    drop(listed(&runs));
    // One that was interrupted lives as soon as a trainer has it.
    let trainer = RunFolder::resume(&dir).unwrap();
    assert_eq!(listed(&runs).runs[0].status, Status::Running);
    drop(trainer);
    assert_eq!(listed(&runs).runs[0].status, Status::Interrupted);
    // A broken run whose file was put right is one no more.
    let saved = fs::read(dir.join(EXPERIMENT)).unwrap();
    for (bytes, status) in [(&b"("[..], Status::Broken), (&saved, Status::Interrupted)] {
        fs::write(dir.join(EXPERIMENT), bytes).unwrap();
        assert_eq!(listed(&runs).runs[0].status, status);
    }
}

#[test]
fn several_processes_keep_each_others_lines() {
    let runs = tempfile::tempdir().unwrap();
    trained(runs.path(), 5, Some(Outcome::Completed));
    let mut early = Listing::follow(runs.path());
    let late = trained(runs.path(), 5, Some(Outcome::Completed));
    drop(listed(&runs));
    early.runs.retain(|run| run.dir != late);
    let (index, mut there) = early.news();
    there.insert(crate::runs::id_of(&late));
    index.save(runs.path(), &there).unwrap();
    assert_eq!(outlines(&listed(&runs)), 2);
    // Nothing but the index and the runs is left.
    assert_eq!(fs::read_dir(runs.path()).unwrap().count(), 3);
}

#[test]
fn long_logs_are_read_meanwhile_and_kept_while_they_are_looked_at() {
    let runs = tempfile::tempdir().unwrap();
    let dir = trained(runs.path(), 36_000, Some(Outcome::Completed));
    assert!(fs::metadata(dir.join(EVENTS)).unwrap().len() > AT_ONCE);
    let mut listing = Listing::follow(runs.path());
    assert_eq!((listing.runs.len(), listing.unread()), (0, 1));
    until(&mut listing, |l| l.unread() == 0);
    assert_eq!(outlines(&listing), 1);
    assert_eq!(listing.runs[0].last_knn(), Some(36_000.0));
    let id = listing.runs[0].id.clone();
    listing.want(std::slice::from_ref(&id));
    until(&mut listing, |l| l.runs[0].is_whole());
    assert_eq!(listing.runs[0].series.curve("loss").len(), 36_000);
    let others: Vec<String> = (0..AT_HAND).map(|n| n.to_string()).collect();
    listing.want(&others[1..]);
    assert!(listing.runs[0].is_whole(), "the last few are kept");
    listing.want(&others);
    assert_eq!(outlines(&listing), 1);
    // The end of a follower writes the index sooner or later.
    until(&mut listing, |l| l.dir.join(INDEX).is_file());
    let again = Listing::follow(runs.path());
    assert_eq!((again.runs.len(), again.unread()), (1, 0));
}

#[test]
fn a_run_is_deleted_and_the_last_one_comes_back_after_a_restart() {
    let runs = some();
    let mut listing = listed(&runs);
    let before = told(&listing);
    let id = listing.runs[2].id.clone();
    listing.delete(&id).unwrap();
    assert_eq!(listing.runs.len(), 5);
    let mut listing = Listing::follow(runs.path());
    assert_eq!(listing.runs.len(), 5);
    assert_eq!(listing.undelete().unwrap(), Some(id));
    assert_eq!(told(&listing), before);
    assert_eq!(listing.undelete().unwrap(), None);
}

/// An index of one run with something changed and its checksum right.
fn forged(index: &str, change: impl Fn(&mut serde_json::Value)) -> String {
    let (header, line) = index.trim_end().split_once('\n').unwrap();
    let (id, json) = line.split_once(' ').unwrap().1.split_once('\t').unwrap();
    let mut json = serde_json::from_str(json).unwrap();
    change(&mut json);
    let line = format!("{id}\t{json}");
    format!(
        "{header}\n{:08x} {line}\n",
        crc32fast::hash(line.as_bytes())
    )
}

#[cfg(unix)]
#[test]
fn an_index_that_is_a_link_or_tells_what_no_run_has_is_not_believed() {
    use std::os::unix::fs::symlink;
    let runs = tempfile::tempdir().unwrap();
    let dir = trained(runs.path(), 5, Some(Outcome::Completed));
    let wanted = told(&listed(&runs));
    let path = runs.path().join(INDEX);
    let good = fs::read_to_string(&path).unwrap();
    let other = forged(&good, |json| json["damaged"] = 7.into());
    fs::write(&path, &other).unwrap();
    assert_eq!(listed(&runs).runs[0].damaged, 7, "a sound one is believed");

    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("index"), &other).unwrap();
    fs::remove_file(&path).unwrap();
    symlink(elsewhere.path().join("index"), &path).unwrap();
    assert_eq!(told(&listed(&runs)), wanted);

    fs::remove_file(&path).unwrap();
    let mad = forged(&good, |json| json["series"]["done"] = u64::MAX.into());
    fs::write(&path, mad).unwrap();
    let listing = listed(&runs);
    assert_eq!((told(&listing), outlines(&listing)), (wanted, 0));

    let moved = elsewhere.path().join("run");
    fs::rename(&dir, &moved).unwrap();
    symlink(&moved, &dir).unwrap();
    assert_eq!(listed(&runs).runs[0].status, Status::Broken);
}
