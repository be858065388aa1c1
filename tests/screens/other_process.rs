//! Runs between processes: those that another one trains, and ours on its way to another one.
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use crate::common::Bench;
use simclr_tui::engine::data::Progress;
use simclr_tui::engine::report::{Begin, Outcome, Report};
use simclr_tui::experiment::Experiment;
use simclr_tui::runs::control::{Mailbox, Request, send};
use simclr_tui::runs::{Environment, Listing, RunFolder};
use simclr_tui::trainer::{Command, Notice};
use simclr_tui::ui::screen_id::ScreenId;
use std::path::Path;
use std::process;
use std::time::Duration;

/// A run on disk that is being trained, and a workbench on its runs folder.
fn training(runs: &Path) -> (RunFolder, Bench) {
    let experiment = Experiment::named("far");
    let mut folder = RunFolder::create(runs, &experiment, &Environment::default()).unwrap();
    begin(&mut folder);
    let mut bench = Bench::leaving(|_| lingering().spawn());
    bench.app.shared.listing = Listing::open(runs);
    (folder, bench)
}

fn begin(folder: &mut RunFolder) {
    let begin = Begin::of(100, 10);
    folder.log().append(&Report::Begin(begin)).unwrap();
}

/// What lies in the run's mailbox.
fn asked(folder: &RunFolder) -> Vec<Request> {
    Mailbox::of(folder.dir()).take()
}

/// A process that lives on, and holds nothing of ours open.
fn lingering() -> process::Command {
    let mut command = process::Command::new("sleep");
    let null = process::Stdio::null;
    command
        .arg("600")
        .stdin(null())
        .stdout(null())
        .stderr(null());
    command
}

#[test]
fn keys_reach_a_run_of_another_process() {
    use Request::{Checkpoint, Continue, Pause, Stop};
    let runs = tempfile::tempdir().unwrap();
    let (mut folder, mut bench) = training(runs.path());
    for (keys, requests) in [
        ("<alt-2> P", &[Pause][..]),
        ("c", &[Checkpoint]),
        ("x n", &[]),
        ("x x", &[Stop]),
        ("<alt-3> P w", &[Pause, Checkpoint]),
        ("x", &[]),
        ("x", &[Stop]),
    ] {
        bench.press(keys);
        assert_eq!(asked(&folder), requests, "{keys}");
    }
    assert_eq!(bench.app.screen, ScreenId::Train);
    let message = bench.app.shared.message.as_ref().unwrap();
    let said = &message.text;
    assert!(
        said.contains("asked the other process that trains") && said.contains("to stop"),
        "{said}"
    );
    folder.log().append(&Report::Paused).unwrap();
    bench.app.tick();
    bench.press("<alt-2> P");
    assert_eq!(asked(&folder), [Continue]);
    assert!(bench.commands().is_empty(), "our trainer was not asked");
    // Over, it takes no requests any more.
    folder.log().append(&Report::end(Outcome::Stopped)).unwrap();
    bench.app.tick();
    bench.press("P c x");
    assert_eq!(asked(&folder), []);
    assert!(bench.app.shared.message.as_ref().unwrap().refusal);
}

#[test]
fn what_was_asked_for_is_said_until_it_is_done() {
    let runs = tempfile::tempdir().unwrap();
    let (mut folder, mut bench) = training(runs.path());
    bench.press("<alt-2> P");
    bench.app.tick();
    let message = bench.app.shared.message.as_ref();
    assert!(message.is_some_and(|m| m.text.contains("to pause")));
    folder.log().append(&Report::Paused).unwrap();
    bench.app.tick();
    assert_eq!(bench.app.shared.message, None, "it is paused by now");
}

#[test]
fn whoever_comes_back_sees_the_run_at_once() {
    let runs = tempfile::tempdir().unwrap();
    let (_folder, mut bench) = training(runs.path());
    bench.app.greet(true);
    assert_eq!(bench.app.screen, ScreenId::Train);
    assert!(
        bench
            .draw(80, 24)
            .contains("far is training in another process")
    );
    bench.app.screen = ScreenId::Experiment;
    bench.app.greet(false);
    assert_eq!(bench.app.screen, ScreenId::Experiment);
    assert!(bench.draw(80, 24).contains("2 shows it"));
}

/// The same run, now ours, after some keys.
fn leaving(bench: &mut Bench, keys: &str) {
    bench.own(0);
    bench.press(keys);
    assert!(!bench.app.is_done());
}

#[test]
fn a_run_is_left_once_the_other_process_trains_it() {
    let runs = tempfile::tempdir().unwrap();
    let (mut folder, mut bench) = training(runs.path());
    leaving(&mut bench, "q b");
    assert!(bench.draw(80, 24).contains("to the background"));
    bench.app.tick();
    assert!(!bench.app.is_done(), "it is still ours");
    bench.say(Notice::HandedOver {
        dir: folder.dir().to_owned(),
    });
    bench.app.tick();
    assert!(!bench.app.is_done(), "nobody trains it yet");
    begin(&mut folder);
    bench.app.tick();
    assert!(bench.app.is_done());
    let parting = bench.app.take_farewell().unwrap();
    assert!(
        parting.contains("far continues in the background"),
        "{parting}"
    );
    assert!(
        parting.contains(&format!("stop {}", folder.id())),
        "{parting}"
    );
}

#[test]
fn who_stays_keeps_the_run() {
    let runs = tempfile::tempdir().unwrap();
    let (folder, mut bench) = training(runs.path());
    leaving(&mut bench, "<ctrl-z> b");
    send(folder.dir(), Request::HandOver).unwrap();
    bench.press("<esc>");
    assert_eq!(asked(&folder), [], "the request is withdrawn");
    assert!(bench.commands().is_empty());
    // Where the trainer had taken the request already, it comes back.
    leaving(&mut bench, "q b <esc>");
    let dir = folder.dir().to_owned();
    bench.say(Notice::HandedOver { dir: dir.clone() });
    assert!(matches!(bench.commands()[..], [Command::Resume(ref d, None)] if *d == dir));
}

#[test]
fn a_warning_on_the_way_keeps_the_run_here() {
    let runs = tempfile::tempdir().unwrap();
    let (_folder, mut bench) = training(runs.path());
    leaving(&mut bench, "q b");
    bench.say(Notice::Warning("no checkpoint: the disk is full".into()));
    let text = bench.draw(80, 24);
    assert!(!text.contains("to the background") && text.contains("the disk is full"));
}

#[test]
fn a_process_that_ends_early_is_told_with_its_reason() {
    let runs = tempfile::tempdir().unwrap();
    let (folder, _) = training(runs.path());
    let console = folder.dir().join("console.log");
    std::fs::write(console, "a library\nsimclr-tui: /data is gone\n").unwrap();
    let mut bench = Bench::leaving(|_| process::Command::new("false").spawn());
    bench.app.shared.listing = Listing::open(runs.path());
    leaving(&mut bench, "q b");
    while bench.app.shared.message.is_none() {
        std::thread::sleep(Duration::from_millis(5));
        bench.app.tick();
    }
    let text = bench.draw(80, 24);
    assert!(
        text.contains("it can't continue in the background: /data is gone"),
        "{text}"
    );
    assert!(!bench.app.is_done());
}

#[test]
fn a_run_that_ends_on_the_way_is_left_as_it_is() {
    let runs = tempfile::tempdir().unwrap();
    let (folder, mut bench) = training(runs.path());
    leaving(&mut bench, "q b");
    bench.say(Notice::Finished {
        dir: folder.dir().to_owned(),
        outcome: Outcome::Completed,
        reason: None,
    });
    assert!(bench.app.is_done());
}

#[test]
fn a_run_that_ends_under_the_question_leaves_nothing_to_ask() {
    for (key, quits) in [("q", true), ("<ctrl-z>", false)] {
        let runs = tempfile::tempdir().unwrap();
        let (folder, mut bench) = training(runs.path());
        leaving(&mut bench, key);
        bench.say(Notice::Finished {
            dir: folder.dir().to_owned(),
            outcome: Outcome::Completed,
            reason: None,
        });
        assert_eq!(
            (bench.app.is_done(), bench.app.take_suspended()),
            (quits, !quits)
        );
    }
}

#[test]
fn a_run_in_preparation_can_t_go_to_the_background_yet() {
    let mut bench = Bench::new(Vec::new());
    bench.press("t");
    bench.say(Notice::Preparing("reading the data set".into()));
    bench.press("q b");
    assert!(bench.draw(80, 24).contains("still being prepared"));
    assert!(!bench.app.is_done());
}

#[test]
fn a_run_in_preparation_is_called_off_at_once() {
    let stops = |bench: &Bench| {
        let asked: Vec<Command> = bench.commands();
        matches!(asked[..], [Command::Train(_), Command::Ask(Request::Stop)])
    };
    let mut bench = Bench::new(Vec::new());
    bench.press("t");
    bench.say(Notice::Opening(Progress::Found(412_000)));
    bench.press("x");
    assert!(stops(&bench));
    bench.say(Notice::CalledOff);
    assert!(
        bench
            .draw(80, 24)
            .contains("stopped before the training began")
    );
    assert!(!bench.app.is_done());
    bench.press("1 t");
    bench.say(Notice::Opening(Progress::Checked(1, 412_000)));
    bench.press("q");
    assert!(bench.draw(80, 24).contains("a run is being prepared"));
    bench.press("s");
    assert!(stops(&bench) && !bench.app.is_done());
    bench.say(Notice::CalledOff);
    assert!(bench.app.is_done());
}

#[test]
fn ctrl_z_suspends_only_where_nothing_trains() {
    let mut bench = Bench::new(Vec::new());
    bench.press("<ctrl-z>");
    assert!(bench.app.take_suspended() && !bench.app.take_suspended());
    bench.press("t <ctrl-z>");
    assert!(!bench.app.take_suspended());
    assert!(bench.draw(80, 24).contains("would stop training"));
}
