//! `doctor`, `meters` and the words of devices, by the binary as users run it.

use crate::scratch::{Says, Scratch, TINY, is_described, said};
use serde_json::Value;
use std::fs;

/// The check of this name.
fn check<'a>(report: &'a Value, name: &str) -> &'a Value {
    let checks = report["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["check"] == name);
    found.unwrap_or_else(|| panic!("{name} in {report}"))
}

#[test]
fn a_machine_without_a_card_is_well_and_its_convolutions_agree() {
    let scratch = Scratch::new();
    let report = scratch.json(&["doctor", "--device", "cpu", "--json"]);
    is_described(&report);
    assert_eq!(report["failed"], false);
    for name in ["version", "processor", "memory", "driver", "device"] {
        assert!(check(&report, name)["found"].is_string());
    }
    assert_eq!(check(&report, "runs")["state"], "ok");
    assert_eq!(report["devices"][0]["device"], "cpu");
    let [cpu] = report["self_checks"].as_array().unwrap().as_slice() else {
        panic!("one comparison: {report}")
    };
    assert_eq!(
        (&cpu["device"], &cpu["agrees"]),
        (&"cpu".into(), &true.into())
    );
    let (difference, tolerance) = (&cpu["difference"], &cpu["tolerance"]);
    assert!(difference.as_f64().unwrap() < tolerance.as_f64().unwrap());
    assert!(!scratch.runs().exists(), "looking makes no folder");
}

#[test]
fn people_read_each_part_without_colours_in_a_pipe() {
    let scratch = Scratch::new();
    let text = scratch.prints(&["doctor", "--device", "cpu"]);
    let parts = [
        "Program",
        "NVIDIA",
        "Device",
        "Terminal",
        "Folders",
        "Arithmetic",
    ];
    let found: Vec<&str> = text.lines().filter(|l| parts.contains(l)).collect();
    assert_eq!(found, parts, "{text}");
    let words: Vec<&str> = text.split_whitespace().collect();
    assert!(words.join(" ").contains("is allowed"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn a_runs_folder_that_cannot_be_written_to_fails() {
    let scratch = Scratch::new();
    fs::write(scratch.runs(), "a file").unwrap();
    let output = scratch.output(&["doctor", "--device", "cpu"]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    let flowing = words.join(" ");
    assert!(flowing.contains("a file is in its place"), "{text}");
    assert!(flowing.contains("--runs DIR"), "{text}");
    assert!(text.trim_end().ends_with("1 failed"), "{text}");
}

#[cfg(not(feature = "cuda"))]
#[test]
fn a_card_that_this_binary_cannot_use_is_refused_in_one_sentence_everywhere() {
    let scratch = Scratch::new();
    let output = scratch.output(&["doctor", "--device", "cuda:0", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let device = check(&report, "device");
    assert_eq!(
        device["found"],
        "cuda:0 can't be used: this simclr-tui was built without cuda"
    );
    device["remedy"].as_str().unwrap().says("--features cuda");
    let said = scratch.output(&["run", "quick", "--device", "cuda:0"]);
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(
        said.trim_end().ends_with(
            "this simclr-tui was built without cuda; rebuild it with `cargo build --release --features cuda`, or use \
             --device cpu"
        ),
        "{said}"
    );
    assert!(!scratch.runs().exists(), "nothing was written");
}

#[test]
fn settings_that_cannot_be_used_are_one_finding_and_stop_no_other() {
    let scratch = Scratch::new();
    let mut doctor = scratch.command(&["doctor", "--device", "cpu", "--json"]);
    let output = doctor.env("SIMCLR_TUI_THEME", "pink").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let settings = check(&report, "settings");
    assert_eq!(settings["state"], "failed");
    settings["found"].as_str().unwrap().says("SIMCLR_TUI_THEME");
    assert_eq!(check(&report, "cpu")["state"], "ok");
}

#[test]
fn a_device_that_is_none_is_wrong_input() {
    let scratch = Scratch::new();
    scratch
        .refuses(&["doctor", "--device", "gpu"])
        .says("use auto, cpu, cuda:0 or wgpu:0");
}

#[test]
fn meters_look_once_for_people_and_programs() {
    let scratch = Scratch::new();
    let look = scratch.json(&["meters", "--once", "--json"]);
    is_described(&look);
    assert!(look["cpu"].is_number() && look["memory"]["total"].is_number());
    assert!(look["disk"]["total"].is_number());
    let text = scratch.prints(&["meters", "--once"]);
    for name in ["processor", "memory", "disk of runs"] {
        assert!(text.lines().any(|l| l.starts_with(name)), "{text}");
    }
    assert!(!text.contains('\u{1b}'), "{text}");
}

/// burn's own choice of a device would be a card as soon as it is built for one, there or not.
#[test]
fn what_burn_would_choose_by_itself_stops_no_resume() {
    let scratch = Scratch::new();
    let run = |line: &str| {
        let mut command = scratch.command(line);
        let output = command.env("BURN_DEVICE", "cuda").output().unwrap();
        let said = said(&output);
        assert!(output.status.success(), "{line}: {said}");
    };
    run(TINY);
    run("run --extend tiny --epochs 3");
}

#[test]
fn the_runs_folder_is_tried_between_two_processes() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.runs()).unwrap();
    let report = scratch.json(&["doctor", "--device", "cpu", "--json"]);
    let works = "renames, appends and locks work between processes";
    assert_eq!(check(&report, "file system")["found"], works);
    let left = fs::read_dir(scratch.runs()).unwrap();
    assert_eq!(left.count(), 0);
}
