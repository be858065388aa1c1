//! The binary as a person or a script meets it: what it prints, where, and how it ends.

use crate::scratch::{Says, Scratch, TINY, is_described};
use serde_json::Value;
use simclr_tui::engine::report::{Begin, Checkpoint, Level, Outcome, Point, Report};
use simclr_tui::experiment::Experiment;
use simclr_tui::runs::{Environment, Evaluation, RunFolder};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Two epochs of a run, ended as given; its lock is free again.
fn made(runs: &Path, name: &str, temperature: f64, knn: f64, end: Option<Outcome>) -> String {
    let mut experiment = Experiment::named(name);
    experiment.loss.temperature = temperature;
    experiment.train.epochs = 2;
    let mut run = RunFolder::create(runs, &experiment, &Environment::here("cpu", 2, None)).unwrap();
    let begin = Begin {
        steps: 4,
        steps_per_epoch: 2,
        device: "cpu".to_owned(),
        ..Begin::default()
    };
    let point = |step: u64, key: &str, value: f64| {
        Report::Point(Point {
            epoch: step as f64 / 2.0,
            elapsed: 30.0 * step as f64,
            ..Point::at(step, [(key, value)])
        })
    };
    let reports = [
        Report::Begin(begin),
        point(0, "knn", 20.0),
        point(1, "loss", 5.5),
        point(2, "loss", 5.25),
        point(2, "knn", knn),
        Report::Checkpoint(Checkpoint {
            step: 2,
            file: "last".to_owned(),
            bytes: 4096,
        }),
        Report::note(Level::Warning, "one image is damaged"),
        point(4, "loss", f64::NAN),
        point(4, "knn", knn - 1.0),
    ];
    for report in reports.into_iter().chain(end.map(Report::end)) {
        run.log().append(&report).unwrap();
    }
    run.write_checkpoint("last", &[0; 4096]).unwrap();
    run.id().to_owned()
}

/// A text of each object of a list.
fn texts<'a>(list: &'a Value, key: &str) -> Vec<&'a str> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| one[key].as_str().unwrap()).collect()
}

/// Some runs as they come: two completed, one interrupted, one broken.
fn history(scratch: &Scratch) -> [String; 3] {
    let runs = scratch.runs();
    fs::create_dir_all(runs.join("not-a-run/checkpoints")).unwrap();
    [
        made(&runs, "warm", 0.5, 40.0, Some(Outcome::Completed)),
        made(&runs, "cold", 0.1, 50.5, Some(Outcome::Completed)),
        made(&runs, "lost", 0.1, 30.0, None),
    ]
}

#[test]
fn a_bench_over_values_tells_each_and_draws_them() {
    let scratch = Scratch::new();
    let told = scratch.json(
        "bench step --over model.width=4,8 --chart width.csv --set train.batch=4 --set data.train_limit=16 \
         --set knn.k=5 --times 1 --json",
    );
    let sizes = texts(&told["benches"], "sizes");
    assert!(
        sizes[0].contains(" w4,") && sizes[1].contains(" w8,"),
        "{sizes:?}"
    );
    let text = fs::read_to_string(scratch.path("width.csv")).unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    // Each has its own peak: the smaller batch, though it comes later.
    let told = scratch.json(
        "bench step --over train.batch=256,2 --memory --chart memory.csv --set data.image_size=16 --set knn.k=5 --times 1 --json",
    );
    let peak = |nth: usize| told["benches"][nth]["peak_bytes"].as_u64();
    if let (Some(large), Some(small)) = (peak(0), peak(1)) {
        assert!(large > 2 * small, "{large} {small}");
        let text = fs::read_to_string(scratch.path("memory.csv")).unwrap();
        assert!(text.contains("MiB"), "{text}");
    }
    let told = scratch.json(
        "bench loss --pairs 8 --over threads=1,2 --over loss.temperature=0.1,0.5 --chart two.csv --times 1 --json",
    );
    assert_eq!(
        texts(&told["benches"], "over"),
        [("1", "0.1"), ("2", "0.1"), ("1", "0.5"), ("2", "0.5")]
            .map(|(threads, t)| format!("threads {threads}, loss.temperature {t}"))
    );
    let text = fs::read_to_string(scratch.path("two.csv")).unwrap();
    for line in ["loss.temperature 0.1", "loss.temperature 0.5"] {
        assert!(text.contains(line), "{text}");
    }
    for (wrong, why) in [
        ("train.batch", "write PATH=V1,V2"),
        ("train.batch=4,x", "batch takes"),
        ("threads=0", "is not a number of threads"),
        ("train.batch=4,8,x", "batch takes"),
    ] {
        scratch
            .refuses(&["bench", "step", "--over", wrong])
            .says(why);
    }
}

#[test]
fn benches_time_the_real_parts_and_their_json_is_described() {
    let scratch = Scratch::new();
    let told = scratch.json(
        "bench augment load step loss knn --times 2 --json --pairs 40 --dims 8 --queries 9 --bank 300 --features 4 \
         --set train.batch=4 --set model.width=4 --set data.train_limit=16 --set knn.k=5",
    );
    let benches = told["benches"].as_array().unwrap();
    let names: Vec<&str> = benches.iter().filter_map(|b| b["what"].as_str()).collect();
    for part in ["augment", "load", "step", "loss", "knn"] {
        assert!(names.contains(&part), "{part} of {names:?}");
    }
    is_described(&told);
    for bench in benches {
        assert!(bench["per_second"].as_f64().unwrap() > 0.0, "{bench}");
    }
    scratch.refuses(&["bench", "stepp"]).says("step");
}

#[test]
fn help_and_version_are_there_and_wrong_words_are_refused() {
    let scratch = Scratch::new();
    scratch.prints(&["--help"]).says("compare");
    scratch.prints(&["--version"]).begins("simclr-tui 0.");
    scratch.refuses(&["runs", "--no-such"]).says("--no-such");
    scratch.refuses(&["chekc"]).says("did you mean check?");
    scratch.refuses(&["compare", "one"]).says("RUN");
    scratch
        .refuses("rnu quick --epochs 1")
        .says("rnu: there is no such file or subcommand");
    scratch
        .refuses("run quick --epoch=s")
        .says("unexpected argument");
}

#[test]
fn check_says_what_is_wrong_and_where() {
    let scratch = Scratch::new();
    fs::write(scratch.path("good.ron"), "(loss: (temperature: 0.2))").unwrap();
    fs::write(scratch.path("bad.ron"), "(\n  loss: (temprature: 0.2),\n)").unwrap();
    fs::write(scratch.path("warm.ron"), "(train: (epochs: 5))").unwrap();
    assert_eq!(
        scratch.prints(&["check", "good.ron"]),
        "good.ron: ready to train\n"
    );
    let bad = scratch.refuses(&["check", "bad.ron"]);
    bad.begins("simclr-tui: bad.ron:2:10: there is no hyperparameter \"temprature\"");
    let warm = scratch.refuses(&["check", "warm.ron"]);
    warm.begins("simclr-tui: warm.ron: train.warmup: warm-up (10 epochs) is longer");
    let both = scratch.output(&["check", "bad.ron", "good.ron", "none.ron"]);
    assert_eq!(both.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(both.stdout).unwrap(),
        "good.ron: ready to train\n"
    );
    String::from_utf8(both.stderr)
        .unwrap()
        .says("simclr-tui: none.ron: there is no such file, preset or run");
    scratch
        .prints(&["check", "warm.ron", "--set", "train.warmup=0"])
        .says("ready");
    assert_eq!(
        scratch.prints(&["check", "crop-only"]),
        "crop-only: ready to train\n"
    );
    let chunked = "--set train.batch=128 --set train.chunk=32 --set train.warmup=0";
    scratch
        .prints(&format!("check warm.ron {chunked}"))
        .says("normalisation sees 32 pairs at once, the loss all 128");
    // As the launch does, by the size of the data set.
    let large = "--set train.batch=3200 --set data.train_limit=256 --set knn.k=300";
    let large = scratch.refuses(&format!("check good.ron {large}"));
    large.says("a batch of 3200 pairs");
    large.says("300 neighbours");
    scratch
        .refuses("check good.ron --set data.source=cifar10 --set data.path=/nowhere")
        .says("data.path: /nowhere: there is no");
}

#[test]
fn runs_lists_all_and_hides_none_for_one_that_is_broken() {
    let scratch = Scratch::new();
    scratch.prints(&["runs"]).begins("no runs in ");
    let [warm, cold, lost] = history(&scratch);
    let text = scratch.prints(&["runs"]);
    let line = |id: &str| {
        let line = text.lines().find(|l| l.starts_with(id)).unwrap();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(
        line(&warm).contains(" completed 2/2 NaN 39.0 40.0 "),
        "{text}"
    );
    line(&lost).says(" interrupted ");
    line("not-a-run").says("broken");
    assert!(!text.contains('\u{1b}'), "no colours in a pipe");

    let json = scratch.json(&["runs", "--json"]);
    let runs = json["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 4);
    let run = runs.iter().find(|r| r["id"] == cold.as_str()).unwrap();
    assert_eq!(run["status"], "completed");
    assert_eq!(run["knn_best"], 50.5);
    assert_eq!(run["knn_untrained"], 20.0);
    assert_eq!(run["loss"], "NaN");
    assert_eq!((&run["step"], &run["steps"]), (&4.into(), &4.into()));
    let broken = runs.iter().find(|r| r["status"] == "broken").unwrap();
    broken["reason"]
        .as_str()
        .unwrap()
        .says("experiment.ron: there is no such file");
}

#[test]
fn the_keys_of_json_are_those_of_the_documentation() {
    let scratch = Scratch::new();
    let [warm, cold, _] = history(&scratch);
    let lines = [
        scratch.json(&["runs", "--json"]),
        scratch.json(&["show", &warm, "--json"]),
        scratch.json(&["compare", &warm, &cold, "--json"]),
        serde_json::to_value(Evaluation::default()).unwrap(),
    ];
    lines.iter().for_each(is_described);
}

#[test]
fn show_tells_of_one_run_by_any_unique_part_of_its_name() {
    let scratch = Scratch::new();
    let [warm, cold, _] = history(&scratch);
    let text = scratch.prints(&["show", "warm"]);
    for words in [
        warm.as_str(),
        "completed",
        "1 image",
        "kNN accuracy",
        "40.0",
        "train.epochs",
        "4.0 KiB in 1 checkpoint",
    ] {
        let words = words.replace("1 image", "warning: one image is damaged");
        assert!(text.contains(&words), "{words} in {text}");
    }
    let hex = &cold[cold.len() - 4..];
    let json = scratch.json(&["show", hex, "--json"]);
    assert_eq!(json["id"], cold.as_str());
    assert_eq!(json["experiment"]["loss.temperature"], 0.1);
    assert_eq!(
        json["curves"]["knn"]["value"],
        serde_json::json!([20.0, 50.5, 49.5])
    );
    assert_eq!(json["metrics"]["knn"]["best"]["step"], 2);
    assert_eq!(json["checkpoints"][0]["bytes"], 4096);
    assert!(json["disk_bytes"].as_u64() > Some(4096));
    let folder = scratch.runs().join(&cold);
    assert!(
        scratch
            .prints(&["--runs", "elsewhere", "show", &folder.display().to_string()])
            .contains(&cold)
    );
    scratch
        .refuses(&["show", "nothing-like-it"])
        .says("no run in");
    let several = scratch.refuses(&["show", "2"]);
    several.says("use its folder");
    several.says(&warm);
}

#[test]
fn runs_pass_a_filter() {
    let scratch = Scratch::new();
    let [warm, cold, lost] = history(&scratch);
    let listed = |filter: &str| {
        let json = scratch.json(&["runs", "--json", "--filter", filter]);
        let runs = json["runs"].as_array().unwrap().iter();
        let mut ids: Vec<String> = runs.map(|r| r["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    assert_eq!(listed("best>45"), [cold.as_str()]);
    assert_eq!(listed("status:interrupted"), [lost.as_str()]);
    assert_eq!(
        listed("-status:done").len(),
        2,
        "the interrupted and the broken one"
    );
    scratch.prints(&["note", &warm, "--archive"]);
    assert_eq!(listed("archived:yes"), [warm.as_str()]);
    assert!(!listed("").contains(&warm));
    scratch
        .prints(&["runs", "--filter", "knn>99"])
        .ends("passes the filter\n");
    scratch
        .refuses(&["runs", "--filter", "temprature<1"])
        .says("did you mean temperature?");
}

#[test]
fn runs_are_listed_with_any_columns_in_any_order() {
    let scratch = Scratch::new();
    let [warm, cold, lost] = history(&scratch);
    let csv =
        scratch.prints("runs --csv --columns id,temperature,best --sort best --filter best>0");
    let rows =
        format!("id,loss.temperature,knn.best\n{cold},0.1,50.5\n{warm},0.5,40\n{lost},0.1,30\n");
    assert_eq!(csv, rows);
    let text =
        scratch.prints("runs --columns name,progress,temperature --sort temperature --reverse");
    let lines: Vec<Vec<&str>> = text
        .lines()
        .map(|l| l.split_whitespace().collect())
        .collect();
    assert_eq!(lines[0], ["name", "epochs", "temperature"]);
    assert_eq!(lines[1], ["warm", "2/2", "0.5"]);
    assert_eq!(lines[4][0], "not-a-run", "no value is last: {text}");
    let why = scratch.refuses(&["runs", "--columns", "name,temprature"]);
    why.says("--columns: ");
    why.says("did you mean temperature?");
    scratch
        .refuses(&["runs", "--sort", "p"])
        .says("--sort: p could be");
}

#[test]
fn tables_are_printed_as_csv_and_markdown() {
    let scratch = Scratch::new();
    let [warm, cold, _] = history(&scratch);
    scratch.prints(&["note", &cold, "--note", "a|b, \"c\""]);
    let csv = scratch.prints(&["runs", "--csv"]);
    let mut lines = csv.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!(names[..3], ["id", "title", "status"]);
    assert!(names.contains(&"loss.temperature") && names.contains(&"knn_best"));
    lines
        .find(|l| l.starts_with(&cold))
        .unwrap()
        .says(",\"a|b, \"\"c\"\"\",");
    assert_eq!(lines.count() + 1, 3);

    let compared = scratch.prints(&["compare", &warm, &cold, "--csv"]);
    let table: Vec<&str> = compared.lines().collect();
    assert!(table[0].contains(",loss.temperature,") && table[0].contains(",knn.last,knn.best"));
    assert_eq!(table.len(), 3);

    let shown = scratch.prints(&["show", &cold, "--csv"]);
    shown.begins("metric,step,epoch,elapsed,at,value\n");
    shown.says("\nknn,2,1,60,");
    shown.says(",NaN\n");

    let marked = scratch.prints(&["show", &cold, "--markdown"]);
    marked.says("| note | a\\|b, \"c\" |");
    marked.says("\n### metric\n\n|  | last | best |");
    for args in [
        vec!["runs", "--markdown"],
        vec!["compare", &warm, &cold, "--markdown"],
    ] {
        let text = scratch.prints(&args);
        assert!(
            text.starts_with("| ") && text.lines().nth(1).unwrap().contains("| ---"),
            "{text}"
        );
    }
    scratch.refuses(&["runs", "--csv", "--json"]).says("--csv");
}

#[test]
fn compare_puts_what_differs_first() {
    let scratch = Scratch::new();
    let [warm, cold, _] = history(&scratch);
    let text = scratch.prints(&["compare", "warm", "cold"]);
    let rows: Vec<&str> = text.lines().collect();
    assert!(rows[0].contains(&warm) && rows[0].contains(&cold));
    assert!(
        rows[1].starts_with("loss.temperature") && rows[1].contains("0.1 \u{25c2}"),
        "{text}"
    );
    assert_eq!(text.matches("loss.temperature").count(), 1);
    let best = rows
        .iter()
        .find(|r| r.starts_with("kNN accuracy best"))
        .unwrap();
    best.says("40.0");
    best.says("50.5 +10.5");
    let json = scratch.json(&["compare", "warm", "cold", "--json"]);
    let differences = json["differences"].as_array().unwrap();
    assert_eq!(differences.len(), 1);
    assert_eq!(differences[0]["values"], serde_json::json!([0.5, 0.1]));
    assert_eq!(json["knn_alike"], true);
    assert!(!text.contains("measured differently"), "{text}");
    let text = scratch.prints(&["compare", "warm", "cold", "--baseline", "cold"]);
    let best = text.lines().find(|r| r.starts_with("kNN accuracy best"));
    let best = best.unwrap();
    best.says("40.0 \u{2212}10.5");
    best.ends("50.5");
    scratch
        .refuses(&["compare", "warm", "cold", "--baseline", "lost"])
        .says("is not among the runs to compare");
    scratch
        .refuses(&["compare", "warm", "not-a-run"])
        .says("can't be compared");
}

#[test]
fn plots_are_written_and_wrong_words_are_refused() {
    let scratch = Scratch::new();
    let [warm, cold, _] = history(&scratch);
    scratch.prints(&["plot", &warm, &cold, "--to", "a.svg"]);
    let svg = fs::read_to_string(scratch.path("a.svg")).unwrap();
    svg.says("kNN accuracy in %");
    svg.says("warm");
    scratch.prints(&format!("plot {warm} --metric loss --x step --to a.csv"));
    fs::read_to_string(scratch.path("a.csv"))
        .unwrap()
        .begins("curve,step,loss in nats\nwarm,");
    for (args, says) in [
        (
            format!("plot {warm} --metric lost --to a.svg"),
            "did you mean loss?",
        ),
        (
            format!("plot {warm} --smooth 1 --to a.svg"),
            "from 0 to below 1",
        ),
        (
            format!("plot {warm} --metric knn --to a.pdf"),
            "has to end with",
        ),
    ] {
        let said = scratch.refuses(&args);
        assert!(said.contains(says), "{args}: {said}");
    }
}

#[test]
fn files_and_presets_are_compared_by_their_hyperparameters() {
    let scratch = Scratch::new();
    for (name, temperature) in [("a.ron", 0.1), ("b.ron", 0.5)] {
        let text = format!("(loss: (temperature: {temperature}))");
        fs::write(scratch.path(name), text).unwrap();
    }
    let text = scratch.prints(&["compare", "a.ron", "b.ron"]);
    let row = text.lines().find(|line| line.contains("loss.temperature"));
    let row = row.unwrap();
    assert!(row.contains("0.1") && row.contains("0.5"), "{text}");
    let text = scratch.prints(&["compare", "a.ron", "a.ron"]);
    assert!(text.contains("no hyperparameter differs"), "{text}");
    let said = scratch.prints(&["compare", "a.ron", "quick"]);
    assert!(said.contains("train.batch"), "{said}");
    let why = scratch.refuses(&["compare", "a.ron", "b.ron", "--json"]);
    assert!(why.contains("need runs"), "{why}");
    let why = scratch.refuses(&["compare", "a.ron", "c.ron"]);
    assert!(why.contains("no such file, preset or run"), "{why}");
}

#[test]
fn a_sweep_takes_another_baseline_by_its_name() {
    let scratch = Scratch::new();
    let wrong = [
        "sweep",
        "temperature",
        "--results",
        "--baseline",
        "temprature 0.1",
    ];
    let why = scratch.refuses(&wrong);
    assert!(why.contains("did you mean \"temperature 0.1\"?"), "{why}");
}

#[test]
fn completions_and_the_manual_page_name_the_subcommands() {
    let scratch = Scratch::new();
    for shell in ["bash", "zsh", "fish"] {
        let text = scratch.prints(&["completions", shell]);
        assert!(
            text.contains("simclr-tui") && text.contains("eval"),
            "{shell}"
        );
        for offered in ["loss.temperature=", "train.optimizer=lars"] {
            assert!(text.contains(offered), "{shell}: {offered}");
        }
    }
    let man = scratch.prints(&["man"]);
    man.says(".TH");
    man.says("SimCLR");
}

#[test]
fn presets_are_listed_and_printed_as_files() {
    let scratch = Scratch::new();
    let list = scratch.prints(&["presets"]);
    list.says("quick");
    list.says("cifar10-lightly");
    let text = scratch.prints(&["presets", "quick"]);
    assert!(text.starts_with("// "));
    fs::write(scratch.path("mine.ron"), text).unwrap();
    scratch.prints(&["check", "mine.ron"]).says("ready");
    scratch
        .refuses(&["presets", "quikc"])
        .says("did you mean quick?");
}

#[test]
fn pages_that_the_program_writes_are_fresh() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    for (page, command) in [
        ("hyperparameters.md", "params"),
        ("cli.md", "man --markdown"),
    ] {
        let written = fs::read_to_string(docs.join(page)).unwrap_or_default();
        let now = Scratch::new().prints(command);
        assert!(
            written == now,
            "refresh it: simclr-tui {command} > docs/{page}"
        );
    }
}

#[test]
fn wrong_input_is_refused_before_anything_is_written() {
    let scratch = Scratch::new();
    fs::write(scratch.path("bad.ron"), "(train: (batch: 1))").unwrap();
    for (args, words) in [
        ("run none.ron", "there is no such file, preset or run"),
        ("run quikc", "did you mean the preset quick?"),
        ("run bad.ron", "bad.ron:1:17: batch takes a whole number"),
        (
            "run quick --set loss.temprature=1",
            "did you mean loss.temperature?",
        ),
        (
            "run quick --set loss.temperature=999",
            "a number from 0.01 to 10",
        ),
        ("run quick --set temperature", "is not PATH=VALUE"),
        ("run quick --device tpu", "\"tpu\" is not a device"),
        (
            "run cifar10-lightly",
            "cifar10 needs the folder with its files",
        ),
        ("run", "FILE"),
        ("run --resume none", "no run in"),
        ("run quick --resume none", "cannot be used with"),
    ] {
        let said = scratch.refuses(args);
        assert!(said.contains(words), "{args}: {said}");
    }
    assert!(!scratch.runs().exists());
}

#[test]
fn a_run_that_is_complete_or_being_trained_is_not_resumed() {
    let scratch = Scratch::new();
    let [warm, _, lost] = history(&scratch);
    let last = scratch
        .runs()
        .join(&warm)
        .join("checkpoints/step-00000004.safetensors");
    fs::write(last, "").unwrap();
    scratch
        .refuses(&["run", "--resume", &warm])
        .says("is complete");
    let trainer = RunFolder::resume(&scratch.runs().join(&lost)).unwrap();
    scratch
        .refuses(&["run", "--resume", &lost])
        .says("being trained by another process");
    assert!(
        scratch
            .prints(&["runs"])
            .lines()
            .any(|l| l.starts_with(&lost) && l.contains("running"))
    );
    drop(trainer);
}

#[test]
fn a_run_prints_plain_lines_and_can_be_run_again_from_its_folder() {
    let scratch = Scratch::new();
    let text = scratch.prints(&format!("{TINY} --name 'tiny one'"));
    text.says("before training");
    text.says("epoch 1/2  step 4/8  loss ");
    text.says("epoch 2/2  step 8/8");
    text.says("completed");
    assert!(!text.contains('\u{1b}'), "plain: {text}");
    let runs = scratch.json(&["runs", "--json"]);
    let first = &runs["runs"][0];
    assert_eq!(
        (&first["status"], &first["title"]),
        (&"completed".into(), &"tiny one".into())
    );
    let id = first["id"].as_str().unwrap();
    id.says("-tiny-one-");

    let lines = scratch.prints(&["run", id, "--json"]);
    let lines: Vec<Value> = lines
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert!(lines.iter().any(|l| l["notice"] == "started"));
    assert_eq!(lines.last().unwrap()["outcome"], "completed");
    let kinds: Vec<&str> = lines
        .iter()
        .filter_map(|l| l["event"]["kind"].as_str())
        .collect();
    assert_eq!(
        (kinds.first(), kinds.last()),
        (Some(&"begin"), Some(&"end"))
    );
    let again = scratch.json(&["runs", "--json"]);
    let both = again["runs"].as_array().unwrap();
    assert_eq!(both.len(), 2);
    for key in ["identity", "loss", "knn", "knn_best", "step"] {
        assert_eq!(
            both[0][key], both[1][key],
            "the same experiment, the same {key}"
        );
    }
}

#[test]
fn the_number_of_threads_changes_no_more_than_rounding() {
    let scratch = Scratch::new();
    let loss = |threads: &str| -> Vec<f64> {
        let name = format!("threads-{threads}");
        let args = format!("{TINY} --name {name}");
        let output = scratch
            .command(&args)
            .env("RAYON_NUM_THREADS", threads)
            .output();
        assert!(output.unwrap().status.success());
        let run = scratch.json(&["show", &name, "--json"]);
        let values = run["curves"]["loss"]["value"].as_array().unwrap().clone();
        values.iter().map(|v| v.as_f64().unwrap()).collect()
    };
    let one = loss("1");
    assert_eq!(one.len(), 8);
    for threads in ["2", "5"] {
        for (a, b) in one.iter().zip(loss(threads)) {
            assert!(
                (a - b).abs() < 1e-4 * a,
                "{threads} threads: {b} is not {a}"
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_stops_after_the_step_and_leaves_a_run_to_go_on_with() {
    let scratch = Scratch::new();
    let (mut child, lines) = scratch.start(&format!("{TINY} --set train.epochs=4000 --json"));
    let mut lines = lines.map(Result::unwrap);
    // Once a step is done, the signal meets a training.
    assert!(lines.by_ref().any(|line| line.contains("\"loss\"")));
    crate::scratch::signal(child.id(), "-INT");
    let rest: Vec<String> = lines.collect();
    assert!(
        rest.last().unwrap().contains("\"outcome\":\"stopped\""),
        "{rest:?}"
    );
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let runs = scratch.json(&["runs", "--json"]);
    assert_eq!(runs["runs"][0]["status"], "stopped");
    let id = runs["runs"][0]["id"].as_str().unwrap();
    let checkpoints = scratch.json(&["show", id, "--json"])["checkpoints"].clone();
    assert!(!checkpoints.as_array().unwrap().is_empty());
}

#[test]
fn a_reader_that_has_enough_ends_a_command_quietly() {
    let scratch = Scratch::new();
    let mut child = scratch
        .command(&["params"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Closed before a byte is read; the page is larger than a pipe's buffer or the write meets the closed end.
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_run_is_named_tagged_and_archived() {
    let scratch = Scratch::new();
    let [warm, ..] = history(&scratch);
    scratch.prints(&["runs", "--archived"]).says("is archived");
    let note = format!("note {warm} --name best --tag a --tag b --note use");
    let shown = scratch.prints(&note);
    shown.says("best");
    shown.says("a, b");
    scratch.prints(&["note", &warm, "--untag", "a", "--archive"]);
    let shown = scratch.prints(&["note", &warm]);
    assert!(shown.contains("use") && !shown.contains("a, b"), "{shown}");
    assert!(!scratch.prints(&["runs"]).contains(&warm));
    let archived = scratch.prints(&["runs", "--archived"]);
    assert!(
        archived.contains(&warm) && !archived.contains("lost"),
        "{archived}"
    );
    scratch.prints(&["runs", "--all"]).says("lost");
    scratch.prints(&["note", &warm, "--unarchive"]);
    assert!(scratch.prints(&["runs"]).contains(&warm));
}

#[test]
fn a_run_is_deleted_brought_back_and_removed_for_good() {
    let scratch = Scratch::new();
    let [warm, cold, lost] = history(&scratch);
    scratch.prints(&["trash"]).says("empty");
    scratch
        .refuses(&["trash", "put", &warm, "nonsense"])
        .says("nonsense");
    assert!(scratch.prints(&["runs"]).contains(&warm), "all or none");
    scratch
        .prints(&["trash", "put", &warm, &cold])
        .says(format!("trash restore {cold}"));
    let left = scratch.prints(&["runs"]);
    assert!(left.contains(&lost) && !left.contains(&warm), "{left}");
    let trash: Value = serde_json::from_str(&scratch.prints(&["trash", "--json"])).unwrap();
    let ids = texts(&trash["trash"], "id");
    assert_eq!(ids.len(), 2);
    assert!(trash["trash"][0]["bytes"].as_u64().unwrap() > 1000);
    scratch.prints(&["trash", "restore", &warm]);
    scratch
        .refuses(&["trash", "restore", &warm])
        .says("no run in the trash");
    scratch.prints(&["undelete"]);
    assert!(scratch.prints(&["runs"]).contains(&cold));
    scratch.refuses(&["undelete"]).says("empty");
    // For good only when a person, or --yes, says so.
    let [empty, before] = [&["trash", "empty"][..], &["trash", "--empty"]];
    for words in [empty, before] {
        // An older word for the same.
        scratch.prints(&["delete", &warm]);
        scratch.refuses(words).says("--yes");
        scratch.prints(&["undelete", &warm]);
    }
    scratch.prints(&["delete", &warm, &cold]);
    scratch
        .prints(&["trash", "empty", "--yes"])
        .says("removed 2 runs, ");
    scratch.prints(&["delete", &lost]);
    scratch
        .prints(&["trash", "--empty", "--yes"])
        .says("removed 1 run, ");
    scratch.prints(&["trash"]).says("empty");
}

#[test]
fn a_run_that_lives_is_not_deleted() {
    let scratch = Scratch::new();
    let live = RunFolder::create(
        &scratch.runs(),
        Experiment::default(),
        &Environment::default(),
    );
    let live = live.unwrap();
    scratch
        .refuses(&["delete", live.id()])
        .says("being trained");
    assert!(live.dir().is_dir());
}

/// The program with these settings; its exit code, output and complaint.
fn with_settings(settings: &str, args: &[&str]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.ron");
    fs::write(
        &path,
        settings.replace("HERE", &folder.path().display().to_string()),
    )
    .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_simclr-tui"))
        .env_remove("SIMCLR_TUI_RUNS")
        .env("SIMCLR_TUI_CONFIG", &path)
        .args(args)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).unwrap();
        text.replace(&path.display().to_string(), "config.ron")
    };
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn settings_are_printed_found_and_refused() {
    let (code, template, _) = with_settings("(", &["config"]);
    assert_eq!(code, Some(0), "a broken file is no reason to print none");
    assert!(template.contains("// theme: \"auto\"") && template.contains("\"history.delete\""));
    let (_, path, _) = with_settings("", &["config", "--path"]);
    assert_eq!(path, "config.ron\n");
    let wrong = "(\n  keys: { \"history.delet\": \"d\" },\n)";
    for args in [&[][..], &["runs"]] {
        let (code, _, why) = with_settings(wrong, args);
        let sentence =
            "config.ron:2:11: there is no action history.delet; did you mean history.delete?";
        assert_eq!(
            (code, why.contains(sentence)),
            (Some(2), true),
            "{args:?}: {why}"
        );
    }
    // What needs no settings does not read them.
    assert_eq!(with_settings(wrong, &["presets"]).0, Some(0));
    let runs = with_settings(wrong, &["runs", "--runs", "/nowhere/at/all"]);
    assert_ne!(runs.0, Some(2), "{runs:?}");
}

#[test]
fn settings_say_where_runs_are_unless_the_command_does() {
    let found = |args: &[&str]| {
        let (code, out, why) = with_settings("(runs: \"HERE/mine\")", args);
        format!("{code:?} {out}{why}")
    };
    let theirs = tempfile::tempdir().unwrap();
    made(theirs.path(), "theirs", 0.5, 40.0, Some(Outcome::Completed));
    let dir = theirs.path().display().to_string();
    assert!(!found(&["runs"]).contains("theirs"), "{}", found(&["runs"]));
    found(&["--runs", &dir, "runs"]).says("theirs");
    let settings = format!("(runs: {dir:?})");
    let (_, out, why) = with_settings(&settings, &["runs"]);
    assert!(out.contains("theirs"), "{out}{why}");
}

#[test]
fn a_loss_that_is_flat_at_chance_is_said_of_a_run() {
    let scratch = Scratch::new();
    let mut experiment = Experiment::default();
    experiment.train.warmup = 0.0;
    let bounds = experiment.loss.bounds(experiment.train.batch).unwrap();
    let environment = Environment::default();
    // Of few steps nothing is said.
    for (steps, flat) in [(19, Value::Null), (30, true.into())] {
        let run = RunFolder::create(&scratch.runs(), &experiment, &environment);
        let mut run = run.unwrap();
        for step in 1..=steps {
            let point = Point {
                step,
                values: BTreeMap::from([("loss".to_owned(), bounds.chance)]),
                ..Point::default()
            };
            run.log().append(&Report::Point(point)).unwrap();
        }
        let id = run.id().to_owned();
        drop(run);
        let page = scratch.prints(&["show", &id]);
        let said = page.contains("The loss is flat at chance");
        assert_eq!(said, flat == true, "{page}");
        assert_eq!(scratch.json(&["show", &id, "--json"])["flat"], flat);
    }
}

#[test]
fn what_is_wrong_is_told_in_the_words_that_were_typed() {
    let scratch = Scratch::new();
    for (line, says) in [
        (
            "run quick --epochs 0",
            "--epochs 0: epochs takes a whole number from 1 to 100000, not 0",
        ),
        (
            "run quick --set train.epochs=0",
            "--set train.epochs=0: epochs takes a whole number",
        ),
        (
            "run quick --set loss.temp=1",
            "did you mean loss.temperature?",
        ),
        ("sweep", "`simclr-tui presets` lists sweeps"),
        ("show", "`simclr-tui runs` lists runs"),
        ("presets nope", "`simclr-tui presets` lists them"),
        ("sweep nope", "`simclr-tui presets` lists them"),
    ] {
        let said = scratch.refuses(line);
        said.says(says);
        // The variable is set here; nobody typed an option.
        assert!(!said.contains("--runs"), "{said}");
    }
}
