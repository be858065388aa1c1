//! The queue as a person meets it: what waits is trained in order, once, whoever dies on the way.

use crate::headless::experiment;
use crate::scratch::{Says, Scratch, child_of, is_described, signal};
use serde_json::{Value, json};
use simclr_tui::runs::{Listing, Run, Status, now};
use std::fs;
use std::io::{BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// A folder with a tiny experiment `tiny.ron` and a sweep `s.ron` of two cases of it.
fn with(epochs: u32) -> Scratch {
    let scratch = Scratch::new();
    let tiny = experiment(epochs, "checkpoint_every: 1");
    fs::write(scratch.path("tiny.ron"), tiny).unwrap();
    let sweep = r#"(name: "warmth", base: "tiny.ron", grid: {"loss.temperature": [0.1, 0.5]})"#;
    fs::write(scratch.path("s.ron"), sweep).unwrap();
    scratch
}

/// Long enough to be interrupted.
const LONG: u32 = 4000;

fn runs(scratch: &Scratch) -> Vec<Run> {
    Listing::open(&scratch.runs()).runs
}

fn items(scratch: &Scratch) -> Vec<Value> {
    let listed = scratch.json(&["queue", "--json"]);
    listed["items"].as_array().unwrap().clone()
}

fn keys(scratch: &Scratch) -> Vec<String> {
    let of = |item: &Value| item["id"].as_str().unwrap().to_owned();
    items(scratch).iter().map(of).collect()
}

fn states(scratch: &Scratch) -> Vec<(String, Value)> {
    let of = |item: &Value| {
        let title = item["title"].as_str().unwrap().to_owned();
        (title, item["state"].clone())
    };
    items(scratch).iter().map(of).collect()
}

/// A worker at work.
struct Worker {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    said: Vec<String>,
}

impl Worker {
    fn start(scratch: &Scratch, args: &str) -> Self {
        let (child, lines) = scratch.start(&format!("queue work {args}"));
        Self {
            child,
            lines,
            said: Vec::new(),
        }
    }

    /// Reads on until it prints a line that begins so.
    fn wait_for(&mut self, words: &str) {
        for line in self.lines.by_ref() {
            self.said.push(line.unwrap());
            if self.said.last().unwrap().starts_with(words) {
                return;
            }
        }
        panic!("no {words:?}: {:?}", self.said);
    }

    /// Waits for its end.
    fn end(&mut self) -> Option<i32> {
        self.said.extend(self.lines.by_ref().map_while(Result::ok));
        self.child.wait().unwrap().code()
    }
}

/// A test that fails leaves nothing at work.
impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks until it is so.
fn until(what: &str, is: impl Fn() -> bool) {
    let since = Instant::now();
    while !is() {
        assert!(since.elapsed() < Duration::from_mins(1), "never {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Each step of a complete run once.
fn assert_whole(run: &Run) {
    assert_eq!(run.status, Status::Completed, "{}", run.id);
    let steps: Vec<u64> = run.series.curve("loss").iter().map(|s| s.step).collect();
    let all = run.series.progress().unwrap().1;
    assert_eq!(steps, (1..=all).collect::<Vec<_>>());
}

// With cards it would start workers.
#[cfg(not(feature = "cuda"))]
#[test]
fn all_cards_where_there_is_none_is_a_sentence() {
    let scratch = Scratch::new();
    let why = "no CUDA card was found";
    scratch.refuses("queue work --device all").says(why);
    scratch
        .refuses("queue work --device all --detached")
        .says(why);
}

#[test]
fn what_waits_is_listed_and_ordered() {
    let scratch = with(2);
    let empty = scratch.prints(&["queue"]);
    empty.says("the queue is empty; `simclr-tui queue add`");
    assert_eq!(scratch.prints(&["queue", "list"]), empty);
    assert!(!scratch.runs().exists());
    scratch
        .prints(&["queue", "add", "s.ron", "--set", "train.rate=2e-3"])
        .begins("warmth is number 1 in the queue, as ");
    scratch.prints(&["queue", "add", "tiny.ron", "--set", "name=two words"]);
    let said = scratch.prints(&["queue", "add", "temperature"]);
    said.says(" at scale ");
    said.says("number 3");
    scratch.prints(&["queue", "add", "quick"]);
    let listed = scratch.json(&["queue", "--json"]);
    assert_eq!(listed["workers"], json!([]));
    let first = &listed["items"][0];
    assert_eq!(first["sweep"], json!(scratch.path("s.ron")));
    assert_eq!(first["set"], json!(["train.rate=2e-3"]));
    assert_eq!(listed["items"][2]["sweep"], "temperature");
    listed["items"][1]["experiment"]
        .as_str()
        .unwrap()
        .says("two words");

    let key = keys(&scratch);
    scratch.prints(&["queue", "up", &key[3], "2"]);
    let shown = scratch.prints(&["queue", "down", &key[0]]);
    shown.says("no worker is running");
    let wanted = [&key[3], &key[0], &key[1], &key[2]];
    assert_eq!(keys(&scratch).iter().collect::<Vec<_>>(), wanted);
    let lines: Vec<&str> = shown
        .lines()
        .filter(|line| line.contains("waiting"))
        .collect();
    assert!(
        lines[2].contains(&key[1]) && lines[2].contains("two words"),
        "{shown}"
    );
    scratch.prints(&["queue", "remove", &key[3]]);
    assert_eq!(keys(&scratch).len(), 3);

    is_described(&listed);
}

#[test]
fn wrong_input_adds_nothing() {
    let scratch = with(2);
    fs::write(scratch.path("bad.ron"), "(loss: (temprature: 1))").unwrap();
    let sweep = "(name: \"x\", base: \"tiny.ron\", grid: {\"loss.temprature\": [1]})";
    fs::write(scratch.path("bad-sweep.ron"), sweep).unwrap();
    for (args, says) in [
        ("queue add none.ron", "none.ron: there is no such file"),
        ("queue add temprature", "did you mean temperature?"),
        ("queue add quik", "did you mean the experiment quick?"),
        ("queue add bad.ron", "did you mean temperature?"),
        ("queue add bad-sweep.ron", "bad-sweep.ron:1:"),
        ("queue add tiny.ron --scale x", "which has no scales"),
        (
            "queue add tiny.ron --set train.batch=no",
            "--set train.batch=no",
        ),
        (
            "queue add s.ron --set loss.temperature=1",
            "varies loss.temperature",
        ),
        ("queue remove abc", "the queue has no item \"abc\""),
        ("queue remove 1", "named by their id"),
        ("queue work --once --device gpu", "gpu"),
        ("queue work --once --device cuda:99", "cuda"),
    ] {
        let said = scratch.refuses(args);
        assert!(said.contains(says), "{args}: {said}");
    }
    assert_eq!(keys(&scratch), Vec::<String>::new());
}

#[test]
fn what_waits_is_trained_in_order_and_a_failure_stops_nothing() {
    let scratch = with(2);
    let bad = r#"(name: "bad", weights: (init: "none.safetensors"))"#;
    fs::write(scratch.path("bad.ron"), bad).unwrap();
    scratch.prints(&["queue", "add", "tiny.ron", "--set", "name=first"]);
    scratch.prints(&["queue", "add", "bad.ron"]);
    fs::write(
        scratch.path("gone.ron"),
        fs::read(scratch.path("s.ron")).unwrap(),
    )
    .unwrap();
    scratch.prints(&["queue", "add", "gone.ron"]);
    fs::remove_file(scratch.path("gone.ron")).unwrap();
    // The worker's device is what counts.
    let elsewhere = "machine.device=cuda:99";
    scratch.prints(&["queue", "add", "s.ron", "--set", elsewhere]);
    scratch.prints(&format!(
        "queue add tiny.ron --set name=last --set {elsewhere}"
    ));
    let mut worker = Worker::start(&scratch, "--once --device cpu");
    assert_eq!(worker.end(), Some(1), "some failed: {:?}", worker.said);
    let names: Vec<String> = runs(&scratch)
        .iter()
        .rev()
        .map(|run| {
            assert_whole(run);
            run.experiment.as_ref().unwrap().name.clone()
        })
        .collect();
    let cases = [
        "warmth temperature 0.1, seed 0",
        "warmth temperature 0.5, seed 0",
    ];
    assert_eq!(names, ["first", cases[0], cases[1], "last"]);
    let failed = items(&scratch);
    assert_eq!(failed.len(), 2, "{failed:?}");
    for (item, says) in [(&failed[0], "none.safetensors"), (&failed[1], "gone.ron")] {
        assert_eq!(item["state"], "failed");
        assert!(item["reason"].as_str().unwrap().contains(says), "{item}");
    }
    // Once the cause is gone.
    fs::write(
        scratch.path("gone.ron"),
        fs::read(scratch.path("s.ron")).unwrap(),
    )
    .unwrap();
    scratch.prints(&["queue", "retry", failed[1]["id"].as_str().unwrap()]);
    scratch.prints(&["queue", "remove", failed[0]["id"].as_str().unwrap()]);
    scratch
        .prints(&["queue", "work", "--once"])
        .says("2 complete already");
    assert_eq!((runs(&scratch).len(), items(&scratch).len()), (4, 0));
}

#[test]
fn a_device_has_one_worker_and_two_devices_train_side_by_side() {
    let scratch = with(LONG);
    scratch.prints(&["queue", "add", "tiny.ron"]);
    scratch.prints(&["queue", "add", "s.ron"]);
    let mut one = Worker::start(&scratch, "--device cpu");
    one.wait_for("epoch ");
    scratch
        .refuses(&["queue", "work", "--device", "cpu"])
        .says("a worker for device cpu is running already");
    scratch
        .refuses(&["queue", "work", "--device", "cpu", "--detached"])
        .says("is running already");
    let mut two = Worker::start(&scratch, "");
    two.wait_for("epoch ");
    let listed = scratch.json(&["queue", "--json"]);
    assert_eq!(listed["workers"], json!(["auto", "cpu"]));
    let devices = [0, 1].map(|nth| listed["items"][nth]["device"].clone());
    assert_eq!(devices, ["cpu", "auto"]);
    scratch
        .refuses(&["queue", "remove", &keys(&scratch)[0]])
        .says("is being trained");
    for worker in [&mut one, &mut two] {
        signal(worker.child.id(), "-TERM");
        assert_eq!(worker.end(), Some(130));
    }
    assert_eq!(runs(&scratch).len(), 2);
    assert_eq!(scratch.json(&["queue", "--json"])["workers"], json!([]));
}

#[test]
fn a_worker_waits_for_a_run_that_trains_on_its_device() {
    let scratch = with(LONG);
    let other = experiment(2, "checkpoint_every: 1").replace("tiny", "other");
    fs::write(scratch.path("other.ron"), other).unwrap();
    let (mut run, lines) = scratch.start("run tiny.ron");
    let mut lines = lines.map_while(Result::ok);
    assert!(lines.any(|line| line.contains("epoch 1/")));
    scratch.prints(&["queue", "add", "other.ron"]);
    let mut worker = Worker::start(&scratch, "--once");
    worker.wait_for("waiting for tiny, which trains on this device");
    assert_eq!(runs(&scratch).len(), 1);
    signal(run.id(), "-INT");
    run.wait().unwrap();
    worker.wait_for("other is complete");
    assert_eq!(worker.end(), Some(0));
}

#[test]
fn one_command_keeps_a_worker_for_each_device_and_stops_them_all() {
    let scratch = with(LONG);
    scratch.prints(&["queue", "add", "tiny.ron"]);
    scratch.prints(&["queue", "add", "s.ron"]);
    let mut both = Worker::start(&scratch, "--device cpu,auto --once");
    let working = || scratch.json(&["queue", "--json"])["workers"].clone();
    until("two workers", || working() == json!(["auto", "cpu"]));
    until("two runs", || runs(&scratch).len() == 2);
    scratch
        .refuses(&["queue", "work", "--device", "cpu,cuda:77"])
        .says("cuda:77 gets no worker");
    // However it dies, the workers end, with checkpoints.
    signal(both.child.id(), "-KILL");
    both.end();
    until("no worker", || working() == json!([]));
    assert!(
        runs(&scratch)
            .iter()
            .all(|run| run.status == Status::Stopped)
    );
    let mut both = Worker::start(&scratch, "--device cpu,auto");
    until("two workers", || working() == json!(["auto", "cpu"]));
    signal(both.child.id(), "-TERM");
    assert_eq!(both.end(), Some(130));
    assert_eq!(working(), json!([]));
}

#[test]
fn nothing_is_begun_while_the_queue_is_paused() {
    let scratch = with(2);
    scratch.prints(&["queue", "pause"]);
    scratch.prints(&["queue", "add", "tiny.ron"]);
    scratch
        .prints(&["queue"])
        .says("`simclr-tui queue continue` continues it");
    let mut worker = Worker::start(&scratch, "--once");
    worker.wait_for("the queue is paused");
    assert_eq!(worker.said.len(), 1, "nothing was begun: {:?}", worker.said);
    let before = now();
    scratch.prints(&["queue", "continue"]);
    assert_eq!(worker.end(), Some(0));
    let trained = runs(&scratch);
    assert_eq!(trained.len(), 1);
    assert!(trained[0].series.curve("loss")[0].at > before);
}

#[test]
fn a_paused_queue_begins_no_run_of_a_sweep_either() {
    let scratch = with(40);
    scratch.prints(&["queue", "add", "s.ron"]);
    let mut worker = Worker::start(&scratch, "--once");
    worker.wait_for("[1/2]");
    scratch.prints(&["queue", "pause"]);
    worker.wait_for("the queue is paused");
    let trained = runs(&scratch);
    assert_eq!(trained.len(), 1, "the run at work goes on to its end");
    assert_whole(&trained[0]);
    scratch.prints(&["queue", "continue"]);
    assert_eq!(worker.end(), Some(0));
    assert_eq!(runs(&scratch).len(), 2);
}

#[test]
fn what_is_at_work_is_stopped_and_taken_out() {
    let scratch = with(LONG);
    scratch.prints(&["queue", "add", "s.ron"]);
    scratch.prints(&["queue", "add", "tiny.ron"]);
    let mut worker = Worker::start(&scratch, "--once");
    until("the sweep is at work", || !runs(&scratch).is_empty());
    let key = keys(&scratch)[0].clone();
    scratch
        .refuses(&["queue", "remove", &key])
        .says("queue remove --stop");
    scratch.prints(&["queue", "remove", "--stop", &key]);
    worker.wait_for("warmth was stopped and removed from the queue");
    let stopped = runs(&scratch);
    assert_eq!(stopped.len(), 1);
    assert!(!stopped[0].status.is_live() && !stopped[0].series.checkpoints.is_empty());
    // What waits behind it has its turn.
    let key = keys(&scratch)[0].clone();
    until("the experiment is at work", || runs(&scratch).len() == 2);
    scratch.prints(&["queue", "remove", "--stop", &key]);
    assert_eq!(worker.end(), Some(0));
    assert!(keys(&scratch).is_empty());
}

#[test]
fn a_worker_without_once_waits_for_what_comes() {
    let scratch = with(2);
    let mut worker = Worker::start(&scratch, "");
    worker.wait_for("waiting for ");
    scratch.prints(&["queue", "add", "tiny.ron"]);
    worker.wait_for("tiny is complete");
    worker.wait_for("waiting for ");
    signal(worker.child.id(), "-INT");
    assert_eq!(worker.end(), Some(130));
}

/// Trains until the second epoch of what is first, ends the worker so, and goes on at once.
fn cut(scratch: &Scratch, name: &str, code: Option<i32>, wanted: usize) {
    let before = states(scratch);
    let mut worker = Worker::start(scratch, "--once");
    worker.wait_for("epoch 2/");
    assert_eq!(states(scratch)[0].1, "working");
    signal(worker.child.id(), name);
    if code.is_some() {
        assert_eq!(worker.end(), code, "{name}");
        assert_eq!(states(scratch), before, "it is still first");
        assert_eq!(runs(scratch)[0].status, Status::Stopped);
    } else {
        worker.child.wait().unwrap();
        assert_eq!(
            states(scratch),
            before,
            "it waits again, whatever its process does"
        );
    }
    let mut again = Worker::start(scratch, "--once");
    assert_eq!(again.end(), Some(0), "{:?}", again.said);
    let trained = runs(scratch);
    assert_eq!(trained.len(), wanted, "{name}");
    trained.iter().for_each(assert_whole);
    let resumed = trained.iter().filter(|run| !run.series.gaps.is_empty());
    assert_eq!(resumed.count(), 1, "the one that was cut was gone on with");
    assert_eq!(states(scratch), []);
}

#[test]
fn an_experiment_goes_on_where_it_was_however_its_worker_ended() {
    for (name, code) in [("-KILL", None), ("-TERM", Some(130)), ("-INT", Some(130))] {
        let scratch = with(60);
        scratch.prints(&["queue", "add", "tiny.ron"]);
        cut(&scratch, name, code, 1);
    }
}

#[test]
fn a_sweep_goes_on_where_it_was_however_its_worker_ended() {
    for (name, code) in [("-KILL", None), ("-TERM", Some(130))] {
        let scratch = with(60);
        scratch.prints(&["queue", "add", "s.ron"]);
        scratch.prints(&["queue", "add", "tiny.ron"]);
        cut(&scratch, name, code, 3);
    }
}

#[test]
fn a_run_that_was_complete_before_its_worker_died_is_not_trained_again() {
    let scratch = with(2);
    scratch.prints(&["queue", "add", "tiny.ron"]);
    let folder = scratch.runs().join(".queue");
    let item = fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let item = item
        .into_iter()
        .find(|path| path.extension().is_some_and(|e| e == "ron"));
    let (item, key) = (item.unwrap(), keys(&scratch).remove(0));
    let text = fs::read(&item).unwrap();
    let mut worker = Worker::start(&scratch, "--once");
    worker.wait_for(&format!("{key}: tiny"));
    let claim = fs::read(folder.join(format!("{key}.claim"))).unwrap();
    assert_eq!(worker.end(), Some(0));
    // As if it had died between the run's end and the item's.
    fs::write(&item, text).unwrap();
    fs::write(folder.join(format!("{key}.claim")), claim).unwrap();
    assert_eq!(keys(&scratch), [key]);
    scratch.prints(&["queue", "work", "--once"]);
    assert_eq!((runs(&scratch).len(), keys(&scratch).len()), (1, 0));
    assert!(runs(&scratch)[0].series.gaps.is_empty());
}

#[test]
fn a_training_that_is_killed_or_stopped_by_hand_fails_and_can_be_gone_on_with() {
    let scratch = with(LONG);
    scratch.prints(&["queue", "add", "tiny.ron", "--set", "name=killed"]);
    scratch.prints(&["queue", "add", "tiny.ron", "--set", "name=stopped"]);
    let mut worker = Worker::start(&scratch, "--once");
    worker.wait_for("epoch 2/");
    signal(child_of(worker.child.id()), "-KILL");
    worker.wait_for("killed failed: its process was killed: signal: 9");
    worker.wait_for("epoch 2/");
    scratch.prints(&["stop", "stopped"]);
    worker.wait_for("stopped failed: it was stopped");
    assert_eq!(worker.end(), Some(1));
    let key = keys(&scratch).remove(0);
    scratch.prints(&["queue", "retry", &key]);
    let mut again = Worker::start(&scratch, "--once");
    again.wait_for(&format!("{key}: killed"));
    again.wait_for("training from step ");
    signal(again.child.id(), "-TERM");
    assert_eq!(again.end(), Some(130));
    assert_eq!(runs(&scratch).len(), 2);
}

#[test]
fn a_sweep_of_which_a_case_fails_says_how_much_is_missing_and_why() {
    let scratch = with(2);
    let sweep = r#"(name: "half", base: "tiny.ron", cases: [
        (name: "bad", set: {"weights.init": "/no/such.safetensors"}), (name: "good")])"#;
    fs::write(scratch.path("half.ron"), sweep).unwrap();
    scratch.prints(&["queue", "add", "half.ron"]);
    let mut worker = Worker::start(&scratch, "--once");
    assert_eq!(worker.end(), Some(1));
    let item = items(&scratch).remove(0);
    let why = item["reason"].as_str().unwrap();
    let begins = "1 of 2 trainings are not complete; bad, seed 0: ";
    why.begins(begins);
    why.says("such.safetensors");
    let place = |words: &str| worker.said.iter().position(|line| line.starts_with(words));
    let places = ["[1/2]", "simclr-tui: ", "[2/2]", "epoch 2/2"].map(place);
    assert!(
        places.is_sorted() && places[0].is_some(),
        "{:?}",
        worker.said
    );
    assert_eq!(runs(&scratch).len(), 1);
}

#[test]
fn a_training_of_a_sweep_is_the_worker_s_own_child() {
    let scratch = with(LONG);
    scratch.prints(&["queue", "add", "s.ron"]);
    let mut worker = Worker::start(&scratch, "--once");
    worker.wait_for("epoch 2/");
    signal(child_of(worker.child.id()), "-KILL");
    worker.wait_for("[2/2]");
    worker.wait_for("epoch 2/");
    assert_eq!(runs(&scratch)[1].status, Status::Interrupted);
    signal(worker.child.id(), "-TERM");
    assert_eq!(worker.end(), Some(130));
    assert_eq!(states(&scratch), [("warmth".to_owned(), json!("waiting"))]);
}

#[test]
fn an_item_of_an_older_version_is_trained_as_the_run_that_it_names() {
    let scratch = with(2);
    let queue = scratch.runs().join(".queue");
    fs::create_dir_all(&queue).unwrap();
    let experiment = experiment(2, "checkpoint_every: 1").replace('"', "\\\"");
    let item = format!(
        "(format: 1, title: \"tiny\", sweep: \"\", scale: None, set: [], experiment: Some(\"{experiment}\"), added: 1.5, folder: \"/\")"
    );
    fs::write(queue.join("000001000000-abc123.ron"), item).unwrap();
    let run = "20261101-101500-tiny-0001";
    let claim = format!("(format: 1, device: \"cpu\", run: Some(\"{run}\"))");
    fs::write(queue.join("abc123.claim"), claim).unwrap();
    fs::write(queue.join("abc123.turn"), "").unwrap();
    assert_eq!(states(&scratch), [("tiny".to_owned(), json!("waiting"))]);
    scratch.prints(&["queue", "work", "--once"]);
    let trained = runs(&scratch);
    assert_eq!((trained.len(), trained[0].id.as_str()), (1, run));
    assert_whole(&trained[0]);
    assert!(!queue.join("abc123.turn").exists());
}

#[test]
fn a_run_that_another_process_takes_over_is_not_taken_for_complete() {
    let scratch = with(LONG);
    scratch.prints(&["queue", "add", "tiny.ron"]);
    let mut worker = Worker::start(&scratch, "--once");
    worker.wait_for("epoch 2/");
    let run = runs(&scratch).remove(0).id;
    let mut command = scratch.command(&["run", "--detached", "--resume", &run]);
    let mut other = command.stdout(Stdio::null()).spawn().unwrap();
    worker.wait_for("tiny failed: it was stopped before it was complete");
    assert_eq!(worker.end(), Some(1));
    signal(other.id(), "-TERM");
    other.wait().unwrap();
    assert_eq!(states(&scratch), [("tiny".to_owned(), json!("failed"))]);
}

#[test]
fn relative_paths_are_those_of_where_it_was_added() {
    let scratch = with(2);
    scratch.prints(&["run", "tiny.ron"]);
    scratch.prints(&["export", &runs(&scratch)[0].id, "--to", "f.safetensors"]);
    scratch.prints("queue add tiny.ron --set weights.init=f.safetensors");
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = scratch.command(&["queue", "work", "--once"]);
    let output = command.current_dir(elsewhere.path()).output().unwrap();
    assert!(output.status.success(), "{:?}", items(&scratch));
    assert_eq!(runs(&scratch).len(), 2);
}

#[test]
fn a_worker_goes_on_in_the_background() {
    let scratch = with(LONG);
    let said = scratch.prints(&["queue", "work", "--once", "--detached"]);
    assert!(
        said.contains("background") || said.contains("nothing is waiting"),
        "{said}"
    );
    until("its worker ends", || {
        scratch.json(&["queue", "--json"])["workers"] == json!([])
    });
    scratch.prints(&["queue", "add", "tiny.ron"]);
    let said = scratch.prints(&["queue", "work", "--once", "--detached"]);
    let pid = said.split("as process ").nth(1).unwrap();
    let pid = pid.split(';').next().unwrap().to_owned();
    let console = scratch.runs().join(".queue/console.log");
    until("trained", || {
        fs::read_to_string(&console).is_ok_and(|text| text.contains("epoch 2/"))
    });
    let session = Command::new("ps")
        .args(["-o", "sid=", "-p", &pid])
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8(session.stdout).unwrap().trim(),
        pid,
        "a session of its own"
    );
    signal(pid.parse().unwrap(), "-TERM");
    until("its worker ends", || {
        scratch.json(&["queue", "--json"])["workers"] == json!([])
    });
    assert_eq!(states(&scratch), [("tiny".to_owned(), json!("waiting"))]);
    assert_eq!(runs(&scratch)[0].status, Status::Stopped);
}
