//! Every screen and state at 80x24 and 160x48, what keys do to them, and that no size or signal breaks them.

#[path = "screens/absurd.rs"]
mod absurd;
#[path = "screens/columns.rs"]
mod columns;
mod common;
#[path = "screens/comparing.rs"]
mod comparing;
#[path = "screens/exploring.rs"]
mod exploring;
#[path = "screens/filtering.rs"]
mod filtering;
#[path = "screens/form.rs"]
mod form;
#[path = "screens/grouping.rs"]
mod grouping;
#[path = "screens/keeping.rs"]
mod keeping;
#[path = "screens/names.rs"]
mod names;
#[path = "screens/other_process.rs"]
mod other_process;
#[path = "screens/palette.rs"]
mod palette;
#[path = "screens/pointing.rs"]
mod pointing;
#[path = "screens/searching.rs"]
mod searching;
#[path = "screens/settings.rs"]
mod settings;
#[path = "screens/sweeping.rs"]
mod sweeping;

use common::{Bench, Line, NOW, SIZES, finished, flat, hot, quick, runs};
use simclr_tui::engine::data::Progress;
use simclr_tui::engine::report::Outcome;
use simclr_tui::experiment::Experiment;
use simclr_tui::experiment::presets::PRESETS;
use simclr_tui::queue::Queue;
use simclr_tui::runs::{Gap, Request, Run, Status};
use simclr_tui::trainer::{Command, Notice};
use simclr_tui::ui::keymap::Keymap;
use simclr_tui::ui::keys::{Key, Table};
use simclr_tui::ui::saved_state::SavedState;
use simclr_tui::ui::screen_id::ScreenId;
use std::path::PathBuf;

/// Draws the bench at both sizes and compares with the snapshots.
fn snapshot(name: &str, bench: &mut Bench) {
    for (width, height) in SIZES {
        let text = bench.draw(width, height);
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), text);
    }
}

#[test]
fn experiment_states() {
    let mut bench = Bench::new(runs());
    snapshot("experiment", &mut bench);
    bench.press("/ t e m p <enter> <right> <right>");
    snapshot("experiment_edited", &mut bench);
    bench.press("/ w a r m <enter> <enter> 5 0 0 <enter> j j");
    snapshot("experiment_objection", &mut bench);
    bench.press("/ b a t c h <enter> <enter> 7 x <enter>");
    snapshot("experiment_typing", &mut bench);
    bench.press("<esc> p");
    snapshot("experiment_presets", &mut bench);
    bench.press("<esc> s");
    snapshot("experiment_save", &mut bench);
    bench.press("<esc> o n o <enter>");
    snapshot("experiment_open_error", &mut bench);
    bench.press("<esc> / h u e");
    snapshot("experiment_search", &mut bench);
    bench.press("<enter> <space>");
    snapshot("experiment_folded", &mut bench);
}

#[test]
fn a_run_without_a_checkpoint_is_said_to_begin_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = finished("killed", quick(), 50.0);
    run.status = Status::Interrupted;
    run.series.end = None;
    run.dir = folder.path().to_owned();
    let shown = |run: &Run| {
        let mut bench = Bench::new(vec![run.clone()]);
        bench.press("3");
        let listed = bench.draw(80, 24);
        bench.press("2");
        [listed, bench.draw(120, 36)]
    };
    for text in shown(&run) {
        assert!(text.contains("it resumes from the start"), "{text}");
    }
    let checkpoints = folder.path().join("checkpoints");
    std::fs::create_dir(&checkpoints).unwrap();
    std::fs::write(checkpoints.join("step-00000010.safetensors"), "").unwrap();
    for text in shown(&run) {
        assert!(text.contains("from its last checkpoint"), "{text}");
    }
}

#[test]
fn an_experiment_that_ran_is_recognised() {
    let mut bench = Bench::new(vec![finished("quick", quick(), 66.1)]);
    let text = bench.draw(160, 48);
    assert!(text.contains("already ran"), "{text}");
    bench.press("/ e p o c h s <enter> <right>");
    assert!(!bench.draw(160, 48).contains("already ran"));
}

#[test]
fn train_states() {
    let mut bench = Bench::new(Vec::new());
    bench.press("<tab>");
    snapshot("train_empty", &mut bench);
    bench.press("<tab> 1 t");
    bench.say(Notice::Opening(Progress::Found(412_000)));
    snapshot("train_preparing", &mut bench);
    bench.say(Notice::Refused(
        "a batch of 4096 pairs needs as many training images".into(),
    ));
    assert_eq!(bench.app.screen, ScreenId::Experiment, "to be mended there");
    bench.press("2");
    snapshot("train_refused", &mut bench);

    let mut bench = Bench::new(runs());
    bench.own(0);
    bench.press("<tab>");
    snapshot("train_live", &mut bench);
    bench.press("x");
    snapshot("train_stop", &mut bench);
    bench.press("<esc> q");
    snapshot("train_leave", &mut bench);
    bench.press("<esc> ? ");
    snapshot("train_help", &mut bench);
    bench.press("<esc> l");
    snapshot("train_finished", &mut bench);
    bench.press("l l");
    snapshot("train_failed", &mut bench);
    bench.press("l");
    snapshot("train_broken", &mut bench);
}

#[test]
fn a_run_that_ran_out_of_memory_is_trained_again_with_what_fits() {
    let mut run = hot();
    let mut bench = Bench::new(vec![run.clone()]);
    bench.press("2 R");
    assert!(bench.commands().is_empty(), "nothing says what would fit");
    if let Some(end) = &mut run.series.end {
        end.fits = Some(64);
    }
    let batch = run.experiment.as_ref().unwrap().train.batch;
    let again = |run: &Run, hint| {
        let mut bench = Bench::new(vec![run.clone()]);
        bench.press("2");
        assert!(bench.draw(120, 36).contains(hint), "{hint}");
        bench.press("R");
        let commands = bench.commands();
        let [Command::Train(run)] = &commands[..] else {
            panic!("{commands:?}");
        };
        (run.experiment.train.batch, run.experiment.train.chunk)
    };
    assert_eq!(again(&run, "R smaller batch"), (64, 0));
    if let Some(end) = &mut run.series.end {
        (end.fits, end.chunk) = (None, Some(32));
    }
    assert_eq!(again(&run, "R in chunks"), (batch, 32));
}

#[test]
fn what_is_trained_on_is_shown_in_place_of_the_console() {
    let mut bench = Bench::new(runs());
    bench.press("2");
    let before = bench.draw(120, 36);
    assert!(before.contains(" console "), "{before}");
    bench.press("V");
    bench.draw(120, 36);
    bench.app.shared.pictures.wait();
    let text = bench.draw(120, 36);
    assert!(
        text.contains(" views as in epoch 13 ") && !text.contains(" console "),
        "{text}"
    );
    assert!(text.contains('▀'), "{text}");
    bench.press("V");
    assert_eq!(bench.draw(120, 36), before);
}

#[test]
fn the_palette_does_to_the_run_in_front_what_the_history_does_and_to_no_other() {
    let mut bench = Bench::at_temperatures([("cold", 0.1), ("warm", 0.5), ("hot", 0.9)]);
    let ids = bench.ids();
    bench.app.shared.chosen = Some(ids[1].clone());
    bench.press("2 : t a g s <enter>");
    let text = bench.draw(120, 36);
    assert!(text.contains("tags of warm"), "{text}");
    bench.press("<esc>");
    // Where it isn't among the rows, deleting from here must not fall on another one.
    bench.app.shared.listing.runs[1].notes.archived = true;
    bench.press("2 : d e l e t e <enter>");
    let text = bench.draw(120, 36);
    assert!(text.contains("nothing was done"), "{text}");
    assert_eq!(bench.app.shared.listing.runs.len(), 3);
    // Elsewhere nobody sees which run would be meant.
    bench.press("1 : d e l e t e");
    let text = bench.draw(120, 36);
    assert!(!text.contains("Move it to the trash"), "{text}");
}

#[test]
fn edits_that_nobody_has_come_back_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.ron");
    let start = |runs: Vec<simclr_tui::runs::Run>| {
        let mut bench = Bench::new(runs);
        bench.app.remember(SavedState::read(&path));
        bench.app.go_on(false);
        bench
    };
    let mut bench = start(Vec::new());
    bench.press("/ t e m p e r a t u r e <enter> <right>");
    let edited = bench.draw(120, 36);
    assert!(edited.contains("* edited"), "{edited}");
    bench.app.leave_behind();
    let mut bench = start(Vec::new());
    let text = bench.draw(120, 36);
    assert!(
        text.contains("* edited")
            && text.contains("restored your unsaved changes to quick; u undoes them"),
        "{text}"
    );
    bench.press("u");
    assert!(!bench.draw(120, 36).contains("* edited"));
    bench.app.leave_behind();
    assert!(
        !start(Vec::new()).draw(120, 36).contains("* edited"),
        "what was taken back is gone"
    );
}

#[test]
fn the_workbench_opens_where_it_was_left() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.ron");
    let start = |asked: bool| {
        let mut bench = Bench::new(runs());
        bench.app.remember(SavedState::read(&path));
        bench.app.go_on(asked);
        bench
    };
    let mut bench = start(false);
    bench.press("<alt-1> p j <enter> <alt-3> <space> j j <space>");
    let marked = bench.app.shared.marked.clone();
    assert_eq!(marked.len(), 2);
    bench.app.leave_behind();
    let mut bench = start(false);
    assert_eq!(bench.app.screen, ScreenId::History);
    assert_eq!(bench.app.shared.marked, marked);
    bench.press("<alt-1>");
    let text = bench.draw(120, 36);
    assert!(
        text.contains(&format!("preset {}", PRESETS[1].name)),
        "{text}"
    );
    assert!(!text.contains("* edited"), "{text}");
    // Whoever asks for an experiment has that one, and the marks.
    let bench = start(true);
    assert_eq!(bench.app.screen, ScreenId::Experiment);
    assert_eq!(bench.app.shared.marked, marked);
}

#[test]
fn a_run_that_was_resumed_shows_where_time_passed() {
    let mut run = finished("night", quick(), 66.1);
    let from = run.created + 60.0;
    run.series.gaps = vec![
        Gap {
            step: 90,
            from,
            to: from + 2.2 * 3600.0,
        },
        Gap {
            step: 180,
            from: from + 9000.0,
            to: from + 9020.0,
        },
    ];
    let mut bench = Bench::new(vec![run, finished("day", quick(), 60.0)]);
    bench.press("<tab>");
    snapshot("train_gap", &mut bench);
    bench.press("3 <space> j j <space> j c");
    snapshot("compare_gap", &mut bench);
}

#[test]
fn a_flat_loss_is_explained() {
    let mut bench = Bench::new(vec![flat()]);
    bench.press("<tab>");
    snapshot("train_flat", &mut bench);
    let text = bench.draw(160, 48);
    assert!(
        text.contains("flat at chance") && text.contains("collapsed"),
        "{text}"
    );
}

#[test]
fn history_states() {
    let mut bench = Bench::new(Vec::new());
    bench.press("<tab> 3");
    snapshot("history_empty", &mut bench);
    let mut bench = Bench::new(runs());
    bench.press("<tab> 3 <space> j j <space> j");
    snapshot("history", &mut bench);
    bench.press("s / c r o p");
    snapshot("history_filter", &mut bench);
    bench.press("<esc> s s s s s G");
    snapshot("history_broken", &mut bench);
}

#[test]
fn words_about_runs() {
    let mut bench = Bench::new(runs());
    bench.app.shared.listing.runs[1].notes.archived = true;
    bench.app.shared.listing.runs[2].notes.tags = vec!["batch".into(), "keep".into()];
    bench.press("<tab> 3");
    assert!(!bench.draw(160, 48).contains("crop-only"));
    bench.press("A j j T");
    snapshot("history_tags", &mut bench);
    bench.press("<esc> k");
    snapshot("history_archived", &mut bench);
    bench.press("A");
    let all = bench.app.shared.listing.runs.iter_mut();
    all.for_each(|run| run.notes.archived = true);
    assert!(
        bench
            .draw(80, 24)
            .contains("all runs are archived; A shows them")
    );
}

#[test]
fn many_runs_scroll() {
    let many = (0..60).map(|i| finished(&format!("run-{i:02}"), quick(), 30.0 + f64::from(i)));
    let mut bench = Bench::new(many.collect());
    bench.press("<tab> 3 <pagedown> <pagedown> <pagedown>");
    snapshot("history_many", &mut bench);
}

#[test]
fn compare_states() {
    let mut bench = Bench::new(runs());
    bench.press("<tab> 4");
    snapshot("compare_empty", &mut bench);
    bench.press("3 j <space> j <space> j c");
    snapshot("compare_two", &mut bench);
    bench.press("m");
    snapshot("compare_loss", &mut bench);
    bench.press("3 g <space> j G k k <space> j c");
    snapshot("compare_four", &mut bench);
}

#[test]
fn a_screen_too_small_takes_its_keys() {
    let mut bench = Bench::new(runs());
    insta::assert_snapshot!("too_small_30x8", bench.draw(30, 8));
    bench.own(0);
    bench.press("q");
    insta::assert_snapshot!("too_small_leave_30x8", bench.draw(30, 8));
    bench.press("<esc>");
    assert!(!bench.app.is_done());
}

#[test]
fn no_size_breaks_a_screen() {
    let seed = 20_261_124_u64;
    println!("seed {seed}");
    let mut state = seed;
    let mut random = |below: u16| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % u64::from(below)) as u16
    };
    let edges = [
        (1, 1),
        (300, 1),
        (1, 100),
        (40, 12),
        (39, 12),
        (40, 11),
        (300, 100),
        (2, 100),
        (300, 2),
    ];
    let storm: Vec<(u16, u16)> = (0..200)
        .map(|_| (1 + random(300), 1 + random(100)))
        .collect();
    let states = [
        "",
        "p",
        "s",
        "/ x",
        "? ",
        "<enter>",
        "<alt-2>",
        "<alt-2> x",
        "<alt-3> <space> j j <space> j",
        "<alt-3> / q",
        "<alt-3> <space> j j <space> j j <space> j c",
        "<alt-4>",
        "q",
    ];
    for keys in states {
        let mut bench = Bench::new(runs());
        bench.own(0);
        bench.press(keys);
        for (width, height) in edges.iter().chain(&storm) {
            bench.draw(*width, *height);
        }
    }
}

#[test]
fn a_text_that_comes_back_as_it_was_changes_nothing() {
    let mut bench = Bench::new(Vec::new());
    bench.press("<ctrl-e>");
    let text = bench.app.take_writing().unwrap();
    bench.app.written(Ok(text));
    assert!(bench.draw(80, 24).contains("nothing was changed"));
}

/// A state, some keys, and the state after them.
#[test]
fn keys_in_the_editor() {
    let value = |keys: &str, path: &str| {
        let mut bench = Bench::new(Vec::new());
        bench.press(keys);
        bench.press("t");
        match bench.commands().pop() {
            Some(Command::Train(run)) => run.experiment.get(path).map(|v| v.to_string()),
            _ => None,
        }
    };
    let find = "/ l o s s . t <enter> ";
    let triples = [
        ("", "0.2"),
        ("<right>", "0.25"),
        ("l l h", "0.25"),
        ("<right> u", "0.2"),
        ("<right> u <ctrl-r>", "0.25"),
        ("<shift-right>", "2"),
        ("H", "0.02"),
        ("d", "0.5"),
        ("d D", "0.2"),
        ("<enter> . 7 <enter>", "0.7"),
        ("<enter> . 7 <enter> <right> u", "0.7"),
        ("<enter> . 7 <enter> <right> u u", "0.2"),
        ("<enter> . 7 <esc>", "0.2"),
        ("<enter> <ctrl-u> 1 <enter>", "1"),
        ("<enter> 9 9 9 <enter> <esc>", "0.2"),
        ("<enter> <backspace> 5 <enter>", "0.5"),
        ("p <enter>", "0.2"),
    ];
    for (keys, after) in triples {
        let found = value(&format!("{find}{keys}"), "loss.temperature");
        assert_eq!(found.as_deref(), Some(after), "after {keys:?}");
    }
    let choice = value("/ o p t i m <enter> <enter> <enter>", "train.optimizer");
    assert_eq!(
        choice.as_deref(),
        Some("sgd"),
        "the third choice's next is the first"
    );
}

#[test]
fn shapes_are_as_many_as_asked_for() {
    let mut bench = Bench::new(Vec::new());
    assert!(bench.draw(160, 48).contains("2,000 training images"));
    bench.press("/ t r a i n _ l i m <enter> <enter> 5 0 0 0 <enter>");
    assert!(bench.draw(160, 48).contains("5,000 training images"));
}

#[test]
fn what_objects_is_not_trained() {
    let mut bench = Bench::new(Vec::new());
    bench.press("/ w a r m <enter> <enter> 9 9 <enter> t");
    assert!(bench.commands().is_empty());
    assert_eq!(bench.app.screen, ScreenId::Experiment);
    assert!(bench.draw(160, 48).contains("can't be trained yet"));
}

#[test]
fn a_second_launch_may_wait_in_the_queue() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::new(runs());
    folder.path().clone_into(&mut bench.app.shared.listing.dir);
    bench.own(0);
    bench.press("t");
    assert!(bench.commands().is_empty());
    let text = bench.draw(80, 24);
    assert!(
        text.contains("is training; wait for it") && text.contains("queue?"),
        "{text}"
    );
    bench.press("<esc>");
    assert!(Queue::new(folder.path()).items().unwrap().is_empty());
    bench.press("t y");
    let items = Queue::new(folder.path()).items().unwrap();
    assert!(
        items.len() == 1 && items[0].experiment.is_some(),
        "{items:?}"
    );
}

#[test]
fn a_live_run_without_a_checkpoint_is_not_evaluated_yet() {
    let mut bench = Bench::new(runs());
    bench.own(0);
    bench.press("<alt-2> E");
    let text = bench.draw(120, 36);
    assert!(
        text.contains("has no checkpoint yet; wait for one, or write one with c"),
        "{text}"
    );
    assert!(bench.app.shared.doing.is_none());
}

#[test]
fn a_run_is_paused_checkpointed_and_stopped() {
    let mut bench = Bench::new(runs());
    bench.own(0);
    bench.press("<alt-2> P c");
    assert!(matches!(
        bench.commands()[..],
        [
            Command::Ask(Request::Pause),
            Command::Ask(Request::Checkpoint)
        ]
    ));
    bench.say(Notice::Paused);
    bench.press("P x n");
    assert!(matches!(
        bench.commands()[..],
        [Command::Ask(Request::Continue)]
    ));
    // Another run than ours is left alone.
    bench.press("l P x x c h");
    assert!(bench.commands().is_empty());
    bench.press("x x");
    assert!(matches!(
        bench.commands()[..],
        [Command::Ask(Request::Stop)]
    ));
}

#[test]
fn the_run_that_was_asked_about_is_stopped_whatever_is_shown_by_then() {
    let mut bench = Bench::new(runs());
    bench.own(0);
    bench.press("<alt-2> x");
    let text = bench.draw(80, 24);
    assert!(text.contains("stop this run?"), "{text}");
    bench.app.shared.chosen = Some(bench.ids()[1].clone());
    bench.press("x");
    assert!(matches!(
        bench.commands()[..],
        [Command::Ask(Request::Stop)]
    ));
    // It has ended before the answer comes.
    bench.app.shared.chosen = None;
    bench.own(0);
    bench.press("x");
    bench.app.shared.live.stage = simclr_tui::ui::live::Stage::Idle;
    bench.app.shared.listing.runs[0].status = Status::Completed;
    bench.press("x");
    assert!(bench.commands().is_empty());
    let text = bench.draw(80, 24);
    assert!(text.contains("has ended"), "{text}");
}

#[test]
fn leaving_a_run_asks_and_waits_for_its_end() {
    let mut bench = Bench::new(runs());
    let dir = bench.own(0);
    bench.press("<ctrl-c>");
    assert!(!bench.app.is_done());
    bench.press("<esc> q s");
    assert!(matches!(
        bench.commands()[..],
        [Command::Ask(Request::Stop)]
    ));
    assert!(!bench.app.is_done(), "the run has not ended yet");
    bench.say(finish(dir));
    assert!(bench.app.is_done());

    let mut idle = Bench::new(Vec::new());
    idle.press("q");
    assert!(idle.app.is_done());
}

fn finish(dir: PathBuf) -> Notice {
    Notice::Finished {
        dir,
        outcome: Outcome::Stopped,
        reason: None,
    }
}

/// A state, some keys, and the state after them.
#[test]
fn keys_in_the_history() {
    let mut bench = Bench::new(runs());
    let ids = bench.ids();
    bench.press("<alt-3> <enter>");
    assert_eq!(
        (bench.app.screen, bench.app.shared.chosen.as_ref()),
        (ScreenId::Train, Some(&ids[0]))
    );
    bench.press("3 j <enter>");
    assert_eq!(bench.app.shared.chosen.as_ref(), Some(&ids[1]));
    bench.press("3 <space> j <space> j");
    assert_eq!(bench.app.shared.marked, [ids[1].clone(), ids[2].clone()]);
    bench.press("c");
    assert_eq!(bench.app.screen, ScreenId::Compare);
    bench.press("U 3 / c r o p - o n l y <enter> <enter>");
    let shown = bench.app.shared.shown().map(|r| r.title().to_owned());
    assert_eq!(shown.as_deref(), Some("crop-only"));
    bench.press("3 e t");
    let launched = bench.commands().pop();
    assert!(matches!(launched, Some(Command::Train(run)) if run.experiment.name == "crop-only"));
}

#[test]
fn a_rerun_is_the_same_experiment() {
    let mut bench = Bench::new(vec![finished("quick", quick(), 66.1)]);
    bench.press("<alt-3> R");
    let Some(Command::Train(run)) = bench.commands().pop() else {
        panic!("nothing was launched");
    };
    assert_eq!(run.experiment.identity(), quick().identity());
    // The run's folder goes along, so that other data than it saw are noticed.
    assert_eq!(
        run.from.as_ref(),
        Some(&bench.app.shared.listing.runs[0].dir)
    );
}

#[test]
fn a_run_that_stopped_goes_on_by_one_key_and_a_complete_one_does_not() {
    let mut stopped = finished("quick", quick(), 40.0);
    stopped.status = Status::Stopped;
    let folder = tempfile::tempdir().unwrap();
    folder.path().clone_into(&mut stopped.dir);
    let dir = stopped.dir.clone();
    let resumed = |bench: &Bench| matches!(bench.commands().pop(), Some(Command::Resume(run, None)) if run == dir);
    // Where it would begin again, that is asked before.
    let mut bench = Bench::new(vec![stopped.clone()]);
    bench.press("<alt-3> r");
    assert!(bench.commands().is_empty());
    let text = bench.draw(80, 24);
    assert!(
        text.contains("300 steps that it has done are lost"),
        "{text}"
    );
    bench.press("<enter>");
    assert!(resumed(&bench));
    let checkpoints = dir.join("checkpoints");
    std::fs::create_dir(&checkpoints).unwrap();
    std::fs::write(checkpoints.join("step-00000300.safetensors"), "").unwrap();
    let mut bench = Bench::new(vec![stopped]);
    bench.press("<alt-3> r");
    assert!(resumed(&bench));
    let mut bench = Bench::new(vec![finished("quick", quick(), 66.1)]);
    bench.press("<alt-3> r");
    assert!(bench.commands().is_empty());
    assert!(bench.app.shared.message.as_ref().is_some_and(|m| m.refusal));
}

#[test]
fn files_are_saved_and_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.ron");
    let typed = path.display().to_string();
    let mut bench = Bench::new(Vec::new());
    bench.press("/ l o s s . t <enter> <enter> . 3 <enter> s <ctrl-u>");
    bench.paste(&typed);
    bench.press("<enter>");
    let saved = simclr_tui::experiment::load(&path).unwrap();
    assert!((saved.loss.temperature - 0.3).abs() < 1e-12);
    // Saving again asks first; the answer no keeps the file.
    bench.press("<enter> . 4 <enter> s <enter> n <esc>");
    assert_eq!(simclr_tui::experiment::load(&path).unwrap(), saved);
    bench.press("s <enter> y");
    assert_ne!(simclr_tui::experiment::load(&path).unwrap(), saved);
    bench.press("p <enter> o");
    bench.paste(&typed);
    bench.press("<enter> t");
    let launched = bench.commands().pop();
    assert!(
        matches!(launched, Some(Command::Train(run)) if (run.experiment.loss.temperature - 0.4).abs() < 1e-12)
    );
}

#[test]
fn the_mouse_reaches_tabs_and_rows() {
    let mut bench = Bench::new(runs());
    bench.draw(80, 24);
    bench.click_on("History");
    assert_eq!(bench.app.screen, ScreenId::History);
    bench.draw(80, 24);
    bench.click_on("crop-only");
    bench.draw(80, 24);
    bench.click_on("crop-only");
    assert_eq!(bench.app.screen, ScreenId::Train);
    let shown = bench.app.shared.shown().map(|r| r.title().to_owned());
    assert_eq!(shown.as_deref(), Some("crop-only"));
}

#[test]
fn the_mouse_reaches_headings_and_the_footer() {
    let mut bench = Bench::new(runs());
    bench.press("<alt-3>");
    bench.draw(80, 24);
    bench.click_on("best %");
    let text = bench.draw(80, 24);
    assert!(text.contains("▾ best %"), "{text}");
    bench.click_on("best %");
    let text = bench.draw(80, 24);
    assert!(text.contains("▴ best %"), "{text}");
    bench.click_on("? help");
    let text = bench.draw(80, 24);
    assert!(
        text.contains("Mark it for comparison"),
        "the footer's key was pressed: {text}"
    );
    bench.click_at(13, 23); // "esc close"
    let text = bench.draw(80, 24);
    assert!(
        text.contains("▴ best %") && !text.contains("Mark it"),
        "{text}"
    );
}

/// A screen's keys are its own: none twice, none that means something everywhere.
#[test]
fn no_key_means_two_things() {
    fn check<A: Copy>(name: &str, table: &Table<A>, taken: &[Key]) {
        let mut seen = taken.to_vec();
        for key in table.keys() {
            assert!(!seen.contains(&key), "{name}: {key:?} is bound twice");
            seen.push(key);
        }
    }
    let keys = Keymap::default();
    let everywhere: Vec<Key> = keys.everywhere.keys().collect();
    check("everywhere", &keys.everywhere, &[]);
    check("experiment", &keys.experiment, &everywhere);
    check("train", &keys.train, &everywhere);
    check("history", &keys.history, &everywhere);
    check("compare", &keys.compare, &everywhere);
    check("typing", &keys.experiment_text, &[]);
    check("list", &keys.experiment_presets, &[]);
}

#[test]
fn without_colour_nothing_is_lost() {
    let mut bench = Bench::colourless(runs());
    bench.press("<alt-3> <space> j j <space> j c");
    let text = bench.draw(120, 36);
    assert!(
        text.matches('A').count() > 3,
        "letters along the curves\n{text}"
    );
    let reversed = bench.reversed();
    assert!(
        reversed.contains("Compare"),
        "the tab in front is reversed, not {reversed:?}"
    );
    assert!(bench.colours().is_empty(), "{:?}", bench.colours());
    bench.press("3 g");
    bench.draw(120, 36);
    let reversed = bench.reversed();
    assert_eq!(reversed.matches("quick").count(), 1, "{reversed}");
    assert!(
        !reversed.ends_with("    "),
        "only one row is reversed: {reversed:?}"
    );
}

/// Over a slow line: what the first frame and those of a live run cost.
#[test]
fn frames_are_small() {
    const FRAMES: usize = 50;
    let mut bench = Bench::new(runs());
    bench.own(0);
    bench.press("<alt-2>");
    let mut line = Line::new(160, 48);
    let first = line.frame(&mut bench);
    assert!(first < 12_000, "the first frame is {first} bytes");
    let mut bytes = 0;
    for i in 0..FRAMES {
        bench.grow(0, i as u64);
        bytes += line.frame(&mut bench);
    }
    let mean = bytes / FRAMES;
    println!("first frame {first} bytes, then {mean} a frame");
    assert!(
        mean < 300,
        "a frame of a live run is {mean} bytes in the mean"
    );
}

#[test]
fn a_trainer_that_dies_is_noticed() {
    let mut bench = Bench::new(runs());
    bench.own(0);
    bench.hang_up();
    bench.app.hear_trainer();
    let text = bench.draw(80, 24);
    assert!(text.contains("trainer thread is gone"), "{text}");
    bench.press("q");
    assert!(bench.app.is_done());
}

#[test]
fn the_synthetic_runs_are_what_they_seem() {
    let all = runs();
    let status: Vec<Status> = all.iter().map(|r| r.status).collect();
    assert!(status.contains(&Status::Running) && status.contains(&Status::Broken));
    assert!(all.iter().all(|r| r.created < NOW));
    assert_ne!(quick(), Experiment::default());
}
