//! Which names folders of runs have, and that no name leads anywhere else.

use super::*;

#[test]
fn names_of_folders_keep_the_letters_of_any_script() {
    for (name, expected) in [
        ("Crop & colour!", "crop-colour"),
        ("Лучший Опыт", "лучший-опыт"),
        ("学習率 1", "学習率-1"),
        ("cafe\u{301}", "caf\u{e9}"),
        ("हिन्दी", "हिन्दी"),
        ("../..\\a/\u{202e}b:\0c...", "a-b-c"),
        ("*", "untitled"),
        ("\u{301}", "untitled"),
    ] {
        assert_eq!(slug(name), expected, "{name}");
    }
    let long = fresh_name(&"\u{20000}".repeat(99));
    assert!(long.len() < 160 && is_run_name(&long), "{long}");
}

#[test]
fn only_names_that_we_gave_are_taken_from_files() {
    for good in ["20261124-101500-a-1f2e", "20261124-101500-学習率-1-1f2e"] {
        assert!(is_run_name(good), "{good}");
    }
    for bad in [
        "",
        "queue",
        "trash",
        "a-b-c",
        "../precious",
        "20261124-101500-a/../../precious",
        "20261124-101500",
    ] {
        assert!(!is_run_name(bad), "{bad}");
    }
}

#[test]
fn nothing_outside_the_runs_folder_is_removed_for_a_name() {
    let all = tempfile::tempdir().unwrap();
    let (runs, precious) = (all.path().join("runs"), all.path().join("precious"));
    for dir in [
        &precious,
        &runs.join(".queue"),
        &runs.join(".20261124-101500-x"),
    ] {
        fs::create_dir_all(dir).unwrap();
    }
    for name in ["20261124-101500-x/../../precious", "/../precious", "queue"] {
        let run = NewRun {
            name: Some(name.to_owned()),
            ..NewRun::default()
        };
        let made = RunFolder::create(&runs, run, &Environment::default());
        assert!(matches!(made, Err(RunError::Broken(_))), "{name}");
    }
    assert!(precious.is_dir() && runs.join(".queue").is_dir());
}
