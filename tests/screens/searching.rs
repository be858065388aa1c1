//! Searching the console of the Train screen.

use crate::common::{Bench, finished, quick};
use crate::snapshot;
use simclr_tui::engine::report::{Level, Note};

/// A run whose console has so many lines, each third of them long, with the word at its end.
fn talkative(lines: usize) -> Bench {
    let mut run = finished("talk", quick(), 66.1);
    run.series.notes = (0..lines)
        .map(|i| {
            let long = "a long way to go ".repeat(12);
            let text = match i % 3 {
                0 => format!("{long} Checkpoint {i} is written"),
                1 => format!("line {i} has nothing to say"),
                _ => format!("checkpoint {i}, and again checkpoint {i}"),
            };
            let level = Level::Info;
            (run.created + i as f64, Note { level, text })
        })
        .collect();
    let mut bench = Bench::new(vec![run]);
    bench.press("<alt-2>");
    bench.draw(120, 36);
    bench
}

#[test]
fn search_states() {
    let mut bench = talkative(40);
    bench.press("/ C H E C K p o i n t");
    snapshot("train_search", &mut bench);
    bench.press("<enter> n n");
    snapshot("train_found", &mut bench);
    bench.press("/ z");
    snapshot("train_not_found", &mut bench);
}

/// Keys, and the line of the console that they lead to.
#[test]
fn n_goes_through_the_matches_and_around_the_end() {
    let triples = [
        ("<enter>", "27 of 27"),
        ("<enter> n", "26 of 27"),
        ("<enter> n n N", "26 of 27"),
        ("<enter> N", "1 of 27"),
        ("<enter> N n", "27 of 27"),
    ];
    for (keys, place) in triples {
        let mut bench = talkative(40);
        bench.press("/ c h e c k");
        bench.press(keys);
        let text = bench.draw(120, 36);
        assert!(text.contains(place), "{keys}\n{text}");
        assert!(
            bench.reversed().to_lowercase().contains("check"),
            "{keys}\n{text}"
        );
    }
}

#[test]
fn a_search_that_ended_leaves_the_keys_alone() {
    let mut bench = talkative(40);
    bench.press("/ c h e c k <enter> n");
    let searched = bench.draw(120, 36);
    assert!(searched.contains("of 27"));
    bench.press("<esc> n");
    let text = bench.draw(120, 36);
    assert!(!text.contains("of 27"), "{text}");
    // The metric's key again: one large chart.
    assert_eq!(
        text.matches("╭").count(),
        searched.matches("╭").count() - 1,
        "{text}"
    );
}

#[test]
fn without_room_for_the_console_it_is_not_searched() {
    let mut bench = talkative(4);
    bench.draw(80, 14);
    bench.press("/");
    let text = bench.draw(80, 14);
    assert!(text.contains("no room for the console"), "{text}");
    assert!(!bench.app.screen_ref().is_typing());
}
