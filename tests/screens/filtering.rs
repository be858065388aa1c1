//! Choosing runs on the History screen.

use crate::common::{Bench, runs};
use crate::snapshot;

/// The history with runs at three temperatures.
fn warm() -> Bench {
    Bench::at_temperatures([("cold", 0.1), ("warm", 0.5), ("hot", 0.9)])
}

fn sees(bench: &mut Bench, names: [bool; 3]) {
    let text = bench.draw(160, 48);
    let rows: Vec<&str> = text.lines().filter(|l| l.contains("completed")).collect();
    let seen = ["cold", "warm", "hot"].map(|n| rows.iter().any(|row| row.contains(n)));
    assert_eq!(seen, names, "{text}");
}

#[test]
fn a_filter_holds_as_it_is_typed_and_while_it_makes_no_sense() {
    let mut bench = warm();
    bench.press("/ T e m p e r a t u r e < 0 . 5");
    sees(&mut bench, [true, false, false]);
    bench.press("<space> k n n");
    bench.press(">");
    let text = bench.draw(160, 48);
    assert!(text.contains("knn takes a number"), "{text}");
    sees(&mut bench, [true, false, false]);
    bench.press("<enter>");
    assert!(bench.app.screen_ref().is_typing(), "it isn't kept");
    bench.press("9 9");
    sees(&mut bench, [false, false, false]);
    let text = bench.draw(160, 48);
    assert!(
        text.contains("no run passes the filter; esc clears it"),
        "{text}"
    );
    bench.press("<enter> <esc>");
    sees(&mut bench, [true, true, true]);
}

#[test]
fn filter_states() {
    let mut bench = Bench::new(runs());
    bench.press("<alt-3> / t e m p r a t u r e < 1");
    snapshot("history_filter_wrong", &mut bench);
}

#[test]
fn archived_runs_come_where_the_filter_asks_for_them() {
    let mut bench = warm();
    bench.app.shared.listing.runs[1].notes.archived = true;
    sees(&mut bench, [true, false, true]);
    bench.press("/ a r c h i v e d : y e s <enter>");
    sees(&mut bench, [false, true, false]);
}

#[test]
fn what_is_copied_is_shown() {
    let mut bench = warm();
    let dir = bench.app.shared.listing.runs[0].dir.clone();
    bench.press("y");
    let line = bench.app.take_copied().unwrap();
    assert_eq!(
        line,
        format!("simclr-tui run {}/experiment.ron", dir.display())
    );
    for (columns, rows) in [(160, 48), (80, 24), (60, 20)] {
        let text = bench.draw(columns, rows);
        // Its lines have the whole width, so nothing stands between two parts of it.
        assert!(text.replace('\n', "").contains(&line), "{text}");
    }
    bench.press("Y");
    assert_eq!(bench.app.take_copied(), Some(dir.display().to_string()));
    assert!(bench.draw(80, 24).contains("select it here"));
    bench.press("<esc>");
    assert!(!bench.draw(80, 24).contains("select it here"));
}
