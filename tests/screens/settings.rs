//! What settings make of the screens: other keys wherever keys are shown, other colours, other signs.

use crate::common::{Bench, NOW, runs};
use crate::snapshot;
use simclr_tui::runs::Run;
use simclr_tui::trainer::Command;
use simclr_tui::ui::config::{Config, ConfigError};
use simclr_tui::ui::screen_id::ScreenId;
use simclr_tui::ui::symbols::Symbols;
use simclr_tui::ui::theme::{Depth, Ground, Theme};
use std::collections::BTreeSet;

/// A workbench over these runs with keys of the user.
fn bound(keys: &str, runs: Vec<Run>) -> Result<Bench, ConfigError> {
    let text = format!("(keys: {{ {keys} }})");
    let config = Config::parse(&text, "config.ron")?;
    let mut bench = Bench::new(runs);
    bench.app.shared.keys = config.keymap(Symbols::Braille);
    Ok(bench)
}

#[test]
fn other_keys_are_pressed_and_shown_everywhere() {
    let keys = r#""experiment.train": ["ctrl-t", "f5"], "history.archived": "Z", "everywhere.actions": "ctrl-k""#;
    let mut bench = bound(keys, runs()).unwrap();
    bench.press("t");
    assert!(bench.commands().is_empty());
    let footer = bench.draw(120, 36);
    assert!(
        footer.contains("^t train") && footer.contains("^k actions"),
        "{footer}"
    );
    bench.press("?");
    let help = bench.draw(120, 36);
    assert!(
        help.contains("^t  Train this experiment (also f5)"),
        "{help}"
    );
    bench.press("<esc> <ctrl-k> t r a i n");
    let palette = bench.draw(120, 36);
    let chosen = |line: &str| line.contains('▸') && line.contains("^t  train");
    assert!(palette.lines().any(chosen), "{palette}");
    bench.press("<enter>");
    assert!(matches!(bench.commands()[..], [Command::Train(_)]));
    bench.app.screen = ScreenId::History;
    let all = bench.app.shared.listing.runs.iter_mut();
    all.for_each(|run| run.notes.archived = true);
    assert!(
        bench
            .draw(80, 24)
            .contains("all runs are archived; Z shows them")
    );
    let mut empty = bound(keys, Vec::new()).unwrap();
    empty.press("<alt-2>");
    assert!(empty.draw(80, 24).contains("^t  trains it"));
}

#[test]
fn an_action_without_a_key_is_still_in_the_palette() {
    let mut bench = bound(r#""history.delete": []"#, runs()).unwrap();
    bench.press("<alt-3> d : d e l e t e <enter>");
    assert!(bench.draw(80, 24).contains("stop it before deleting it"));
}

fn themed(ground: Ground, depth: Depth, symbols: Symbols) -> Bench {
    Bench::themed(runs(), Theme::of(ground, depth, symbols))
}

#[test]
fn a_light_terminal_has_colours_of_its_own() {
    let colours = |ground, depth| -> BTreeSet<String> {
        let mut bench = themed(ground, depth, Symbols::Braille);
        bench.press("<alt-3> <space> j j <space> j c");
        bench.draw(120, 36);
        bench.colours()
    };
    for depth in [Depth::True, Depth::Indexed] {
        let (dark, light) = (colours(Ground::Dark, depth), colours(Ground::Light, depth));
        assert!(dark.is_disjoint(&light), "{dark:?} {light:?}");
    }
    let light = colours(Ground::Light, Depth::Sixteen);
    let pale = ["Yellow", "White", "LightYellow"];
    assert!(pale.iter().all(|c| !light.contains(*c)), "{light:?}");
}

#[test]
fn blocks_and_ascii() {
    for (name, symbols) in [("block", Symbols::Block), ("ascii", Symbols::Ascii)] {
        let mut bench = themed(Ground::Dark, Depth::Sixteen, symbols);
        bench.own(0);
        bench.press("<alt-2>");
        snapshot(&format!("signs_{name}_train"), &mut bench);
    }
}

#[test]
fn in_ascii_the_help_names_keys_in_words() {
    let mut bench = themed(Ground::Dark, Depth::None, Symbols::Ascii);
    bench.app.shared.keys = Config::default().keymap(Symbols::Ascii);
    bench.press("?");
    let text = bench.draw(160, 60);
    for row in [
        "down  Next field",
        "enter  Type a value",
        "shift-right  Ten",
        "right  Nudge up",
    ] {
        assert!(text.contains(row), "no {row}\n{text}");
    }
}

#[test]
fn in_ascii_no_screen_has_anything_else() {
    let states = [
        "",
        "p",
        "s",
        "?",
        ":",
        "<alt-2>",
        "<alt-2> v",
        "<alt-2> v v",
        "<alt-2> x",
        "<alt-3>",
        "<alt-3> /",
        "<alt-3> <space> j j <space> j c",
        "<alt-4>",
        "q",
    ];
    for keys in states {
        let mut bench = themed(Ground::Dark, Depth::None, Symbols::Ascii);
        bench.app.shared.keys = Config::default().keymap(Symbols::Ascii);
        bench.own(0);
        bench.press(keys);
        for (width, height) in [(40, 12), (80, 24), (160, 48)] {
            let text = bench.draw(width, height);
            assert!(bench.is_ascii(), "{keys}\n{text}");
            let unknown = text.chars().filter(|c| *c == '?').count();
            assert!(
                unknown <= 6,
                "signs without a likeness after {keys:?} at {NOW}\n{text}"
            );
        }
    }
}
