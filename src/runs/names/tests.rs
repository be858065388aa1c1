//! What a name may mean: never another run than the one that has it.

use super::*;
use crate::experiment::Experiment;
use crate::runs::{Environment, RunFolder};
use crate::text::says::Says;

fn named(names: &[&str]) -> Vec<Vec<String>> {
    names.iter().map(|name| vec![(*name).to_owned()]).collect()
}

fn made(runs: &Path, name: &str) -> PathBuf {
    let experiment = Experiment::named(name);
    let run = RunFolder::create(runs, &experiment, &Environment::default()).unwrap();
    run.dir().to_owned()
}

#[test]
fn a_whole_name_goes_before_a_part_of_another() {
    let names = named(&[
        "like",
        "unlike",
        "crop only",
        "only",
        "Only",
        "twice",
        "twice",
    ]);
    let chosen = |wanted: &str| choose(&names, wanted);
    let exact = |at| Ok(Choice { at, exact: true });
    let part = |at| Ok(Choice { at, exact: false });
    assert_eq!(chosen("like"), exact(0));
    assert_eq!(chosen("only"), exact(3));
    assert_eq!(chosen("Only"), exact(4));
    assert_eq!(
        chosen("ONLY"),
        Err(vec![3, 4]),
        "but for capitals it is two"
    );
    assert_eq!(chosen("LIKE"), part(0));
    assert_eq!(chosen("unl"), part(1));
    assert_eq!(chosen("Crop"), part(2));
    assert_eq!(chosen("twice"), Err(vec![5, 6]));
    assert_eq!(
        chosen("crop-only"),
        Err(vec![]),
        "nothing is left out of a name"
    );
}

#[test]
fn names_of_any_script_are_themselves_and_signs_are_part_of_nothing() {
    let names = named(&[
        "Опыт",
        "実験1",
        "学習率 1",
        "untitled",
        "Straße",
        "caf\u{e9}",
        "🚀",
    ]);
    let at = |wanted: &str| choose(&names, wanted).map(|choice| choice.at);
    let none = Err(Vec::new());
    for wanted in [
        "Лучший",
        "другой опыт",
        "нет-такого",
        "実験",
        "学",
        "*",
        ".",
        "-",
        "é",
        "🔥",
        " ",
    ] {
        let found = at(wanted);
        let part = names.iter().any(|n| n[0].contains(wanted)) && wanted.len() > 1;
        assert_eq!(found.is_ok(), part, "{wanted}: {found:?}");
    }
    assert_eq!(at("опыт"), Ok(0));
    assert_eq!(at("ОПЫТ"), Ok(0));
    assert_eq!(at("STRASSE"), Ok(4));
    assert_eq!(
        choose(&names, "cafe\u{301}"),
        Ok(Choice { at: 5, exact: true })
    );
    assert_eq!(at("CAFE\u{301}"), Ok(5));
    assert_eq!(at("🚀"), Ok(6), "the whole name, whatever it is");
    assert_eq!(at("*"), none);
    assert_eq!(at(""), none);
}

#[test]
fn a_run_is_found_by_all_of_its_names_and_no_name_is_guessed() {
    let runs = tempfile::tempdir().unwrap();
    let [base, tuned, other] = ["Опыт", "実験1", "学習率 1"].map(|name| made(runs.path(), name));
    let note = |dir: &Path, name: &str| {
        Notes::edit(&dir.join(NOTES), |notes| name.clone_into(&mut notes.name)).unwrap();
    };
    note(&tuned, "best: so far");
    let dir = |name: &str| locate(runs.path(), name).map(|found| (found.dir, found.exact));
    let folder = tuned.file_name().unwrap().to_str().unwrap();
    for name in [folder, "実験1", "best: so far"] {
        assert_eq!(dir(name).unwrap(), (tuned.clone(), true), "{name}");
    }
    assert_eq!(dir("so far").unwrap(), (tuned.clone(), false));
    assert_eq!(dir("опыт").unwrap(), (base, false));
    for name in ["Лучший", "実験2", "*", "."] {
        assert!(matches!(dir(name), Err(RunError::Unknown(..))), "{name}");
    }
    let full = locate(runs.path(), "so far").unwrap().full;
    assert_eq!(full, format!("\"best: so far\" ({folder})"));
    // What one run is called by hand and another by its experiment is either.
    note(&other, "Опыт");
    let said = dir("Опыт").unwrap_err().to_string();
    let id = crate::runs::id_of(&other);
    said.says(format!("\"Опыт\" ({id})"));
    assert_eq!(dir(&id).unwrap(), (other, true), "its folder is its own");
}

#[test]
fn the_newest_runs_are_counted_back_from_the_last() {
    let runs = tempfile::tempdir().unwrap();
    let dir = |name: &str| locate(runs.path(), name).map(|found| (found.dir, found.exact));
    assert!(matches!(dir("last"), Err(RunError::Unknown(..))));
    for id in ["20261123-101500-a-0000", "20261124-101500-b-0000"] {
        fs::create_dir(runs.path().join(id)).unwrap();
        fs::write(runs.path().join(id).join(EXPERIMENT), "()").unwrap();
    }
    let newest = runs.path().join("20261124-101500-b-0000");
    assert_eq!(dir("last").unwrap(), (newest.clone(), true));
    assert_eq!(dir("last-0").unwrap(), (newest, true));
    let older = runs.path().join("20261123-101500-a-0000");
    assert_eq!(dir("last-1").unwrap(), (older, true));
    for name in ["last-2", "last-", "last1", "last--1"] {
        assert!(matches!(dir(name), Err(RunError::Unknown(..))), "{name}");
    }
    let named = made(runs.path(), "last");
    assert_eq!(dir("last").unwrap(), (named, true), "its own name");
}

#[test]
fn folders_of_systems_and_servers_are_no_runs() {
    let runs = tempfile::tempdir().unwrap();
    let run = made(runs.path(), "a");
    for other in ["lost+found", "@eaDir", "#recycle", "20261124-101500-a-0000"] {
        fs::create_dir(runs.path().join(other)).unwrap();
    }
    let found: Vec<_> = folders(runs.path()).unwrap().into_iter().collect();
    assert_eq!(found, [run.file_name().unwrap()]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_found_letter_by_letter() {
    use std::os::unix::ffi::OsStrExt;
    let runs = tempfile::tempdir().unwrap();
    let dirs = [&b"caf\xe9"[..], b"caf\xe8"].map(|name| runs.path().join(OsStr::from_bytes(name)));
    for dir in &dirs {
        fs::rename(made(runs.path(), "a"), dir).unwrap();
    }
    for dir in &dirs {
        let found = locate(runs.path(), dir.file_name().unwrap()).unwrap();
        assert_eq!((&found.dir, found.exact), (dir, true));
    }
    assert_eq!(
        locate(runs.path(), "caf\\xE8").unwrap().dir,
        dirs[1],
        "as it is shown"
    );
    let listed = crate::runs::Listing::open(runs.path());
    let mut shown: Vec<&str> = listed.runs.iter().map(|run| run.id.as_str()).collect();
    shown.sort_unstable();
    assert_eq!(shown, ["caf\\xE8", "caf\\xE9"]);
    assert!(listed.runs.iter().all(|run| run.broken.is_none()));
}
