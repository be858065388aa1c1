//! The palette: what it finds, and that choosing is as good as pressing.

use crate::common::{Bench, finished, quick, runs};
use crate::snapshot;
use simclr_tui::trainer::Command;
use simclr_tui::ui::screen_id::ScreenId;

#[test]
fn palette_states() {
    let mut bench = Bench::new(runs());
    bench.press(":");
    snapshot("palette", &mut bench);
    bench.press("<esc> 3 <ctrl-p> r u n <ctrl-n> <down>");
    snapshot("palette_filtered", &mut bench);
    bench.press("z z z");
    snapshot("palette_nothing", &mut bench);
}

/// The screen, what is typed, and the screen after.
#[test]
fn choosing_in_the_palette_is_pressing_the_key() {
    let triples = [
        (ScreenId::Experiment, "h i s t o <enter>", ScreenId::History),
        (ScreenId::History, "o p e n <enter>", ScreenId::Train),
        (ScreenId::Train, "e d i t <enter>", ScreenId::Experiment),
        (ScreenId::Train, "c i f <enter>", ScreenId::Experiment),
        (ScreenId::Compare, "m a r k <enter>", ScreenId::History),
        (ScreenId::Compare, "h i s t o <esc>", ScreenId::Compare),
    ];
    for (from, typed, to) in triples {
        let mut bench = Bench::new(runs());
        bench.app.screen = from;
        bench.press(":");
        bench.press(typed);
        assert_eq!(bench.app.screen, to, "{from:?} {typed}");
    }
}

#[test]
fn a_preset_is_chosen_and_trained_without_knowing_a_key() {
    let mut bench = Bench::new(vec![finished("quick", quick(), 66.1)]);
    bench.press("<alt-3> : c r o p - o n l y <enter>");
    assert!(bench.draw(80, 24).contains("preset crop-only"));
    bench.press(": t r a i n <enter>");
    let launched = bench.commands().pop();
    assert!(matches!(launched, Some(Command::Train(run)) if run.experiment.name == "crop-only"));
}

#[test]
fn what_can_not_be_done_is_not_offered() {
    let mut bench = Bench::new(runs());
    bench.press("<alt-3> : c o m p a r e");
    let text = bench.draw(120, 36);
    assert!(!text.contains("Compare the marked runs"), "{text}");
    bench.press("<esc> <space> j j <space> j : c o m p a r e");
    let text = bench.draw(120, 36);
    assert!(text.contains("Compare the marked runs"), "{text}");
}

#[test]
fn the_mouse_chooses_and_does() {
    let mut bench = Bench::new(runs());
    bench.press(": s c r e e n");
    bench.draw(80, 24);
    bench.click_on("The Compare screen");
    assert_eq!(bench.app.screen, ScreenId::Experiment);
    bench.draw(80, 24);
    bench.click_on("The Compare screen");
    assert_eq!(bench.app.screen, ScreenId::Compare);
}

#[test]
fn while_text_is_typed_a_colon_is_a_colon() {
    let mut bench = Bench::new(runs());
    bench.press("s <right> :");
    assert!(bench.app.overlay.is_none());
    assert!(bench.draw(80, 24).contains("quick.ron:"));
}
