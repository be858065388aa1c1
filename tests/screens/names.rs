//! Names of letters that are made of several characters, or of what would steer a terminal: each stands in its cells.

use crate::common::{Bench, SIZES, finished, quick};
use ratatui::buffer::{Buffer, CellWidth};
use simclr_tui::text::steers;

const NAMES: [&str; 6] = [
    "❤\u{fe0f} résumé 学習 ｶﾞﾊﾟ 👨\u{200d}👩\u{200d}👧 \t",
    "❤\u{fe0f}❤\u{fe0f}❤\u{fe0f}❤\u{fe0f}❤\u{fe0f}❤\u{fe0f}❤\u{fe0f}❤\u{fe0f}❤\u{fe0f}❤\u{fe0f}❤\u{fe0f}❤\u{fe0f}❤\u{fe0f}❤\u{fe0f}❤\u{fe0f}",
    "ｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞ",
    "لالالالا 👍🏽🇩🇪 क्षत्रिय",
    "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}abc",
    "\t\t\ttabs\tand\ttabs\t",
];

/// Holds that no letter lies under another, and that none steers.
fn assert_whole(buffer: &Buffer, what: &str) {
    for (at, cell) in buffer.content.iter().enumerate() {
        let symbol = cell.symbol();
        assert!(!symbol.contains(steers), "{what}: {symbol:?}");
        assert!(
            !symbol.contains(['\u{ff9e}', '\u{ff9f}']),
            "{what}: {symbol:?}"
        );
        let covered = 1..usize::from(cell.cell_width().max(1));
        for next in covered.map(|cells| at + cells) {
            assert_eq!(
                buffer.content[next].symbol(),
                " ",
                "{what}: under {symbol:?}"
            );
        }
    }
}

#[test]
fn every_screen_draws_every_name() {
    for name in NAMES {
        let mut experiment = quick();
        experiment.name = name.to_owned();
        experiment.data.path = format!("/data/{name}");
        let mut runs = vec![finished("a", quick(), 60.0), finished("b", quick(), 50.0)];
        runs[0].experiment = Some(experiment);
        runs[0].notes.name = name.to_owned();
        runs[0].notes.tags = vec![name.to_owned(); 3];
        runs[0].notes.note = name.to_owned();
        runs[0].id = format!("20260921-201500-{name}-0001");
        let mut bench = Bench::new(runs);
        for keys in [
            "<alt-1>",
            "o",
            "<esc> s",
            "<esc> <alt-2>",
            "<alt-3>",
            "/ a",
            "<esc> <space> j j <space> j <alt-4>",
            "<alt-5>",
            "<alt-3> e",
            "<alt-2>",
            "<alt-3> d",
            "<esc> ? ",
            "<esc> <ctrl-p>",
        ] {
            bench.press(keys);
            for (width, height) in SIZES.into_iter().chain([(40, 12), (61, 20), (101, 30)]) {
                bench.draw(width, height);
                assert_whole(
                    bench.buffer(),
                    &format!("{name:?} after {keys} in {width}x{height}"),
                );
            }
        }
    }
}

#[test]
fn a_paste_is_taken_at_once_and_not_without_end() {
    let mut bench = Bench::new(Vec::new());
    bench.press("o");
    bench.paste(&"x".repeat(1 << 20));
    assert!(
        bench
            .draw(80, 24)
            .contains("only the first 64 KiB are taken")
    );
}
