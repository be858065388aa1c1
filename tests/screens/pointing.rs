//! The mouse on sliders and on the footer, and what poor terminals are told.
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use crate::common::{Bench, runs};
use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use simclr_tui::trainer::Command;
use simclr_tui::ui::saved_state::SavedState;
use simclr_tui::ui::theme::{Depth, Theme};

fn mouse(bench: &mut Bench, kind: MouseEventKind, column: u16, row: u16) {
    bench.app.event(&Event::Mouse(MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::NONE,
    }));
}

/// Where the slider of a field begins and ends, and its row.
fn slider(bench: &mut Bench, field: &str) -> (u16, u16, u16) {
    let text = bench.draw(120, 36);
    let (row, line) = text
        .lines()
        .enumerate()
        .find(|(_, l)| l.contains(field))
        .unwrap();
    let column = |sign| line.chars().position(|c| c == sign).unwrap() as u16;
    (column('├'), column('┤'), row as u16)
}

#[test]
fn a_slider_follows_the_mouse_and_its_drag_is_one_change() {
    let mut bench = Bench::new(Vec::new());
    let temperature = |bench: &Bench| bench.app.experiment.form.experiment.loss.temperature;
    let before = temperature(&bench);
    let (left, right, row) = slider(&mut bench, "temperature");
    let button = MouseButton::Left;
    mouse(&mut bench, MouseEventKind::Down(button), right - 1, row);
    let high = temperature(&bench);
    assert!(high > before, "{high}");
    // Beside the row too, while it is held.
    mouse(&mut bench, MouseEventKind::Drag(button), left, row + 4);
    let low = temperature(&bench);
    assert!(low < before, "{low}");
    mouse(&mut bench, MouseEventKind::Up(button), left, row);
    mouse(&mut bench, MouseEventKind::Drag(button), right, row);
    assert!((temperature(&bench) - low).abs() < 1e-12, "it was let go");
    bench.press("u");
    assert!((temperature(&bench) - before).abs() < 1e-12);
}

#[test]
fn a_click_on_train_asks_first_and_the_key_does_not() {
    let mut bench = Bench::new(runs());
    bench.draw(120, 36);
    bench.click_on("t train");
    let text = bench.draw(120, 36);
    assert!(
        text.contains("train now?") && bench.commands().is_empty(),
        "{text}"
    );
    bench.press("y");
    assert!(matches!(bench.commands()[..], [Command::Train(_)]));
    let mut bench = Bench::new(runs());
    bench.press("t");
    assert!(matches!(bench.commands()[..], [Command::Train(_)]));
}

#[test]
fn a_terminal_of_256_colours_has_pictures_of_them_and_is_told_once_of_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.ron");
    let start = || {
        let mut theme = Theme::new(Depth::Indexed);
        theme.lacking = Some("TERM=tmux-256color means 256 colours".to_owned());
        let mut bench = Bench::themed(runs(), theme);
        bench.app.remember(SavedState::read(&path));
        bench.app.tell_colours();
        bench
    };
    let mut bench = start();
    assert!(bench.draw(160, 48).contains("means 256 colours"));
    bench.app.shared.pictures.wait();
    let text = bench.draw(160, 48);
    assert!(text.contains('▀'), "{text}");
    let colours = bench.colours();
    assert!(colours.len() > 25, "{colours:?}");
    assert!(
        colours.iter().all(|colour| colour.starts_with("Indexed")),
        "{colours:?}"
    );
    let mut again = start();
    assert!(!again.draw(160, 48).contains("means 256 colours"));
    let mut bench = Bench::colourless(runs());
    bench.app.shared.theme.lacking = Some("NO_COLOR is set".to_owned());
    bench.press("V");
    let text = bench.draw(120, 36);
    assert!(text.contains("no pictures: NO_COLOR is set"), "{text}");
}

#[test]
fn tabs_keep_their_names_on_60_columns() {
    let mut bench = Bench::new(runs());
    let text = bench.draw(60, 20);
    let tabs = text.lines().next().unwrap();
    assert!(
        tabs.contains("1 Experiment 2 Train 3 History 4 Compare 5 Sweeps 6 Explore"),
        "{tabs}"
    );
}
