//! Checkpoints in the folder of a run, and what happens to the folder.

use super::*;
use crate::runs::folder::checkpoints;

#[test]
fn a_checkpoint_is_whole_and_replaces_the_one_before() {
    let runs = scratch();
    let mut run = create(runs.path());
    assert_eq!(run.write_checkpoint("last.bin", &[1; 100]).unwrap(), 100);
    assert_eq!(run.write_checkpoint("last.bin", &[2; 10]).unwrap(), 10);
    let folder = run.dir().join(CHECKPOINTS);
    assert_eq!(fs::read(folder.join("last.bin")).unwrap(), [2; 10]);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    fs::remove_dir_all(run.dir()).unwrap();
    run.write_checkpoint("last.bin", &[3; 10]).unwrap_err();
    assert!(
        !run.dir().exists(),
        "a deleted run does not come back as a broken one"
    );
}

/// The names of the files in a run's folder of checkpoints.
fn files(run: &RunFolder) -> Vec<String> {
    let stored = folder::stored(run.dir());
    stored.into_iter().map(|(name, _)| name).collect()
}

#[test]
fn the_newest_two_checkpoints_the_best_and_those_kept_for_good_stay() {
    let runs = scratch();
    let mut run = create(runs.path());
    run.write_checkpoint(BEST_CHECKPOINT, &[0; 3]).unwrap();
    // 100,000,000 has a digit more than the others.
    for step in [5, 10, 15, 20, 22, 25, 99_999_999, 100_000_000] {
        run.write_checkpoint(&step_checkpoint(step), &[1; 7])
            .unwrap();
        run.forget_checkpoints(20);
    }
    let kept = [20, 99_999_999, 100_000_000].map(step_checkpoint);
    let mut wanted = kept.to_vec();
    wanted.push(BEST_CHECKPOINT.to_owned());
    wanted.sort();
    assert_eq!(files(&run), wanted);
    assert_eq!(checkpoints(run.dir())[0].file_name().unwrap(), &*kept[2]);
    assert_eq!(
        folder::stored(run.dir())[0],
        (BEST_CHECKPOINT.to_owned(), 3)
    );

    run.forget_checkpoints(0);
    assert_eq!(files(&run).len(), 3, "without a rule none is kept for good");
}

#[test]
fn a_resume_sweeps_up_after_a_crash_and_a_damaged_checkpoint_is_met_once() {
    let runs = scratch();
    let mut run = create(runs.path());
    for step in [5, 10] {
        run.write_checkpoint(&step_checkpoint(step), &[1; 7])
            .unwrap();
    }
    let dir = run.dir().to_owned();
    drop(run);
    fs::write(
        dir.join(CHECKPOINTS)
            .join(".step-00000015.safetensors.77-ab.tmp"),
        "",
    )
    .unwrap();
    let run = RunFolder::resume(&dir).unwrap();
    assert_eq!(files(&run), [5, 10].map(step_checkpoint));
    let name = run.set_aside(&checkpoints(run.dir())[0]).unwrap();
    assert_eq!(name, "step-00000010.damaged");
    assert_eq!(checkpoints(run.dir()).len(), 1);
    assert_eq!(files(&run), [step_checkpoint(5), name]);
}

#[test]
fn a_folder_that_was_deleted_or_moved_is_gone() {
    let runs = scratch();
    let run = create(runs.path());
    assert!(!run.is_gone());
    let away = runs.path().join("away");
    fs::rename(run.dir(), &away).unwrap();
    assert!(run.is_gone());
    fs::rename(&away, run.dir()).unwrap();
    assert!(!run.is_gone());
    fs::remove_dir_all(run.dir()).unwrap();
    assert!(run.is_gone());
}
