//! Sweeps as a person meets them: what is trained, what is not trained twice, what survives, and what is told.

use crate::headless::experiment;
use crate::scratch::{Says, Scratch, is_described, said};
#[cfg(unix)]
use crate::scratch::{child_of, signal};
use serde_json::Value;
use simclr_tui::hparam::Value as Hparam;
use simclr_tui::runs::{Listing, Origin, Run, Status};
use simclr_tui::sweep::{Claim, Source};
use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A folder with a sweep `s.ron` over the tiny base.
pub fn with(sweep: &str) -> Scratch {
    let scratch = Scratch::new();
    let base = experiment(2, "checkpoint_every: 1");
    fs::write(scratch.path("base.ron"), base).unwrap();
    fs::write(scratch.path("s.ron"), sweep).unwrap();
    scratch
}

const TEMPERATURES: &str = r#"// Temperature: a test.
(name: "warmth", base: "base.ron", grid: {"loss.temperature": [0.1, 0.5]}, seeds: [0, 1], baseline: "temperature 0.5",
 paper: (section: "Table 5", values: {"temperature 0.1": 64.4}))"#;

/// Cases that would take for ever.
const LONG: &str = r#"(name: "long", base: "base.ron", set: {"train.epochs": 4000}, grid: {"loss.temperature": [0.1, 0.5]})"#;

pub fn runs(scratch: &Scratch) -> Vec<Run> {
    Listing::open(&scratch.runs()).runs
}

/// How many trainings of a sweep's output began.
pub fn heads(text: &str) -> usize {
    text.lines().filter(|line| line.starts_with('[')).count()
}

#[test]
fn a_sweep_trains_each_case_once_and_each_run_knows_its_sweep() {
    let scratch = with(TEMPERATURES);
    let dry = scratch.prints(&["sweep", "s.ron", "--dry-run"]);
    assert_eq!(dry.matches("to train").count(), 4, "{dry}");
    assert!(!scratch.runs().exists());

    let text = scratch.prints(&["sweep", "s.ron"]);
    assert_eq!(heads(&text), 4, "{text}");
    text.says("[2/4] temperature 0.5, seed 0\n");
    assert!(
        text.contains("epoch 2/2  step 8/8  loss "),
        "as run prints: {text}"
    );
    let table = text
        .lines()
        .skip_while(|l| !l.starts_with("warmth: kNN accuracy in %"));
    assert!(table.count() >= 4, "{text}");
    let trained = runs(&scratch);
    let mut origins: Vec<(String, u64)> = trained
        .iter()
        .map(|run| {
            assert_eq!(run.status, Status::Completed);
            let origin = Origin::of(&run.dir).unwrap();
            let experiment = run.experiment.as_ref().unwrap();
            assert_eq!(
                (origin.sweep.as_str(), origin.seed),
                ("warmth", experiment.train.seed)
            );
            assert_eq!(
                origin.case,
                format!("temperature {}", experiment.loss.temperature)
            );
            (origin.case, origin.seed)
        })
        .collect();
    origins.sort();
    let cases = ["temperature 0.1", "temperature 0.5"];
    let all = cases
        .iter()
        .flat_map(|case| [0, 1].map(|seed| ((*case).to_owned(), seed)));
    assert_eq!(origins, all.collect::<Vec<_>>());

    scratch
        .prints(&["show", &trained[0].id])
        .says("warmth: temperature 0.5, seed 1");
    let json = scratch.json(&["show", &trained[0].id, "--json"]);
    assert_eq!(json["sweep"]["case"], "temperature 0.5");

    let again = scratch.prints(&["sweep", "s.ron"]);
    assert_eq!(heads(&again), 0, "{again}");
    again.says("4 complete already");
    assert_eq!(runs(&scratch).len(), 4);
    let anew = scratch.prints(&["sweep", "s.ron", "--again", "--jobs", "2"]);
    assert_eq!(heads(&anew), 4, "{anew}");
    anew.says("\ntemperature 0.5, seed 1: epoch 1/2");
    assert_eq!(runs(&scratch).len(), 8);
}

#[test]
fn two_sweeps_at_once_train_each_case_once() {
    let scratch = with(TEMPERATURES);
    let start = || {
        let mut command = scratch.command(&["sweep", "s.ron"]);
        command.stdout(Stdio::piped()).spawn().unwrap()
    };
    let both = [start(), start()].map(|sweep| sweep.wait_with_output().unwrap());
    for output in &both {
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}");
        assert!(!text.contains("not complete"), "{text}");
    }
    let trained = runs(&scratch);
    let mut identities: Vec<String> = trained
        .iter()
        .map(|run| run.experiment.as_ref().unwrap().identity())
        .collect();
    identities.sort();
    identities.dedup();
    assert_eq!((trained.len(), identities.len()), (4, 4));
    assert!(trained.iter().all(|run| run.status == Status::Completed));
}

#[test]
fn a_case_that_another_process_prepares_is_waited_for() {
    let scratch = with(TEMPERATURES);
    let sweep = Source::parse(TEMPERATURES, "s.ron", scratch.path("").as_path())
        .and_then(|source| source.sweep(None, &[]))
        .unwrap();
    let first = sweep.order(sweep.trainings().next().unwrap(), 0);
    // As the process of a sweep does that was killed while it read its data.
    let claim = Claim::take(&scratch.runs(), &first).unwrap().unwrap();
    let (mut child, mut lines) = scratch.start("sweep s.ron");
    let waits = |line: &std::io::Result<String>| line.as_ref().unwrap().starts_with("waiting for");
    assert!(lines.by_ref().any(|line| waits(&line)), "never waited");
    assert_eq!(runs(&scratch).len(), 3, "the others are trained meanwhile");
    drop(claim);
    assert!(
        lines
            .by_ref()
            .any(|line| line.unwrap().starts_with("[1/4]"))
    );
    assert_eq!(lines.count().min(1), 1);
    assert!(child.wait().unwrap().success());
    assert_eq!(runs(&scratch).len(), 4);
}

#[test]
fn a_sweep_goes_on_when_nobody_reads_what_it_prints() {
    let scratch = with(TEMPERATURES);
    let mut command = scratch.command(&["sweep", "s.ron"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
    let trained = runs(&scratch);
    assert_eq!(trained.len(), 4);
    assert!(trained.iter().all(|run| run.status == Status::Completed));
}

#[test]
fn results_are_of_runs_of_exactly_the_same_experiment() {
    let scratch = with(TEMPERATURES);
    let run = "run base.ron --set loss.temperature=0.1 --name 'by hand'";
    scratch.prints(run);
    // Another experiment, which is not to be mixed in.
    scratch.prints(&format!("{run} --set train.rate=2e-3"));
    let one = scratch.json(&["sweep", "s.ron", "--results", "--json"]);
    assert_eq!(one["cases"][0]["n"], 1);
    assert_eq!(one["cases"][1]["mean"], Value::Null);
    let text = scratch.prints(&["sweep", "s.ron"]);
    assert_eq!(heads(&text), 3, "what was run by hand counts: {text}");

    let json = scratch.json("sweep s.ron --results --json --metric loss.last");
    let values = |case: usize| -> Vec<f64> {
        let values = json["cases"][case]["values"].as_array().unwrap().iter();
        values.map(|v| v["value"].as_f64().unwrap()).collect()
    };
    for (case, temperature) in [(0, Hparam::Float(0.1)), (1, Hparam::Float(0.5))] {
        let wanted: Vec<f64> = (0..2)
            .map(|seed| {
                let trained = runs(&scratch);
                let same = trained.iter().find(|run| {
                    let e = run.experiment.as_ref().unwrap();
                    e.get("loss.temperature") == Some(temperature.clone())
                        && e.train.seed == seed
                        && e.get("train.rate") == Some(Hparam::Float(1e-3))
                });
                same.unwrap().epoch_loss().unwrap()
            })
            .collect();
        assert_eq!(values(case), wanted);
        let mean = json["cases"][case]["mean"].as_f64().unwrap();
        assert!((mean - f64::midpoint(wanted[0], wanted[1])).abs() < 1e-12);
    }
    let first = &json["cases"][0];
    let difference = first["difference"].as_f64().unwrap();
    let means = [0, 1].map(|n| json["cases"][n]["mean"].as_f64().unwrap());
    assert!((difference - (means[0] - means[1])).abs() < 1e-12);
    assert_eq!(first["interval"].as_array().unwrap().len(), 2);
    assert_eq!(first["published"], 64.4);

    let csv = scratch.prints(&["sweep", "s.ron", "--results", "--csv"]);
    csv.begins("case,metric,mean,deviation,n,difference,low,high,published,first,second,loss.temperature\n");
    assert_eq!(csv.lines().count(), 3);
    scratch
        .prints(&["sweep", "s.ron", "--results", "--markdown"])
        .says("| case | mean | deviation | seeds | difference | 95 % interval | published |");

    is_described(&json);
}

#[test]
fn one_seed_has_no_interval_and_pairs_are_a_matrix() {
    let scratch = with(
        r#"(name: "two", base: "base.ron", set: {"augment.crop.p": 0, "augment.jitter.p": 0, "augment.grayscale.p": 0},
        pairs: [(name: "crop", set: {"augment.crop.p": 1}), (name: "grey", set: {"augment.grayscale.p": 0.5})],
        also: ["loss.last"], baseline: "crop + grey")"#,
    );
    let text = scratch.prints(&["sweep", "s.ron"]);
    text.says("one seed: no interval");
    let json = scratch.json(&["sweep", "s.ron", "--results", "--json"]);
    let mean = |name: &str| {
        let cases = json["cases"].as_array().unwrap();
        cases.iter().find(|c| c["case"] == name).unwrap()["mean"].clone()
    };
    assert_eq!(json["matrix"][0][0], mean("crop"));
    let losses = scratch.json("sweep s.ron --results --json --metric loss.last");
    for (case, by_loss) in [(0, "crop"), (2, "grey")] {
        assert_eq!(json["cases"][case]["case"], by_loss);
        assert_eq!(
            json["cases"][case]["also"]["loss.last"]["mean"],
            losses["cases"][case]["mean"]
        );
    }
    assert!(
        text.contains("loss  "),
        "what is told beside it has a column: {text}"
    );
    assert_eq!(json["matrix"][0][1], mean("crop + grey"));
    assert_eq!(json["matrix"][1][0], mean("crop + grey"));
    assert_eq!(json["matrix"][1][1], mean("grey"));

    for (file, picture) in [("r.html", "<svg"), ("r.md", "![chart](r-")] {
        scratch.prints(&["report", "s.ron", "--to", file]);
        let text = fs::read_to_string(scratch.path(file)).unwrap();
        text.says("crop + grey");
        text.says("augment.grayscale.p");
        text.says("simclr-tui sweep s.ron");
        text.says("neighbours by cosine");
        assert!(
            text.matches(picture).count() >= 4,
            "heat map, dots, kNN and loss"
        );
        assert!(
            !text.contains("src=") && !text.contains("href="),
            "one file"
        );
    }
    scratch
        .refuses(&["report", "s.ron", "--to", "r.pdf"])
        .says(".html or .md");
}

#[test]
fn wrong_input_starts_nothing() {
    let scratch = with(TEMPERATURES);
    let values: Vec<String> = (2..=1200).map(|n| n.to_string()).collect();
    let many = format!(
        r#"(name: "many", base: "base.ron", grid: {{"train.epochs": [{}]}})"#,
        values.join(", ")
    );
    fs::write(scratch.path("many.ron"), many).unwrap();
    fs::write(
        scratch.path("bad.ron"),
        "(name: \"x\", base: \"base.ron\",\n grid: {\"loss.temprature\": [1]})",
    )
    .unwrap();
    fs::write(scratch.path("hello.ron"), "hello").unwrap();
    let large = r#"(name: "x", base: "base.ron", grid: {"train.batch": [16, 128]})"#;
    fs::write(scratch.path("large.ron"), large).unwrap();
    for (args, says) in [
        ("sweep none.ron", "none.ron: there is no such file"),
        ("sweep temprature", "did you mean temperature?"),
        (
            "sweep base.ron",
            "base.ron: this is an experiment; `simclr-tui run FILE` trains it",
        ),
        (
            "run bad.ron",
            "bad.ron: this is a sweep; `simclr-tui sweep FILE` trains it",
        ),
        ("check s.ron", "s.ron: this is a sweep"),
        ("bad.ron", "bad.ron: this is a sweep"),
        ("compare s.ron quick", "s.ron: this is a sweep"),
        (
            "sweep hello.ron",
            "hello.ron:1:1: this is written in parentheses: (name: value, ...)",
        ),
        (
            "sweep bad.ron",
            "bad.ron:2:10: there is no hyperparameter \"loss.temprature\"; did you mean loss.temperature?",
        ),
        (
            "sweep many.ron",
            "this trains 1199 experiments; --yes trains them without asking",
        ),
        (
            "sweep large.ron",
            "large.ron: case \"batch 128\": train.batch: a batch of 128 pairs needs as many training images",
        ),
        (
            "sweep s.ron --scale huge",
            "s.ron has no scale \"huge\"; it has none",
        ),
        ("sweep s.ron --metric lost", "did you mean loss.last"),
        (
            "sweep s.ron --set loss.temperature=1",
            "the sweep varies loss.temperature",
        ),
        ("sweep s.ron --json", "need --results"),
        ("sweep s.ron --jobs 0", "--jobs"),
        (
            "sweep temperature --scale cifar",
            "cifar10 needs the folder with its files",
        ),
        ("report s.ron --to r.html", "nothing to report"),
    ] {
        let mut command = scratch.command(args);
        let output = command
            .env("XDG_DATA_HOME", scratch.path("data"))
            .output()
            .unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{args}: {said}");
        assert!(said.contains(says), "{args}: {said}");
    }
    assert!(runs(&scratch).is_empty());
}

#[test]
fn a_case_that_fails_stops_no_other() {
    let scratch = with(
        r#"(name: "f", base: "base.ron", cases: [
        (name: "bad", set: {"weights.init": "/no/such/weights.safetensors"}), (name: "good")])"#,
    );
    let output = scratch.output(&["sweep", "s.ron"]);
    let (text, said) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert_eq!(output.status.code(), Some(1), "{text}{said}");
    said.says("/no/such/weights.safetensors");
    assert_eq!(heads(&text), 2, "{text}");
    let end = text.split("not complete").nth(1).unwrap();
    assert!(
        end.contains("bad, seed 0") && !end.contains("good"),
        "{end}"
    );
    let trained = runs(&scratch);
    assert_eq!(trained.len(), 1);
    assert_eq!(Origin::of(&trained[0].dir).unwrap().case, "good");
}

/// A sweep at work, once it has printed a line that begins so.
#[cfg(unix)]
fn started(scratch: &Scratch, line: &str) -> Child {
    let (child, mut lines) = scratch.start("sweep s.ron");
    assert!(lines.any(|l| l.unwrap().starts_with(line)));
    // The rest is read as well, so that nobody waits for a reader.
    std::thread::spawn(move || lines.count());
    child
}

/// The only run, once nobody trains it.
#[cfg(unix)]
fn settled(scratch: &Scratch) -> Run {
    let since = Instant::now();
    loop {
        let mut all = runs(scratch);
        assert_eq!(all.len(), 1);
        let run = all.remove(0);
        if run.is_settled() {
            return run;
        }
        assert!(
            since.elapsed() < Duration::from_mins(1),
            "its process outlives the sweep"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_sweep_goes_on_with_its_run_however_it_ended() {
    for (name, code) in [("-TERM", Some(130)), ("-INT", Some(130)), ("-KILL", None)] {
        let scratch = with(LONG);
        let mut sweep = started(&scratch, "epoch 2/");
        signal(sweep.id(), name);
        assert_eq!(sweep.wait().unwrap().code(), code, "{name}");
        let first = settled(&scratch);
        // Also a sweep that is killed takes its process with it, which still writes a checkpoint.
        assert_eq!(first.status, Status::Stopped, "{name}");
        let (done, _) = first.series.progress().unwrap();
        assert!(done >= 8);

        scratch
            .prints(&["sweep", "s.ron", "--dry-run"])
            .says(format!("stopped: {}", first.id));
        let mut again = started(&scratch, "epoch ");
        signal(again.id(), "-TERM");
        again.wait().unwrap();
        let second = settled(&scratch);
        assert_eq!(
            (&second.id, second.series.gaps.len()),
            (&first.id, 1),
            "{name}"
        );
        assert!(second.series.progress().unwrap().0 > done);
    }
}

#[cfg(unix)]
#[test]
fn a_training_that_is_killed_is_told_and_gone_on_with() {
    let scratch = with(LONG);
    let mut sweep = started(&scratch, "epoch 2/");
    signal(child_of(sweep.id()), "-KILL");
    // The other case is begun all the same.
    let since = Instant::now();
    while runs(&scratch).len() < 2 {
        assert!(since.elapsed() < Duration::from_mins(1));
        std::thread::sleep(Duration::from_millis(50));
    }
    signal(sweep.id(), "-TERM");
    assert_eq!(sweep.wait().unwrap().code(), Some(130));
    let dry = scratch.prints(&["sweep", "s.ron", "--dry-run"]);
    dry.says("interrupted: ");
    dry.says("2 to continue");
    let killed = || {
        let mut all = runs(&scratch);
        all.retain(|run| (run.experiment.as_ref().unwrap().loss.temperature - 0.1).abs() < 1e-9);
        all.remove(0)
    };
    assert_eq!(killed().status, Status::Interrupted);
    let mut again = started(&scratch, "epoch ");
    signal(again.id(), "-TERM");
    again.wait().unwrap();
    assert_eq!((runs(&scratch).len(), killed().series.gaps.len()), (2, 1));
}

#[cfg(unix)]
#[test]
fn an_interrupted_round_of_training_all_again_goes_on_too() {
    // Long enough that the signal comes before the round ends.
    let longer = TEMPERATURES.replace("grid:", "set: {\"train.epochs\": 12}, grid:");
    let scratch = with(&longer);
    scratch.prints(&["sweep", "s.ron"]);
    let origin = |case: &str, seed: u64| {
        let mut all = runs(&scratch);
        all.retain(|run| {
            let origin = Origin::of(&run.dir).unwrap();
            origin.case == case && origin.seed == seed
        });
        all.len()
    };
    // As if a round had ended after its first case.
    let (mut child, mut lines) = scratch.start("sweep s.ron --again");
    assert!(lines.any(|line| line.unwrap().starts_with("[2/4]")));
    signal(child.id(), "-TERM");
    std::thread::spawn(move || lines.count());
    assert!(child.wait().unwrap().code().is_some());
    scratch.prints(&["sweep", "s.ron", "--again"]);
    assert_eq!(origin("temperature 0.1", 0), 2, "once in each round");
    assert_eq!(origin("temperature 0.5", 1), 2);
    assert_eq!(runs(&scratch).len(), 8);
    assert!(
        runs(&scratch)
            .iter()
            .all(|run| run.status == Status::Completed)
    );
}
