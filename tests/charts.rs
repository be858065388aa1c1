//! Charts as a user looks at them, and pictures of views: what the keys and the mouse change on screen.

mod common;

use common::{Bench, SIZES, finished, quick, runs};
use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

fn snapshot(name: &str, bench: &mut Bench) {
    for (width, height) in SIZES {
        let text = bench.draw(width, height);
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), text);
    }
}

fn on_train() -> Bench {
    let mut bench = Bench::new(runs());
    bench.own(0);
    bench.press("<tab>");
    bench
}

#[test]
fn one_chart_or_all_of_them() {
    let mut bench = on_train();
    bench.press("v");
    snapshot("charts_one", &mut bench);
    bench.press("n n");
    assert!(bench.draw(120, 36).contains("speed"));
    bench.press("v");
    snapshot("charts_all", &mut bench);
    bench.press("v");
    let text = bench.draw(120, 36);
    assert!(
        text.contains("loss") && text.contains("kNN accuracy"),
        "{text}"
    );
}

#[test]
fn the_crosshair_reads_all_charts_at_the_same_place() {
    let mut bench = on_train();
    bench.press(", , , < <");
    snapshot("charts_crosshair", &mut bench);
    let text = bench.draw(160, 48);
    assert_eq!(
        text.matches("  step ").count() - text.matches("  step   ").count(),
        2,
        "{text}"
    );
    bench.press("+ + y s s");
    snapshot("charts_zoomed_log", &mut bench);
    bench.press("0 y <backspace>");
}

#[test]
fn the_mouse_aims_and_zooms() {
    let mut bench = on_train();
    bench.draw(160, 48);
    let mouse = |kind| {
        Event::Mouse(MouseEvent {
            kind,
            column: 40,
            row: 12,
            modifiers: KeyModifiers::NONE,
        })
    };
    bench
        .app
        .event(&mouse(MouseEventKind::Down(MouseButton::Left)));
    let aimed = bench.draw(160, 48);
    for _ in 0..8 {
        bench.app.event(&mouse(MouseEventKind::ScrollUp));
    }
    let zoomed = bench.draw(160, 48);
    let read = |text: &str| {
        let at = text.find("  epoch ").expect("a reading");
        text[at..at + 13].to_owned()
    };
    assert_eq!(
        read(&aimed),
        read(&zoomed),
        "what is under the mouse stays there"
    );
    assert_ne!(aimed, zoomed);
}

#[test]
fn outliers_are_counted_and_shown_on_demand() {
    let mut run = finished("wild", quick(), 60.0);
    let step = run.series.last("loss").expect("a loss").step;
    common::spike(&mut run, step + 1, 900.0);
    let mut bench = Bench::new(vec![run]);
    bench.press("<tab>");
    let text = bench.draw(160, 48);
    assert!(text.contains("1 outside ↑"), "{text}");
    bench.press("o");
    let text = bench.draw(160, 48);
    assert!(!text.contains("outside") && text.contains("1000"), "{text}");
}

#[test]
fn views_are_drawn_and_change_with_what_is_typed() {
    let mut bench = Bench::new(runs());
    let picture = |bench: &mut Bench| {
        bench.draw(160, 48);
        bench.app.shared.pictures.wait();
        bench.draw(160, 48);
        bench.colours()
    };
    let before = picture(&mut bench);
    assert!(before.len() > 100, "{} colours", before.len());
    let text = bench.draw(160, 48);
    assert!(
        text.contains("original and views") && text.contains("jitter gray"),
        "{text}"
    );
    let jittered = |text: &str| {
        let then = ["crop", "flip", "gray", "4", "5", "6", "7", "8", "9"];
        then.iter()
            .any(|next| text.contains(&format!("jitter {next}")))
    };
    bench.press("v");
    let mut rolled = picture(&mut bench);
    // Four of five views are; the throws are the same each time.
    for _ in 0..8 {
        if !jittered(&bench.draw(160, 48)) {
            bench.press("v");
            rolled = picture(&mut bench);
        }
    }
    assert!(jittered(&bench.draw(160, 48)), "below one of the views");
    assert_ne!(before, rolled, "other views");
    bench.press("/ s t r e n g t h <enter> <enter> 0 <enter>");
    assert_ne!(rolled, picture(&mut bench), "other colours");
    assert!(!jittered(&bench.draw(160, 48)), "nothing is left of jitter");
    bench.press("n");
    picture(&mut bench);
    bench.press("V");
    assert!(!bench.draw(160, 48).contains("original and views"));
}

#[test]
fn what_is_changed_is_to_be_seen_in_a_view() {
    let mut bench = Bench::new(runs());
    bench.press("/ s a t u r <enter>");
    bench.draw(160, 48);
    bench.app.shared.pictures.wait();
    let before = bench.draw(160, 48);
    let colourful = ["jitter crop", "jitter flip"];
    assert!(
        colourful.iter().any(|words| before.contains(words)),
        "{before}"
    );
    let colours = bench.colours();
    bench.press("<enter> 0 <enter>");
    bench.draw(160, 48);
    bench.app.shared.pictures.wait();
    bench.draw(160, 48);
    assert!(colours != bench.colours(), "the pictures change with it");
}

#[test]
fn without_colours_there_are_no_pictures_and_a_sentence_says_so() {
    let mut bench = Bench::colourless(runs());
    bench.press("V");
    let text = bench.draw(160, 48);
    assert!(
        !text.contains("original and views") && text.contains("too few colours"),
        "{text}"
    );
}

#[test]
fn data_that_are_not_there_are_said_where_the_pictures_would_be() {
    let mut bench = Bench::new(runs());
    bench.press("/ s o u r c e <enter> <right>");
    bench.draw(160, 48);
    bench.app.shared.pictures.wait();
    let text = bench.draw(160, 48);
    assert!(text.contains("data.path is empty"), "{text}");
}

#[test]
fn a_chart_is_written_where_the_user_says_and_an_unknown_ending_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("loss").display().to_string();
    let mut bench = on_train();
    bench.press("w");
    for _ in 0.."loss.svg".len() {
        bench.press("<backspace>");
    }
    bench.paste(&format!("{path}.pdf"));
    bench.press("<enter>");
    assert!(bench.draw(160, 48).contains("has to end with .svg"));
    for _ in 0..3 {
        bench.press("<backspace>");
    }
    bench.press("s v g <enter>");
    let text = bench.draw(160, 48);
    assert!(text.contains("wrote "), "{text}");
    let svg = std::fs::read_to_string(format!("{path}.svg")).expect("written");
    assert!(svg.contains("loss in nats") && svg.contains("polyline"));
    bench.press("x <esc>");
    assert!(
        bench.commands().is_empty(),
        "no key of the box did anything else"
    );
}
