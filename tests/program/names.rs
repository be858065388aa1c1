//! Names as a person types them: the run that has the name is meant, no other, and what may be another is asked about.

use crate::scratch::{Says, Scratch, link, living, said};
use simclr_tui::runs::{CONTROL, EXPERIMENT, NOTES, Notes};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

fn made(scratch: &Scratch, name: &str) -> String {
    living(&scratch.runs(), name).id().to_owned()
}

/// The names of what lies in the runs folder.
fn there(scratch: &Scratch) -> Vec<OsString> {
    let entries = fs::read_dir(scratch.runs()).unwrap();
    let mut names: Vec<OsString> = entries.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

#[test]
fn a_name_that_no_run_has_removes_none() {
    let scratch = Scratch::new();
    for name in ["Опыт", "学習率 1", "*untitled*"] {
        made(&scratch, name);
    }
    let before = there(&scratch);
    for name in [
        "Лучший",
        "実験1",
        "другой опыт",
        "*",
        ".",
        "-",
        " ",
        "нет-такого",
    ] {
        for command in ["delete", "show", "note", "stop"] {
            let said = scratch.refuses(&[command, "--", name]);
            assert!(said.contains("no run in"), "{command} {name}: {said}");
        }
    }
    assert_eq!(there(&scratch), before);
    assert!(
        before
            .iter()
            .any(|id| id.to_str().unwrap().contains("-опыт-"))
    );
}

#[test]
fn a_part_of_a_name_is_asked_about_and_the_whole_name_is_not() {
    let scratch = Scratch::new();
    let [first, second] = ["Опыт 1", "実験1"].map(|name| made(&scratch, name));
    let full = format!("\"Опыт 1\" ({first})");
    for args in [&["delete", "ОПЫТ 1"][..], &["delete", "опы", &second]] {
        let said = scratch.refuses(args);
        said.says(format!("delete {full}"));
        said.says("--yes");
    }
    assert_eq!(there(&scratch).len(), 2);
    scratch
        .prints(&["delete", "опы", "--yes"])
        .says(format!("deleted {full}"));
    assert!(scratch.prints(&["trash"]).contains(&full));
    assert!(scratch.refuses(&["undelete", "опы"]).contains(&full));
    scratch
        .prints(&["undelete", "Опыт 1"])
        .says(format!("{full} is back"));
    // Somebody else's folder, of a time that nobody can be later than.
    let never = scratch.runs().join(format!(".trash/{}~never", u64::MAX));
    fs::create_dir_all(never).unwrap();
    scratch.prints(&["delete", "実験1", "Опыт 1", &first]);
    assert_eq!(there(&scratch), [".trash"]);
    assert!(!scratch.prints(&["trash"]).contains("never"));
}

#[test]
fn a_run_is_stopped_only_by_its_whole_name() {
    let scratch = Scratch::new();
    let run = living(&scratch.runs(), "другой");
    for request in ["stop", "pause"] {
        scratch
            .refuses(&[request, "друг"])
            .says(format!("{request} \"другой\" ({})", run.id()));
    }
    assert!(!run.dir().join(CONTROL).exists(), "nothing was done");
    let asked = scratch.output(&["stop", "другой", "--wait", "0"]);
    assert!(
        said(&asked).contains("has not answered"),
        "{}",
        said(&asked)
    );
    assert!(run.dir().join(CONTROL).exists());
}

#[test]
fn two_runs_of_a_whole_name_are_told_apart_by_their_folders() {
    let scratch = Scratch::new();
    let [first, second] = [(); 2].map(|()| made(&scratch, "twice"));
    let third = made(&scratch, "other");
    Notes::edit(&scratch.runs().join(&third).join(NOTES), |notes| {
        "twice".clone_into(&mut notes.name);
    })
    .unwrap();
    let said = scratch.refuses(&["delete", "twice", "--yes"]);
    for id in [&first, &second, &third] {
        said.says(format!("\"twice\" ({id})"));
    }
    scratch.prints(&["delete", &second]);
    assert_eq!(there(&scratch).len(), 3);
    // What that sentence says to type is enough.
    let last_part = first.rsplit('-').next().unwrap();
    let part = scratch.refuses(&["delete", "oth"]);
    part.says("give the whole name of its folder");
    scratch.prints(&["delete", last_part]);
    scratch.prints(&["delete", "last"]);
    assert_eq!(there(&scratch), [".trash"]);
}

#[test]
fn paths_that_are_no_text_are_paths() {
    let scratch = Scratch::new();
    let odd = OsStr::from_bytes(b"caf\xe9");
    let runs = scratch.runs().join(odd);
    let dir = living(&runs, "a").dir().to_owned();
    let named = runs.join(odd);
    fs::rename(dir, &named).unwrap();
    let run = |args: &[&OsStr]| {
        let mut command = scratch.command("");
        command.env("SIMCLR_TUI_RUNS", &runs).args(args);
        command.output().unwrap()
    };
    let word = |word: &'static str| OsStr::new(word);
    for args in [
        &[word("runs")][..],
        &[word("runs"), word("--json")],
        &[word("runs"), word("--csv")],
        &[word("show"), odd],
        &[word("show"), named.as_os_str(), word("--json")],
        &[word("show"), word("caf\\xE9")],
        &[word("delete"), odd],
        &[word("trash"), word("--json")],
        &[word("undelete"), odd],
        &[word("note"), odd, word("--tag"), word("b")],
    ] {
        let output = run(args);
        assert!(output.status.success(), "{args:?}: {}", said(&output));
    }
    assert!(
        named.join(EXPERIMENT).is_file(),
        "it came back under its own name"
    );
    String::from_utf8_lossy(&run(&[word("runs")]).stdout).says("caf\\xE9");
    for (name, value) in [
        ("SIMCLR_TUI_CONFIG", odd),
        ("SIMCLR_TUI_IMAGES", odd),
        ("HOME", odd),
        ("TERM", odd),
        ("NO_COLOR", odd),
    ] {
        let mut command = scratch.command(&["runs"]);
        let output = command.env(name, value).output().unwrap();
        assert_ne!(output.status.code(), Some(101), "{name}: {}", said(&output));
    }
    for args in [
        ["run", "x"],
        ["sweep", "x"],
        ["check", "x"],
        ["export", "x"],
        ["queue", "x"],
    ] {
        let mut command = scratch.command(&args[..1]);
        let output = command.arg(odd).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", said(&output));
    }
}

#[test]
fn nothing_beyond_the_runs_folder_is_written_and_nothing_in_it_hangs_the_list() {
    let scratch = Scratch::new();
    let at = |id: &str, file: &str| scratch.runs().join(id).join(file);
    let sound = made(&scratch, "sound");
    let precious = scratch.path("precious");
    fs::write(&precious, "kept").unwrap();
    link(&precious, &scratch.runs().join(".index.jsonl"));
    let linked = made(&scratch, "linked");
    for file in ["lock", "notes.lock", "sweep.ron", "control"] {
        let _ = fs::remove_file(at(&linked, file));
        link(&precious, &at(&linked, file));
    }
    let piped = made(&scratch, "piped");
    for file in [
        "experiment.ron",
        "lock",
        "notes.ron",
        "sweep.ron",
        "control",
    ] {
        let _ = fs::remove_file(at(&piped, file));
        let made = std::process::Command::new("mkfifo")
            .arg(at(&piped, file))
            .status();
        assert!(made.unwrap().success());
    }
    let elsewhere = living(&scratch.path("others"), "elsewhere")
        .dir()
        .to_owned();
    link(&elsewhere, &scratch.runs().join("away"));
    fs::create_dir(scratch.runs().join("lost+found")).unwrap();
    let listed = scratch.json(&["runs", "--json"]);
    let listed = listed["runs"].as_array().unwrap();
    assert_eq!(listed.len(), 4, "{listed:?}");
    let away = listed.iter().find(|run| run["id"] == "away").unwrap();
    assert!(
        away["reason"].as_str().unwrap().contains("is a link"),
        "{away}"
    );
    for args in [
        &["note", &linked, "--tag", "a"][..],
        &["note", "away", "--tag", "a"],
        &["run", "--resume", &linked],
        &["run", "--resume", "away"],
        &["show", &piped, "--json"],
        &["show", &sound],
        &["delete", "away"],
    ] {
        assert!(
            scratch
                .output(args)
                .status
                .code()
                .is_some_and(|code| code < 3),
            "{args:?}"
        );
    }
    assert_eq!(fs::read_to_string(&precious).unwrap(), "kept");
    let left: Vec<PathBuf> = fs::read_dir(&elsewhere)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    assert!(left.iter().all(|file| !file.ends_with(NOTES)), "{left:?}");
    assert!(elsewhere.join(EXPERIMENT).is_file());
}

#[test]
fn runs_of_a_sweep_are_told_apart_by_their_cases() {
    let scratch = Scratch::new();
    for case in ["temperature 0.1", "temperature 0.5"] {
        let run = living(&scratch.runs(), "by temperature");
        let origin =
            format!("(format: 1, sweep: \"s\", fingerprint: \"\", case: {case:?}, seed: 1)");
        fs::write(run.dir().join("sweep.ron"), origin).unwrap();
    }
    let listed = scratch.prints(&["runs"]);
    for case in ["temperature 0.1, seed 1", "temperature 0.5, seed 1"] {
        listed.says(case);
    }
}
