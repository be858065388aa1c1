//! Columns of the History screen: chosen, ordered, sorted by, and remembered.

use crate::common::{Bench, finished, quick, runs};
use crate::snapshot;
use simclr_tui::runs::Run;
use simclr_tui::ui::saved_state::SavedState;

/// The history with runs at three temperatures.
fn warm() -> Bench {
    Bench::at_temperatures([("warm", 0.5), ("cold", 0.1), ("hot", 0.9)])
}

/// The words of the heading and of each row.
fn table(bench: &mut Bench) -> Vec<Vec<String>> {
    let text = bench.draw(160, 48);
    let lines = text.lines();
    let of_runs = lines.filter(|l| l.contains("completed") || l.contains("status"));
    let words = of_runs.map(|line| line.split_whitespace().map(str::to_owned).collect());
    words.collect()
}

#[test]
fn any_hyperparameter_becomes_a_column_to_sort_by() {
    let mut bench = warm();
    bench.press("o l o s s . t e m p <enter> <ctrl-s> <esc>");
    let rows = table(&mut bench);
    let mut words = rows[0].windows(2);
    assert!(words.any(|two| two == ["▾", "temperature"]), "{rows:?}");
    let order = |bench: &mut Bench| -> Vec<String> {
        let rows = table(bench).into_iter().skip(1);
        rows.map(|row| {
            row.iter()
                .find(|w| ["cold", "warm", "hot"].contains(&w.as_str()))
                .unwrap()
                .clone()
        })
        .collect()
    };
    assert_eq!(order(&mut bench), ["cold", "warm", "hot"]);
    bench.press("S");
    assert_eq!(order(&mut bench), ["hot", "warm", "cold"]);
}

#[test]
fn runs_of_one_name_are_told_apart_on_a_narrow_screen() {
    let named = |name: &str, id: &str| {
        let mut run = finished(name, quick(), 60.0);
        run.id = format!("20260920-201500-{name}-{id}");
        run
    };
    let rows = |runs: Vec<Run>| {
        let mut bench = Bench::new(runs);
        bench.press("3");
        [80, 60].map(|width| bench.draw(width, 24))
    };
    for text in rows(vec![named("quick", "0a1b"), named("quick", "9c8d")]) {
        let listed: Vec<&str> = text.lines().filter(|l| l.contains('✓')).collect();
        assert!(
            listed[0].contains("0a1b") && listed[1].contains("9c8d"),
            "{text}"
        );
    }
    // Other names leave the room to figures.
    for text in rows(vec![named("quick", "0a1b"), named("slow", "9c8d")]) {
        let mut listed = text.lines().filter(|l| l.contains('✓'));
        assert!(listed.all(|line| !line.contains("9c8d")), "{text}");
    }
}

#[test]
fn the_cursor_goes_along_with_a_column_that_is_moved() {
    let mut bench = warm();
    // The name, twice to the left, then hidden; then everything as it was.
    bench.press("o <down> <left> <left>");
    let text = bench.draw(160, 48);
    let box_of = |text: &str| -> Vec<String> {
        let rows = text
            .lines()
            .filter(|l| l.contains('✓') && !l.contains("completed"));
        rows.map(|l| {
            l.split('✓')
                .nth(1)
                .unwrap()
                .split_whitespace()
                .next()
                .unwrap()
                .to_owned()
        })
        .collect()
    };
    assert_eq!(box_of(&text)[..2], ["name", "status"], "{text}");
    bench.press("<enter>");
    let text = bench.draw(160, 48);
    assert_eq!(box_of(&text)[..2], ["status", "recipe"], "{text}");
    bench.press("<ctrl-r>");
    let text = bench.draw(160, 48);
    assert_eq!(box_of(&text)[..2], ["status", "name"], "{text}");
}

#[test]
fn columns_are_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.ron");
    let mut bench = warm();
    bench.app.remember(SavedState::read(&path));
    bench.press("o a g e <enter> <esc> s");
    let first = table(&mut bench)[0].clone();
    assert!(!first.iter().any(|w| w.contains("age")), "{first:?}");
    let mut bench = warm();
    bench.app.remember(SavedState::read(&path));
    assert_eq!(table(&mut bench)[0], first);
}

#[test]
fn memory_that_is_broken_is_said_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.ron");
    std::fs::write(&path, "(format: 1, history: (").unwrap();
    let mut bench = warm();
    bench.app.remember(SavedState::read(&path));
    assert!(bench.draw(160, 48).contains("won't be remembered"));
    bench.press("s");
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        "(format: 1, history: ("
    );
}

#[test]
fn column_states() {
    let mut bench = Bench::new(runs());
    bench.press("<alt-3> o");
    snapshot("history_columns", &mut bench);
    bench.press("z z z");
    snapshot("history_columns_none", &mut bench);
}
