//! Runs that are there: words about them, the archive, and the trash with its undo, on a real folder.
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use crate::common::{Bench, NOW, SIZES, quick};
use simclr_tui::experiment::Experiment;
use simclr_tui::runs::{Environment, Listing, Run, RunFolder};
use simclr_tui::ui::clock::Clock;
use simclr_tui::ui::saved_state::SavedState;

/// Runs in a real folder: two with a live one between them.
fn on_disk() -> (tempfile::TempDir, Vec<RunFolder>) {
    let runs = tempfile::tempdir().unwrap();
    let make = |name: &str, started: f64| {
        let experiment = Experiment {
            name: name.into(),
            ..quick()
        };
        let environment = Environment {
            started,
            ..Environment::default()
        };
        RunFolder::create(runs.path(), &experiment, &environment).unwrap()
    };
    let ended = [make("oldest", NOW - 300.0), make("newest", NOW - 100.0)];
    let live = make("alive", NOW - 200.0);
    for run in ended {
        let dir = run.dir().to_owned();
        drop(run);
        // A process that another test is starting has every lock of this one for a moment.
        while Run::open(&dir).status.is_live() {
            std::thread::yield_now();
        }
    }
    (runs, vec![live])
}

#[test]
fn what_is_deleted_comes_back() {
    let (runs, _live) = on_disk();
    let mut bench = Bench::new(Vec::new());
    bench.app.shared.listing = Listing::open(runs.path());
    let titles = |bench: &Bench| -> Vec<String> {
        let runs = bench.app.shared.listing.runs.iter();
        runs.map(|run| run.title().to_owned()).collect()
    };
    // Marked, shown and under the cursor.
    bench.press("<tab> 3 <enter> 3 <space> d");
    assert_eq!(titles(&bench), ["alive", "oldest"]);
    assert!(bench.draw(120, 36).contains("u brings it back: "));
    assert!(bench.app.shared.marked.is_empty());
    for screen in ["2", "4", "3"] {
        bench.press(screen);
        for (width, height) in SIZES {
            bench.draw(width, height);
        }
    }
    bench.press("d");
    assert!(bench.draw(120, 36).contains("stop it before deleting it"));
    assert_eq!(titles(&bench), ["alive", "oldest"]);
    // The screen was closed meanwhile.
    let mut bench = Bench::new(Vec::new());
    bench.app.shared.listing = Listing::open(runs.path());
    bench.press("<tab> 3 u");
    assert_eq!(titles(&bench), ["newest", "alive", "oldest"]);
    assert!(bench.draw(120, 36).contains(") is back"));
    bench.press("u");
    assert!(bench.draw(120, 36).contains("the trash is empty"));
}

#[test]
fn what_is_done_to_a_marked_run_is_done_to_all_that_are_marked() {
    let (runs, _live) = on_disk();
    let mut bench = Bench::new(Vec::new());
    bench.app.shared.listing = Listing::open(runs.path());
    let titles = |bench: &Bench| -> Vec<String> {
        let runs = bench.app.shared.listing.runs.iter();
        runs.map(|run| run.title().to_owned()).collect()
    };
    let tags = || -> Vec<Vec<String>> {
        let runs = Listing::open(runs.path()).runs;
        runs.into_iter().map(|run| run.notes.tags).collect()
    };
    bench.press("<tab> 3 T o w n <enter> <space> G <space> T");
    assert!(bench.draw(120, 36).contains("tags of 2 runs"));
    bench.press("k e e p <enter>");
    assert_eq!(tags(), [vec!["own", "keep"], vec![], vec!["keep"]]);
    // Another one is meant alone.
    bench.press("k T x <enter> G T");
    assert_eq!(tags()[1], ["x"]);
    bench.press("<ctrl-u> <enter>");
    assert_eq!(tags(), [vec!["own"], vec!["x"], vec![]]);
    bench.press("d");
    let text = bench.draw(120, 36);
    assert!(
        text.contains("delete these 2 runs?")
            && text.contains("\"newest\" (")
            && text.contains("\"oldest\""),
        "{text}"
    );
    bench.press("<esc>");
    assert_eq!(titles(&bench).len(), 3);
    bench.press("d y");
    assert_eq!(titles(&bench), ["alive"]);
    bench.press("u u");
    assert_eq!(titles(&bench), ["newest", "alive", "oldest"]);
}

#[test]
fn names_tags_notes_and_the_archive_are_kept() {
    let (runs, _live) = on_disk();
    let mut bench = Bench::new(Vec::new());
    bench.app.shared.listing = Listing::open(runs.path());
    bench.press("<tab> 3 N b e s t <enter> T a , b , , a <enter> n u s e <enter>");
    let notes = Listing::open(runs.path()).runs[0].notes.clone();
    assert_eq!((notes.name.as_str(), notes.note.as_str()), ("best", "use"));
    assert_eq!(notes.tags, ["a", "b"]);
    assert!(bench.draw(120, 36).contains("best"));
    bench.press("N x <esc> a");
    let text = bench.draw(120, 36);
    assert!(
        text.contains("archived best") && text.contains("2 of 3"),
        "{text}"
    );
    assert_eq!(Listing::open(runs.path()).runs[0].notes.name, "best");
    bench.press("A k k a");
    assert!(
        bench
            .draw(120, 36)
            .contains("best is back from the archive")
    );
    // Words that can't be read are kept, and the user hears of it.
    let path = bench.app.shared.listing.runs[0].dir.join("notes.ron");
    std::fs::write(&path, "(format: 9, mood: \"good\")").unwrap();
    bench.press("n x <enter>");
    assert!(bench.draw(120, 36).contains("format 9"));
    assert!(std::fs::read_to_string(&path).unwrap().contains("good"));
}

#[test]
fn changes_of_the_form_are_remembered_some_seconds_later() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.ron");
    let mut bench = Bench::new(Vec::new());
    bench.app.remember(SavedState::read(&path));
    bench.press("/ l o s s . t <enter> <enter> . 3 <enter>");
    bench.app.tick();
    assert!(!path.exists(), "not on each key");
    bench.app.shared.clock = Clock::Fixed(NOW + 3.5);
    bench.app.tick();
    let draft = SavedState::read(&path).draft.unwrap();
    assert!(draft.edited.contains("temperature: 0.3"), "{draft:?}");
    // Where nothing changed, nothing is written.
    std::fs::remove_file(&path).unwrap();
    bench.press("<down>");
    bench.app.shared.clock = Clock::Fixed(NOW + 7.0);
    bench.app.tick();
    assert!(!path.exists());
}
