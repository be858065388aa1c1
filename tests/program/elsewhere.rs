//! Going on elsewhere: on another device, with the data in another place, from another folder.

use crate::scratch::{Says, Scratch, squares};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

/// A scratch folder with a run of two epochs on `data`, by a relative path, that was stopped after the first.
fn stopped() -> Scratch {
    let scratch = Scratch::new();
    squares(&scratch.path("data"), 8);
    fs::create_dir(scratch.path("away")).unwrap();
    let tiny = r#"(format: 1, name: "tiny", data: (source: folder, path: "data", image_size: 16),
        model: (encoder: resnet10, width: 4), head: (out: 16),
        train: (batch: 8, epochs: 2, optimizer: adamw, rate: 1e-3, scaling: none, warmup: 0.0), knn: (k: 3),
        machine: (device: "cpu", checkpoint_every: 1))"#;
    fs::write(scratch.path("tiny.ron"), tiny).unwrap();
    let crashed = scratch
        .command(&["run", "tiny.ron"])
        .env("SIMCLR_TUI_CRASH", "step-00000002.safetensors:lasting")
        .output()
        .unwrap();
    assert!(crashed.status.code().is_none(), "{crashed:?}");
    scratch
}

/// The folder of its only run.
fn run_folder(scratch: &Scratch) -> PathBuf {
    let mut entries = fs::read_dir(scratch.runs()).unwrap().flatten();
    let found = entries.find(|e| e.path().join("experiment.ron").is_file());
    found.unwrap().path()
}

/// A command from the folder beside the data.
fn away(scratch: &Scratch, line: &str) -> Output {
    let mut command = scratch.command(line);
    command.current_dir(scratch.path("away")).output().unwrap()
}

fn said(output: &Output) -> String {
    let text = [&output.stdout, &output.stderr].map(|t| String::from_utf8_lossy(t).into_owned());
    text.join("\n")
}

#[test]
fn where_the_data_are_gone_the_way_out_is_named() {
    let scratch = stopped();
    fs::rename(scratch.path("data"), scratch.path("moved")).unwrap();
    for command in ["eval", "explore"] {
        let output = away(&scratch, &format!("{command} tiny --device cpu"));
        assert_eq!(output.status.code(), Some(2));
        said(&output).says("if the images are elsewhere now, add --set data.path=FOLDER");
    }
    let found = "eval tiny --knn --device cpu --set data.path=../moved";
    let output = away(&scratch, found);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn a_relative_path_is_found_from_any_folder() {
    let scratch = stopped();
    for args in [
        "run --resume tiny",
        "eval tiny --knn --device cpu",
        "run tiny --name again",
        "run --extend tiny --name longer --epochs 3",
    ] {
        let output = away(&scratch, args);
        assert!(output.status.success(), "{args}: {}", said(&output));
    }
    let [tiny, again] = ["tiny-", "again"].map(|name| scratch.json(&["show", name, "--json"]));
    assert_eq!(tiny["identity"], again["identity"], "the same experiment");
    let whole = scratch.path("data").canonicalize().unwrap();
    for run in [tiny, again] {
        let kept = run["environment"]["data_path"].as_str().unwrap();
        assert_eq!(Path::new(kept).canonicalize().unwrap(), whole);
    }
}

#[test]
fn a_run_goes_on_with_its_data_in_another_place_and_not_with_others() {
    let scratch = stopped();
    fs::rename(scratch.path("data"), scratch.path("moved")).unwrap();
    squares(&scratch.path("other"), 9);
    let lost = scratch.output(&["run", "--resume", "tiny"]);
    assert_eq!(lost.status.code(), Some(2));
    said(&lost).says("data: there is no such file or folder");
    let with = |path| {
        format!("run --resume tiny --device cpu --set data.threads=1 --set data.path={path}")
    };
    let other = scratch.output(&with("other"));
    assert_eq!(other.status.code(), Some(2));
    let why = said(&other);
    why.says("started with other data");
    why.says("(16 training");
    why.says("(18 training");
    why.says("only on its own images");
    let environment = run_folder(&scratch).join("environment.ron");
    fs::rename(&environment, scratch.path("kept")).unwrap();
    said(&scratch.output(&with("other"))).says("doesn't say which images");
    fs::rename(scratch.path("kept"), environment).unwrap();
    scratch.prints(&with("moved"));
    let run = scratch.json(&["show", "tiny", "--json"]);
    assert_eq!(
        (&run["status"], &run["step"]),
        (&"completed".into(), &4.into())
    );
    assert_eq!(
        run["experiment"]["data.path"], "data",
        "what was trained stays as it was"
    );
}

#[test]
fn images_that_lie_here_by_the_same_name_are_not_the_runs() {
    let scratch = stopped();
    let here = scratch.path("here");
    squares(&here.join("data"), 9);
    let from_here = |line: &str| {
        let mut command = scratch.command(line);
        command.current_dir(&here).output().unwrap()
    };
    let output = from_here("run --resume tiny");
    assert!(output.status.success(), "{}", said(&output));
    assert!(!said(&output).contains("other data"), "{}", said(&output));
    for set in [
        "--set data.path=./data",
        "--set data.source=shapes --set data.path=",
    ] {
        let output = from_here(&format!("run --extend tiny --epochs 9 {set}"));
        let why = said(&output);
        assert_eq!(output.status.code(), Some(2), "{why}");
        why.says("extended only on its own images");
    }
}

#[test]
fn what_was_trained_is_fixed_on_a_resume() {
    let scratch = stopped();
    for (set, part) in [
        (
            "train.rate=1",
            "--set train.rate: what was trained is fixed",
        ),
        (
            "data.image_size=32",
            "--set data.image_size: what was trained is fixed",
        ),
        ("name=other", "a run keeps its name"),
        ("machine.device=tpu", "\"tpu\" is not a device"),
    ] {
        let why = scratch.refuses(&["run", "--resume", "tiny", "--set", set]);
        assert!(why.contains(part), "{set}: {why}");
    }
}

#[test]
fn a_run_of_a_device_that_is_not_here_goes_on_where_it_is_told_to() {
    let scratch = stopped();
    let run = fs::read_dir(scratch.runs()).unwrap();
    let run = run.map(|entry| entry.unwrap().path());
    let file = { run }
        .map(|dir| dir.join("experiment.ron"))
        .find(|file| file.is_file());
    let file = file.unwrap();
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("\"cpu\"", "\"cuda:7\"")).unwrap();
    let lost = scratch.output(&["run", "--resume", "tiny"]);
    assert_eq!(lost.status.code(), Some(2), "{}", said(&lost));
    scratch.prints(&["run", "--resume", "tiny", "--device", "cpu"]);
    let run = scratch.json(&["show", "tiny", "--json"]);
    assert_eq!(run["status"], "completed");
    assert_eq!(run["experiment"]["machine.device"], "cuda:7");
}

#[cfg(unix)]
#[test]
fn a_checkpoint_that_is_a_link_is_passed_over() {
    let scratch = stopped();
    let name = "step-00000002.safetensors";
    let run = fs::read_dir(scratch.runs()).unwrap();
    let runs = run.map(|entry| entry.unwrap().path().join("checkpoints").join(name));
    let checkpoint = { runs }.find(|file| file.is_file()).unwrap();
    fs::rename(&checkpoint, scratch.path("theirs")).unwrap();
    std::os::unix::fs::symlink(scratch.path("theirs"), &checkpoint).unwrap();
    let told = scratch.prints(&["run", "--resume", "tiny", "--json"]);
    told.says("was skipped");
    told.says("is a link");
    assert!(scratch.path("theirs").is_file());
}
