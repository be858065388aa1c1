//! What deleting promises: nothing is lost before the trash is emptied, and no living run is touched.

use super::*;
use crate::experiment::Experiment;
use crate::runs::{EXPERIMENT, Environment, RunFolder};

fn made(runs: &Path) -> RunFolder {
    RunFolder::create(runs, Experiment::default(), &Environment::default()).unwrap()
}

#[test]
fn a_deleted_run_comes_back_as_it_was_the_last_one_first() {
    let runs = tempfile::tempdir().unwrap();
    let [first, second] = [(); 2].map(|()| made(runs.path()).dir().to_owned());
    let saved = fs::read(first.join(EXPERIMENT)).unwrap();
    for dir in [&second, &first] {
        throw(runs.path(), dir).unwrap();
        assert!(!dir.exists());
    }
    let thrown = list(runs.path()).unwrap();
    assert_eq!(thrown[0].id, id_of(&first), "the newest is first");
    assert!(thrown[0].at > thrown[1].at && (thrown[0].at - now()).abs() < 60.0);
    assert!(size(&thrown[0].dir) > 100);
    assert_eq!(restore(runs.path(), &thrown[0]).unwrap(), first);
    assert_eq!(fs::read(first.join(EXPERIMENT)).unwrap(), saved);
    let found = find(runs.path(), id_of(&second)).unwrap();
    assert_eq!(found, (thrown[1].clone(), true));
    assert!(matches!(
        find(runs.path(), id_of(&first)),
        Err(RunError::NotThrown(_))
    ));
    assert!(thrown[1].destroy().unwrap());
    assert_eq!(list(runs.path()).unwrap(), []);
}

#[test]
fn what_one_process_takes_out_of_the_trash_no_other_removes_or_brings_back() {
    let runs = tempfile::tempdir().unwrap();
    let [first, second] = [(); 2].map(|()| made(runs.path()).dir().to_owned());
    let [back, gone] = [&first, &second].map(|dir| throw(runs.path(), dir).unwrap());
    restore(runs.path(), &back).unwrap();
    // As the other process had listed it before.
    assert!(!back.destroy().unwrap());
    assert!(first.join(EXPERIMENT).is_file());
    gone.destroy().unwrap();
    let error = restore(runs.path(), &gone).unwrap_err();
    assert!(matches!(error, RunError::Removed(_)), "{error}");
    assert!(!second.exists());
}

#[test]
fn what_a_crash_left_of_a_removal_is_no_deleted_run_and_goes_with_the_next() {
    let runs = tempfile::tempdir().unwrap();
    let trash = runs.path().join(TRASH);
    fs::create_dir_all(trash.join(".going-1").join("half")).unwrap();
    for name in ["1~", "1~.", "1~..", "1~.queue", "x~a", "none"] {
        // Whoever unpacks an archive here may have made such names.
        let _ = fs::create_dir(trash.join(name));
    }
    assert_eq!(list(runs.path()).unwrap(), []);
    sweep(runs.path());
    assert!(!trash.join(".going-1").exists() && trash.join("none").exists());
}

#[test]
fn a_run_that_is_being_trained_stays() {
    let runs = tempfile::tempdir().unwrap();
    let run = made(runs.path());
    let error = throw(runs.path(), run.dir()).unwrap_err();
    assert!(matches!(error, RunError::Living(_)), "{error}");
    assert!(run.dir().join(EXPERIMENT).is_file());
    assert_eq!(list(runs.path()).unwrap(), []);
}

#[test]
fn nothing_is_overwritten_and_nothing_elsewhere_is_moved() {
    let (runs, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let dir = made(runs.path()).dir().to_owned();
    let thrown = throw(runs.path(), &dir).unwrap();
    fs::create_dir(&dir).unwrap();
    let error = restore(runs.path(), &thrown).unwrap_err();
    assert!(matches!(error, RunError::Occupied(_)), "{error}");
    // The same name may be deleted twice.
    throw(runs.path(), &dir).unwrap();
    assert_eq!(list(runs.path()).unwrap().len(), 2);
    let elsewhere = made(other.path()).dir().to_owned();
    let error = throw(runs.path(), &elsewhere).unwrap_err();
    assert!(matches!(error, RunError::Elsewhere(_)), "{error}");
    assert!(elsewhere.join(EXPERIMENT).is_file());
}

#[cfg(unix)]
#[test]
fn emptying_the_trash_does_not_follow_links() {
    let (runs, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let elsewhere = made(other.path()).dir().to_owned();
    let link = runs.path().join("linked");
    std::os::unix::fs::symlink(&elsewhere, &link).unwrap();
    assert!(throw(runs.path(), &link).unwrap().destroy().unwrap());
    assert!(!link.exists() && elsewhere.join(EXPERIMENT).is_file());
}

#[cfg(unix)]
#[test]
fn a_link_is_deleted_without_a_look_at_where_it_leads() {
    let (runs, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // Another process may be training there.
    let living = made(other.path());
    let link = runs.path().join("linked");
    std::os::unix::fs::symlink(living.dir(), &link).unwrap();
    throw(runs.path(), &link).unwrap();
    assert!(fs::symlink_metadata(&link).is_err());
}
